"""What rules look at: the built project, with its trees in a form in which many rules can look fast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from sqlglot import exp

from flinksql_runner.compiler.job import Job
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.project.values import Project
from flinksql_runner.syntax.values import Node

E = TypeVar("E", bound=exp.Expr)


@dataclass(frozen=True, slots=True)
class Trees:
    """All parts of a node's statements by their class, in the order of a walk from the top."""

    by_class: Mapping[type[exp.Expr], tuple[exp.Expr, ...]] = field(default_factory=dict)

    def all(self, *kinds: type[E]) -> Iterator[E]:
        """The parts of exactly these classes."""
        for kind in kinds:
            yield from cast("tuple[E, ...]", self.by_class.get(kind, ()))


@dataclass(frozen=True, slots=True)
class Subject:
    """The whole project, built: what every rule is given.

    ``jobs`` are those that could be compiled, ``sound`` the nodes without an error in themselves or upstream, parents first.
    """

    project: Project
    graph: Graph
    functions: Functions
    jobs: Mapping[str, Job]
    sound: tuple[str, ...] = ()
    trees: Mapping[str, Trees] = field(default_factory=dict)

    def jobs_of(self, node: Node) -> tuple[Job, ...]:
        """The jobs that the node is part of."""
        return tuple(j for j in self.jobs.values() if node.name in j.nodes)

    def options(self, node: Node) -> Mapping[str, str]:
        """The WITH options of a table, those of the table that it is declared LIKE included."""
        return self.graph.options(node.name)

    def text(self, path: str) -> str:
        """A file of the project as it was read; empty where there is none."""
        return self.project.texts.get(path, "")


def subject_of(project: Project, graph: Graph, functions: Functions, jobs: Mapping[str, Job]) -> Subject:
    """Prepares a built project for the rules."""
    wrong = graph.broken.union(*(graph.descendants(n) for n in graph.broken))
    sound = tuple(n for n in graph.order if n not in wrong)
    return Subject(project, graph, functions, jobs, sound, {n: _trees(graph.nodes[n]) for n in sound})


def _trees(node: Node) -> Trees:
    found: dict[type[exp.Expr], list[exp.Expr]] = {}
    for statement in node.statements:
        if statement.tree is not None:
            for part in statement.tree.walk():
                found.setdefault(type(part), []).append(part)
    return Trees({kind: tuple(parts) for kind, parts in found.items()})
