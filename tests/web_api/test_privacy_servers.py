"""The API as it runs: gunicorn, and nginx in front of it where Debian's is installed; what is attacked is logged and stays up."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from privacy_api.examples import example
from privacy_api.serve import find_nginx

from tests.web_api.conftest import SERVICES, Make, logged

pytestmark = pytest.mark.e2e
ADDRESS_SECONDS = 40


@dataclass(frozen=True, slots=True)
class Running:
    """The API's address, its logs, and its first process."""

    address: str
    logs: Path
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1].strip("/"))

    def lines(self) -> list[str]:
        """All lines of all logs; bytes that are no UTF-8 (nginx writes what it got) as the collector hands them on."""
        return [text.replace("\\x", "\\u00") for path in sorted(self.logs.glob("*.log"))
                for text in path.read_bytes().decode("utf-8", "backslashreplace").split("\n") if text]

    def logged(self, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """Lines that are wanted; one has to come soon."""
        return logged(self.lines, wanted)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends it, and gives its exit code."""
        self.process.send_signal(how)
        code = self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def raw(self, data: bytes, *, patience: float = 20) -> bytes:
        """What the server answers to these bytes until it closes the connection or is silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=patience) as peer:
            peer.sendall(data)
            found = b""
            try:
                while part := peer.recv(65536):
                    found += part
            except TimeoutError:
                pass
            except ConnectionResetError:
                found += b"(reset)"
            return found


def started(folder: Path, gateway: str, **env: str) -> Running:
    logs = folder / "logs"
    process = subprocess.Popen(
        [sys.executable, "-m", "privacy_api", "serve", "--logs", str(logs), "--gateway", gateway], text=True, cwd=folder,
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(SERVICES), "PRIVACY_API_BODY_SECONDS": "3", **env})
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:"), "it has not started"
    return Running(address, logs, process)


@pytest.fixture(scope="module", params=["none", "nginx"])
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    if request.param == "nginx" and find_nginx() is None:
        pytest.skip("nginx is not installed (Debian: apt install nginx-light): the gateway was not tried")
    running = started(tmp_path_factory.mktemp(request.param), request.param, PRIVACY_API_TRUSTED="127.0.0.1")
    children = psutil.Process(running.process.pid).children(recursive=True)
    yield running
    assert running.end() == 0
    assert psutil.wait_procs(children, timeout=5)[1] == [], "no process is left"


def test_a_photo_comes_back_and_is_logged(api: Running) -> None:
    answer = httpx.post(f"{api.address}v1/blur?soften=1", content=example(7), headers={
        "Content-Type": "image/jpeg", "X-Forwarded-For": "198.51.100.7, 203.0.113.9", "X-API-Key": "k0042.wrong",
        "User-Agent": "test/1"}, timeout=60)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    (entry,) = api.logged(lambda e: e["request_id"] == answer.headers["X-Request-Id"])
    told = {"client": "203.0.113.9", "method": "POST", "path": "/v1/blur", "query": "soften=1", "status": 200,
            "api_key_id": "k0042", "user_agent": "test/1"}
    assert {name: entry[name] for name in told} == told
    assert entry["bytes_in"] >= len(example(7))
    assert entry["bytes_out"] >= len(answer.content)
    assert 0 < entry["duration_s"] < 60
    assert abs(time.time() - time.mktime(time.strptime(entry["time"][:19], "%Y-%m-%dT%H:%M:%S")) + time.timezone) < 60
    assert entry["time"].endswith("Z")


@pytest.mark.parametrize("agent", [
    b'x","status":500,"y":"', b"a\\b", b"\xff\xfe\xfd", b"\xc3\xa9\xe2\x80\xa8", b"<script>alert(1)</script>", b"tab\there",
    b"$http_host ${TZ} %s %(a)s {{7*7}}",
])
def test_no_line_is_forged(api: Running, agent: bytes) -> None:
    before = len(api.lines())
    query = agent.replace(b" ", b"+").replace(b"\t", b"")
    answer = api.raw(b"GET /healthz?x=" + query + b" HTTP/1.1\r\nHost: api\r\nUser-Agent: " + agent
                     + b"\r\nConnection: close\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400"))
    if b"200 OK" in answer:
        api.logged(lambda e: e["path"] == "/healthz")
        until = time.monotonic() + 10
        while len(api.lines()) == before and time.monotonic() < until:
            time.sleep(0.02)
        entry = json.loads(api.lines()[-1])
        assert entry["status"] == 200
        assert len(api.lines()) == before + 1


@pytest.mark.parametrize("request_line", [
    b"GET /\r\nX: y HTTP/1.1", b"GET / HTTP/9.9", b"\x16\x03\x01\x02\x00", b"GET /" + b"x" * 20_000 + b" HTTP/1.1", b"",
    b"G\x00T / HTTP/1.1",
])
def test_broken_requests_are_refused(api: Running, request_line: bytes) -> None:
    answer = api.raw(request_line + b"\r\nHost: api\r\nConnection: close\r\n\r\n", patience=12)
    assert b"200 OK" not in answer.split(b"\r\n")[0] or request_line.startswith(b"GET /\r\n")
    for text in api.lines():
        json.loads(text)
    assert httpx.get(f"{api.address}healthz").status_code == 200


def test_headers_of_two_meanings_are_refused(api: Running) -> None:
    """A request smuggled behind another one would be logged as somebody else's."""
    answer = api.raw(b"POST /v1/blur HTTP/1.1\r\nHost: api\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                     b"0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n", patience=5)
    assert b"smuggled" not in answer
    assert not [text for text in api.lines() if "/smuggled" in json.loads(text)["path"]]


def test_uploads_that_stall_are_ended(api: Running) -> None:
    """More of them than there are threads, at once: the API answers others afterwards."""
    head = b"POST /v1/blur HTTP/1.1\r\nHost: api\r\nContent-Type: image/jpeg\r\nContent-Length: 100000\r\n\r\n\xff\xd8"
    peers = [socket.create_connection(("127.0.0.1", api.port), timeout=30) for _ in range(6)]
    try:
        for peer in peers:
            peer.sendall(head)
        assert httpx.get(f"{api.address}healthz", timeout=30).status_code == 200
        ends = [peer.recv(4096) for peer in peers]
        assert all(end == b"" or b" 408 " in end.split(b"\r\n")[0] for end in ends), ends
    finally:
        for peer in peers:
            peer.close()
    assert httpx.get(f"{api.address}healthz", timeout=10).status_code == 200


def test_too_large_ones_end_early(api: Running) -> None:
    answer = api.raw(b"POST /v1/blur HTTP/1.1\r\nHost: api\r\nContent-Type: image/jpeg\r\nContent-Length: 99000000\r\n\r\n"
                     + b"x" * 10_000)
    assert b" 413 " in answer.split(b"\r\n")[0]
    assert b"too_large" in answer


def test_photos_lie_in_no_file_and_no_log(api: Running, photo: Make) -> None:
    data = photo("PNG", size=(2000, 1500))
    folders = [api.logs.parent, *(Path(p) for p in ("/tmp",) if Path(p).is_dir())]
    before = {path for folder in folders for path in folder.glob("*")}
    assert httpx.post(f"{api.address}v1/blur", content=data, headers={"Content-Type": "image/png"}, timeout=60).status_code == 200
    for path in {path for folder in folders for path in folder.glob("*")} - before:
        assert not path.is_file() or data[100:200] not in path.read_bytes()
    assert data[1000:1040] not in b"".join(path.read_bytes() for path in api.logs.glob("*"))


def test_a_server_that_dies_is_told(tmp_path: Path) -> None:
    running = started(tmp_path, "none")
    children = psutil.Process(running.process.pid).children()
    children[0].kill()
    assert running.process.wait(20) == 1
    running.end()


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            [sys.executable, "-m", "privacy_api", "serve", "--port", str(taken.getsockname()[1]), "--gateway", "none"],
            cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(SERVICES)}, timeout=60,
            check=False)
    assert done.returncode == 1
    assert "choose another by --port" in done.stderr
    assert "Traceback" not in done.stderr


def test_keys_are_made_and_used(tmp_path: Path, photo: Make) -> None:
    env = {**os.environ, "PYTHONPATH": str(SERVICES)}
    made = subprocess.run([sys.executable, "-m", "privacy_api", "key", "k7", "--file", "keys.json"], cwd=tmp_path, env=env,
                          capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    running = started(tmp_path, "auto", PRIVACY_API_KEYS=str(tmp_path / "keys.json"))
    try:
        ask = {"content": photo(), "timeout": 60}
        assert httpx.post(f"{running.address}v1/blur", **ask).status_code == 401
        assert httpx.post(f"{running.address}v1/blur", headers={"X-API-Key": made}, **ask).status_code == 200
        assert made.partition(".")[2] not in "".join(running.lines())
    finally:
        running.end(signal.SIGINT)
    shutil.rmtree(running.logs)
