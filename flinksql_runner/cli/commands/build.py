"""``flinksql build``: lint, compile, check and test, in the order of the graph."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from pathlib import Path

import click

from flinksql_runner.building import build_all
from flinksql_runner.cli.build_view import print_report
from flinksql_runner.cli.jobs import placed, planner_says
from flinksql_runner.cli.opening import kept_nodes, open_project
from flinksql_runner.cli.output import message
from flinksql_runner.cli.selection import selected, selection_options
from flinksql_runner.cli.test_run import Run, run
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.compiler.artefacts import remove_stale, write_jobs, write_manifest
from flinksql_runner.compiler.compile import JOB_CODES
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.linting.built import lint_built
from flinksql_runner.pipeline import Build, build
from flinksql_runner.testing.read import read_tests
from flinksql_runner.testing.run import TIMEOUT
from flinksql_runner.testing.values import Outcome, UnitTest
from flinksql_runner.testing.ways import Ways
from flinksql_runner.workspace import Unready, open_workspace


@verb("build")
@selection_options
@click.option("-x", "--fail-fast", is_flag=True, help="Begin no further stage or tests once something has failed.")
@click.option("--timeout", type=click.FloatRange(1), default=TIMEOUT, show_default=True, help="Seconds for one job of tests.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write JUnit XML of the tests.")
@click.option("--output", type=click.Choice(["text", "json", "github"]), default="text", show_default=True,
              help="The form of the result.")
def command(
    options: Globals, select: Sequence[str], exclude: Sequence[str], fail_fast: bool, timeout: float, junit: Path | None,
    output: str,
) -> int:
    """Take nodes through lint, compile, Flink's planner and their tests; what hangs on a failed node is skipped and named.

    The jobs are written as by compile. Nothing runs but tests. Local services are started where they do not run.

    \b
    flinksql build                     everything
    flinksql build -s +alerts          a node with all upstream of it
    flinksql build -x --output github  in CI
    """  # noqa: D301
    began = time.monotonic()
    project = open_project(options)
    built = build(project, nodes=kept_nodes(options))
    suite = read_tests(project.root)
    names = selected(built.graph, select, exclude, options)
    whole = not (select or exclude)
    found = [*lint_built(built), *suite.diagnostics]
    if not whole:
        needed = {*names, *(a for n in names for a in built.graph.ancestors(n))}
        found = [d for d in found if d.node in needed or (d.node is None and d.code not in JOB_CODES)]
    write_jobs(project, built.jobs)
    if whole:
        remove_stale(project, built.jobs)
        write_manifest(project, built.graph, built.jobs, built.functions, built.analysis)
    tests = [t for t in suite.tests if t.node in names or (whole and t.node not in built.graph.nodes)]
    how = Run(timeout, Ways(), fail_fast)

    def tested(level: Sequence[UnitTest]) -> Sequence[Outcome]:
        return run(built, suite, level, options, how).outcomes

    with placed(project):
        report = build_all(built, names, found, tests, lambda n: _planned(built, n, options), tested, fail_fast=fail_fast)
    return print_report(built, suite, report, options, output, junit, time.monotonic() - began)


def _planned(built: Build, names: Collection[str], options: Globals) -> Sequence[Diagnostic]:
    """What the planner says; where something that the user wrote stands in the way of asking it, that."""
    message(f"checking {len(names)} node{'s' * (len(names) != 1)}", options)
    try:
        work = open_workspace(built, nodes=names, progress=lambda line: message(line, options))
    except Unready as unready:
        return unready.diagnostics
    return planner_says(work, names)


