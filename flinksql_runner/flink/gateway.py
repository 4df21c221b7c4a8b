"""Flink's SQL Gateway over its REST API, version 3: sessions, statements, rows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any

import httpx

from flinksql_runner.flink.errors import GatewayGone, SqlError, TimedOut, sql_error
from flinksql_runner.flink.rows import Column, Row, column_of, row_of

_ANSWER = 60.0  # seconds for one HTTP call: fetching waits for the statement in the gateway only briefly, parsing may not
_CONNECT = 5.0
_SHORTEST, _LONGEST = 0.005, 0.2  # seconds between two questions


class Gateway:
    """A gateway at ``http://host:port``; nothing is sent before ``open``."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def open(self, properties: Mapping[str, str] | None = None) -> Session:
        """A new session with these Flink options.

        :raises GatewayGone: where nothing answers.
        """
        # the gateway is on this machine or named by its address: a proxy of the environment is not meant for it
        client = httpx.Client(base_url=self.url, timeout=httpx.Timeout(_ANSWER, connect=_CONNECT), trust_env=False)
        http = _Http(client, self.url)
        try:
            opened = http.call("POST", "/v3/sessions", {"properties": dict(properties or {})})
        except BaseException:
            client.close()
            raise
        return Session(http, opened["sessionHandle"])


class Session:
    """An open session; tables, functions and settings made in it are its own. A context manager."""

    def __init__(self, http: _Http, handle: str) -> None:
        self._http = http
        self.handle = handle

    def execute(self, sql: str, *, timeout: float = 120.0) -> Result:
        """Sends one statement (without ``;``) and waits for its first answer.

        :param timeout: seconds until then; the rows of a query may take as long as they like.
        :raises SqlError: where Flink refuses it.
        :raises TimedOut: where there is no answer in time; the statement is cancelled.
        :raises GatewayGone: where the gateway is gone.
        """
        path = f"/v3/sessions/{self.handle}"
        operation = self._http.call("POST", f"{path}/statements", {"statement": sql})["operationHandle"]
        place = f"{path}/operations/{operation}"
        result = Result(self._http, place)
        try:
            result.start(time.monotonic() + timeout)
        except TimedOut:
            result.cancel()
            raise TimedOut(f"Flink did not answer within {timeout:g} s: {_short(sql)}", exit_code=1) from None
        except KeyboardInterrupt:
            result.cancel()
            raise
        return result

    def run(self, sql: str, *, timeout: float = 120.0) -> tuple[Row, ...]:
        """Executes a statement that is no endless query, and returns all its rows."""
        with self.execute(sql, timeout=timeout) as result:
            return tuple(result.rows)

    def close(self) -> None:
        """Ends the session and its running queries; a gateway that is gone has done so already."""
        with suppress(GatewayGone, SqlError):
            self._http.call("DELETE", f"/v3/sessions/{self.handle}")
        self._http.client.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Result:
    """What a statement gives. ``job_id`` is Flink's id of its job, if it has one; ``result_kind`` the gateway's word."""

    def __init__(self, http: _Http, place: str) -> None:
        self._http = http
        self._place = place
        self._next: str | None = f"{place}/result/0?rowFormat=JSON"
        self._page: tuple[Row, ...] = ()
        self.columns: tuple[Column, ...] = ()
        self.job_id: str | None = None
        self.result_kind = ""
        self.is_query = False

    def start(self, deadline: float) -> None:
        """Waits until the first page is there; ``deadline`` is of ``time.monotonic``.

        :raises TimedOut: where that takes longer.
        """
        wait = _SHORTEST
        while not self._fetch():
            if time.monotonic() > deadline:
                raise TimedOut("no answer in time")
            time.sleep(wait)
            wait = min(wait * 1.3, _LONGEST)

    @property
    def is_ended(self) -> bool:
        """Whether all rows have been fetched."""
        return self._next is None

    @property
    def rows(self) -> Iterator[Row]:
        """All rows as they come; for an endless query it never ends."""
        return self.rows_until(None)

    def rows_until(self, deadline: float | None) -> Iterator[Row]:
        """Rows as they come, until the end or until ``deadline`` (of ``time.monotonic``)."""
        wait = _SHORTEST
        while True:
            page, self._page = self._page, ()
            yield from page
            if self._next is None or (not self.is_query and page):
                return
            if deadline is not None and time.monotonic() > deadline:
                return
            self._fetch()
            if self._page:
                wait = _SHORTEST
            elif self._next is not None:
                pause = wait if deadline is None else min(wait, max(0.0, deadline - time.monotonic()))
                time.sleep(pause)
                wait = min(wait * 1.3, _LONGEST)

    def cancel(self) -> None:
        """Cancels what runs, a query's job too; errors of that are not told, since it may just have ended."""
        with suppress(GatewayGone, SqlError):
            self._http.call("POST", f"{self._place}/cancel")

    def close(self) -> None:
        """Lets the gateway forget the operation; an unfinished query is cancelled by that."""
        with suppress(GatewayGone, SqlError):
            self._http.call("DELETE", f"{self._place}/close")

    def __enter__(self) -> Result:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _fetch(self) -> bool:
        """Asks for the next page; False where it isn't ready."""
        if self._next is None:
            return True
        answer = self._http.call("GET", self._next)
        if answer["resultType"] == "NOT_READY":
            return False
        self._next = answer.get("nextResultUri") if answer["resultType"] != "EOS" else None
        self.is_query = bool(answer.get("isQueryResult"))
        self.job_id = answer.get("jobID") or self.job_id
        self.result_kind = answer.get("resultKind") or ""
        results = answer.get("results") or {}
        self.columns = tuple(column_of(c) for c in results.get("columns", ())) or self.columns
        self._page = tuple(row_of(r) for r in results.get("data", ()))
        return True


class _Http:
    """Calls with errors in our words."""

    def __init__(self, client: httpx.Client, url: str) -> None:
        self.client = client
        self.url = url

    def call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        try:
            answer = self.client.request(method, path, json=body)
        except httpx.TimeoutException:
            raise GatewayGone(f"the SQL Gateway at {self.url} hangs: `flinksql down`, then `flinksql up`") from None
        except httpx.TransportError:
            raise GatewayGone(f"no SQL Gateway answers at {self.url}: start it with `flinksql up`") from None
        try:
            content = answer.json()
        except ValueError:
            raise GatewayGone(f"what answers at {self.url} is no SQL Gateway (HTTP {answer.status_code})") from None
        if answer.is_success:
            return content
        errors = [str(e) for e in content.get("errors", ())] if isinstance(content, dict) else []
        problem = sql_error(errors or [answer.text])
        if any("Session '" in c.message and "does not exist" in c.message for c in problem.causes):
            raise GatewayGone("the SQL Gateway has ended this session (it was idle too long, or started anew): try again")
        raise problem


def _short(sql: str) -> str:
    line = " ".join(sql.split())
    return line if len(line) <= 80 else line[:77] + "..."
