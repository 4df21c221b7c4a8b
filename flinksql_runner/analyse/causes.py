"""Where rows begin to change: the place that a mistake about changing rows tells beside its own."""

from __future__ import annotations

from sqlglot import exp

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.changes import Changes
from flinksql_runner.analyse.connectors import INSERTS
from flinksql_runner.analyse.flows import Flows
from flinksql_runner.analyse.relations import OverAggregate, Rank, Scan
from flinksql_runner.analyse.shapes import rows_below
from flinksql_runner.diagnostics import Related, Span
from flinksql_runner.dialect.positions import place_of
from flinksql_runner.syntax.values import Node


def cause(node: Node, relation: Relation, changes: Changes, flows: Flows) -> Related | None:
    """Where the changes of a relation come from: the lowest part that has them and no input that does, or the table."""
    part = relation
    while True:
        if isinstance(part, Scan):
            return flows.of(part.table).cause
        changing = [i for i in rows_below(part) if changes.kinds(i) not in (None, INSERTS)]
        if not changing:
            break
        part = changing[0]
    syntax = syntax_of(part)
    return Related(place(node, syntax)[0], "rows change from here on") if syntax is not None else None


def cause_in_table(node: Node) -> Related | None:
    """The option of a table that says so."""
    value = node.option_spans.get("format") or node.option_spans.get("connector")
    return Related(value, "its rows change") if value is not None else None


def place(node: Node, syntax: exp.Expr | None) -> tuple[Span, tuple[Related, ...]]:
    """The place of a part of the node's tree (of the word that opens it) and the calls of macros that led there."""
    found = place_of(syntax) if syntax is not None else None
    if found is None:
        start = end = node.statements[-1].start if node.statements else 0
    else:
        start, end = found.keyword or (found.start, found.end)
    origin = node.rendered.map.origin(start, end)
    return origin.span, tuple(Related(call, "called here") for call in origin.calls)


def syntax_of(part: Relation) -> exp.Expr | None:
    """The part of the tree by which a relation is told."""
    if isinstance(part, OverAggregate):
        return part.calls[0].call.syntax or part.syntax
    if isinstance(part, Rank):
        return part.over.call.syntax or part.syntax
    return part.syntax
