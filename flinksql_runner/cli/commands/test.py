"""``flinksql test``: the project's SQL unit tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from flinksql_runner.cli.opening import kept_nodes, open_project
from flinksql_runner.cli.output import message, print_diagnostics
from flinksql_runner.cli.results import failed_before
from flinksql_runner.cli.selection import selected, selection_options
from flinksql_runner.cli.test_coverage import cover, tell_coverage
from flinksql_runner.cli.test_init import write_first_test
from flinksql_runner.cli.test_run import Run, Told, run, tell
from flinksql_runner.cli.test_update import update
from flinksql_runner.cli.test_watch import watch
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.diagnostics import Failure, has_errors
from flinksql_runner.pipeline import build
from flinksql_runner.project.values import Project
from flinksql_runner.testing.choice import Choice, Key, chosen, put_first
from flinksql_runner.testing.read import read_tests
from flinksql_runner.testing.run import TIMEOUT
from flinksql_runner.testing.ways import Ways


@verb("test")
@selection_options
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Only tests with this tag, of their own or of their node.")
@click.option("-k", "words", metavar="TEXT", default="", help="Only tests with this text in their name.")
@click.option("--failed", is_flag=True, help="Only tests that failed, or could not run, when they last ran.")
@click.option("--failed-first", is_flag=True, help="All tests, those first that failed when they last ran.")
@click.option("-x", "--fail-fast", is_flag=True, help="Begin no more jobs of tests once a test has failed.")
@click.option("--shuffle", is_flag=True, help="Run each test again with its rows in other orders between watermarks.")
@click.option("--parallelism", type=click.IntRange(1, 8), default=1, metavar="N", help="Run each test again with N subtasks.")
@click.option("--restart", is_flag=True, help="Run each test again with a savepoint in the middle of its input.")
@click.option("--timeout", type=click.FloatRange(1), default=TIMEOUT, show_default=True, help="Seconds for one Flink job.")
@click.option("-v", "--verbose", is_flag=True, help="A line for each test, with its seconds.")
@click.option("--slowest", type=click.IntRange(1), metavar="N", help="Tell the N tests that took longest.")
@click.option("--init", "first", metavar="NODE", help="Write a first test of a node, with rows of the right types.")
@click.option("--from-rows", type=click.IntRange(1), metavar="N", help="With --init: N rows that each input gives now.")
@click.option("--update", "updates", is_flag=True, help="Expect what came, after a look at the difference.")
@click.option("-y", "--yes", is_flag=True, help="With --update: do not ask.")
@click.option("--coverage", is_flag=True, help="Tell which nodes, columns and branches of their SQL no test touches.")
@click.option("--coverage-min", type=click.FloatRange(0, 100), metavar="PERCENT", help="Fail below this coverage.")
@click.option("--watch", "watches", is_flag=True, help="Run again, after each change, what it touches; Ctrl-C ends.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write JUnit XML too.")
@click.option("--output", type=click.Choice(["text", "json", "github"]), default="text", show_default=True,
              help="The form of the result.")
def command(
    options: Globals, select: Sequence[str], exclude: Sequence[str], tags: Sequence[str], words: str, failed: bool,
    failed_first: bool, fail_fast: bool, shuffle: bool, parallelism: int, restart: bool, timeout: float, verbose: bool,
    slowest: int | None, first: str | None, from_rows: int | None, updates: bool, yes: bool, watches: bool,
    coverage: bool, coverage_min: float | None,
    junit: Path | None, output: str,
) -> int:
    """Run the SQL unit tests below tests/sql on a real Flink, in streaming mode, with watermarks as the tests say.

    Tables are replaced by the rows of a test; the SQL of nodes and their Python functions run as they are. The local Flink
    is started where it does not run; no Kafka, database or secret is needed.

    \b
    flinksql test                          all tests
    flinksql test -s alerts -k late        tests of one node, with this in their name
    flinksql test -s tag:daily -s 'test_name:late_*'
    flinksql test --failed-first -x        what failed in the last run first; stop where one still fails
    flinksql test --junit target/junit.xml for CI
    flinksql test --coverage               what no test touches
    flinksql test --init alerts            a first test of a node; then --update writes what comes

    What came of each test is written to target/run_results.json.
    """  # noqa: D301
    if from_rows is not None and first is None:
        raise Failure("--from-rows needs --init NODE")
    if yes and not updates:
        raise Failure("--yes answers the question of --update: give both")
    project = open_project(options)
    built = build(project, nodes=kept_nodes(options))
    if first is not None:
        return write_first_test(built, first, from_rows, timeout, options)
    suite = read_tests(project.root)
    choice = Choice(" ".join(select), " ".join(exclude), words, tuple(tags))
    how = Run(timeout, Ways(shuffle, parallelism, restart), fail_fast, verbose)
    nodes = selected(built.graph, select, exclude, options) if coverage or coverage_min is not None else ()
    if watches:
        return watch(built, suite, choice, how, options)
    if suite.diagnostics:
        texts = {**project.texts, **project.python_files, **suite.texts}
        print_diagnostics(suite.diagnostics, texts, options, to_stderr=output == "json")
    before = _before(project, failed, failed_first)
    tests = put_first(chosen(suite.tests, built.graph, replace(choice, only=before if failed else None)), before)
    if not tests:
        nothing = "no test failed in the last run" if failed and not before else "no tests match"
        message(nothing if suite.tests else "no tests: write the first one into tests/sql/", options)
        return int(has_errors(suite.diagnostics))
    done = run(built, suite, tests, options, how)
    covered = cover(built, suite, done, nodes, options, how) if coverage or coverage_min is not None else None
    is_bad = bool(tell(built, done, options, Told(output, junit, slowest), covered))
    if covered is not None:
        is_bad |= not tell_coverage(built, covered, options, output, coverage_min)
    if updates and is_bad:
        is_bad = not update(built, done, options, yes=yes)
    return int(is_bad or has_errors(suite.diagnostics))


def _before(project: Project, failed: bool, first: bool) -> frozenset[Key]:
    """What failed when it last ran, where that is asked for; the first run has nothing to put in front.

    :raises Failure: where only that is to run and it is not known.
    """
    if not failed and not first:
        return frozenset()
    try:
        return failed_before(project)
    except Failure:
        if failed:
            raise
        return frozenset()
