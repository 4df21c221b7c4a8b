"""What rules look at: the built project, with its trees in a form in which many rules can look fast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from sqlglot import exp

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.streams import Streams
from flinksql_runner.analyse.values import Analysis, NodeAnalysis
from flinksql_runner.compiler.job import Job
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.lint.sources import endless_nodes
from flinksql_runner.project.values import Project
from flinksql_runner.syntax.values import Node

E = TypeVar("E", bound=exp.Expr)
R = TypeVar("R", bound=Relation)


@dataclass(frozen=True, slots=True)
class Trees:
    """All parts of a node's statements and queries by their class, in the order of a walk from the top."""

    by_class: Mapping[type[exp.Expr], tuple[exp.Expr, ...]] = field(default_factory=dict)
    by_relation: Mapping[type[Relation], tuple[Relation, ...]] = field(default_factory=dict)

    def all(self, *kinds: type[E]) -> Iterator[E]:
        """The parts of exactly these classes."""
        for kind in kinds:
            yield from cast("tuple[E, ...]", self.by_class.get(kind, ()))

    def relations(self, kind: type[R]) -> tuple[R, ...]:
        """The relations of exactly this class, those of queries inside of expressions included."""
        return cast("tuple[R, ...]", self.by_relation.get(kind, ()))


@dataclass(frozen=True, slots=True)
class Subject:
    """The whole project, built: what every rule is given.

    ``jobs`` are those that could be compiled, ``sound`` the nodes without an error in themselves or upstream, parents first.
    ``analysis`` tells columns, types and relations of each node, ``streams`` how rows change and by which keys.
    ``endless`` are the nodes that are known to get rows for ever.
    """

    project: Project
    graph: Graph
    functions: Functions
    jobs: Mapping[str, Job]
    sound: tuple[str, ...] = ()
    trees: Mapping[str, Trees] = field(default_factory=dict)
    analysis: Analysis = field(default_factory=Analysis)
    streams: Streams = field(default_factory=lambda: Streams(Graph({}, {}, {}, ()), Analysis()))
    endless: frozenset[str] = frozenset()

    def jobs_of(self, node: Node) -> tuple[Job, ...]:
        """The jobs that the node is part of."""
        return tuple(j for j in self.jobs.values() if node.name in j.nodes)

    def options(self, node: Node) -> Mapping[str, str]:
        """The WITH options of a table, those of the table that it is declared LIKE included."""
        return self.graph.options(node.name)

    def relations(self, node: Node, kind: type[R]) -> tuple[R, ...]:
        """The relations of one class that the node's queries are made of."""
        return self.trees[node.name].relations(kind)

    def text(self, path: str) -> str:
        """A file of the project as it was read; empty where there is none."""
        return self.project.texts.get(path, "")


def subject_of(
    project: Project, graph: Graph, functions: Functions, jobs: Mapping[str, Job], analysis: Analysis,
    streams: Streams | None = None,
) -> Subject:
    """Prepares a built project for the rules."""
    broken = graph.broken | {d.node for d in analysis.diagnostics if d.is_error and d.node is not None}
    wrong = broken.union(*(graph.descendants(n) for n in broken))
    sound = tuple(n for n in graph.order if n not in wrong)
    trees = {n: _trees(graph.nodes[n], analysis.nodes[n]) for n in sound}
    streams = streams if streams is not None else Streams(graph, analysis)
    return Subject(project, graph, functions, jobs, sound, trees, analysis, streams, endless_nodes(graph))


def _trees(node: Node, analysis: NodeAnalysis) -> Trees:
    found: dict[type[exp.Expr], list[exp.Expr]] = {}
    for statement in node.statements:
        if statement.tree is not None:
            for part in statement.tree.walk():
                found.setdefault(type(part), []).append(part)
    relations: dict[type[Relation], list[Relation]] = {}
    for relation in _all_relations(analysis.relations):
        relations.setdefault(type(relation), []).append(relation)
    return Trees({k: tuple(p) for k, p in found.items()}, {k: tuple(r) for k, r in relations.items()})


def _all_relations(tops: Iterable[Relation]) -> Iterator[Relation]:
    stack = list(tops)
    while stack:
        for relation in stack.pop().walk():
            yield relation
            stack.extend(s.query for top in relation.scalars for s in top.walk() if s.query is not None)
