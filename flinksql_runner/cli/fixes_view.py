"""What ``flinksql lint --fix`` did, or would do."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from flinksql_runner.cli.diff_view import print_diff
from flinksql_runner.cli.output import message, print_diagnostics, print_json
from flinksql_runner.cli.params import Globals
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.diagnostics.render.places import Places
from flinksql_runner.diagnostics.render.rows import as_json, row
from flinksql_runner.format.fixes import Fixes
from flinksql_runner.project.values import Project


def tell_fixes(
    project: Project, fixes: Fixes, left: Sequence[Diagnostic], changed: Sequence[str], options: Globals, output: str, *,
    diff: bool,
) -> None:
    """Prints what was repaired, at its place as it was, and what is left, at its place as it is now.

    With ``diff`` the changes are printed, and what is left goes to standard error.
    """
    texts = fixes.project.texts
    places = Places(project.texts)
    if diff:
        for path in changed:
            print_diff(path, project.texts[path], texts[path], options)
    elif output == "json":
        fixed = [row(d, places) for d in fixes.applied]
        print_json({**json.loads(as_json(left, texts)), "fixed": fixed, "files": list(changed)})
    elif output in ("text", "concise"):
        for diagnostic in fixes.applied:
            where = f"{places.place(diagnostic.span)}: " if diagnostic.span else ""
            click.echo(f"fixed {where}[{diagnostic.code}] {diagnostic.message}")
        if fixes.applied and left and output == "text":
            click.echo()
    if diff or output != "json":
        print_diagnostics(left, texts, options, "text" if diff else output, to_stderr=diff)
    refused = f", {len(fixes.refused)} could not be" if fixes.refused else ""
    count = len(fixes.applied)
    done = "would be" if diff else "was" if count == 1 else "were"
    message(f"{count} {done} fixed{refused}", options)
