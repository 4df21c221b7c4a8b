"""One file over HTTP into a folder: resumed after a cut, tried again a few times, renamed in only when it is whole."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx

from flinksql_runner.deps.cache import disk_failure
from flinksql_runner.diagnostics import Failure

TRIES = 5
_TIMEOUT = httpx.Timeout(30, connect=10)


class NotThere(Failure):
    """The server answers, and has no such file."""


def client() -> httpx.Client:
    """An HTTP client for many files; it takes proxies and certificates from the usual environment variables."""
    return httpx.Client(follow_redirects=True, timeout=_TIMEOUT, headers={"user-agent": "flinksql"})


def download(http: httpx.Client, url: str, partial: Path, advance: Callable[[int], None], size: int | None = None) -> None:
    """Writes the body of ``url`` to ``partial``; a ``partial`` that is there is gone on with.

    ``advance`` hears of each piece's bytes (negative where a piece must be thrown away). ``size`` is the expected
    length, where it is known.

    :raises NotThere: where the server says that there is no such file.
    :raises Failure: where it can't be had (no network, no disk space).
    """
    partial.parent.mkdir(parents=True, exist_ok=True)
    counted = 0

    def count(amount: int) -> None:
        nonlocal counted
        counted += amount
        advance(amount)

    for attempt in range(TRIES):
        try:
            count(_length(partial) - counted)
            if size is not None and _length(partial) == size:
                return
            if size is not None and _length(partial) > size:
                count(-counted)
                partial.unlink()
            _receive(http, url, partial, count)
            return
        except httpx.HTTPStatusError as problem:
            status = problem.response.status_code
            if status in (401, 403, 404, 410):
                raise NotThere(f"{_place(url)} has no {url.rsplit('/', 1)[1]} (HTTP {status})") from None
            if attempt == TRIES - 1:
                raise Failure(f"{_place(url)} answers HTTP {status} for {url.rsplit('/', 1)[1]}: try again later") from None
        except httpx.HTTPError as problem:
            if attempt == TRIES - 1:
                raise Failure(
                    f"can't download {url.rsplit('/', 1)[1]} from {_place(url)} ({problem or type(problem).__name__}): "
                    "check the network, or set FLINKSQL_MAVEN_MIRROR to a mirror that this machine reaches"
                ) from None
        except OSError as problem:
            raise disk_failure(problem, partial.parent) from None
        time.sleep(0.2 * 2**attempt)


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _receive(http: httpx.Client, url: str, partial: Path, count: Callable[[int], None]) -> None:
    have = _length(partial)
    headers = {"range": f"bytes={have}-", "accept-encoding": "identity"} if have else {"accept-encoding": "identity"}
    with http.stream("GET", url, headers=headers) as response:
        if response.status_code == 416:
            partial.unlink(missing_ok=True)
            raise httpx.ReadError("the partial file doesn't fit")
        response.raise_for_status()
        resumed = response.status_code == 206 and response.headers.get("content-range", "").startswith(f"bytes {have}-")
        if not resumed and have:
            count(-have)
        with partial.open("ab" if resumed else "wb") as file:
            for piece in response.iter_bytes(1 << 16):
                file.write(piece)
                count(len(piece))


def _place(url: str) -> str:
    return httpx.URL(url).host
