"""A Maven repository on loopback that a test can make slow, wrong or silent."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Repository(ThreadingHTTPServer):
    """Serves ``files`` (path -> bytes); ``cut`` ends the next answers for a path after so many bytes."""

    daemon_threads = True

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cut: dict[str, list[int]] = {}
        self.asked: list[tuple[str, str]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/maven"

    def put(self, coordinate: str, content: bytes, sha1: str | None = None) -> str:
        group, artifact, version = coordinate.split(":")
        path = f"/maven/{group.replace('.', '/')}/{artifact}/{version}/{artifact}-{version}.jar"
        self.files[path] = content
        self.files[path + ".sha1"] = (sha1 or hashlib.sha1(content).hexdigest()).encode()
        return path

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        wanted = self.headers.get("range", "")
        self.server.asked.append((self.path, wanted))
        content = self.server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        start = int(wanted[len("bytes="):].split("-")[0]) if wanted else 0
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("content-range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        body = content[start:]
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        cuts = self.server.cut.get(self.path)
        if cuts:
            body = body[:cuts.pop(0)]
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def repository() -> Iterator[Repository]:
    server = Repository()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def env(repository: Repository, tmp_path: object) -> dict[str, str]:
    return {"FLINKSQL_CACHE": f"{tmp_path}/cache", "FLINKSQL_MAVEN_MIRROR": repository.url}
