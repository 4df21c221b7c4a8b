"""A dashboard as values: its parameters, its tiles, and their queries with the places where values are bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from flinksql_runner.diagnostics import Diagnostic, Span
from flinksql_runner.tables.columns import Database

TileType = Literal["number", "line", "bar", "table", "grid", "map", "feed", "text"]
ParameterType = Literal["choice", "time_range", "text"]
Kind = Literal["number", "text", "time", "bool", "json"]
"""What a page knows of a column's type."""
Aspect = Literal["value", "step"]
"""Of a parameter: its value (of a time range: its start), or the length of a step in it."""


@dataclass(frozen=True, slots=True)
class Place:
    """The database that a query is sent to; ``url`` (JDBC), ``user`` and ``password`` still hold placeholders."""

    database: Database
    url: str
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A place in a query where a parameter's value is bound."""

    parameter: str
    aspect: Aspect = "value"


class Placed(Protocol):
    """The way back from a rendered query to what the user wrote."""

    def span(self, start: int, end: int) -> Span:
        """The place of a piece of the text, in which each bound place stands as its mark."""

    def mark_of(self, bound: Bound) -> str:
        """What stands at a bound place."""


@dataclass(frozen=True, slots=True)
class Query:
    """One query, rendered.

    ``parts`` are its text cut at the bound places. ``sinks`` are the nodes whose tables it reads by ``ref()``. ``place`` is None
    where nothing says which database is meant. ``columns`` are those that could be told without the database, else empty.
    ``placed`` leads from offsets of its text to the user's files.
    """

    parts: tuple[str | Bound, ...]
    sinks: tuple[str, ...]
    place: Place | None
    span: Span
    columns: tuple[tuple[str, Kind], ...] = ()
    placed: Placed | None = field(default=None, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The SQL as a person reads it, with ``:name`` where a value is bound."""
        return "".join(part if isinstance(part, str) else _shown(part) for part in self.parts)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that it hangs on, sorted."""
        return tuple(sorted({part.parameter for part in self.parts if isinstance(part, Bound)}))


def _shown(bound: Bound) -> str:
    return f":{bound.parameter}" if bound.aspect == "value" else f":{bound.parameter}_{bound.aspect}"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A colour and a word for values from a number on, or for one value; for all others where it has neither."""

    colour: str
    word: str = ""
    from_: float | None = None
    is_: object = None

    def to_json(self) -> dict[str, object]:
        """As the page reads it."""
        limits = {k: v for k, v in (("from", self.from_), ("is", self.is_)) if v is not None}
        return {**limits, "colour": self.colour, "word": self.word}


@dataclass(frozen=True, slots=True)
class ColumnFormat:
    """How a column is shown; ``link`` maps parameters to the columns whose values a click gives them."""

    label: str = ""
    unit: str = ""
    decimals: int | None = None
    thresholds: tuple[Threshold, ...] = ()
    link: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """As the page reads it."""
        return {"label": self.label, "unit": self.unit, "decimals": self.decimals,
                "thresholds": [t.to_json() for t in self.thresholds], "link": dict(self.link)}


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a viewer can choose. ``values`` are fixed choices (of a time range: lengths in ms), else ``query`` gives them.

    ``default`` is None where the first choice is meant; of a time range it is a length in ms.
    """

    name: str
    type: ParameterType
    label: str
    default: str | int | None
    span: Span
    values: tuple[str | int, ...] = ()
    query: Query | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile. ``options`` are the keys of its type as written (``x``, ``entity``, ``low`` ...), ``refresh_ms`` its interval.

    ``width`` and ``height`` are in cells of a layout of twelve columns; None leaves them to the page. ``text`` is that of a text
    tile.
    """

    id: str
    title: str
    type: TileType
    span: Span
    query: Query | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    unit: str = ""
    decimals: int | None = None
    thresholds: tuple[Threshold, ...] = ()
    columns: Mapping[str, ColumnFormat] = field(default_factory=dict)
    width: int | None = None
    height: int | None = None
    time: str = ""
    empty: str = ""
    text: str = ""
    refresh_ms: int = 5000


@dataclass(frozen=True, slots=True)
class Board:
    """One file of dashboards/. A tile whose query can't be used stays, without the query; ``diagnostics`` say why."""

    name: str
    path: str
    title: str
    description: str
    refresh_ms: int
    parameters: tuple[Parameter, ...]
    tiles: tuple[Tile, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def queries(self) -> tuple[Query, ...]:
        """All queries, those of choices first."""
        return tuple(q for q in (*(p.query for p in self.parameters), *(t.query for t in self.tiles)) if q is not None)


@dataclass(frozen=True, slots=True)
class Boards:
    """All dashboards of a project by name; ``texts`` are their files, ``diagnostics`` what is wrong in any of them."""

    boards: Mapping[str, Board]
    diagnostics: tuple[Diagnostic, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
