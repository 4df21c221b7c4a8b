"""Changes of files as unified diffs."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

import click

from flinksql_runner.cli.output import use_colour
from flinksql_runner.cli.params import Globals

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def print_diff(path: str, before: str, after: str, options: Globals) -> None:
    """Prints what would change in a file, as ``git diff`` and ``patch`` write it."""
    colour = use_colour(options)
    for line in diff_lines(path, before, after):
        shade = _COLOURS.get(line[:1])
        click.echo(click.style(line, fg=shade) if colour and shade else line, color=colour)


def diff_lines(path: str, before: str, after: str) -> Iterator[str]:
    """The lines of a unified diff, without line ends."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for line in unified_diff(old, new, f"a/{path}", f"b/{path}"):
        yield line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"
