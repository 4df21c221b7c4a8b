"""Reads the dashboards of a project: ``dashboards/*.yml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flinksql_runner.boards.fitting import misfits
from flinksql_runner.boards.layout import keys_of
from flinksql_runner.boards.places import TextPlaces
from flinksql_runner.boards.queries import Asked, Queries
from flinksql_runner.boards.values import (
    Board,
    Boards,
    ColumnFormat,
    Parameter,
    Threshold,
    Tile,
)
from flinksql_runner.diagnostics import Diagnostic, Span, did_you_mean, error, warning
from flinksql_runner.graph.values import Graph
from flinksql_runner.options.types import nanoseconds
from flinksql_runner.project.shape import check_shape
from flinksql_runner.project.values import Project
from flinksql_runner.project.yaml_source import YamlSource, read_yaml

DEFAULT_REFRESH_MS, LEAST_REFRESH_MS = 5_000, 1_000
DEFAULT_RANGE_MS = 15 * 60_000
RANGES_MS = tuple(m * 60_000 for m in (5, 15, 60, 6 * 60, 24 * 60))
LONGEST_RANGE_MS = 3660 * 24 * 3_600_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
_Where = tuple["str | int", ...]


def read_boards(project: Project, graph: Graph) -> Boards:
    """All dashboards below ``dashboards/``; one with a mistake in its shape is left out and told."""
    found: list[Diagnostic] = []
    boards: dict[str, Board] = {}
    if not project.dashboards:
        return Boards({})
    queries = Queries(project, graph)
    for path, text in sorted(project.dashboards.items()):
        board = _board(path, text, queries, found)
        if board is not None and board.name in boards:
            found.append(error("FS910", f"there are two dashboards `{board.name}`", Span(path, 0, 0), "rename one of the files"))
        elif board is not None:
            boards[board.name] = board
            found += board.diagnostics
    return Boards(boards, tuple(found), {**queries.texts, **project.dashboards})


def _board(path: str, text: str, queries: Queries, found: list[Diagnostic]) -> Board | None:
    source = read_yaml(path, text)
    wrong = source.diagnostics or check_shape(source, "dashboard")
    name = Path(path).stem
    if not _NAME.match(name):
        wrong = (*wrong, error("FS910", f"`{name}` can't be the name of a dashboard", Span(path, 0, 0),
                               "name the file with letters, digits, - and _: it is part of the page's address"))
    found.extend(wrong)
    return None if wrong else _File(source, queries).board(name)


def milliseconds(value: object) -> int | None:
    """A length of time as a dashboard writes it (``5 s``, ``15min``), or None."""
    found = nanoseconds(value) if isinstance(value, str) and not value.strip().isdigit() else None
    return found // 10**6 if found is not None else None


class _File:
    """One file whose shape is right."""

    def __init__(self, source: YamlSource, queries: Queries) -> None:
        self.source, self.queries = source, queries
        self.found: list[Diagnostic] = []
        self.value: Any = source.value

    def board(self, name: str) -> Board:
        """The dashboard, with what is wrong in it."""
        refresh = self._refresh((), self.value, DEFAULT_REFRESH_MS)
        declared: Mapping[str, Any] = self.value.get("parameters") or {}
        parameters = tuple(self._parameter(key, entry) for key, entry in declared.items())
        tiles = tuple(self._tiles(refresh, parameters))
        self.found += self._unused(parameters, tiles)
        return Board(name, self.source.file, self.value.get("title") or name.replace("_", " ").capitalize(),
                     self.value.get("description", ""), refresh, parameters, tiles, tuple(self.found))

    def _wrong(self, code: str, message: str, where: _Where, help: str | None, *, at_key: bool = False) -> None:
        span = self.source.key_span(where) if at_key else self.source.span(where)
        self.found.append(error(code, message, span, help))

    def _refresh(self, where: _Where, entry: Mapping[str, Any], default: int) -> int:
        if "refresh" not in entry:
            return default
        length = milliseconds(entry["refresh"])
        if length is None or length < LEAST_REFRESH_MS:
            self._wrong("FS910", f"`{entry['refresh']}` is no time between two refreshes", (*where, "refresh"),
                        "write a length of at least one second, with its unit: 5 s, 1 min")
            return default
        return length

    def _query(self, where: _Where, parameters: tuple[Parameter, ...]) -> Asked:
        asked = self.queries.render(TextPlaces(self.source, where), {p.name: p.type for p in parameters})
        self.found += asked.diagnostics
        return asked

    def _parameter(self, name: str, entry: Mapping[str, Any]) -> Parameter:
        where: _Where = ("parameters", name)
        kind, values, default = entry["type"], tuple(entry.get("values", ())), entry.get("default")
        span = self.source.key_span(where)
        label = entry.get("label") or name.replace("_", " ").capitalize()
        if "query" in entry and (kind != "choice" or values):
            self._wrong("FS910", f"`query` does nothing for the parameter `{name}`", (*where, "query"),
                        "take it out: only a choice without `values` has one", at_key=True)
        if kind == "time_range":
            lengths = tuple(self._range(v, (*where, "values", i)) for i, v in enumerate(values)) or RANGES_MS
            return Parameter(name, kind, label, self._range(default, (*where, "default")) if default is not None
                             else lengths[0] if values else DEFAULT_RANGE_MS, span, lengths)
        if kind == "text":
            return Parameter(name, kind, label, "" if default is None else str(default), span)
        if not values and "query" not in entry:
            self._wrong("FS910", f"the choice `{name}` has nothing to choose from", where,
                        "give it `values: [a, b]` or a `query:`", at_key=True)
        if values and default not in (None, "first", *values):
            self._wrong("FS910", f"`{default}` is none of the values of `{name}`", (*where, "default"),
                        did_you_mean(str(default), map(str, values)) or "take one of its values")
        chosen = None if default in (None, "first") else str(default)
        query = self._query((*where, "query"), ()).query if "query" in entry and not values else None
        return Parameter(name, "choice", label, chosen, span, tuple(str(v) for v in values), query)

    def _range(self, value: object, where: _Where) -> int:
        length = milliseconds(value)
        if length is None or not 1000 <= length <= LONGEST_RANGE_MS:
            self._wrong("FS910", f"`{value}` is no length of time", where, "write a number and its unit: 15 min, 6 h, 7 d")
            return DEFAULT_RANGE_MS
        return length

    def _tiles(self, refresh: int, parameters: tuple[Parameter, ...]) -> Iterator[Tile]:
        taken: set[str] = set()
        for number, entry in enumerate(self.value["tiles"]):
            where: _Where = ("tiles", number)
            slug = re.sub(r"[^a-z0-9]+", "-", entry["title"].lower()).strip("-") or "tile"
            name = next(n for n in (slug, *(f"{slug}-{i}" for i in range(2, 1000))) if n not in taken)
            taken.add(name)
            yield self._tile(name, entry, where, refresh, parameters)

    def _tile(
        self, name: str, entry: Mapping[str, Any], where: _Where, refresh: int, parameters: tuple[Parameter, ...],
    ) -> Tile:
        kind = entry.get("type", "text" if "text" in entry else "table")
        known = keys_of(kind)
        for key in entry:
            if key not in known:
                self._wrong("FS910", f"`{key}` does nothing on a tile of type {kind}", (*where, key),
                            "keys of this type: " + ", ".join(f"`{k}`" for k in known), at_key=True)
        needed = "text" if kind == "text" else "query"
        if needed not in entry:
            self._wrong("FS910", f"the tile has no `{needed}`", where, f"add `{needed}:` to it")
        asked = self._query((*where, "query"), parameters) if "query" in entry and kind != "text" else Asked()
        tile = Tile(
            name, entry["title"], kind, self.source.span((*where, "title")), asked.query,
            {k: v for k, v in entry.items() if k in known and k not in keys_of("")},
            entry.get("unit", ""), entry.get("decimals"), _thresholds(entry.get("thresholds", ())),
            {c: _format(f) for c, f in entry.get("columns", {}).items()},
            entry.get("width"), entry.get("height"), entry.get("time", ""), entry.get("empty", ""),
            entry.get("text", ""), self._refresh(where, entry, refresh))
        self.found += misfits(tile, asked.columns, parameters, self.source, where)
        return tile

    def _unused(self, parameters: tuple[Parameter, ...], tiles: tuple[Tile, ...]) -> Iterator[Diagnostic]:
        """Parameters that no query hangs on; none where a query could not be read."""
        if any(t.query is None and t.type != "text" for t in tiles):
            return
        used = {name for t in tiles if t.query is not None for name in t.query.parameters}
        for parameter in parameters:
            if parameter.name not in used:
                yield warning("FS919", f"no tile uses the parameter `{parameter.name}`", parameter.span,
                              f"write {{{{ param('{parameter.name}') }}}} into a query, or take it out")


def _thresholds(entries: Any) -> tuple[Threshold, ...]:
    return tuple(Threshold(e["colour"], e.get("word", ""), e.get("from"), e.get("is")) for e in entries)


def _format(entry: Mapping[str, Any]) -> ColumnFormat:
    return ColumnFormat(entry.get("label", ""), entry.get("unit", ""), entry.get("decimals"),
                        _thresholds(entry.get("thresholds", ())), entry.get("link", {}))
