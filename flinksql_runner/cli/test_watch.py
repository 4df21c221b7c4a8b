"""``flinksql test --watch``: tests of what has changed, again and again, on the warm engine."""

from __future__ import annotations

from collections.abc import Sequence

import click

from flinksql_runner.cli.opening import kept_nodes, open_project
from flinksql_runner.cli.output import message, print_diagnostics
from flinksql_runner.cli.test_run import Run, Told, run, tell
from flinksql_runner.cli.verb import Globals
from flinksql_runner.diagnostics import Failure
from flinksql_runner.pipeline import Build, build
from flinksql_runner.project.watch import changes
from flinksql_runner.testing.affected import affected, changed_nodes
from flinksql_runner.testing.choice import Choice, chosen
from flinksql_runner.testing.read import read_tests
from flinksql_runner.testing.values import Suite, UnitTest


def watch(built: Build, suite: Suite, choice: Choice, how: Run, options: Globals) -> int:
    """Runs the chosen tests, then after each change those that it touches and those that are failing, until Ctrl-C.

    The exit code is 1 where a test fails at the end.
    """
    failing: frozenset[str] = frozenset()
    tests = chosen(suite.tests, built.graph, choice)
    root = built.project.root
    try:
        for paths in changes(root):
            if not paths:
                failing = _round(built, suite, tests, failing, how, options)
                continue
            click.echo(f"\n{_listed(sorted(paths))} changed", err=True)
            try:
                now = build(open_project(options), nodes=kept_nodes(options))
            except Failure as failure:
                print_diagnostics(getattr(failure, "diagnostics", ()), getattr(failure, "texts", {}), options, to_stderr=True)
                message(str(failure), options)
                continue
            suite = read_tests(root)
            nodes = changed_nodes(built.graph, now.graph, now.functions, paths)
            built = now
            wanted = chosen(suite.tests, built.graph, choice)
            touched = affected(wanted, built.graph, nodes, paths)
            tests = tuple(t for t in wanted if t in touched or t.name in failing)
            failing = _round(built, suite, tests, failing, how, options)
    except KeyboardInterrupt:
        click.echo(err=True)
    return int(bool(failing))


def _round(built: Build, suite: Suite, tests: Sequence[UnitTest], failing: frozenset[str], how: Run, options: Globals,
           ) -> frozenset[str]:
    """Runs tests and tells what came; the names of all that fail now."""
    texts = {**built.project.texts, **built.project.python_files, **suite.texts}
    wrong = [*(d for d in built.diagnostics if d.is_error), *suite.diagnostics]
    print_diagnostics(wrong, texts, options)
    if tests:
        try:
            done = run(built, suite, tests, options, how)
        except Failure as failure:
            print_diagnostics(getattr(failure, "diagnostics", ()), texts, options, to_stderr=True)
            message(str(failure), options)
            return failing
        tell(built, done, options, Told())
        bad = {o.test.name for o in done.outcomes if o.status in ("fail", "error")}
        failing = (failing - {o.test.name for o in done.outcomes}) | bad
    else:
        message("no test hangs on it", options)
    message("waiting for changes (Ctrl-C ends)" + (f"; {len(failing)} failing" if failing else ""), options)
    return failing & {t.name for t in suite.tests}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
