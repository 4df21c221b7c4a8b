"""A served dashboard over a real PostgreSQL, and a client that hears its events."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from flinksql_runner.boards.read import read_boards
from flinksql_runner.cache.survey import survey
from flinksql_runner.dashboard.access import Access
from flinksql_runner.dashboard.app import Site
from flinksql_runner.dashboard.catalogue import Catalogue
from flinksql_runner.dashboard.explore import Explorer
from flinksql_runner.dashboard.hub import Hub
from flinksql_runner.dashboard.live import Live
from flinksql_runner.dashboard.locate import locate
from flinksql_runner.dashboard.pages import read_pages
from flinksql_runner.dashboard.postgres import PostgresReader
from flinksql_runner.dashboard.serve import listen, serve
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.postgres_reader import reader_values

PROJECT = {
    "project.yml": "name: shop\nversion: '1'\n",
    "sql/sources/orders.sql": """CREATE TABLE orders (name STRING, amount DOUBLE, seen TIMESTAMP(3))
        WITH ('connector' = 'datagen')""",
    "sql/sinks/totals.sql": """CREATE TABLE totals (name STRING, amount DOUBLE, seen TIMESTAMP(3),
        PRIMARY KEY (name) NOT ENFORCED) WITH (
        'connector' = 'jdbc', 'url' = '{{ target.postgres.url }}', 'username' = '{{ target.postgres.user }}',
        'password' = '{{ target.postgres.password }}', 'table-name' = 'shop.totals');
        INSERT INTO totals SELECT name, SUM(amount), MAX(seen) FROM orders GROUP BY name""",
}


def write_project(root: Path, **boards: str) -> None:
    """The project with these dashboards, in place of those that it had."""
    for old in (root / "dashboards").glob("*.yml"):
        old.unlink()
    for path, text in {**PROJECT, **{f"dashboards/{n}.yml": t for n, t in boards.items()}}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def catalogue_of(root: Path) -> Catalogue:
    """The dashboards of a project, as they are now."""
    project = load(root, env={})
    graph = build(project, ()).graph
    return Catalogue(project.name, "0", read_boards(project, graph))


@dataclass
class Served:
    """A server in a thread of its own. ``job`` is what the job's state is said to be."""

    root: Path
    timeout_ms: int = 3000
    rule: Access = field(default_factory=lambda: Access("127.0.0.1"))
    job: str = "running"

    def __post_init__(self) -> None:
        def reader(place: Any) -> PostgresReader:
            return PostgresReader(place, lambda p: locate(p, lambda: reader_values(self.root)), self.timeout_ms)

        def look() -> Mapping[str, object]:
            return survey(self.root, ("dashboards",), (), time.time_ns())

        self.live = Live(look, lambda: catalogue_of(self.root), catalogue_of(self.root))
        self.hub = Hub(reader, lambda board: {"name": "shop", "state": self.job})
        self.site = Site(lambda: self.live.now, self.hub, read_pages({}), Explorer(lambda: [], lambda node: iter(())))
        opened = listen("127.0.0.1", 0)
        self.port = opened.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._servers: list[uvicorn.Server] = []
        self.thread = threading.Thread(target=lambda: asyncio.run(
            serve(self.site, self.hub, self.rule, self.live, opened, self._servers.append)), daemon=True)
        self.thread.start()

    def stop(self) -> float:
        """Ends it as a signal does; gives the seconds that this took."""
        began = time.monotonic()
        self._servers[0].handle_exit(15, None)
        self.thread.join(20)
        assert not self.thread.is_alive()
        return time.monotonic() - began

    def get(self, path: str, **more: Any) -> httpx.Response:
        return httpx.get(self.address + path, timeout=20, **more)

    @contextmanager
    def events(self, board: str = "shop", headers: Mapping[str, str] | None = None, **chosen: str) -> Iterator[Iterator[Any]]:
        """The events of a page: (name, content), as they come."""
        address = f"{self.address}/api/boards/{board}/events"
        with httpx.stream("GET", address, params=chosen, timeout=30, headers=headers) as answer:
            assert answer.status_code == 200
            yield _events(answer)

    def first(self, board: str = "shop", **chosen: str) -> dict[str, tuple[str, Any]]:
        """Tile -> the first that is heard of it."""
        tiles = {t.id for t in self.live.now.boards.boards[board].tiles if t.query is not None}
        found: dict[str, tuple[str, Any]] = {}
        with self.events(board, **chosen) as events:
            for name, content in events:
                if name in ("tile", "tile_error"):
                    found.setdefault(content["id"], (name, content))
                if tiles <= found.keys():
                    return found
        raise AssertionError(f"the stream ended with {sorted(found)}")


def _events(answer: httpx.Response) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def wait_for(events: Iterator[tuple[str, Any]], wanted: str, **having: object) -> Any:
    """The content of the next event of this name with these values."""
    for name, content in events:
        if name == wanted and all(content.get(k) == v for k, v in having.items()):
            return content
    raise AssertionError(f"the stream ended without {wanted} {having}")
