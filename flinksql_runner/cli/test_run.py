"""Runs chosen unit tests with a sign of life, and tells what came of them in every form."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from flinksql_runner.cli.jobs import placed
from flinksql_runner.cli.output import message, print_json, use_colour, width
from flinksql_runner.cli.results import write_results
from flinksql_runner.cli.test_progress import TestProgress
from flinksql_runner.cli.verb import Globals
from flinksql_runner.diagnostics.render import Renderer
from flinksql_runner.pipeline import Build
from flinksql_runner.project.files import write_text_atomic
from flinksql_runner.testing.coverage import Coverage
from flinksql_runner.testing.coverage_report import coverage_json
from flinksql_runner.testing.door import Door
from flinksql_runner.testing.report import as_github, as_json, as_junit, as_line, as_text, slowest, summary
from flinksql_runner.testing.suite import run_suite
from flinksql_runner.testing.values import Outcome, Suite, UnitTest
from flinksql_runner.testing.ways import Ways
from flinksql_runner.workspace import open_for_tests


@dataclass(frozen=True, slots=True)
class Run:
    """How tests are run: seconds for one job, other ways to run all of them, whether the first failure ends it."""

    timeout: float
    ways: Ways
    fail_fast: bool = False
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """How results are told: the form (``text``, ``json``, ``github``), a file for JUnit, how many of the slowest."""

    output: str = "text"
    junit: Path | None = None
    slowest: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a run. ``not_run`` is how many tests were left out behind a failure; ``texts`` are all files by path."""

    outcomes: tuple[Outcome, ...]
    not_run: int
    seconds: float
    texts: Mapping[str, str]

    @property
    def is_bad(self) -> bool:
        """Whether a test failed or could not run."""
        return any(o.status in ("fail", "error") for o in self.outcomes)


def run(built: Build, suite: Suite, tests: Sequence[UnitTest], options: Globals, how: Run) -> Done:
    """Opens the engine and runs the tests.

    :raises Failure: where Flink can't be started, or goes away.
    """
    texts = {**built.project.texts, **built.project.python_files, **suite.texts}
    began = time.monotonic()
    with placed(built.project):
        known = [t.node for t in tests if t.node in built.graph.nodes]
        with TestProgress(len(tests), texts, options, verbose=how.verbose) as progress:
            outcomes = run_suite(
                built.project, built.graph, built.functions, built.jobs, tests,
                lambda project, functions: _door(replace(built, project=project, functions=functions), known, options),
                timeout=how.timeout, threads=options.threads, tell=progress.tell, ways=how.ways, fail_fast=how.fail_fast)
    return Done(outcomes, len(tests) - len(outcomes), time.monotonic() - began, texts)


def _door(built: Build, nodes: Sequence[str], options: Globals) -> Door:
    work = open_for_tests(built, nodes, progress=lambda line: message(line, options))
    return Door(work.engine.session, work.engine.rest_url)


def tell(built: Build, done: Done, options: Globals, told: Told, coverage: Coverage | None = None) -> int:
    """Writes run_results.json and JUnit's file, prints what failed and the counts; the exit code."""
    results = dict(as_json(done.outcomes, done.texts, done.not_run))
    if coverage is not None:
        results["coverage"] = coverage_json(coverage, done.texts)
    write_results(built.project, results, done.seconds)
    if told.junit is not None:
        write_text_atomic(told.junit, as_junit(done.outcomes, Renderer(done.texts), done.texts))
    if told.output == "json":
        print_json(results)
    else:
        renderer = Renderer(done.texts, colour=use_colour(options), width=width())
        for outcome in done.outcomes:
            if outcome.status in ("fail", "error"):
                click.echo(as_github(outcome, renderer) if told.output == "github"
                           else as_text(outcome, renderer, done.texts, width()))
    for note in dict.fromkeys(n for o in done.outcomes if o.status == "pass" for n in o.notes):
        message(f"note: {note}", options)
    for outcome in slowest(done.outcomes, told.slowest or 0):
        message(as_line(outcome, done.texts), options)
    message(summary(done.outcomes, done.seconds, done.not_run), options)
    return int(done.is_bad)
