"""What rules ask about windows and event time in a query's tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from flinksql_runner.diagnostics import Related
from flinksql_runner.lint.places import offsets, span
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node

WINDOWS = frozenset({"TUMBLE", "HOP", "CUMULATE", "SESSION"})
_UNITS: Mapping[str, int] = {
    "SECOND": 1000, "MINUTE": 60_000, "HOUR": 3_600_000, "DAY": 86_400_000, "WEEK": 604_800_000,
}


def windows(node: Node, subject: Subject) -> Iterator[exp.Anonymous]:
    """The calls of window functions in a node, of table functions and of groups."""
    for call in subject.trees[node.name].all(exp.Anonymous):
        if call.name.upper() in WINDOWS and call.expressions:
            yield call


def windows_below(node: Node, subject: Subject) -> Iterator[tuple[Node, exp.Anonymous]]:
    """The windows of all sound nodes that hang on this one, the nearest nodes first."""
    below = subject.graph.descendants(node.name)
    for name in (n for n in subject.sound if n in below):
        for call in windows(subject.graph.nodes[name], subject):
            yield subject.graph.nodes[name], call


def window_note(node: Node, call: exp.Anonymous, message: str) -> Related:
    """A second place: the window."""
    return Related(span(node, offsets(call, keyword=True)), message)


def milliseconds_of(interval: exp.Expr | None) -> int | None:
    """The length of ``INTERVAL '10' SECOND``; None where it is no such literal."""
    if not isinstance(interval, exp.Interval) or not isinstance(interval.this, exp.Literal):
        return None
    unit = interval.args.get("unit")
    size = _UNITS.get(unit.name.upper()) if isinstance(unit, exp.Var) else None
    try:
        return None if size is None else round(float(interval.this.name) * size)
    except ValueError:
        return None


def watermark_of(node: Node) -> exp.Expr | None:
    """The expression of the WATERMARK of a node's own CREATE TABLE."""
    for statement in node.statements:
        if statement.kind == "create_table" and statement.tree is not None:
            found = statement.tree.find(exp.WatermarkColumnConstraint)
            if found is not None:
                expression: exp.Expr | None = found.args.get("expression")
                return expression
    return None
