"""Whether a tile can show what its query gives: columns that it names are there, and of a kind that fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flinksql_runner.boards.layout import keys_of, options_of
from flinksql_runner.boards.scopes import Output
from flinksql_runner.boards.values import Kind, Parameter, Tile
from flinksql_runner.diagnostics import Diagnostic, Span, did_you_mean, error
from flinksql_runner.project.yaml_source import YamlSource

_Where = tuple["str | int", ...]
_COLUMNS = ("time", "value", "previous", "x", "y", "series", "low", "high", "entity", "state", "label", "latitude", "longitude",
            "size", "country", "headline", "body")
_FITTING: Mapping[tuple[str, str], tuple[Kind, ...]] = {
    ("number", "value"): ("number", "text"), ("number", "previous"): ("number",), ("number", "x"): ("time",),
    ("line", "x"): ("time", "number"), ("line", "y"): ("number",), ("bar", "y"): ("number",),
    ("bar", "value"): ("number",), ("line", "low"): ("number",), ("line", "high"): ("number",), ("bar", "low"): ("number",),
    ("bar", "high"): ("number",), ("map", "latitude"): ("number",), ("map", "longitude"): ("number",),
    ("map", "size"): ("number",),
    ("grid", "entity"): ("text", "number", "bool"), ("grid", "state"): ("number", "text", "bool"), ("map", "country"): ("text",),
}
"""Kinds that a tile can use in a place; elsewhere any will do."""
_SAY: Mapping[Kind, str] = {"number": "a number", "text": "text", "time": "a time", "bool": "true or false", "json": "JSON"}


def misfits(
    tile: Tile, columns: Sequence[Output], parameters: Sequence[Parameter], source: YamlSource, where: _Where,
) -> Iterator[Diagnostic]:
    """What stands between a tile and its query; nothing of columns that can't be told without the database."""
    entry = source.value
    for key in where:
        entry = entry[key]  # type: ignore[index]
    assert isinstance(entry, dict)
    yield from _links(tile, columns, parameters, source, where, entry)
    if not columns or any(name is None for name, _ in columns):
        return
    kinds: dict[str, Kind | None] = {name: kind for name, kind in columns if name is not None}
    wrong: list[Diagnostic] = []
    for key in (k for k in _COLUMNS if k in entry and k in keys_of(tile.type)):
        named = entry[key] if isinstance(entry[key], list) else [entry[key]]
        for number, name in enumerate(named):
            place = source.span((*where, key, number) if isinstance(entry[key], list) else (*where, key))
            if isinstance(name, str):
                wrong += _named(tile, key, name, kinds, place)
    yield from wrong
    for name in entry.get("columns") or {}:
        if name not in kinds:
            yield _no_column(name, kinds, source.key_span((*where, "columns", name)))
    if not wrong and all(kind is not None for kind in kinds.values()):
        yield from _lacking(tile, [(n, k) for n, k in kinds.items() if k is not None])


def _named(tile: Tile, key: str, name: str, kinds: Mapping[str, Kind | None], place: Span) -> Iterator[Diagnostic]:
    if name not in kinds:
        yield _no_column(name, kinds, place)
        return
    wanted: tuple[Kind, ...] = ("time",) if key == "time" else _FITTING.get((tile.type, key), ())
    kind = kinds[name]
    if wanted and kind is not None and kind not in wanted:
        yield error("FS918", f"`{key}` of a {tile.type} tile can't be {_SAY[kind]}: `{name}`", place,
                    f"take a column with {' or '.join(_SAY[w] for w in wanted)}, or CAST it in the query")


def _no_column(name: str, kinds: Mapping[str, object], place: Span) -> Diagnostic:
    return error("FS917", f"the query gives no column `{name}`", place,
                 did_you_mean(name, kinds) or f"it gives {', '.join(f'`{k}`' for k in kinds)}")


def _lacking(tile: Tile, columns: Sequence[tuple[str, Kind]]) -> Iterator[Diagnostic]:
    """What a tile of this type must have and finds in no column by itself."""
    options = options_of(tile, columns)
    lacks = None
    if tile.type in ("line", "bar") and not options.get("y"):
        lacks = "a column with numbers to draw"
    elif tile.type == "number" and dict(columns).get(str(options.get("value"))) in ("time", "bool", "json"):
        lacks = "a column with a number"
    elif tile.type == "map" and not options.get("country") and not (options.get("latitude") and options.get("longitude")):
        lacks = "columns `latitude` and `longitude`, or a column `country`"
    if lacks is not None:
        given = ", ".join(f"`{n}` ({_SAY[k]})" for n, k in columns)
        yield error("FS918", f"a {tile.type} tile needs {lacks}", tile.span, f"the query gives {given}")


def _links(
    tile: Tile, columns: Sequence[Output], parameters: Sequence[Parameter], source: YamlSource, where: _Where,
    entry: Mapping[str, object],
) -> Iterator[Diagnostic]:
    """Links to parameters that are not there, or from columns that are not."""
    known = {p.name for p in parameters}
    given = {n: k for n, k in columns if n is not None}
    places: list[tuple[_Where, object]] = [((*where, "link"), entry.get("link"))]
    shown = entry.get("columns")
    if isinstance(shown, dict):
        places += [((*where, "columns", c, "link"), f.get("link")) for c, f in shown.items()]
    for place, link in places:
        for parameter, column in link.items() if isinstance(link, dict) else ():
            if parameter not in known:
                yield error("FS914", f"there is no parameter `{parameter}`", source.key_span((*place, parameter)),
                            did_you_mean(parameter, known) or "declare it under `parameters:`")
            if given and column not in given and all(n is not None for n, _ in columns):
                yield _no_column(str(column), given, source.span((*place, parameter)))
