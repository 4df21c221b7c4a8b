"""The whole way from files to jobs on one screen; no state, no engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from flinksql_runner.analyse.nodes import analyse
from flinksql_runner.analyse.stream_checks import check_streams
from flinksql_runner.analyse.streams import Streams
from flinksql_runner.analyse.values import STREAMING_ONLY, Analysis
from flinksql_runner.compiler.compile import compile_job
from flinksql_runner.compiler.job import Job
from flinksql_runner.deps.values import Need
from flinksql_runner.diagnostics import Diagnostic, Failure
from flinksql_runner.functions.signatures import read_functions
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.resolve import resolve
from flinksql_runner.graph.select import select
from flinksql_runner.graph.values import Graph
from flinksql_runner.options.check import check_options
from flinksql_runner.project.values import JobSpec, Project, SqlFile
from flinksql_runner.syntax.parse import parse
from flinksql_runner.syntax.values import Made, Node
from flinksql_runner.templating.render import make_templates, render_file

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://")
_FORMATS = ("format", "key.format", "value.format")
_PATHS = ("path", "warehouse")


@dataclass(frozen=True, slots=True)
class Build:
    """A project, built: all nodes, the functions, and each job that could be compiled.

    ``diagnostics`` are those of all stages in the order of the stages; the same finding at the same place (of a macro that
    many nodes call) is told once, for the first of them. ``options`` are those about connectors' options, ``types`` what the
    analyser finds (``analysis``, and ``streams`` over it): a job compiles in spite of them, since Flink's planner has the last
    word.
    """

    project: Project
    graph: Graph
    functions: Functions
    jobs: Mapping[str, Job]
    diagnostics: tuple[Diagnostic, ...] = ()
    options: tuple[Diagnostic, ...] = ()
    types: tuple[Diagnostic, ...] = ()
    analysis: Analysis = field(default_factory=Analysis)
    streams: Streams | None = field(default=None, repr=False, compare=False)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """All that can be found without an engine."""
        return (*self.diagnostics, *self.options, *self.types)


@dataclass(frozen=True, slots=True)
class Begun:
    """The stages before the analyser: see ``Build``."""

    project: Project
    graph: Graph
    functions: Functions
    jobs: Mapping[str, Job]
    diagnostics: tuple[Diagnostic, ...] = ()
    options: tuple[Diagnostic, ...] = ()


def fresh_nodes(project: Project, files: Sequence[SqlFile]) -> Made:
    """Renders and parses files of a project."""
    templates = make_templates(project)
    return Made(tuple([parse(render_file(file, templates)) for file in files]), templates.diagnostics, templates.asked)


def all_nodes(project: Project) -> Made:
    """Renders and parses all files of a project."""
    return fresh_nodes(project, project.files)


def begin(
    project: Project, only: Collection[str] | None = None, nodes: Callable[[Project], Made] = all_nodes,
) -> Begun:
    """Renders, parses, resolves and compiles; see ``build``."""
    made = nodes(project)
    graph = resolve(made.nodes, project.name)
    functions = read_functions(project)
    diagnostics = [
        *project.diagnostics, *made.mistakes, *(d for n in made.nodes for d in n.diagnostics), *graph.diagnostics,
        *functions.diagnostics,
    ]
    jobs: dict[str, Job] = {}
    for name, spec in project.jobs.items():
        if only is not None and name not in only:
            continue
        job, wrong = compile_job(graph, spec, functions, project)
        diagnostics.extend(wrong)
        if job is not None:
            jobs[name] = job
    wanted = None if only is None else _needed(graph, [project.jobs[n] for n in only if n in project.jobs])
    options = check_options(graph, project.flink_version, project.dependencies.jars)
    return Begun(project, graph, functions, jobs, _once(diagnostics, wanted), _once(options, wanted))


def build(
    project: Project, only: Collection[str] | None = None, nodes: Callable[[Project], Made] = all_nodes,
) -> Build:
    """Renders, parses, resolves and compiles the whole project; mistakes become diagnostics, nothing is raised for them.

    With ``only`` just these jobs are compiled, what is wrong with nodes that none of them needs is left out, and nothing is
    analysed: jobs that are to run go to Flink's planner at once. ``nodes`` makes
    the nodes: anew, or out of a cache.
    """
    begun = begin(project, only, nodes)
    graph = begun.graph
    analysis = analyse(graph, begun.functions) if only is None else Analysis()
    streams = Streams(graph, analysis)
    of_streams = check_streams(streams, graph, settings_of_sinks(graph, project)) if only is None else ()
    return Build(
        project, graph, begun.functions, begun.jobs, begun.diagnostics, begun.options,
        types_of(begun.jobs, analysis.diagnostics, of_streams), analysis, streams)


def types_of(
    jobs: Mapping[str, Job], of_types: Iterable[Diagnostic], of_streams: Iterable[Diagnostic],
) -> tuple[Diagnostic, ...]:
    """What the analyser finds, without what is no mistake in the nodes of a job that runs as a batch."""
    batch = {n for j in jobs.values() for n in j.nodes if j.settings.get("execution.runtime-mode", "").lower() == "batch"}
    kept = (d for d in of_types if d.code not in STREAMING_ONLY or d.node not in batch)
    return _once((*kept, *of_streams), None)


def settings_of_sinks(graph: Graph, project: Project) -> Mapping[str, Sequence[Mapping[str, str]]]:
    """Sink -> the settings of the jobs that write it."""
    found: dict[str, list[Mapping[str, str]]] = {}
    for spec in project.jobs.values():
        with suppress(Failure):
            for name in select(graph, spec.select):
                found.setdefault(name, []).append(spec.settings)
    return found


def _once(diagnostics: Sequence[Diagnostic], wanted: Collection[str] | None) -> tuple[Diagnostic, ...]:
    """Those of the wanted nodes (None: of all), the same finding at the same place once, for the first node."""
    kept = [d for d in diagnostics if wanted is None or d.node is None or d.node in wanted]
    once = {(d.code, d.message, d.span): d for d in reversed(kept)}
    return tuple(reversed(once.values()))


def _needed(graph: Graph, specs: Iterable[JobSpec]) -> frozenset[str]:
    """The nodes of these jobs; those of a job whose selection can't be read are none."""
    found: set[str] = set()
    for spec in specs:
        try:
            selected = select(graph, spec.select)
        except Failure:
            continue
        found.update(selected, *(graph.ancestors(n) for n in selected))
    return frozenset(found)


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
