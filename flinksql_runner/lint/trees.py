"""A node's trees in a form in which many rules can look fast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from sqlglot import exp

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.syntax.values import Node

E = TypeVar("E", bound=exp.Expr)
R = TypeVar("R", bound=Relation)
_LEAVES = frozenset({exp.Column, exp.DataType, exp.Identifier, exp.Literal})


@dataclass(frozen=True, slots=True)
class Trees:
    """All parts of a node's statements and queries by their class, in the order of a walk from the top.

    Names, types and literals are left out, and so is what columns are made of.
    """

    by_class: Mapping[type[exp.Expr], tuple[exp.Expr, ...]] = field(default_factory=dict)
    by_relation: Mapping[type[Relation], tuple[Relation, ...]] = field(default_factory=dict)

    def all(self, *kinds: type[E]) -> Iterator[E]:
        """The parts of exactly these classes."""
        for kind in kinds:
            yield from cast("tuple[E, ...]", self.by_class.get(kind, ()))

    def relations(self, kind: type[R]) -> tuple[R, ...]:
        """The relations of exactly this class, those of queries inside of expressions included."""
        return cast("tuple[R, ...]", self.by_relation.get(kind, ()))


def trees_of(node: Node, relations: Iterable[Relation]) -> Trees:
    """The trees of a node, and the relations that the analyser made of them."""
    found: dict[type[exp.Expr], list[exp.Expr]] = {}
    for statement in node.statements:
        if statement.tree is not None:
            for part in _walk(statement.tree):
                found.setdefault(type(part), []).append(part)
    made: dict[type[Relation], list[Relation]] = {}
    for relation in _all_relations(relations):
        made.setdefault(type(relation), []).append(relation)
    return Trees({k: tuple(p) for k, p in found.items()}, {k: tuple(r) for k, r in made.items()})


def _walk(top: exp.Expr) -> list[exp.Expr]:
    """As sqlglot's walk, level by level, without the leaves."""
    parts: list[exp.Expr] = [top]
    for part in parts:  # grows meanwhile
        for value in part.args.values():
            for item in value if type(value) is list else (value,):
                if isinstance(item, exp.Expr) and type(item) not in _LEAVES:
                    parts.append(item)
    return parts


def _all_relations(tops: Iterable[Relation]) -> Iterator[Relation]:
    stack = list(tops)
    while stack:
        for relation in stack.pop().walk():
            yield relation
            stack.extend(s.query for top in relation.scalars for s in top.queries() if s.query is not None)
