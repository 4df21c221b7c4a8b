"""A copy of this repository's project whose job, sources and page run while they are watched in a browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from flinksql_runner.services.control import down, ensure
from tests.repository import copy_project


@dataclass(slots=True)
class Running:
    """The project's folder, what was started in it, and the address of its page."""

    project: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)
    address: str = ""

    def flinksql(self, *arguments: str) -> str:
        done = subprocess.run([sys.executable, "-m", "flinksql_runner", *arguments], cwd=self.project, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        with (self.project / f"{arguments[0]}.log").open("w") as log:
            started = subprocess.Popen([sys.executable, "-m", "flinksql_runner", *arguments], cwd=self.project, stdout=subprocess.PIPE, stderr=log, text=True)
        self.started.append(started)
        return started

    def serve(self, board: str, port: str = "0") -> None:
        server = self.start("dashboard", board, "--port", port)
        assert server.stdout is not None
        self.address = server.stdout.readline().strip()
        assert self.address.startswith("http://127.0.0.1:"), (self.project / "dashboard.log").read_text()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        values = ensure(self.project, frozenset({"postgres"})).placeholders
        url = urlsplit(values["FLINKSQL_SERVICE_POSTGRES_URL"].removeprefix("jdbc:"))
        with psycopg.connect(
            host=url.hostname, port=url.port, dbname=url.path.strip("/"), user=values["FLINKSQL_SERVICE_POSTGRES_USER"],
            password=values["FLINKSQL_SECRET_SERVICE_POSTGRES_PASSWORD"],
        ) as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]  # all queries stand in tests


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The project copied into a folder; what it starts is ended, its services with it."""
    copy_project(folder, "udfs", "models", "dashboards")
    found = Running(folder)
    try:
        yield found
    finally:
        for started in found.started:
            with suppress(ProcessLookupError):
                started.terminate()
        for started in found.started:
            with suppress(subprocess.TimeoutExpired):
                started.communicate(timeout=20)
        down(folder)
