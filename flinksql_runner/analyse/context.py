"""One node's analysis on its way: what it may look up, the mistakes found so far, and who types expressions and queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from sqlglot import exp

from flinksql_runner.analyse.algebra import Relation, Scalar
from flinksql_runner.analyse.relations import Over
from flinksql_runner.analyse.scope import Scope
from flinksql_runner.analyse.values import NodeAnalysis
from flinksql_runner.diagnostics import Diagnostic, Related, Span, error
from flinksql_runner.dialect.positions import place_of
from flinksql_runner.functions.values import Functions
from flinksql_runner.syntax.values import Node

Clause = Literal[
    "SELECT", "WHERE", "ON", "GROUP BY", "HAVING", "QUALIFY", "ORDER BY", "VALUES", "FROM", "MEASURES", "DEFINE", "CREATE TABLE",
]


class Queries(Protocol):
    """Makes relations of queries."""

    def query(self, node: exp.Expr, outer: Scope | None, ctes: Mapping[str, Relation]) -> Relation:
        """The relation of a query inside ``outer``, with these names of WITH."""


class Context:
    """What the analysis of one node shares."""

    def __init__(self, node: Node, parents: Mapping[str, NodeAnalysis], functions: Functions) -> None:
        self.node = node
        self.parents = parents
        self.functions = functions
        self.found: dict[tuple[str, Span], Diagnostic] = {}

    def say(self, code: str, message: str, syntax: exp.Expr, help: str | None = None, *, word: bool = False) -> None:
        """Tells a mistake at a part of the tree, or at the word that opens it; a second one at the same place is left out."""
        place = place_of(syntax)
        if place is None:
            return
        start, end = place.keyword if word and place.keyword is not None else (place.start, place.end)
        self.say_at(code, message, start, end, help)

    def say_at(self, code: str, message: str, start: int, end: int, help: str | None = None) -> None:
        """The same between two offsets of the rendered text."""
        origin = self.node.rendered.map.origin(start, end)
        if any(other == origin.span for _, other in self.found):
            return
        related = tuple(Related(call, "called here") for call in origin.calls if call != origin.span)
        self.found[(code, origin.span)] = error(code, message, origin.span, help, node=self.node.name, related=related)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was told, in the order of the text."""
        return tuple(sorted(self.found.values(), key=lambda d: (d.span.file, d.span.start) if d.span else ("", 0)))


class Typing(Protocol):
    """Types expressions of one clause."""

    context: Context
    scope: Scope
    clause: Clause
    ctes: Mapping[str, Relation]
    queries: Queries
    overs: list[Over]
    inside: str
    ungrouped: bool
    windows: Mapping[str, exp.Expr]

    def scalar(self, node: exp.Expr) -> Scalar:
        """The expression with its names resolved and its type."""

    def scalars(self, nodes: Sequence[exp.Expr]) -> tuple[Scalar, ...]:
        """Several of them."""

    def within(self, inside: str) -> Typing:
        """The same inside of an aggregate."""


def unknown(syntax: exp.Expr | None = None) -> Scalar:
    """An expression of which nothing is known."""
    return Scalar("unknown", syntax=syntax)
