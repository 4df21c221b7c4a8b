"""Lint of a project that is built already, with its trees in this process."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flinksql_runner.analyse.streams import Streams
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.lint.outward import Outward
from flinksql_runner.lint.plan import plan
from flinksql_runner.lint.run import lint
from flinksql_runner.lint.study import Study, study_of
from flinksql_runner.pipeline import Build, settings_of_sinks


def lint_built(built: Build, only: Collection[str] = (), others: Iterable[Diagnostic] | None = None) -> tuple[Diagnostic, ...]:
    """What rules find behind the build's own findings (or ``others``); with ``only`` just these codes of rules are run."""
    graph = built.graph
    planned = plan(built.project, graph, built.functions, built.jobs, settings_of_sinks(graph, built.project), only)
    streams = built.streams if built.streams is not None else Streams(graph, built.analysis)
    shown: dict[str, Outward] = {}
    studies: dict[str, Study] = {}
    for name in graph.order:
        parents = {p: shown[p] for p in graph.parents[name]}
        shown[name], studies[name] = study_of(
            graph.nodes[name], planned.around[name], parents, built.functions, built.analysis.nodes[name], streams.of(name))
    sound = [name for name in graph.order if shown[name].sound]
    return lint(planned, studies, sound, built.findings if others is None else others)
