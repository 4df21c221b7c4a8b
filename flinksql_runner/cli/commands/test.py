"""``flinksql test``: the project's SQL unit tests."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

from flinksql_runner.cli.jobs import placed
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.outcomes import as_github, as_json, as_junit, as_text, summary
from flinksql_runner.cli.output import message, print_diagnostics, print_json, use_colour, width
from flinksql_runner.cli.results import failed_before, write_results
from flinksql_runner.cli.selection import selected, selection_options
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.diagnostics import has_errors
from flinksql_runner.diagnostics.render import Renderer
from flinksql_runner.pipeline import Build, build
from flinksql_runner.project.files import write_text_atomic
from flinksql_runner.testing.read import read_tests
from flinksql_runner.testing.run import THREADS, TIMEOUT, run_tests
from flinksql_runner.testing.values import Outcome, UnitTest
from flinksql_runner.testing.ways import Ways
from flinksql_runner.workspace import open_for_tests


@verb("test")
@selection_options
@click.option("-k", "words", metavar="TEXT", help="Only tests with this text in their name.")
@click.option("--failed", is_flag=True, help="Only tests that failed, or could not run, when they last ran.")
@click.option("--shuffle", is_flag=True, help="Run each test again with its rows in other orders between watermarks.")
@click.option("--parallelism", type=click.IntRange(1, 8), default=1, metavar="N", help="Run each test again with N subtasks.")
@click.option("--timeout", type=click.FloatRange(1), default=TIMEOUT, show_default=True, help="Seconds for one Flink job.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write JUnit XML too.")
@click.option("--output", type=click.Choice(["text", "json", "github"]), default="text", show_default=True,
              help="The form of the result.")
def command(
    options: Globals, select: Sequence[str], exclude: Sequence[str], words: str | None, failed: bool, shuffle: bool,
    parallelism: int, timeout: float, junit: Path | None, output: str,
) -> int:
    """Run the SQL unit tests below tests/sql on a real Flink, in streaming mode, with watermarks as the tests say.

    Tables are replaced by the rows of a test; the SQL of nodes and their Python functions run as they are. The local Flink
    is started where it does not run; no Kafka, database or secret is needed.

    \b
    flinksql test                          all tests
    flinksql test -s alerts -k late        tests of one node, with this in their name
    flinksql test --failed                 what failed in the last run
    flinksql test --junit target/junit.xml for CI

    What came of each test is written to target/run_results.json.
    """  # noqa: D301
    project = open_project(options)
    built = build(project)
    suite = read_tests(project.root)
    texts = {**project.texts, **project.python_files, **suite.texts}
    if suite.diagnostics:
        print_diagnostics(suite.diagnostics, texts, options, to_stderr=output == "json")
    nodes = set(selected(built.graph, select, exclude, options)) if select or exclude else None
    again = failed_before(project) if failed else None
    tests = tuple(
        t for t in suite.tests
        if (nodes is None or t.node in nodes) and (not words or words in t.name)
        and (again is None or (t.span.file, t.name) in again)
    )
    if not tests:
        nothing = "no test failed in the last run" if again is not None and not again else "no tests match"
        message(nothing if suite.tests else "no tests: write the first one into tests/sql/", options)
        return int(has_errors(suite.diagnostics))
    began = time.monotonic()
    outcomes = _run(built, tests, options, timeout, Ways(shuffle, parallelism))
    seconds = time.monotonic() - began
    results = as_json(outcomes, suite.texts)
    write_results(project, results, seconds)
    renderer = Renderer(texts, colour=use_colour(options), width=width())
    if junit is not None:
        write_text_atomic(junit, as_junit(outcomes, Renderer(texts), suite.texts))
    if output == "json":
        print_json(results)
    else:
        for outcome in outcomes:
            if outcome.status in ("fail", "error"):
                click.echo(as_github(outcome, renderer) if output == "github" else as_text(outcome, renderer, texts, width()))
    message(summary(outcomes, seconds), options)
    return int(has_errors(suite.diagnostics) or any(o.status in ("fail", "error") for o in outcomes))


def _run(built: Build, tests: Sequence[UnitTest], options: Globals, timeout: float, ways: Ways) -> tuple[Outcome, ...]:
    """The outcomes, with a dot for each test on a terminal's standard error while they come."""
    marks = {"pass": ".", "fail": "F", "error": "E", "skipped": "s"}
    shows = not options.quiet and sys.stderr.isatty()

    def tell(outcome: Outcome) -> None:
        if shows:
            click.echo(marks[outcome.status], err=True, nl=False)

    with placed(built.project):
        known = [t.node for t in tests if t.node in built.graph.nodes]
        work = open_for_tests(built, known, progress=lambda line: message(line, options))
        outcomes = run_tests(tests, built.graph, built.functions, built.jobs, work.engine.session, timeout=timeout,
                             threads=options.threads or THREADS, tell=tell, ways=ways)
    if shows:
        click.echo(err=True)
    return outcomes
