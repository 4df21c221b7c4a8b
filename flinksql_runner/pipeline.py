"""The whole way from files to jobs on one screen; no state, no engine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flinksql_runner.compiler.compile import compile_job
from flinksql_runner.compiler.job import Job
from flinksql_runner.deps.values import Need
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.functions.signatures import read_functions
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.resolve import resolve
from flinksql_runner.graph.values import Graph
from flinksql_runner.project.values import Project
from flinksql_runner.syntax.parse import parse
from flinksql_runner.syntax.values import Node
from flinksql_runner.templating.render import make_templates, render_file

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://")
_FORMATS = ("format", "key.format", "value.format")
_PATHS = ("path", "warehouse")


@dataclass(frozen=True, slots=True)
class Build:
    """A project, built: all nodes, the functions, and each job that could be compiled.

    ``diagnostics`` are those of all stages in the order of the stages, each once.
    """

    project: Project
    graph: Graph
    functions: Functions
    jobs: Mapping[str, Job]
    diagnostics: tuple[Diagnostic, ...] = ()


def build(project: Project) -> Build:
    """Renders, parses, resolves and compiles the whole project; mistakes become diagnostics, nothing is raised for them."""
    templates = make_templates(project)
    nodes = [parse(render_file(file, templates)) for file in project.files]
    graph = resolve(nodes, project.name)
    functions = read_functions(project)
    diagnostics = [
        *project.diagnostics, *(d for n in nodes for d in n.diagnostics), *graph.diagnostics, *functions.diagnostics,
    ]
    jobs: dict[str, Job] = {}
    for name, spec in project.jobs.items():
        job, wrong = compile_job(graph, spec, functions, project)
        diagnostics.extend(wrong)
        if job is not None:
            jobs[name] = job
    return Build(project, graph, functions, jobs, tuple(dict.fromkeys(diagnostics)))


def needs(graph: Graph, names: Iterable[str]) -> tuple[Need, ...]:
    """What the tables of these nodes need from outside: connectors, formats and file systems, each at its place."""
    return tuple(need for name in sorted(set(names)) for need in _needs(graph, graph.nodes[name]))


def _needs(graph: Graph, node: Node) -> Iterator[Need]:
    options = graph.options(node.name)
    for key, value in options.items():
        place = node.option_spans.get(key)
        if key == "connector":
            rest = {k: v for k, v in options.items() if k != "connector"}
            yield Need("connector", value, node.name, place, rest)
        elif key in _FORMATS:
            yield Need("format", value, node.name, place)
        elif key in _PATHS:
            scheme = _SCHEME.match(value)
            if scheme is not None and scheme.group(1) != "file":
                yield Need("filesystem", scheme.group(1), node.name, place)
