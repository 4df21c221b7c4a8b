"""Upsert keys: the sets of columns by which a relation's rows can be updated, one row each, by Flink's rules.

They are not all unique keys: a change of the order in which Flink spreads rows (a join, a partition) keeps only the keys that
the rows were spread by. A windowed aggregate of a table-valued function has none (Flink 2.3). Columns are told by their index.
"""

from __future__ import annotations

from collections.abc import Mapping

from flinksql_runner.analyse.algebra import Relation, Scalar
from flinksql_runner.analyse.flows import NONE, Flows, Key, KeySet
from flinksql_runner.analyse.once import Once
from flinksql_runner.analyse.relations import (
    Aggregate,
    Distinct,
    Filter,
    Insert,
    Join,
    OverAggregate,
    Project,
    Rank,
    Scan,
    SetOp,
    Sort,
    Unknown,
)
from flinksql_runner.analyse.shapes import narrows_outer_join, rank_by_window
from flinksql_runner.dialect.types import LONGEST, FlinkType

_WHOLE = {"TINYINT": 3, "SMALLINT": 5, "INT": 10, "BIGINT": 19}
_TO_TEXT = ("TINYINT", "SMALLINT", "INT", "BIGINT", "BOOLEAN", "DATE", "CHAR", "VARCHAR")
_MOST = 64


class Keys:
    """Answers for all relations of one node, given the ``flows`` of what it reads.

    With ``windows`` the groups of windows count as keys, which they are, though Flink does not say so.
    """

    def __init__(self, flows: Flows, *, windows: bool = False) -> None:
        self._flows, self._windows = flows, windows
        self._of = Once(self._smallest)
        self._fixed = Once(self._derive_fixed)

    def of(self, relation: Relation) -> KeySet | None:
        """The upsert keys; empty where there is none, None where they are not known."""
        return self._of(relation)

    def _smallest(self, relation: Relation) -> KeySet | None:
        keys = self._derive(relation)
        return frozenset(sorted(keys, key=lambda k: (len(k), sorted(k)))[:_MOST]) if keys is not None else None

    def filtered(self, relation: Relation, keys: KeySet, by: Key) -> KeySet:
        """The keys that are still good after the rows were spread by these columns: columns that never change count in."""
        fixed = self.fixed(relation)
        return frozenset(k for k in keys if by <= k | fixed)

    def join_columns(self, join: Join, side: int) -> Key:
        """The columns of one side that a join compares by ``=``, as far as they are columns."""
        scalars = [k.left if side == 0 else k.right for k in join.keys]
        return frozenset(s.index for s in scalars if s.kind == "column")

    def _derive(self, relation: Relation) -> KeySet | None:
        if isinstance(relation, Scan):
            below = self._flows.of(relation.table)
            return below.row_keys if self._windows else below.keys
        if isinstance(relation, Unknown) or relation.open:
            return None
        if isinstance(relation, Filter):
            return None if narrows_outer_join(relation, self._flows) else self.of(relation.input)
        if isinstance(relation, Insert):
            return self.of(relation.input)
        if isinstance(relation, Project):
            return self._project(relation)
        if isinstance(relation, Aggregate):
            return _aggregate(relation, self._windows)
        if isinstance(relation, Distinct) or (isinstance(relation, SetOp) and not relation.all):
            return frozenset((frozenset(range(len(relation.fields))),))
        if isinstance(relation, OverAggregate):
            return self._over(relation)
        if isinstance(relation, Rank):
            return self._rank(relation)
        if isinstance(relation, Sort):
            return self._sort(relation)
        return self._join(relation) if isinstance(relation, Join) else NONE

    def _project(self, relation: Project) -> KeySet | None:
        keys = self.of(relation.input)
        if not keys:
            return keys
        places: dict[int, list[int]] = {}
        for at, value in enumerate(relation.values):
            kept = _kept(value)
            if kept is None:
                return None
            if kept >= 0:
                places.setdefault(kept, []).append(at)
        return frozenset(k for key in keys for k in _moved(key, places))

    def _over(self, relation: OverAggregate) -> KeySet | None:
        keys = self.of(relation.input)
        for call in relation.calls if keys else ():
            by = _columns(call.partition)
            keys = self.filtered(relation.input, keys, by) if keys and by is not None else NONE
        return keys

    def _rank(self, relation: Rank) -> KeySet | None:
        windowed = rank_by_window(relation)
        if windowed and relation.deduplication:
            return NONE
        places = [_place(relation, s, windowed) for s in relation.over.partition]
        known = [p for p in places if p is not None]
        by = None if any(p == -1 for p in known) else frozenset(known)
        if relation.function == "ROW_NUMBER" and relation.start == relation.end == 1:
            return frozenset((by,)) if by is not None else NONE
        below = self.of(relation.input)
        if below is None:
            return None
        keys = self.filtered(relation.input, below, by) if by is not None else NONE
        if relation.function == "ROW_NUMBER" and by is not None:
            keys |= {by | {relation.number}}
        return keys

    def _sort(self, relation: Sort) -> KeySet | None:
        keys = self.of(relation.input)
        by = _columns(tuple(k.value for k in relation.keys))
        return self.filtered(relation.input, keys, by) if keys and by is not None else keys if by is not None else NONE

    def _join(self, join: Join) -> KeySet | None:
        if join.flavour in ("table_function", "unnest", "lateral"):
            return NONE
        left, by_left, by_right = self.of(join.left), self.join_columns(join, 0), self.join_columns(join, 1)
        if left is None:
            return None
        if join.flavour == "lookup":
            return self._looked_up(join, left, by_right)
        kept_left = self.filtered(join.left, left, by_left)
        if join.kind in ("semi", "anti"):
            return kept_left
        right = self.of(join.right)
        if right is None:
            return None
        width = len(join.left.fields)
        kept_right = frozenset(frozenset(i + width for i in k) for k in self.filtered(join.right, right, by_right))
        left_stays, right_stays = join.kind not in ("right", "full"), join.kind not in ("left", "full")
        keys: KeySet = NONE
        keys |= {a | b for a in kept_left for b in kept_right}
        if left_stays and any(k <= by_right for k in right):
            keys |= kept_left
        if right_stays and any(k <= by_left for k in left):
            keys |= kept_right
        return keys

    def _looked_up(self, join: Join, left: KeySet, by: Key) -> KeySet | None:
        if not isinstance(join.right, Scan):
            return None
        key = self._flows.of(join.right.table).declared
        if key is None:
            return None
        return left if key and key <= by else NONE

    def fixed(self, relation: Relation) -> Key:
        """Columns that no update of a row changes."""
        return self._fixed(relation)

    def _derive_fixed(self, relation: Relation) -> Key:
        if isinstance(relation, Scan):
            return self._flows.of(relation.table).fixed
        if isinstance(relation, Filter):
            return self.fixed(relation.input)
        if isinstance(relation, Project):
            below = self.fixed(relation.input)
            return frozenset(at for at, v in enumerate(relation.values) if v.kind == "column" and v.index in below)
        if isinstance(relation, Join) and relation.flavour in ("regular", "interval", "temporal", "lookup"):
            left = self.fixed(relation.left) if relation.kind not in ("right", "full") else frozenset()
            if relation.flavour == "lookup" or relation.kind in ("left", "full", "semi", "anti"):
                return left
            return left | frozenset(i + len(relation.left.fields) for i in self.fixed(relation.right))
        return frozenset()


def _aggregate(relation: Aggregate, windows: bool) -> KeySet:
    if (relation.window is not None and not windows) or len(relation.sets) > 1:
        return NONE
    key = frozenset(range(len(relation.keys)))
    if relation.group_window is None:
        return frozenset((key,))
    first = len(relation.keys) + len(relation.calls)
    return frozenset(key | {first + n} for n in range(len(relation.properties)))


def _kept(value: Scalar) -> int | None:
    """The input's column that this is, also through a cast that keeps values apart; -1: none; None: not known."""
    if value.kind == "column" and value.input == 0:
        return value.index
    if value.kind == "call" and value.name == "CAST" and value.args and value.args[0].kind == "column":
        column = value.args[0]
        apart = _keeps_apart(column.type, value.type)
        return None if apart is None else column.index if apart else -1
    return -1


def _keeps_apart(first: FlinkType | None, second: FlinkType | None) -> bool | None:
    """Whether a cast never makes one value of two; None: not known."""
    if first is None or second is None:
        return None
    if (first.name, first.sizes) == (second.name, second.sizes):
        return True
    if first.name in _WHOLE and second.name in _WHOLE:
        return _WHOLE[first.name] <= _WHOLE[second.name]
    if second.name == "VARCHAR" and second.sizes == (LONGEST,) and first.name in _TO_TEXT:
        return True
    if second.name in _WHOLE and first.name not in _WHOLE:
        return False
    return None


def _moved(key: Key, places: Mapping[int, list[int]]) -> frozenset[Key]:
    """A key where a list of values has put its columns, each of them as often as it is there."""
    if any(i not in places for i in key):
        return frozenset()
    found: set[Key] = {frozenset()}
    for column in key:
        found = {k | {place} for k in found for place in places[column]}
        if len(found) > _MOST:
            break
    return frozenset(k for k in found if len(k) == len(key))


def _columns(scalars: tuple[Scalar, ...]) -> Key | None:
    """The columns that these are; None where one is computed."""
    return frozenset(s.index for s in scalars) if all(s.kind == "column" for s in scalars) else None


def _place(relation: Rank, scalar: Scalar, windowed: bool) -> int | None:
    """Where a column of the partition is among the rank's fields; None for one of the window, -1 where it is not there."""
    if scalar.kind != "column":
        return -1
    if windowed and relation.source.input.fields[scalar.index].window in ("start", "end"):
        return None
    for at in range(len(relation.fields)):
        below: Relation = relation
        index = at
        while below is not relation.source.input:
            passes = below.fields[index].passes if index < len(below.fields) else None
            if passes is None or passes[0] >= len(below.inputs):
                break
            below, index = below.inputs[passes[0]], passes[1]
        if below is relation.source.input and index == scalar.index:
            return at
    return -1
