"""What each type of tile knows: its keys, how many rows it shows, and the columns that it takes where the file names none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flinksql_runner.boards.values import Kind, Tile

_ALL = ("title", "type", "query", "width", "height", "refresh", "unit", "decimals", "thresholds", "columns", "time", "empty")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "number": ("value", "previous", "x"),
    "line": ("x", "y", "series", "low", "high", "link"),
    "bar": ("x", "y", "series", "low", "high", "stacked", "link"),
    "table": ("link",),
    "grid": ("entity", "state", "label", "link"),
    "map": ("latitude", "longitude", "size", "state", "label", "country", "value", "link"),
    "feed": ("headline", "body", "state", "link"),
}
LIMITS: Mapping[str, int] = {
    "number": 2_000, "line": 20_000, "bar": 20_000, "table": 1_000, "grid": 100_000, "map": 20_000, "feed": 200,
}
"""Rows that a tile shows at most; beyond them it says that there are more."""
Column = tuple[str, Kind]


def keys_of(kind: str) -> tuple[str, ...]:
    """The keys of a tile of this type; those that all types have where it is none."""
    return ("title", "type", "text", "width", "height") if kind == "text" else (*_ALL, *_KEYS.get(kind, ()))


def options_of(tile: Tile, columns: Sequence[Column]) -> Mapping[str, object]:
    """The tile's own keys, with the columns that it takes by itself where the file names none."""
    choose = _DEFAULTS.get(tile.type)
    return {**(choose(columns) if choose is not None and columns else {}), **tile.options}


def time_of(tile: Tile, columns: Sequence[Column]) -> str | None:
    """The column that tells how new a row is."""
    return tile.time or _first(columns, "time")


def _first(columns: Sequence[Column], *kinds: Kind, but: Sequence[str | None] = ()) -> str | None:
    """The first column of these kinds, the kinds in their order."""
    return next((name for kind in kinds for name, k in columns if k == kind and name not in but), None)


def _named(columns: Sequence[Column], *names: str) -> str | None:
    by_lower = {name.lower(): name for name, _ in columns}
    return next((by_lower[n] for n in names if n in by_lower), None)


def _some(**options: object) -> dict[str, object]:
    return {k: v for k, v in options.items() if v is not None}


def _number(columns: Sequence[Column]) -> dict[str, object]:
    previous = _named(columns, "previous", "before")
    value = _first(columns, "number", but=(previous,)) or columns[0][0]
    return _some(value=value, previous=previous, x=_first(columns, "time"))


def _axes(columns: Sequence[Column]) -> dict[str, object]:
    x = _first(columns, "time") or columns[0][0]
    low, high = _named(columns, "low"), _named(columns, "high")
    y = [name for name, kind in columns if kind == "number" and name not in (x, low, high)]
    return _some(x=x, y=y, series=_first(columns, "text", but=(x,)), low=low, high=high)


def _grid(columns: Sequence[Column]) -> dict[str, object]:
    entity = _first(columns, "text") or columns[0][0]
    state = _first(columns, "number", "bool", "text", but=(entity,))
    return _some(entity=entity, state=state, label=_first(columns, "text", but=(entity, state)))


def _map(columns: Sequence[Column]) -> dict[str, object]:
    north, east = _named(columns, "latitude", "lat"), _named(columns, "longitude", "lon", "lng")
    country = _named(columns, "country", "country_code", "iso", "iso_code")
    value = _first(columns, "number", but=(north, east))
    if north and east:
        return _some(latitude=north, longitude=east, size=value, state=value, label=_first(columns, "text"))
    return _some(country=country or _first(columns, "text"), value=value)


def _feed(columns: Sequence[Column]) -> dict[str, object]:
    headline = _first(columns, "text") or columns[0][0]
    return _some(headline=headline, body=_first(columns, "text", but=(headline,)), state=_first(columns, "number"),
                 time=_first(columns, "time"))


_DEFAULTS = {"number": _number, "line": _axes, "bar": _axes, "grid": _grid, "map": _map, "feed": _feed}
