"""Which parts of a query keep state in a running job, and what bounds it.

A job forgets none of it unless ``table.exec.state.ttl`` (or a STATE_TTL hint) says so, except what time bounds: windows, interval
joins and temporal joins let go behind the watermark.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.changes import Changes
from flinksql_runner.analyse.connectors import INSERTS
from flinksql_runner.analyse.keys import Keys
from flinksql_runner.analyse.relations import (
    Aggregate,
    Distinct,
    Filter,
    Join,
    MatchRecognize,
    OverAggregate,
    Project,
    Rank,
    SetOp,
    Sort,
)
from flinksql_runner.analyse.shapes import over_by_time, rank_by_window

Operator = Literal[
    "aggregate", "distinct", "deduplicate", "top-n", "join", "semi join", "anti join", "interval join", "temporal join",
    "window aggregate", "window top-n", "window join", "over", "match", "sort", "set operation", "scalar query",
]
Bound = Literal["time", "keys", "values", "rows", "one row"]
"""What it grows with: ``time``: nothing, the watermark clears it; ``keys``: one entry a key; ``values``: an entry for each
distinct value of a key; ``rows``: an entry for each row that ever came; ``one row``: it does not grow."""
_DISTINCT_BY_NATURE = ("COLLECT", "LISTAGG", "ARRAY_AGG", "JSON_ARRAYAGG", "JSON_OBJECTAGG")
_KEEPS_ALL_TO_TAKE_BACK = ("MIN", "MAX", "FIRST_VALUE", "LAST_VALUE")


class State(Struct, frozen=True):
    """The state of one operator. ``relation`` is the part of the tree that keeps it; ``sides``: for a join each side's bound.

    ``left_by_ttl``: whether a time to live is the only thing that could bound it.
    """

    operator: Operator
    bound: Bound
    relation: Relation
    sides: tuple[Bound, ...] = ()

    @property
    def left_by_ttl(self) -> bool:
        """Whether only a time to live ends its growth."""
        return self.bound in ("keys", "values", "rows")


def states(relation: Relation, changes: Changes, keys: Keys) -> Iterator[State]:
    """The states of a tree, from the top, those of queries inside of expressions included; views that it reads are not."""
    numbered = {id(r.source) for r in relation.walk() if isinstance(r, Rank)}
    for part in relation.walk():
        if id(part) not in numbered:
            yield from _own(part, changes, keys)
        for scalar in part.scalars:
            for inner in scalar.queries():
                if inner.query is not None:
                    yield from states(inner.query, changes, keys)


def _own(part: Relation, changes: Changes, keys: Keys) -> Iterator[State]:
    if isinstance(part, Aggregate):
        yield _aggregate(part, changes)
    elif isinstance(part, Distinct):
        yield State("distinct", "keys", part)
    elif isinstance(part, SetOp) and (not part.all or part.kind != "UNION"):
        yield State("set operation", "keys" if part.kind == "UNION" else "rows", part)
    elif isinstance(part, Rank):
        yield _rank(part, changes)
    elif isinstance(part, Join):
        yield from _join(part, keys)
    elif isinstance(part, OverAggregate):
        yield _over(part)
    elif isinstance(part, MatchRecognize):
        yield State("match", "time" if part.within is not None else "rows", part)
    elif isinstance(part, Sort) and part.keys:
        yield State("sort", "one row" if part.limit is not None else "time", part)
    elif isinstance(part, Project | Filter) and any(
            inner.name == "SCALAR" for s in part.scalars for inner in s.queries()):
        yield State("scalar query", "rows", part, ("rows", "one row"))


def _aggregate(part: Aggregate, changes: Changes) -> State:
    if part.window is not None or part.group_window is not None:
        return State("window aggregate", "time", part)
    below = changes.kinds(part.input)
    takes_back = below is not None and below != INSERTS and any(c.name in _KEEPS_ALL_TO_TAKE_BACK for c in part.calls)
    if takes_back or any(c.distinct or c.name in _DISTINCT_BY_NATURE for c in part.calls):
        return State("aggregate", "values", part)
    return State("distinct" if part.keys and not part.calls else "aggregate", "keys" if part.keys else "one row", part)


def _rank(part: Rank, changes: Changes) -> State:
    if rank_by_window(part):
        return State("window top-n", "time", part)
    below = changes.kinds(part.source.input)
    if part.deduplication and below in (INSERTS, None):
        return State("deduplicate", "keys", part)
    # rows that may be taken back must be replaced by the next best: all are kept
    grows = below is not None and below != INSERTS
    bound: Bound = "rows" if grows else "keys" if part.over.partition else "one row"
    return State("top-n", bound, part)


def _join(part: Join, keys: Keys) -> Iterator[State]:
    if part.flavour == "regular":
        left, right = (_side(part, n, keys) for n in (0, 1))
        both: Bound = "rows" if "rows" in (left, right) else "keys" if "keys" in (left, right) else "one row"
        operator: Operator = "semi join" if part.kind == "semi" else "anti join" if part.kind == "anti" else "join"
        yield State(operator, both, part, (left, right))
    elif part.flavour == "interval":
        is_open = part.bound is not None and None in (part.bound.lower, part.bound.upper)
        yield State("interval join", "rows" if is_open else "time", part)
    elif part.flavour == "window":
        yield State("window join", "time", part)
    elif part.flavour == "temporal":
        yield State("temporal join", "keys", part, ("time", "keys"))


def _side(part: Join, side: int, keys: Keys) -> Bound:
    """A side whose rows are updated by a key keeps one a key."""
    found = keys.of(part.left if side == 0 else part.right)
    if found and frozenset() in found:
        return "one row"
    return "keys" if found else "rows"


def _over(part: OverAggregate) -> State:
    if not all(over_by_time(part, c) for c in part.calls):
        return State("over", "rows", part)
    frames = [c.frame for c in part.calls]
    if all(f.kind == "RANGE" and f.start is not None for f in frames):
        return State("over", "time", part)
    return State("over", "keys" if any(c.partition for c in part.calls) else "one row", part)
