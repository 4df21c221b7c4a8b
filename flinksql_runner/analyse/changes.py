"""Which changes a relation's rows come as: inserts alone, or updates and deletes as well, and whether those can be upserts.

The planner's own rules (it shows their outcome in EXPLAIN CHANGELOG_MODE). None is: not known, because a table's connector is
not known, or a form of query is not followed; whatever needs to know is silent then.
"""

from __future__ import annotations

from collections.abc import Iterator

from flinksql_runner.analyse.algebra import Relation, Scalar
from flinksql_runner.analyse.connectors import ALL, INSERTS, Kind
from flinksql_runner.analyse.flows import Flows, Kinds
from flinksql_runner.analyse.keys import Keys
from flinksql_runner.analyse.once import Once
from flinksql_runner.analyse.relations import (
    Aggregate,
    Distinct,
    Filter,
    Insert,
    Join,
    MatchRecognize,
    OverAggregate,
    Project,
    Rank,
    Scan,
    SetOp,
    Sort,
    TableFunction,
    Unnest,
    Values,
    WindowTvf,
)
from flinksql_runner.analyse.shapes import narrows_outer_join, over_by_time, rank_by_window, rows_below

_UPDATES: Kinds = frozenset(("I", "U"))
_WITHOUT_ORDER = ("ROW_NUMBER", "RANK", "DENSE_RANK")


class Changes:
    """Answers for all relations of one node, given the ``flows`` of what it reads."""

    def __init__(self, keys: Keys, flows: Flows) -> None:
        self._keys, self._flows = keys, flows
        self._kinds = Once(self._derive)
        self._before = Once(self._without_before)
        self._upserts = Once(self._is_upserts_alone)

    def kinds(self, relation: Relation) -> Kinds | None:
        """The kinds of changes of its rows."""
        return self._kinds(relation)

    def surely_change(self, relation: Relation) -> bool:
        """Whether rows are updated whatever the tables give: those of groups without windows are, in a stream."""
        kinds = self.kinds(relation)
        if kinds is not None:
            return kinds != INSERTS
        if isinstance(relation, Aggregate):
            return not (relation.window or relation.group_window or relation.input.open)
        return isinstance(relation, Project | Filter) and self.surely_change(relation.input)

    def mode(self, relation: Relation) -> tuple[str, ...] | None:
        """The changelog mode as the planner tells it: of I, UB, UA and D; with UB where the row before is needed."""
        kinds = self.kinds(relation)
        if kinds is None:
            return None
        with_before = "U" in kinds and not self.without_before(relation)
        if not with_before and self.upserts_alone(relation):
            kinds -= {"I"}
        names = ("I", "UB", "UA", "D")
        return tuple(n for n in names if (n == "UB" and with_before) or (n[0] in kinds and n != "UB"))

    def without_before(self, relation: Relation) -> bool:
        """Whether its updates can come without the row before them (upserts by a key)."""
        return self._before(relation)

    def _without_before(self, relation: Relation) -> bool:
        kinds = self.kinds(relation)
        if kinds is None or "U" not in kinds:
            return True
        if isinstance(relation, Filter):
            return (self._filters_by_key(relation) or self.upsert_table(relation.input)) and self.without_before(relation.input)
        if isinstance(relation, Scan):
            return self._flows.of(relation.table).without_before
        if isinstance(relation, Join):
            return self._join_without_before(relation, None)
        if isinstance(relation, Project) and isinstance(relation.input, Join):
            # columns that nobody reads are gone before the join, and keys with them
            return self._join_without_before(relation.input, frozenset(i for v in relation.values for _, i in v.columns()))
        is_union = isinstance(relation, SetOp) and relation.kind == "UNION" and relation.all
        if is_union or isinstance(relation, Project | WindowTvf):
            return all(map(self.without_before, relation.inputs))
        return True

    def _join_without_before(self, join: Join, used: frozenset[int] | None) -> bool:
        if join.flavour != "regular":
            return self.without_before(join.left)
        asked = [c for s in join.scalars for c in s.columns()]
        for number, side in enumerate((join.left, join.right)):
            columns, first = self._keys.join_columns(join, number), number * len(join.left.fields)
            kinds = self.kinds(side)
            if kinds is not None and "U" in kinds:
                keys = self._keys.of(side)
                if keys is not None and used is not None:
                    there = {i for n, i in asked if n == number} | {i - first for i in used}
                    keys = frozenset(k for k in keys if k <= there)
                if keys is not None and not any(columns <= key for key in self._keys.filtered(side, keys, columns)):
                    return False
                if not self.without_before(side):
                    return False
        return True

    def _filters_by_key(self, relation: Filter) -> bool:
        plain = [c for c in relation.conditions if not c.holds("query")]  # the others are joins
        used = frozenset(i for c in plain for _, i in c.columns())
        if not plain:
            return True
        keys = self._keys.of(relation.input)
        return keys is None or any(used <= key for key in keys)

    def upsert_table(self, relation: Relation) -> bool:
        """Whether it is a source of upserts, whose rows Flink normalises, with a condition in the same step."""
        while isinstance(relation, Project | Filter):
            relation = relation.input
        return isinstance(relation, Scan) and self._flows.of(relation.table).upsert_table

    def upserts_alone(self, relation: Relation) -> bool:
        """Whether upserts of a source come through as they are, by its key: then a first row is an update as well."""
        return self._upserts(relation)

    def _is_upserts_alone(self, relation: Relation) -> bool:
        if not self.upsert_table(relation) or not self._keys.of(relation):
            return False
        while isinstance(relation, Project | Filter):
            if isinstance(relation, Filter) and not self._filters_by_key(relation):
                return False
            relation = relation.input
        return not isinstance(relation, Scan) or self._flows.of(relation.table).upserts_alone

    def _derive(self, relation: Relation) -> Kinds | None:
        if isinstance(relation, Scan):
            return self._flows.of(relation.table).kinds
        if isinstance(relation, Values | Unnest):
            return INSERTS
        if isinstance(relation, TableFunction):
            return None if relation.over else INSERTS
        if isinstance(relation, Filter) and narrows_outer_join(relation, self._flows):
            return None
        below = [self.kinds(i) for i in rows_below(relation)]
        if any(kinds is None for kinds in below):
            return None
        return self._of(relation, [k for k in below if k is not None])

    def _of(self, relation: Relation, below: list[Kinds]) -> Kinds | None:
        both: Kinds = frozenset[Kind]().union(*below)
        if isinstance(relation, Project | Filter):
            return self._with_queries(relation, both)
        if isinstance(relation, WindowTvf | Insert):
            return both
        if isinstance(relation, MatchRecognize):
            return INSERTS
        if isinstance(relation, Aggregate):
            return INSERTS if relation.window or relation.group_window else _grouped(both)
        if isinstance(relation, Distinct):
            return _grouped(both)
        if isinstance(relation, OverAggregate):
            return self._over(relation)
        if isinstance(relation, Rank):
            return self._rank(relation, both)
        if isinstance(relation, Join):
            return _joined(relation, below)
        if isinstance(relation, Sort):
            return _sorted(relation, both)
        if isinstance(relation, SetOp):
            if relation.kind == "UNION":
                return both if relation.all else _grouped(both)
            return None if relation.all else ALL if relation.kind == "EXCEPT" else _grouped(both)
        return None

    def _over(self, relation: OverAggregate) -> Kinds | None:
        if all(over_by_time(relation, c) for c in relation.calls):
            return INSERTS
        return None if any(c.call.name in _WITHOUT_ORDER for c in relation.calls) else ALL

    def _rank(self, relation: Rank, below: Kinds) -> Kinds:
        if rank_by_window(relation):
            return INSERTS
        keeps_first = relation.deduplication and not relation.over.order[0].descending
        return INSERTS if keeps_first and below == INSERTS else ALL

    def _with_queries(self, relation: Project | Filter, below: Kinds) -> Kinds | None:
        """A query as a value joins the one row that it gives."""
        kinds = below
        for scalar in _queries(relation):
            rows = self.kinds(scalar.query) if scalar.name == "SCALAR" and scalar.query is not None else None
            if rows is None or scalar.query is None:
                return None
            if not (isinstance(scalar.query, Project) and _one_row(scalar.query)):
                rows = _grouped(rows)
            kinds = kinds | rows if isinstance(relation, Filter) else ALL
        return kinds


def _queries(relation: Relation) -> Iterator[Scalar]:
    return (s for scalar in relation.scalars for s in scalar.queries())


def _one_row(relation: Project) -> bool:
    return isinstance(relation.input, Aggregate) and not relation.input.keys


def _grouped(below: Kinds) -> Kinds:
    """The changes of groups: they go away only where rows of theirs can."""
    return _UPDATES if below == INSERTS else ALL


def _joined(join: Join, below: list[Kinds]) -> Kinds | None:
    if join.flavour in ("interval", "window"):
        return INSERTS
    if join.flavour == "lateral":
        return None
    if join.flavour != "regular":
        return below[0]
    return below[0] | below[1] if join.kind in ("inner", "semi", "cross") else ALL


def _sorted(relation: Sort, below: Kinds) -> Kinds | None:
    if relation.limit is None and relation.offset is None:
        return below if below == INSERTS else None
    return ALL if relation.keys or below != INSERTS else INSERTS
