"""What is to be studied: a built project, the rules as they are set for each file, and what lies around each node."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flinksql_runner.compiler.job import Job
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.lint.around import Around, JobSettings, RuleSettings
from flinksql_runner.lint.registry import node_rules
from flinksql_runner.lint.settings import Book, Configured, RuleBook
from flinksql_runner.project.values import Project

Written = Mapping[str, Sequence[Mapping[str, str]]]
"""Sink -> the settings of the jobs that write it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``settings`` and ``book`` say which rules run where and how bad their findings are; ``around`` goes by names of nodes."""

    project: Project
    graph: Graph
    functions: Functions
    jobs: Mapping[str, Job]
    settings: RuleBook
    book: Book
    around: Mapping[str, Around]


def plan(
    project: Project, graph: Graph, functions: Functions, jobs: Mapping[str, Job], written: Written, only: Collection[str] = (),
) -> Plan:
    """The plan for a project; with ``only`` just these codes of rules are run."""
    settings = RuleBook(project.rules, only)
    book = settings.book(graph.nodes.values())
    return Plan(project, graph, functions, jobs, settings, book, _around(project, graph, jobs, written, book))


def by_urgency(plan: Plan) -> list[str]:
    """All nodes that have a place in the order of the graph, those first on which the longest chain of readers hangs.

    Whoever studies them in this order is never left with a chain to go along alone while others wait (T. C. Hu, Parallel
    Sequencing and Assembly Line Problems, Operations Research 9, 1961).
    """
    graph = plan.graph
    heights: dict[str, int] = {}
    for name in reversed(graph.order):
        heights[name] = 1 + max((heights.get(child, 0) for child in graph.children[name]), default=0)
    return sorted(graph.order, key=lambda name: -heights[name])


def _around(
    project: Project, graph: Graph, jobs: Mapping[str, Job], written: Written, book: Book,
) -> Mapping[str, Around]:
    of_nodes = tuple(node_rules())
    rules: dict[int, tuple[RuleSettings, ...]] = {}
    of_jobs: dict[tuple[str, ...], tuple[JobSettings, ...]] = {}
    members = [(job, frozenset(job.nodes)) for job in jobs.values()]
    found: dict[str, Around] = {}
    for name in graph.order:
        mine = tuple(job.name for job, nodes in members if name in nodes)
        if mine not in of_jobs:
            of_jobs[mine] = tuple(JobSettings(n, jobs[n].settings) for n in mine)
        configured = book[name]
        if id(configured) not in rules:
            rules[id(configured)] = _settings(configured, of_nodes)
        found[name] = Around(
            graph.parents[name], graph.options(name), of_jobs[mine], bool(project.jobs), written.get(name, ()),
            name in graph.broken, rules[id(configured)])
    return found


def _settings(configured: Mapping[str, Configured], codes: Iterable[str]) -> tuple[RuleSettings, ...]:
    """Of all rules, those that are off too: what they find is left out where it would be told (``run``). So one study answers for
    all severities, and for each choice of rules."""
    return tuple(RuleSettings(c, configured[c].settings.values) for c in codes)
