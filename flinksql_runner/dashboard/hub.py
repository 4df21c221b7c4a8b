"""All that is looked at now: feeds by tile, parameters and interval, and the databases behind them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from functools import partial
from typing import Any

from flinksql_runner.boards.layout import LIMITS
from flinksql_runner.boards.values import Board, Parameter, Place, Query, Tile
from flinksql_runner.dashboard.cells import iso
from flinksql_runner.dashboard.events import event
from flinksql_runner.dashboard.feeds import Feed, Viewer
from flinksql_runner.dashboard.parameters import Chosen, bound
from flinksql_runner.dashboard.tiles import TileState
from flinksql_runner.dashboard.values import AskFailed, Read, Reader

MAX_FEEDS = 500            # different queries at a time: a viewer who makes up values can't have more
_CHOICES = 5_000
_CHOICES_SECONDS = 60.0


Key = tuple[Any, ...]
"""What a feed is known by: its kind, the dashboard, the tile or parameter, and the values that its query hangs on."""


class TooMany(Exception):
    """More different queries than the server takes."""


class Hub:
    """The feeds of all viewers. ``reader_of`` gives the reader of a database, ``job_of`` the state of a dashboard's job."""

    def __init__(
        self, reader_of: Callable[[Place], Reader], job_of: Callable[[Board], Mapping[str, str] | None],
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self._reader_of, self._job_of, self._now = reader_of, job_of, now
        self._readers: dict[Place, Reader] = {}
        self._feeds: dict[Key, Feed] = {}
        self._tiles: dict[Key, TileState] = {}
        self._choices: dict[Key, tuple[str, ...]] = {}
        self._down: dict[Place, str] = {}
        self.queries = 0

    def watch(self, board: Board, values: Chosen) -> tuple[Viewer, list[Feed]]:
        """A new viewer of a dashboard, and the feeds that it has joined; ``leave`` ends it.

        :raises TooMany: where these values would make too many queries.
        """
        wanted = [(("status", board.name), partial(self._ask_status, board))]
        wanted += [(self._choices_key(board, p), partial(self._ask_choices, board, p, p.query))
                   for p in board.parameters if p.query is not None]
        wanted += [(self._tile_key(board, t, t.query, values), partial(self._ask_tile, board, t, t.query, values))
                   for t in board.tiles if t.query is not None]
        if len(self._feeds.keys() | {k for k, _ in wanted}) > MAX_FEEDS:
            raise TooMany
        viewer = Viewer()
        feeds = [self._feed(key, ask) for key, ask in wanted]
        for feed in feeds:
            feed.join(viewer)
        return viewer, feeds

    @staticmethod
    def leave(viewer: Viewer, feeds: list[Feed]) -> None:
        """A viewer has gone."""
        for feed in feeds:
            feed.leave(viewer)

    async def read(self, board: Board, query: Query, values: Chosen, limit: int) -> Read:
        """One query, now.

        :raises AskFailed: where it gives no rows.
        """
        if query.place is None:
            raise AskFailed("query", "nothing says which database is meant: read a sink by ref()")
        resolved = await self._resolved(board, query, values)
        reader = self._readers.get(query.place) or self._readers.setdefault(query.place, self._reader_of(query.place))
        self.queries += 1
        try:
            read = await reader.read(query.parts, bound(query, resolved, self._now()), limit)
        except AskFailed as failed:
            if failed.kind == "database":
                self._down.setdefault(query.place, iso(self._now()))
            raise
        self._down.pop(query.place, None)
        return read

    async def close(self) -> None:
        """Ends all feeds and all connections."""
        for feed in list(self._feeds.values()):
            feed.stop()
        for reader in self._readers.values():
            await reader.close()

    def _feed(self, key: Key, ask: Callable[[Feed], Any]) -> Feed:
        if key not in self._feeds:
            self._feeds[key] = Feed(key, ask, self._forget)
        return self._feeds[key]

    def _forget(self, feed: Feed) -> None:
        for table in (self._feeds, self._tiles, self._choices):
            table.pop(feed.key, None)

    @staticmethod
    def _tile_key(board: Board, tile: Tile, query: Query, values: Chosen) -> Key:
        return ("tile", board.name, tile.id, tuple((p, values[p]) for p in query.parameters))

    @staticmethod
    def _choices_key(board: Board, parameter: Parameter) -> Key:
        return ("choices", board.name, parameter.name)

    async def _resolved(self, board: Board, query: Query, values: Chosen) -> Chosen:
        """The values with the first choice where none was made; None where there is nothing to choose."""
        found = dict(values)
        for parameter in board.parameters:
            if parameter.name not in query.parameters or found.get(parameter.name) is not None or parameter.query is None:
                continue
            key = self._choices_key(board, parameter)
            feed = self._feeds.get(key)
            if feed is not None:
                await feed.asked.wait()
            elif key not in self._choices:
                self._choices[key] = await self._read_choices(board, parameter.query)
            listed = self._choices.get(key, ())
            found[parameter.name] = listed[0] if listed else None
        return found

    async def _read_choices(self, board: Board, query: Query) -> tuple[str, ...]:
        read = await self.read(board, query, {}, _CHOICES)
        return tuple(str(row[0]) for row in read.rows if row and row[0] is not None)

    async def _ask_choices(self, board: Board, parameter: Parameter, query: Query, feed: Feed) -> float:
        try:
            listed = await self._read_choices(board, query)
        except AskFailed:
            return board.refresh_ms / 1000
        if self._choices.get(feed.key) != listed:
            self._choices[feed.key] = listed
            told = (event("choices", {"name": parameter.name, "values": listed}),)
            feed.publish(told, told)
        return max(_CHOICES_SECONDS, board.refresh_ms / 1000) if listed else board.refresh_ms / 1000

    async def _ask_tile(self, board: Board, tile: Tile, query: Query, values: Chosen, feed: Feed) -> float:
        state = self._tiles.setdefault(feed.key, TileState(tile))
        began = time.monotonic()
        try:
            read = await self.read(board, query, values, LIMITS.get(tile.type, 1000))
        except AskFailed as failed:
            feed.publish(*state.trouble(failed, iso(self._now())))
        else:
            took_ms = round((time.monotonic() - began) * 1000)
            feed.publish(*await asyncio.to_thread(state.rows, read, iso(self._now()), took_ms))
        return state.pause

    async def _ask_status(self, board: Board, feed: Feed) -> float:
        job = await asyncio.to_thread(self._job_of, board)
        places = {t.query.place for t in board.tiles if t.query is not None and t.query.place is not None}
        down = min((since for place, since in self._down.items() if place in places), default=None)
        newest = max((s.newest for k, s in self._tiles.items() if k[1] == board.name and s.newest), default=None)
        told = (event("status", {"at": iso(self._now()), "database": "down" if down else "up", "since": down, "job": job,
                                 "newest": newest}),)
        feed.publish(told, told)
        return board.refresh_ms / 1000
