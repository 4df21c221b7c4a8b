"""``flinksql test --coverage``: what the tests that passed do not touch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import click

from flinksql_runner.cli.output import message
from flinksql_runner.cli.test_run import Done, Run, run
from flinksql_runner.cli.verb import Globals
from flinksql_runner.compiler.job import Job
from flinksql_runner.graph.values import Graph
from flinksql_runner.pipeline import Build
from flinksql_runner.testing.coverage import Coverage, measure
from flinksql_runner.testing.coverage_report import coverage_text, summary
from flinksql_runner.testing.values import Outcome, Suite, UnitTest


def cover(built: Build, suite: Suite, done: Done, nodes: Collection[str], options: Globals, how: Run) -> Coverage:
    """Runs the tests that passed once more, with probes beside the nodes."""
    def probed(tests: Sequence[UnitTest], graph: Graph) -> Sequence[Outcome]:
        if not tests:
            return ()
        message(f"measuring: {len(tests)} runs with probes", options)
        jobs = {name: _with_probes(job, graph) for name, job in built.jobs.items()}
        wide = replace(built, graph=graph, jobs=jobs)
        return run(wide, suite, tests, options, replace(how, fail_fast=False, verbose=False)).outcomes

    passed = [o.test for o in done.outcomes if o.status == "pass"]
    return measure(passed, built.graph, nodes, _columns(built), probed)


def tell_coverage(built: Build, coverage: Coverage, options: Globals, output: str, least: float | None) -> bool:
    """Prints the report (with ``--output json`` it stands in the results); whether it is enough."""
    if output == "json":
        message(summary(coverage), options)
    else:
        paths = {n: node.path for n, node in built.graph.nodes.items()}
        click.echo(coverage_text(coverage, paths, built.project.texts))
    is_enough = least is None or coverage.percent >= least
    if not is_enough:
        message(f"coverage is below --coverage-min {least:g} %", options)
    return is_enough


def _with_probes(job: Job, graph: Graph) -> Job:
    """The job with the probes of its nodes, which are planned by its settings then."""
    return replace(job, nodes=(*job.nodes, *(n for n in graph.nodes if n.startswith("cover__") and _origin(n) in job.nodes)))


def _origin(probe: str) -> str:
    return probe.removeprefix("cover__").rpartition("__")[0]


def _columns(built: Build) -> dict[str, tuple[str, ...]]:
    """The columns of each node, as far as they are known without Flink."""
    return {name: _known(built, name) for name in built.graph.nodes}


def _known(built: Build, name: str) -> tuple[str, ...]:
    node = built.graph.nodes[name]
    if node.kind != "transform":
        return tuple(c.name for c in node.columns if c.kind == "physical")
    analysed = built.analysis.nodes.get(name)
    return tuple(c.name for c in analysed.columns) if analysed is not None else ()
