"""What the server knows of the project, and how it tells it: dashboards, their tiles, what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flinksql_runner.boards.layout import options_of
from flinksql_runner.boards.values import Board, Boards, Parameter, Tile
from flinksql_runner.diagnostics import Diagnostic, LineIndex


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The dashboards of a project. ``upstream`` maps a sink to the nodes that fill it, ``jobs`` to the job that writes it."""

    project: str
    version: str
    boards: Boards
    upstream: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    jobs: Mapping[str, str] = field(default_factory=dict)

    def list(self) -> dict[str, Any]:
        """All dashboards, by title and name."""
        listed = [{"name": b.name, "title": b.title, "description": b.description} for b in self.boards.boards.values()]
        return {"boards": listed, "project": self.project, "version": self.version}

    def board(self, board: Board) -> dict[str, Any]:
        """One dashboard, without any row."""
        index = LineIndex(self.boards.texts.get(board.path, ""))
        return {
            "name": board.name, "title": board.title, "description": board.description, "refresh_ms": board.refresh_ms,
            "parameters": [_parameter(p) for p in board.parameters],
            "tiles": [self._tile(t, board, index) for t in board.tiles], "problems": self.problems(board),
        }

    def problems(self, board: Board) -> tuple[dict[str, Any], ...]:
        """What is wrong with a dashboard."""
        return tuple(_problem(d, self.boards.texts) for d in self.boards.diagnostics
                     if d.span is not None and d.span.file == board.path)

    def job_of(self, board: Board) -> str | None:
        """The job that writes the sinks which a dashboard reads; the first of several."""
        sinks = [s for t in board.tiles if t.query is not None for s in t.query.sinks]
        return next((self.jobs[s] for s in sinks if s in self.jobs), None)

    def _tile(self, tile: Tile, board: Board, index: LineIndex) -> dict[str, Any]:
        query = tile.query
        sinks = query.sinks if query is not None else ()
        fills = sorted({n for s in sinks for n in self.upstream.get(s, ())})
        return {
            "id": tile.id, "title": tile.title, "type": tile.type, "unit": tile.unit, "decimals": tile.decimals,
            "thresholds": [t.to_json() for t in tile.thresholds], "width": tile.width, "height": tile.height,
            "columns": {name: shown.to_json() for name, shown in tile.columns.items()},
            "options": dict(options_of(tile, query.columns if query is not None else ())),
            "time": tile.time, "empty": tile.empty, "text": tile.text, "refresh_ms": tile.refresh_ms,
            "sql": query.text if query is not None else None, "node": sinks[0] if sinks else None, "nodes": list(sinks),
            "parameters": list(query.parameters) if query is not None else [], "feeds": fills, "file": board.path,
            "line": index.position(tile.span.start).line, "broken": query is None and tile.type != "text",
        }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    told: dict[str, Any] = {"name": parameter.name, "type": parameter.type, "label": parameter.label,
                            "default": parameter.default}
    if parameter.type == "time_range":
        told["default"] = length(parameter.default)
        return {**told, "values": [length(v) for v in parameter.values]}
    if parameter.values:
        told["values"] = list(parameter.values)
        told["default"] = parameter.default if parameter.default is not None else parameter.values[0]
    return told


def length(milliseconds: object) -> str:
    """A length of time in its largest unit, as it stands in an address: ``15min``."""
    assert isinstance(milliseconds, int)
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000)):
        if milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds // 1000}s"


def _problem(found: Diagnostic, texts: Mapping[str, str]) -> dict[str, Any]:
    assert found.span is not None
    at = LineIndex(texts.get(found.span.file, "")).position(found.span.start)
    return {"code": found.code, "severity": str(found.severity), "message": found.message, "file": found.span.file,
            "line": at.line, "column": at.column, "help": found.help}
