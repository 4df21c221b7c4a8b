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
from flinksql_runner.dashboard.events import Event, event
from flinksql_runner.dashboard.feeds import Feed, Viewer
from flinksql_runner.dashboard.parameters import Chosen, bound
from flinksql_runner.dashboard.tiles import TileState
from flinksql_runner.dashboard.values import AskFailed, Read, Reader

MAX_FEEDS = 500            # different queries at a time: a viewer who makes up values can't have more
_CHOICES = 5_000
_CHOICES_SECONDS = 60.0

Key = tuple[Any, ...]
"""What a feed is known by: its kind, the dashboard (one that was changed is another), the tile or parameter, and the values
that its query hangs on."""


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

    @property
    def feeds(self) -> int:
        """How many different things are asked for now."""
        return len(self._feeds)

    def watch(self, board: Board, values: Chosen) -> tuple[Viewer, list[Feed]]:
        """A new viewer of a dashboard, and the feeds that it has joined; ``leave`` ends it."""
        viewer = Viewer()
        feeds = [self._feed(key, ask) for key, ask in self._wanted(board, values)]
        for feed in feeds:
            feed.join(viewer)
        return viewer, feeds

    def has_room(self, board: Board, values: Chosen) -> bool:
        """Whether one more viewer, with these values, does not make too many queries."""
        return len(self._feeds.keys() | {key for key, _ in self._wanted(board, values)}) <= MAX_FEEDS

    def _wanted(self, board: Board, values: Chosen) -> list[tuple[Key, Callable[[Feed], Any]]]:
        choices = ((_choices_key(board, p), partial(self._ask_choices, board, p, p.query))
                   for p in board.parameters if p.query is not None)
        tiles = ((_tile_key(board, t, t.query, values), partial(self._ask_tile, board, t, t.query, values))
                 for t in board.tiles if t.query is not None)
        return [*choices, *tiles, (("status", id(board)), partial(self._ask_status, board))]

    @staticmethod
    def leave(viewer: Viewer, feeds: list[Feed]) -> None:
        """A viewer has gone."""
        for feed in feeds:
            feed.leave(viewer)

    async def once(self, board: Board, values: Chosen) -> list[Event]:
        """What a viewer would hear first, each tile asked now."""
        told: list[Event] = []
        for parameter in board.parameters:
            if parameter.query is not None:
                try:
                    listed = await self._read_choices(board, parameter.query)
                except AskFailed:
                    continue
                self._choices[_choices_key(board, parameter)] = listed
                told.append(_choices(parameter, listed))
        for tile in board.tiles:
            if tile.query is not None:
                state = TileState(tile)
                told += (await self._told(state, board, tile.query, values))[1]
                self._tiles[_tile_key(board, tile, tile.query, values)] = state
        told.append(await self._status(board))
        return told

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

    async def _resolved(self, board: Board, query: Query, values: Chosen) -> Chosen:
        """The values with the first choice where none was made; None where there is nothing to choose."""
        found = dict(values)
        for parameter in board.parameters:
            if parameter.name not in query.parameters or found.get(parameter.name) is not None or parameter.query is None:
                continue
            key = _choices_key(board, parameter)
            feed = self._feeds.get(key)
            if feed is not None:
                await feed.asked.wait()
            listed = self._choices.get(key)
            if listed is None:
                listed = await self._read_choices(board, parameter.query)
            found[parameter.name] = listed[0] if listed else None
        return found

    async def _read_choices(self, board: Board, query: Query) -> tuple[str, ...]:
        read = await self.read(board, query, {}, _CHOICES)
        return tuple(dict.fromkeys(str(row[0]) for row in read.rows if row and row[0] is not None))

    async def _ask_choices(self, board: Board, parameter: Parameter, query: Query, feed: Feed) -> float:
        try:
            listed = await self._read_choices(board, query)
        except AskFailed:
            return board.refresh_ms / 1000
        if self._choices.get(feed.key) != listed:
            self._choices[feed.key] = listed
            told = (_choices(parameter, listed),)
            feed.publish(told, told)
        return max(_CHOICES_SECONDS, board.refresh_ms / 1000) if listed else board.refresh_ms / 1000

    async def _ask_tile(self, board: Board, tile: Tile, query: Query, values: Chosen, feed: Feed) -> float:
        state = self._tiles.setdefault(feed.key, TileState(tile))
        feed.publish(*await self._told(state, board, query, values))
        return state.pause

    async def _told(
        self, state: TileState, board: Board, query: Query, values: Chosen,
    ) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
        began = time.monotonic()
        try:
            read = await self.read(board, query, values, LIMITS.get(state.tile.type, 1000))
            took_ms = round((time.monotonic() - began) * 1000)
            return await asyncio.to_thread(state.rows, read, iso(self._now()), took_ms)
        except AskFailed as failed:
            return state.trouble(failed, iso(self._now()))
        except Exception as problem:  # whatever it was, this tile says so and the others go on
            what = str(problem).splitlines() or ["no reason given"]
            return state.trouble(AskFailed("query", f"{type(problem).__name__}: {what[0]}"), iso(self._now()))

    async def _ask_status(self, board: Board, feed: Feed) -> float:
        told = (await self._status(board),)
        feed.publish(told, told)
        return board.refresh_ms / 1000

    async def _status(self, board: Board) -> Event:
        job = await asyncio.to_thread(self._job_of, board)
        places = {q.place for q in board.queries if q.place is not None}
        down = min((since for place, since in self._down.items() if place in places), default=None)
        newest = max((s.newest for k, s in self._tiles.items() if k[1] == id(board) and s.newest), default=None)
        return event("status", {
            "at": iso(self._now()), "database": "down" if down else "up", "since": down, "job": job, "newest": newest})


def _tile_key(board: Board, tile: Tile, query: Query, values: Chosen) -> Key:
    return ("tile", id(board), tile.id, tuple((p, values[p]) for p in query.parameters))


def _choices_key(board: Board, parameter: Parameter) -> Key:
    return ("choices", id(board), parameter.name)


def _choices(parameter: Parameter, listed: tuple[str, ...]) -> Event:
    return event("choices", {"name": parameter.name, "values": listed})
