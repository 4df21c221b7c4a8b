"""What rules that look across nodes are given: the whole project, without trees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flinksql_runner.compiler.job import Job
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.lint.around import Around
from flinksql_runner.lint.facts import Facts
from flinksql_runner.project.values import Project
from flinksql_runner.syntax.values import Node


@dataclass(frozen=True, slots=True)
class Whole:
    """``jobs`` are those that could be compiled, ``sound`` the nodes without an error in themselves or upstream, parents first.

    ``facts`` are those of sound nodes, ``around`` what lies around the nodes that the graph has an order for.
    """

    project: Project
    graph: Graph
    functions: Functions
    jobs: Mapping[str, Job]
    sound: tuple[str, ...]
    facts: Mapping[str, Facts]
    around: Mapping[str, Around]

    def jobs_of(self, node: Node) -> tuple[Job, ...]:
        """The jobs that the node is part of."""
        return tuple(j for j in self.jobs.values() if node.name in j.nodes)

    def options(self, node: Node) -> Mapping[str, str]:
        """The WITH options of a table, those of the table that it is declared LIKE included."""
        known = self.around.get(node.name)
        return known.options if known is not None else self.graph.options(node.name)

    def text(self, path: str) -> str:
        """A file of the project as it was read; empty where there is none."""
        return self.project.texts.get(path, "")
