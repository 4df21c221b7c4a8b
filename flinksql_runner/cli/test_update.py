"""``flinksql test --update``: expectations become what came, after a look at the difference."""

from __future__ import annotations

import sys

import click

from flinksql_runner.cli.output import message
from flinksql_runner.cli.test_run import Done
from flinksql_runner.cli.verb import Globals
from flinksql_runner.diagnostics import Failure
from flinksql_runner.pipeline import Build
from flinksql_runner.project.files import write_text_atomic
from flinksql_runner.testing.author_update import updates


def update(built: Build, done: Done, options: Globals, *, yes: bool) -> bool:
    """Rewrites the files; True where every test that failed was rewritten, so that nothing bad is left.

    :raises Failure: where there is nobody to ask and ``--yes`` was not given.
    """
    root = built.project.root
    found = updates(done.outcomes, done.texts, root)
    for each in found:
        for name, reason in each.left:
            message(f"{name} is not updated: {reason}", options)
    changed = [u for u in found if u.names]
    if not changed:
        return not done.is_bad
    count = sum(len(u.names) for u in changed)
    words = f"{count} test{'s' * (count > 1)} in {', '.join(u.file for u in changed)}"
    if not yes:
        if not sys.stdin.isatty():
            raise Failure(f"--update would rewrite {words}: give --yes where nobody can be asked", exit_code=1)
        if not click.confirm(f"expect what came, in {words}?", err=True):
            return False
    for each in changed:
        if (root / each.file).read_text(encoding="utf-8") != done.texts[each.file]:
            raise Failure(f"{each.file} has changed meanwhile: run this again")
        write_text_atomic(root / each.file, each.text)
    message(f"updated {words}", options)
    rewritten = sum(len(u.names) for u in changed)
    return rewritten == sum(o.status in ("fail", "error") for o in done.outcomes)
