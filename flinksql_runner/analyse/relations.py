"""The kinds of relations: what a query is made of, in the order in which Flink works.

A tree is read from the top (what is written or the view's columns) down to ``Scan``, ``Values`` or a table function. A view
of the project is a ``Scan`` of that node: its own tree is another node's. Columns of inputs are told by (input, index).
"""

from __future__ import annotations

from itertools import chain
from typing import Literal

from msgspec import Struct
from sqlglot import exp

from flinksql_runner.analyse.algebra import Apart, Field, Relation, Scalar

WindowKind = Literal["TUMBLE", "HOP", "CUMULATE", "SESSION"]
JoinKind = Literal["inner", "left", "right", "full", "cross", "semi", "anti"]
JoinFlavour = Literal["regular", "interval", "temporal", "lookup", "window", "table_function", "unnest", "lateral"]


class Scan(Relation, frozen=True, kw_only=True):
    """All rows of a node of the project: a table or a view. ``alias`` as the query calls it."""

    table: str
    alias: str = ""


class Unknown(Relation, frozen=True, kw_only=True):
    """What is not known: a table of another catalog, a form that the analyser does not follow."""

    over: tuple[Relation, ...] = ()

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return self.over


class Values(Relation, frozen=True, kw_only=True):
    """Rows written in the query; one row without columns where a SELECT has no FROM."""

    rows: tuple[tuple[Scalar, ...], ...]

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        return tuple(chain.from_iterable(self.rows))


class _Single(Relation, frozen=True, kw_only=True):
    """One input."""

    input: Relation

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return (self.input,)


class Project(_Single, frozen=True, kw_only=True):
    """Expressions, one for each field."""

    values: tuple[Scalar, ...]

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        return self.values

    def uses(self, index: int) -> frozenset[tuple[int, int]]:
        return self.values[index].columns()


class Filter(_Single, frozen=True, kw_only=True):
    """Rows for which all ``conditions`` hold (the parts of WHERE, HAVING or QUALIFY between their ANDs)."""

    conditions: tuple[Scalar, ...]
    clause: Literal["WHERE", "HAVING", "QUALIFY"] = "WHERE"

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        return self.conditions


class EquiKey(Struct, frozen=True):
    """``left = right``: the one of the left input alone, the other of the right input alone (columns have input 0 and 1)."""

    left: Scalar
    right: Scalar
    null_safe: bool = False


class TimeBound(Struct, frozen=True):
    """``left time BETWEEN right time + lower AND right time + upper``, in ms; None where a side has no bound."""

    left: int
    right: int
    lower: int | None
    upper: int | None


class Join(Relation, frozen=True, kw_only=True):
    """Pairs of rows. Its fields are those of the left input, then those of the right one (semi and anti: left alone;
    with USING and NATURAL both columns are there, and ``*`` shows one of them).

    ``keys`` are the conjuncts of the condition that compare one side with the other by ``=``, ``rest`` all others. In both,
    columns of the left input have input 0, of the right one 1. ``flavour``:

    - ``regular``: keeps all rows of both sides; ``window``: both sides are windowed and the windows are among the keys
    - ``interval``: ``bound`` says how far the two time attributes (indexes in left and right) are from each other
    - ``temporal``: FOR SYSTEM_TIME AS OF ``as_of`` a row time of the left side; ``lookup``: of a processing time
      (whether the table is asked row by row hangs on its connector)
    - ``table_function``, ``unnest``, ``lateral``: the right side is computed for each left row, whose columns are
      ``outer`` scalars in it
    """

    left: Relation
    right: Relation
    kind: JoinKind
    flavour: JoinFlavour = "regular"
    keys: tuple[EquiKey, ...] = ()
    rest: tuple[Scalar, ...] = ()
    bound: TimeBound | None = None
    as_of: Scalar | None = None

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return (self.left, self.right)

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        both = chain.from_iterable((k.left, k.right) for k in self.keys)
        return (*both, *self.rest, *((self.as_of,) if self.as_of is not None else ()))


class TableFunction(Relation, frozen=True, kw_only=True):
    """Rows of a function of the FROM clause; ``call`` names it. ``over`` are tables among its arguments."""

    call: Scalar
    over: tuple[Relation, ...] = ()

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return self.over

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        return (self.call,)


class Unnest(Relation, frozen=True, kw_only=True):
    """The elements of collections, and their numbers WITH ORDINALITY."""

    collections: tuple[Scalar, ...]
    ordinality: bool = False

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        return self.collections


class WindowTvf(_Single, frozen=True, kw_only=True):
    """``TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), ...))``: the fields of the input, then window_start, window_end, window_time.

    ``time`` is the index of the time column (-1: not known); sizes are in ms, None where they are not literals.
    TUMBLE has ``size``; HOP ``size`` and ``step`` (slide); CUMULATE ``size`` (the longest) and ``step``; SESSION ``size``
    (the gap) and ``partition``.
    """

    kind: WindowKind
    time: int
    size: int | None = None
    step: int | None = None
    offset: int | None = None
    partition: tuple[int, ...] = ()

    def uses(self, index: int) -> frozenset[tuple[int, int]]:
        if index < len(self.input.fields):
            return frozenset([(0, index)])
        return frozenset([(0, self.time)]) if self.time >= 0 else frozenset()


class GroupWindow(Struct, frozen=True):
    """``GROUP BY TUMBLE(ts, INTERVAL '1' HOUR)``, the older way to window; sizes in ms."""

    kind: WindowKind
    time: Scalar
    size: int | None = None
    step: int | None = None
    syntax: object = None


class Aggregate(_Single, frozen=True, kw_only=True):
    """Groups. Its fields are ``keys``, then ``calls``, then ``properties`` of a group window (names of their functions:
    TUMBLE_START ...).

    ``sets``: the grouping sets as indexes of ``keys``; one set with all of them for a plain GROUP BY. A window of a
    WindowTvf is told by ``window``: indexes of the keys that are its window_start and window_end; without it and without
    ``group_window`` the aggregate keeps a state for each key.
    """

    keys: tuple[Scalar, ...]
    calls: tuple[Scalar, ...] = ()
    sets: tuple[tuple[int, ...], ...] = ()
    window: tuple[int, int] | None = None
    group_window: GroupWindow | None = None
    properties: tuple[str, ...] = ()

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        return (*self.keys, *self.calls)

    def uses(self, index: int) -> frozenset[tuple[int, int]]:
        if index < len(self.keys) + len(self.calls):
            return self.scalars[index].columns()
        return self.group_window.time.columns() if self.group_window is not None else frozenset()


class SortKey(Struct, frozen=True):
    """One item of ORDER BY; ``nulls_first`` None: not written."""

    value: Scalar
    descending: bool = False
    nulls_first: bool | None = None


class Frame(Struct, frozen=True):
    """``ROWS | RANGE BETWEEN start AND end``: a bound is None for UNBOUNDED, 0 for CURRENT ROW, else rows or ms (negative:
    preceding); ``known`` is False where a bound is no literal. Without a written frame: RANGE UNBOUNDED to CURRENT ROW."""

    kind: Literal["ROWS", "RANGE"] = "RANGE"
    start: int | None = None
    end: int | None = 0
    written: bool = False
    known: bool = True


class Over(Apart, frozen=True):
    """One ``f(...) OVER (PARTITION BY partition ORDER BY order frame)``; ``named`` is the WINDOW that says it, where one does."""

    call: Scalar
    partition: tuple[Scalar, ...] = ()
    order: tuple[SortKey, ...] = ()
    frame: Frame = Frame()
    named: exp.Expr | None = None


class OverAggregate(_Single, frozen=True, kw_only=True):
    """The fields of the input, then one for each of ``calls``."""

    calls: tuple[Over, ...]

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        return tuple(chain.from_iterable((c.call, *c.partition, *(k.value for k in c.order)) for c in self.calls))

    def uses(self, index: int) -> frozenset[tuple[int, int]]:
        if index < len(self.input.fields):
            return frozenset([(0, index)])
        over = self.calls[index - len(self.input.fields)]
        return frozenset().union(*(s.columns() for s in (over.call, *over.partition, *(k.value for k in over.order))))


class Rank(_Single, frozen=True, kw_only=True):
    """Top-N and deduplication: a filter ``number <= n`` over ROW_NUMBER(), RANK() or DENSE_RANK() of a query below.

    Its fields are those of the input. ``number`` is the index of the rank number in the input, ``over`` the window as it
    stands in the OverAggregate below (``source``; its scalars' columns are those of that relation's input). The rows
    ``start`` to ``end`` of each partition are kept (from 1; ``end`` None: no literal). Other conditions of the same WHERE
    stand in a Filter above. ``deduplication``: ROW_NUMBER() = 1 in the order of one time attribute.
    """

    function: Literal["ROW_NUMBER", "RANK", "DENSE_RANK"]
    number: int
    over: Over
    source: OverAggregate
    start: int = 1
    end: int | None = 1
    deduplication: bool = False
    condition: Scalar

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        return (self.condition,)


class Sort(_Single, frozen=True, kw_only=True):
    """ORDER BY, LIMIT and OFFSET of a query; ``keys`` may be empty."""

    keys: tuple[SortKey, ...] = ()
    limit: int | None = None
    offset: int | None = None

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        return tuple(k.value for k in self.keys)


class SetOp(Relation, frozen=True, kw_only=True):
    """UNION, INTERSECT or EXCEPT of queries; columns go by place."""

    kind: Literal["UNION", "INTERSECT", "EXCEPT"]
    all: bool
    branches: tuple[Relation, ...]

    @property
    def inputs(self) -> tuple[Relation, ...]:
        return self.branches

    def uses(self, index: int) -> frozenset[tuple[int, int]]:
        return frozenset((n, index) for n, branch in enumerate(self.branches) if index < len(branch.fields))


class Distinct(_Single, frozen=True, kw_only=True):
    """SELECT DISTINCT: each row once."""


class MatchRecognize(_Single, frozen=True, kw_only=True):
    """Patterns of rows. Its fields are ``partition``, then ``measures`` (ALL ROWS PER MATCH is not in Flink).

    ``within`` in ms; columns inside of measures and conditions are those of the input.
    """

    partition: tuple[Scalar, ...] = ()
    order: tuple[SortKey, ...] = ()
    measures: tuple[Scalar, ...] = ()
    conditions: tuple[tuple[str, Scalar], ...] = ()
    pattern: str = ""
    after: str = ""
    within: int | None = None

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        return (*self.partition, *(k.value for k in self.order), *self.measures, *(c for _, c in self.conditions))

    def uses(self, index: int) -> frozenset[tuple[int, int]]:
        return (*self.partition, *self.measures)[index].columns()


class Insert(_Single, frozen=True, kw_only=True):
    """The rows of a query written into a sink. ``targets`` are the indexes of the sink's columns that the fields of the input
    go into, by place; ``conflict`` is NOTHING, ERROR or DEDUPLICATE of ON CONFLICT DO, empty without it."""

    sink: str
    targets: tuple[int, ...] = ()
    conflict: str = ""
    overwrite: bool = False


def trace(relation: Relation, index: int) -> tuple[Relation, int]:
    """Follows a field down as long as it passes unchanged: the lowest relation that has it, and its index there."""
    while True:
        passes = relation.fields[index].passes if index < len(relation.fields) else None
        if passes is None or passes[0] >= len(relation.inputs):
            return relation, index
        relation, index = relation.inputs[passes[0]], passes[1]


def passed(fields: tuple[Field, ...], input: int = 0) -> tuple[Field, ...]:
    """The fields of an input as fields that pass unchanged."""
    return tuple(Field(f.name, f.type, f.time, (input, i), f.window) for i, f in enumerate(fields))
