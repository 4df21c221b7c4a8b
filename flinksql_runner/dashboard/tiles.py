"""What a tile tells its viewers: its rows when they changed, that they are the same, or why there are none."""

from __future__ import annotations

import msgspec

from flinksql_runner.boards.layout import options_of, time_of
from flinksql_runner.boards.values import Tile
from flinksql_runner.dashboard.cells import cells_of, newest_of
from flinksql_runner.dashboard.events import Event, event
from flinksql_runner.dashboard.values import AskFailed, Read

Told = tuple[tuple[Event, ...], tuple[Event, ...]]
"""The events that tell all, and those that tell what is new."""
_LONGEST_PAUSE_MS = 60_000


class TileState:
    """What one tile, for one choice of parameters, told last. ``newest`` is the time of its newest row."""

    def __init__(self, tile: Tile) -> None:
        self.tile = tile
        self.newest: str | None = None
        self._rows: Event | None = None
        self._content = b""
        self._since = ""
        self._timeouts = 0

    @property
    def pause(self) -> float:
        """Seconds until the next query: longer and longer after one that took too long."""
        longest = max(_LONGEST_PAUSE_MS, self.tile.refresh_ms)
        return min(self.tile.refresh_ms << min(self._timeouts, 10), longest) / 1000

    def rows(self, read: Read, at: str, took_ms: int) -> Told:
        """Rows that came; of the same rows as before only that they are."""
        self.newest = newest_of(read.columns, read.rows, time_of(self.tile, read.columns))
        cells = cells_of(read.columns, read.rows)
        content = msgspec.json.encode((cells.columns, cells.rows, read.is_cut))
        stamp = {"id": self.tile.id, "at": at, "newest": self.newest}
        same = event("same", stamp)
        was_trouble, self._since, self._timeouts = bool(self._since), "", 0
        if self._rows is None or content != self._content:
            self._rows = event("tile", {
                **stamp, "took_ms": took_ms, "columns": [{"name": n, "kind": k} for n, k in cells.columns], "rows": cells.rows,
                "nan": cells.nan, "more": read.is_cut, "options": options_of(self.tile, read.columns)})
            self._content = content
            return (self._rows,), (self._rows,)
        return (self._rows, same), (self._rows, same) if was_trouble else (same,)

    def trouble(self, failed: AskFailed, at: str) -> Told:
        """Why there are no rows; the last ones stay, and get old."""
        self._timeouts = self._timeouts + 1 if failed.kind == "timeout" else 0
        self._since = self._since or at
        told = event("tile_error", {
            "id": self.tile.id, "at": at, "kind": failed.kind, "message": str(failed), "since": self._since})
        return ((self._rows, told) if self._rows is not None else (told,), (told,))
