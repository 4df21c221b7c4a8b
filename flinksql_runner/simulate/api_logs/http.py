"""Clients that call a real web API: the same requests as in simulated logs, whose lines the API writes itself."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import httpx

from flinksql_runner.diagnostics import Failure
from flinksql_runner.simulate.api_logs.lines import Request

_PHOTOS, _PHOTO_WIDTH = 6, 480      # small ones: the API shares the machine with everything else
_PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Answers:
    """What came back: answers by status, and how many requests got none."""

    by_status: Counter[int] = field(default_factory=Counter)
    failed: int = 0

    @property
    def answered(self) -> int:
        """Requests with an answer."""
        return self.by_status.total()


class HttpClients:
    """Sends requests at their time, some of them at once. A client's address travels in X-Forwarded-For, as a content delivery
    network sends it, so the API has to trust this machine."""

    def __init__(self, address: str, secrets: Mapping[str, str], workers: int = 4) -> None:
        """
        :param secrets: by id of a key; requests with other keys show a wrong secret.
        :raises Failure: where no such API answers.
        """
        self._secrets, self._workers = secrets, workers
        self._client = httpx.Client(base_url=address, timeout=_PATIENCE_SECONDS, limits=httpx.Limits(max_connections=workers))
        self.answers = Answers()
        self._lock = threading.Lock()
        try:
            self._photos = [self._photo(number + 1) for number in range(_PHOTOS)]
        except httpx.HTTPError as problem:
            self._client.close()
            raise Failure(f"the web API at {address} can't be used: {problem}") from None

    def send(self, requests: Iterable[Request], start_ms: int, seconds: float, stop: threading.Event) -> None:
        """Sends all, each at its time (``at`` seconds after ``start_ms``) or as soon as others let it, until so many ``seconds``
        are over; returns when all that were sent have their answer. ``stop`` ends it early."""
        room = threading.BoundedSemaphore(self._workers * 4)
        with ThreadPoolExecutor(self._workers, "http") as pool:
            for number, request in enumerate(requests):
                now = time.time() - start_ms / 1000
                if stop.wait(max(0.0, request.at - now)) or now > seconds:
                    break
                room.acquire()      # an API that is slow slows its clients down
                pool.submit(self._one, request, self._photos[number % _PHOTOS]).add_done_callback(lambda _: room.release())

    def close(self) -> None:
        """Closes all connections."""
        self._client.close()

    def _photo(self, number: int) -> bytes:
        answer = self._client.get(f"/v1/examples/{number}", params={"width": _PHOTO_WIDTH}).raise_for_status()
        self.answers.by_status[answer.status_code] += 1
        return answer.content

    def _one(self, request: Request, photo: bytes) -> None:
        headers = {"X-Forwarded-For": request.client, "User-Agent": request.agent}
        if request.key:
            headers["X-API-Key"] = f"{request.key}.{self._secrets.get(request.key, 'wrong')}"
        if request.method == "POST":
            headers["Content-Type"] = "image/jpeg"
        target = f"{request.path}?{request.query}" if request.query else request.path
        try:
            # as it is, and not as the client library would tidy it up: what an attacker writes into a path must arrive as that
            status = self._client.request(
                request.method, "/", headers=headers, content=photo if request.method == "POST" else None,
                extensions={"target": target.encode("utf-8", "surrogateescape")}).status_code
        except (httpx.HTTPError, httpx.InvalidURL):
            with self._lock:
                self.answers.failed += 1
        else:
            with self._lock:
                self.answers.by_status[status] += 1


def with_keys_of_their_own(requests: Iterable[Request]) -> Iterator[Request]:
    """The requests with other ids of keys than those of simulated lines: a key that two clients use is an attack."""
    return (request._replace(key=f"h{request.key[1:]}") if request.key else request for request in requests)


def keys_of(requests: Iterable[Request], most: int) -> list[str]:
    """Ids of keys in the first so many requests that are shown rightly: those of mistyped ones end with ``x``."""
    return sorted({r.key for r in islice(requests, most) if r.key and not r.key.endswith("x")})
