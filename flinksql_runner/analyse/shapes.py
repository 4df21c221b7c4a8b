"""What rules about streams ask of a relation's shape: whether it goes by time, whether by window, what its rows are made from."""

from __future__ import annotations

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.flows import Flows
from flinksql_runner.analyse.relations import Filter, Join, Over, OverAggregate, Project, Rank, Scan

_FAR = 200  # steps down through one query; what lies further is not followed


def over_by_time(relation: OverAggregate, over: Over) -> bool:
    """Whether a window of rows goes by the order of a time attribute; without any order it is not."""
    first = over.order[0].value if over.order else None
    return first is not None and first.kind == "column" and relation.input.fields[first.index].time is not None


def rank_by_window(relation: Rank) -> bool:
    """Whether a Top-N is one for each window (its partition has the window's start and end)."""
    fields = relation.source.input.fields
    parts = {fields[s.index].window for s in relation.over.partition if s.kind == "column"}
    return {"start", "end"} <= parts


def rows_below(relation: Relation) -> tuple[Relation, ...]:
    """What a relation's rows are made from; for a Top-N that is what its numbers are given to."""
    return (relation.source.input,) if isinstance(relation, Rank) else relation.inputs


def narrows_outer_join(relation: Filter, flows: Flows) -> bool:
    """Whether a condition is about columns that an outer join below may leave NULL.

    Flink then makes another join of it where NULL does not pass: what comes of that is not followed.
    """
    return any(may_be_missing(relation.input, index, flows) for c in relation.conditions for _, index in c.columns())


def may_be_missing(relation: Relation, index: int, flows: Flows) -> bool:
    """Follows a column down to the joins that it comes through, also when it is computed from it on the way."""
    left = [(relation, index)]
    steps = 0
    while left:
        steps += 1
        if steps > _FAR:
            return True
        part, at = left.pop()
        if isinstance(part, Scan):
            if at in flows.of(part.table).optional:
                return True
        elif isinstance(part, Filter):
            left.append((part.input, at))
        elif isinstance(part, Project) and at < len(part.values):
            left += [(part.input, i) for _, i in part.values[at].columns()]
        elif isinstance(part, Join):
            width = len(part.left.fields)
            if part.kind in (("right", "full") if at < width else ("left", "full")) and part.flavour == "regular":
                return True
            left.append((part.left, at) if at < width else (part.right, at - width))
    return False


def optional(relation: Relation, flows: Flows) -> frozenset[int]:
    """The columns that an outer join below may leave NULL."""
    parts = list(relation.walk())
    outer = any(isinstance(p, Join) and p.kind in ("left", "right", "full") and p.flavour == "regular" for p in parts)
    if not outer and not any(flows.of(p.table).optional for p in parts if isinstance(p, Scan)):
        return frozenset()
    return frozenset(at for at in range(len(relation.fields)) if may_be_missing(relation, at, flows))
