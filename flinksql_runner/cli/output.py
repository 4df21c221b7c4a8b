"""What verbs print: results to standard output, messages and progress to standard error."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from flinksql_runner import __version__
from flinksql_runner.cli.params import Globals
from flinksql_runner.diagnostics import Diagnostic, Severity
from flinksql_runner.diagnostics.render import (
    Places,
    Renderer,
    as_github,
    as_gitlab,
    as_json,
    as_junit,
    as_sarif,
    summary_line,
)

output_option = click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True,
                             help="The form of the result.")
FORMS = ("text", "concise", "json", "github", "gitlab", "sarif", "junit")
diagnostics_option = click.option("--output", type=click.Choice(FORMS), default="text", show_default=True,
                                  help="The form of the diagnostics.")


def width() -> int:
    """The terminal's width in columns; 80 where there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def use_colour(options: Globals, stream: object = None) -> bool:
    """Whether to colour: as the options say, else on terminals, unless NO_COLOR is set."""
    if options.colour is not None:
        return options.colour
    out = stream if stream is not None else sys.stdout
    return not os.environ.get("NO_COLOR") and bool(getattr(out, "isatty", lambda: False)())


def print_diagnostics(
    diagnostics: Sequence[Diagnostic], texts: Mapping[str, str], options: Globals, output: str = "text", *,
    to_stderr: bool = False, clean: Iterable[str] = (),
) -> None:
    """Prints diagnostics in one of ``FORMS``, text with a closing line that counts them.

    ``clean`` are the files that were looked at, for forms that tell of those without findings too (JUnit).
    """
    stream = sys.stderr if to_stderr else sys.stdout
    if output not in ("text", "concise"):
        written = _for_programs(diagnostics, texts, options, output, clean)
        if written or output != "github":
            click.echo(written, file=stream)
        return
    renderer = Renderer(texts, colour=use_colour(options, stream), width=width())
    lines = [renderer.concise(found) if output == "concise" else renderer.text(found) + "\n" for found in diagnostics]
    if lines:
        click.echo("\n".join(lines), file=stream)
    if diagnostics and not options.quiet:
        click.echo(summary_line(diagnostics), err=True)


def _for_programs(
    diagnostics: Sequence[Diagnostic], texts: Mapping[str, str], options: Globals, output: str, clean: Iterable[str],
) -> str:
    if output == "json":
        return as_json(diagnostics, texts)
    prefix = repository_prefix(options.project_dir.absolute())
    if output == "junit":
        return as_junit(diagnostics, Renderer(texts, prefix=prefix), _failing(options), clean)
    places = Places(texts, prefix)
    if output == "sarif":
        return as_sarif(diagnostics, places, __version__)
    return as_gitlab(diagnostics, places) if output == "gitlab" else as_github(diagnostics, places)


def repository_prefix(folder: Path) -> str:
    """The way from the top of the git repository to a folder, joined by ``/``; empty at the top and outside of one."""
    top = next((f for f in (folder, *folder.parents) if (f / ".git").exists()), folder)
    return folder.relative_to(top).as_posix() if folder != top else ""


def exit_code(diagnostics: Iterable[Diagnostic], options: Globals) -> int:
    """1 where one of them makes the command fail, else 0."""
    failing = _failing(options)
    return int(any(d.severity in failing for d in diagnostics))


def _failing(options: Globals) -> frozenset[Severity]:
    return frozenset({Severity.ERROR, Severity.WARNING} if options.warn_error else {Severity.ERROR})


def print_json(value: object) -> None:
    """One JSON value on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def message(text: str, options: Globals) -> None:
    """A line for people on standard error, unless ``--quiet``."""
    if not options.quiet:
        click.echo(text, err=True)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], options: Globals, *, title: str | None = None) -> None:
    """A plain table on standard output; numbers stand right."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    listed = [list(r) for r in rows]
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for position, column in enumerate(columns):
        numeric = bool(listed) and all(isinstance(r[position], (int, float)) for r in listed if r[position] is not None)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in listed:
        table.add_row(*("" if v is None else f"{v:,}" if isinstance(v, int) and not isinstance(v, bool) else str(v) for v in row))
    colour = use_colour(options)
    Console(file=sys.stdout, no_color=not colour, force_terminal=colour or None, highlight=False, markup=False,
            width=width() if not sys.stdout.isatty() else None).print(table)
