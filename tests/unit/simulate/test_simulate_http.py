"""Clients of a web API over real HTTP: what arrives is what the requests say, and what does not answer is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest

from flinksql_runner.diagnostics import Failure
from flinksql_runner.simulate.api_logs.http import HttpClients, keys_of, with_keys_of_their_own
from flinksql_runner.simulate.api_logs.lines import Request


class Got(NamedTuple):
    """One request as a server sees it."""

    method: str
    target: str
    headers: dict[str, str]
    size: int


class Api:
    """A server that keeps what it is asked, and answers 404 to paths with ``missing``."""

    def __init__(self) -> None:
        got: list[Got] = []
        self.got = got
        self.pause = threading.Event()
        self.pause.set()
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                self.rfile.read(size)
                got.append(Got(self.command, self.path, dict(self.headers), size))
                api.pause.wait(20)
                self.send_response(404 if "missing" in self.path else 200)
                self.send_header("Content-Length", "5")
                self.end_headers()
                self.wfile.write(b"photo")

            do_GET = do_POST = do_HEAD = answer  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.pause.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def api() -> Iterator[Api]:
    found = Api()
    yield found
    found.close()


def request(at: float = 0.0, **changes: object) -> Request:
    return Request(at, "203.0.113.9", "GET", "/", "", 200, 0, 0, 0.1, "", "curl/8.5")._replace(**changes)  # type: ignore[arg-type]


def sent(api: Api, requests: list[Request], seconds: float = 30.0, secrets: dict[str, str] | None = None) -> list[Got]:
    clients = HttpClients(api.address, secrets or {})
    del api.got[:]
    clients.send(requests, time.time_ns() // 1_000_000, seconds, threading.Event())
    clients.close()
    return api.got


def test_photos_are_fetched_first(api: Api) -> None:
    clients = HttpClients(api.address, {})
    assert clients.answers.answered == len(api.got) > 2
    assert all(g.target.startswith("/v1/examples/") for g in api.got)
    clients.close()


def test_clients_say_who_they_are(api: Api) -> None:
    (got,) = sent(api, [request(key="h0001")], secrets={"h0001": "right"})
    assert (got.method, got.target) == ("GET", "/")
    assert got.headers["X-Forwarded-For"] == "203.0.113.9"
    assert got.headers["User-Agent"] == "curl/8.5"
    assert got.headers["X-API-Key"] == "h0001.right"


def test_keys_without_a_secret_are_wrong_ones(api: Api) -> None:
    (got,) = sent(api, [request(key="h0002x")], secrets={"h0001": "right"})
    assert got.headers["X-API-Key"] == "h0002x.wrong"
    (got,) = sent(api, [request()])
    assert "X-API-Key" not in got.headers


@pytest.mark.parametrize("target", [
    "/v1/blur?soften=1", "/../../etc/passwd", "/a/../b", "/%2e%2e/x", "/?q='%20OR%201=1", "/x?u=%3Cscript%3E", "/old/index.bak",
])
def test_paths_arrive_as_they_are(api: Api, target: str) -> None:
    path, _, query = target.partition("?")
    (got,) = sent(api, [request(path=path, query=query)])
    assert got.target == target


def test_photos_are_sent(api: Api) -> None:
    (got,) = sent(api, [request(method="POST", path="/v1/blur")])
    assert (got.method, got.size, got.headers["Content-Type"]) == ("POST", len(b"photo"), "image/jpeg")


def test_answers_are_counted_by_status(api: Api) -> None:
    clients = HttpClients(api.address, {})
    before = clients.answers.answered
    clients.send([request(), request(path="/missing"), request()], 0, 1e12, threading.Event())
    clients.close()
    assert clients.answers.by_status[404] == 1
    assert clients.answers.answered == before + 3
    assert clients.answers.failed == 0


def test_requests_wait_for_their_time(api: Api) -> None:
    began = time.monotonic()
    sent(api, [request(at=0.0), request(at=0.4)])
    assert time.monotonic() - began >= 0.4
    assert len(api.got) == 2


def test_it_ends_in_time_where_the_api_is_slow(api: Api) -> None:
    """What could not be sent within its seconds is not sent: an API that is slow makes no run longer."""
    clients = HttpClients(api.address, {}, workers=1)
    del api.got[:]
    api.pause.clear()
    threading.Timer(1.0, api.pause.set).start()
    clients.send((request(at=n * 0.001) for n in range(10_000)), time.time_ns() // 1_000_000, 0.5, threading.Event())
    clients.close()
    assert 1 <= len(api.got) < 50


def test_it_can_be_stopped(api: Api) -> None:
    clients, stop = HttpClients(api.address, {}), threading.Event()
    stop.set()
    del api.got[:]
    clients.send([request(at=60.0)], time.time_ns() // 1_000_000, 90.0, stop)
    clients.close()
    assert api.got == []


def test_who_does_not_answer_is_told(api: Api) -> None:
    api.close()
    with pytest.raises(Failure, match="can't be used"):
        HttpClients(api.address, {})


def test_keys_are_none_of_the_simulated_ones() -> None:
    asked = [request(key="k00012"), request(key="k00013x"), request(), request(key="k00012")]
    theirs = list(with_keys_of_their_own(asked))
    assert [r.key for r in theirs] == ["h00012", "h00013x", "", "h00012"]
    assert keys_of(theirs, 100) == ["h00012"]
    assert keys_of(theirs, 0) == []
