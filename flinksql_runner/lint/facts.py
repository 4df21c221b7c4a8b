"""What rules that look across nodes ask of a node's trees, as small values: they see no trees."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from flinksql_runner.diagnostics import Span
from flinksql_runner.lint.intervals import milliseconds_of
from flinksql_runner.lint.places import offsets, origin, span
from flinksql_runner.lint.trees import Trees
from flinksql_runner.lint.windows import windows
from flinksql_runner.syntax.values import Node
from flinksql_runner.templating.values import Origin


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one node: the places of its windows, of the expression of a WATERMARK that allows for no delay, and of the tables that
    it reads FOR SYSTEM_TIME AS OF, each with its name."""

    windows: tuple[Span, ...] = ()
    undelayed: Origin | None = None
    versioned: tuple[tuple[str, Origin], ...] = ()


NOTHING = Facts()


def facts_of(node: Node, trees: Trees) -> Facts:
    """The facts of a node."""
    watermark = next(trees.all(exp.WatermarkColumnConstraint), None) if node.kind != "transform" else None
    expression = watermark.args.get("expression") if watermark is not None else None
    undelayed = isinstance(expression, exp.Expr) and _no_delay(expression)
    return Facts(
        tuple(span(node, offsets(call, keyword=True)) for call in windows(trees)),
        origin(node, offsets(expression)) if undelayed and isinstance(expression, exp.Expr) else None,
        tuple((t.name, origin(node, offsets(t.this))) for t in trees.all(exp.Table) if t.args.get("version") is not None),
    )


def _no_delay(expression: exp.Expr) -> bool:
    if isinstance(expression, exp.Column):
        return True
    return isinstance(expression, exp.Sub) and isinstance(expression.this, exp.Column) \
        and milliseconds_of(expression.expression) == 0
