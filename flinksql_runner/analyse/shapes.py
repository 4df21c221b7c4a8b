"""What rules about streams ask of a relation's shape: whether it goes by time, whether by window, what its rows are made from."""

from __future__ import annotations

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.relations import Over, OverAggregate, Rank


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
