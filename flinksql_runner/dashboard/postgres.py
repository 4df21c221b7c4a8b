"""Reads PostgreSQL: a small pool of connections that can't write and don't wait for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from flinksql_runner.boards.layout import Column
from flinksql_runner.boards.values import Bound, Kind, Place
from flinksql_runner.dashboard.parameters import driver_name, driver_text
from flinksql_runner.dashboard.values import Address, AskFailed, Locate, Read
from flinksql_runner.diagnostics import Failure

T = TypeVar("T")
_CONNECTIONS = 8
_CONNECT_SECONDS = 3.0
_AGAIN_SECONDS = 0.5
_SILENT_SECONDS = 2.0
_LOOK_SECONDS = 1.0
_CHUNK = 1000          # rows that the driver hands over at once
_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("int2", "int4", "int8", "float4", "float8", "numeric", "oid", "money", "interval"), "number"),
    **dict.fromkeys(("timestamp", "timestamptz", "date"), "time"),
    "bool": "bool", "json": "json", "jsonb": "json",
}
_BEYOND = (errors.QueryCanceled, errors.LockNotAvailable)


class PostgresReader:
    """One database. A connection that broke is thrown away with its pool, and the next query opens a new one, so that the
    database is found again as soon as it is back, wherever it then is."""

    def __init__(self, place: Place, locate: Locate, timeout_ms: int) -> None:
        self._place, self._locate, self._timeout_ms = place, locate, timeout_ms
        self._pool: AsyncConnectionPool | None = None
        self._opening = asyncio.Lock()
        self._failed: tuple[float, AskFailed | None] = 0.0, None
        self._known: dict[str, tuple[Column, ...]] = {}

    async def read(self, parts: Sequence[str | Bound], values: Mapping[Bound, Any], limit: int) -> Read:
        """Sends a query in a transaction that reads only."""
        text, bound = _for_driver(parts, values)
        pool = await self._opened()
        # the database ends a slow query by itself; one that is silent (a cut line, a machine that hangs) can't
        longest = self._timeout_ms / 1000 + _SILENT_SECONDS
        try:
            connection = await within(longest + 2 * _LOOK_SECONDS, self._borrowed(pool, longest))
            return await within(longest, self._asked(pool, connection, text, bound, limit))
        except asyncio.TimeoutError:
            await self._drop(pool)
            raise AskFailed("database", "the database is connected but silent") from None
        except _BEYOND:
            raise AskFailed("timeout", f"the query took longer than {self._timeout_ms / 1000:g} s and was ended") from None
        except (psycopg.OperationalError, psycopg.InterfaceError) as problem:
            await self._drop(pool)
            raise AskFailed("database", f"the database does not answer: {_first_line(problem)}") from None
        except psycopg.Error as problem:
            raise AskFailed("query", _said(problem)) from None

    async def _borrowed(self, pool: AsyncConnectionPool, longest: float) -> psycopg.AsyncConnection[Any]:
        """A connection; where all are busy with slow queries it waits for as long as those may take."""
        limit = time.monotonic() + longest
        while True:
            try:
                return await pool.getconn(timeout=_LOOK_SECONDS)
            except PoolTimeout as busy:
                if not pool.get_stats().get("pool_size"):
                    raise psycopg.OperationalError("it takes no connection") from busy
                if time.monotonic() > limit:
                    raise AskFailed("timeout", "slower queries keep all connections busy") from None

    async def _asked(
        self, pool: AsyncConnectionPool, connection: psycopg.AsyncConnection[Any], text: str, bound: Mapping[str, Any],
        limit: int,
    ) -> Read:
        """The rows; the connection is given back, and its transaction with it, when the database has answered."""
        try:
            read = await _rows(connection, text, bound, limit)
            return read if read.columns else Read(await self._columns(connection, text, bound), (), False)
        finally:
            with suppress(psycopg.Error):
                await connection.rollback()
            await pool.putconn(connection)

    async def close(self) -> None:
        """Ends all connections."""
        if self._pool is not None:
            await self._drop(self._pool)

    async def _columns(
        self, connection: psycopg.AsyncConnection[Any], text: str, bound: Mapping[str, Any],
    ) -> tuple[Column, ...]:
        """The columns of a query that gave no row: a stream without rows does not tell them."""
        if text not in self._known:
            cursor = await connection.execute(f"SELECT * FROM (\n{text}\n) AS told LIMIT 0".encode(), bound, prepare=True)
            self._known[text] = tuple(_column(c) for c in cursor.description or ())
        return self._known[text]

    async def _opened(self) -> AsyncConnectionPool:
        async with self._opening:
            if self._pool is not None:
                return self._pool
            moment, failed = self._failed
            if failed is not None and time.monotonic() - moment < _AGAIN_SECONDS:
                raise failed    # the tiles that ask together are told together
            try:
                self._pool = await self._connected()
            except AskFailed as failed:
                self._failed = time.monotonic(), failed
                raise
            return self._pool

    async def _connected(self) -> AsyncConnectionPool:
        """A pool with one connection; the first attempt is made without it, since it fails at once and tells why."""
        try:
            address = await asyncio.to_thread(self._locate, self._place)
        except Failure as failure:
            raise AskFailed("database", str(failure)) from None
        way = _way(address, self._timeout_ms)
        pool = AsyncConnectionPool(
            kwargs=way, min_size=1, max_size=_CONNECTIONS, open=False, configure=_read_only, name="dashboard",
            check=AsyncConnectionPool.check_connection, reconnect_timeout=0)
        try:
            await (await psycopg.AsyncConnection.connect(**way)).close()
            await pool.open(wait=True, timeout=_CONNECT_SECONDS)
        except (psycopg.Error, PoolTimeout) as problem:
            await pool.close(timeout=0.5)
            raise AskFailed("database", f"the database at {address} does not answer: {_first_line(problem)}") from None
        return pool

    async def _drop(self, pool: AsyncConnectionPool) -> None:
        if self._pool is pool:
            self._pool = None
        with suppress(psycopg.Error):
            await pool.close(timeout=0.5)


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` gives, if it does so in time. Else it is told to stop and left alone: it may hang in its own clearing up,
    which waits for the same silent database.

    :raises asyncio.TimeoutError: where it takes longer.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            task.cancel()
            task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    if not task.done():
        raise asyncio.TimeoutError
    return task.result()


def _way(address: Address, timeout_ms: int) -> dict[str, Any]:
    """What a connection is opened with."""
    settings = {
        "default_transaction_read_only": "on", "statement_timeout": str(timeout_ms), "lock_timeout": "2000",
        "idle_in_transaction_session_timeout": "30000", "TimeZone": "UTC", "plan_cache_mode": "force_custom_plan",
    }
    options = (address.options.get("options", ""), *(f"-c {k}={v}" for k, v in settings.items()))
    return {
        "host": address.host, "port": address.port, "dbname": address.database, "user": address.user,
        "password": address.password, "connect_timeout": int(_CONNECT_SECONDS), "application_name": "flinksql dashboard",
        "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
        **address.options, "options": " ".join(options),
    }


async def _read_only(connection: psycopg.AsyncConnection[Any]) -> None:
    await connection.set_read_only(True)


async def _rows(connection: psycopg.AsyncConnection[Any], text: str, bound: Mapping[str, Any], limit: int) -> Read:
    """Rows as a stream: what is beyond the limit is never fetched, and only one statement can be sent this way."""
    rows: list[Sequence[Any]] = []
    async with connection.cursor() as cursor:
        stream = cursor.stream(text.encode(), bound, size=_CHUNK)
        try:
            async for row in stream:
                rows.append(row)
                if len(rows) > limit:
                    break
        finally:
            await stream.aclose()  # type: ignore[attr-defined]
        columns = tuple(_column(c) for c in cursor.description or ())
    return Read(columns, rows[:limit], len(rows) > limit)


def _column(described: psycopg.Column) -> Column:
    kind = psycopg.adapters.types.get(described.type_code)
    if kind is None:
        return described.name, "text"
    return described.name, "json" if described.type_code == kind.array_oid else _KINDS.get(kind.name, "text")


def _for_driver(parts: Sequence[str | Bound], values: Mapping[Bound, Any]) -> tuple[str, dict[str, Any]]:
    """The text with the driver's marks, which the server gets as ``$1``: values never become text of the query."""
    bound = {driver_name(part): values[part] for part in parts if isinstance(part, Bound)}
    return driver_text(parts, lambda part: _cast(values[part])), bound


def _cast(value: object) -> str:
    return "::timestamp" if isinstance(value, datetime) else "::interval" if isinstance(value, timedelta) else ""


def _said(problem: psycopg.Error) -> str:
    hint = problem.diag.message_hint
    return f"{problem.diag.message_primary or _first_line(problem)}{f' ({hint})' if hint else ''}"


def _first_line(problem: BaseException) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0].strip()
