"""``flinksql format``: one layout for all SQL files, with proof that nothing else changes."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

import click

from flinksql_runner.cli.diff_view import print_diff
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import diagnostics_option, exit_code, message, print_diagnostics, print_json
from flinksql_runner.cli.params import Globals
from flinksql_runner.cli.paths import inside
from flinksql_runner.cli.selection import selected, selection_options
from flinksql_runner.cli.verb import verb
from flinksql_runner.diagnostics import Diagnostic, Failure, Span, error
from flinksql_runner.diagnostics.render.places import Places
from flinksql_runner.diagnostics.render.rows import row
from flinksql_runner.format.project import Outcome, format_files
from flinksql_runner.format.stdin import format_stdin
from flinksql_runner.format.write import write_back
from flinksql_runner.pipeline import build
from flinksql_runner.project.values import Project

_RANGE = re.compile(r"(\d+)(?:-(\d+))?\Z")


def _ranges(context: click.Context, option: click.Parameter, given: Sequence[str]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for text in given:
        match = _RANGE.match(text)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise click.BadParameter(f"`{text}` is no range of lines; write for example 10-20")
        found.append((first, last))
    return tuple(found)


@verb("format")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@selection_options
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where a file has another layout.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@click.option("--stdin-filename", metavar="NAME", help="With - as PATH: the file that standard input is a state of.")
@click.option("--lines", multiple=True, metavar="A-B", callback=_ranges, help="Change these lines of one file; may be repeated.")
@diagnostics_option
def command(
    options: Globals, paths: Sequence[str], select: Sequence[str], exclude: Sequence[str], check: bool, diff: bool,
    stdin_filename: str | None, lines: tuple[tuple[int, int], ...], output: str,
) -> int:
    """Lay out SQL files, templates and macros in one style: all of the project, or those below PATHs.

    Only white space and the case of keywords change. Each file that changes is rendered and parsed before and after; where the
    two could differ, it stays as it was.

    \b
    flinksql format                                        everything
    flinksql format --check --diff                         in CI
    flinksql format sql/sinks -s tag:daily                 some
    flinksql format - --stdin-filename sql/sinks/a.sql     in an editor
    """  # noqa: D301
    project = open_project(options)
    if "-" in paths:
        return _stdin(project, paths, stdin_filename, lines, check, options)
    chosen = _chosen(project, paths, select, exclude, options)
    if lines and len(chosen) != 1:
        raise click.UsageError("--lines is about one file: name it.")
    unreadable = [d for d in project.diagnostics
                  if d.is_error and d.span and d.span.file not in project.texts and _below(d.span.file, paths, project)]
    outcomes = format_files(project, chosen, lines)
    if not (check or diff):
        for outcome in outcomes:
            if outcome.changed:
                write_back(project.root, outcome.path, outcome.before, outcome.after)
    _tell(project, outcomes, unreadable, check=check, diff=diff, output=output, options=options)
    return max(exit_code(_said(outcomes, unreadable), options), int(check and any(o.changed for o in outcomes)))


def _chosen(
    project: Project, paths: Sequence[str], select: Sequence[str], exclude: Sequence[str], options: Globals,
) -> tuple[str, ...]:
    """The files to format, in the order of the project."""
    known = [*(f.path for f in project.files), *(m.path for m in project.macros)]
    if select or exclude:
        names = set(selected(build(project, ()).graph, select, exclude, options))
        known = [f.path for f in project.files if f.name in names]
    if not paths:
        return tuple(known)
    wanted: set[str] = set()
    for path in paths:
        place = inside(project, path)
        below = [k for k in known if place is not None and (k == place or not place or k.startswith(place + "/"))]
        if not below:
            message(f"{path}: no SQL file or macro of this project, left alone", options)
        wanted.update(below)
    return tuple(k for k in known if k in wanted)


def _below(file: str, paths: Sequence[str], project: Project) -> bool:
    places = [inside(project, p) for p in paths]
    in_scope = file.startswith(("sql/", "macros/"))
    return in_scope and (not places or any(p is not None and (file == p or not p or file.startswith(p + "/")) for p in places))


def _said(outcomes: Sequence[Outcome], unreadable: Sequence[Diagnostic]) -> list[Diagnostic]:
    return [*unreadable, *(o.diagnostic for o in outcomes if o.diagnostic is not None)]


def _tell(
    project: Project, outcomes: Sequence[Outcome], unreadable: Sequence[Diagnostic], *, check: bool, diff: bool, output: str,
    options: Globals,
) -> None:
    said = _said(outcomes, unreadable)
    changed = [o for o in outcomes if o.changed]
    dry = check or diff
    if dry and output not in ("text", "json"):
        said += [error("FS151", f"{o.path} has another layout", Span(o.path, 0, 0), "run `flinksql format`") for o in changed]
    left = sum(o.diagnostic is not None for o in outcomes)
    counts = {"formatted": len(changed), "unchanged": len(outcomes) - len(changed) - left, "left": left}
    if output == "json":
        places = Places(project.texts)
        print_json({
            "version": 1, "written": not dry,
            "files": [{"file": o.path, "status": "formatted" if o.changed else "left" if o.diagnostic else "unchanged"}
                      for o in outcomes],
            "diagnostics": [row(d, places) for d in said], "summary": counts})
        return
    if output != "text":
        print_diagnostics(said, project.texts, options, output)
    for outcome in changed:
        if diff:
            print_diff(outcome.path, outcome.before, outcome.after, options)
        elif output == "text":
            click.echo(f"{'would format' if dry else 'formatted'} {outcome.path}")
    if output == "text":
        print_diagnostics(said, project.texts, options, to_stderr=True)
    message(_summary(counts, dry), options)


def _summary(counts: dict[str, int], dry: bool) -> str:
    words = {"formatted": "would be formatted" if dry else "formatted", "unchanged": "unchanged", "left": "left as they were"}
    parts = [f"{counts[key]} {word}" for key, word in words.items() if counts[key]]
    return ", ".join(parts) or "no SQL files"


def _stdin(
    project: Project, paths: Sequence[str], name: str | None, lines: tuple[tuple[int, int], ...], check: bool, options: Globals,
) -> int:
    """Formats standard input to standard output; what can't be formatted comes out as it went in."""
    if len(paths) > 1:
        raise click.UsageError("- stands alone: it is standard input.")
    place = inside(project, name) if name else None
    if name and place is None:
        raise Failure(f"{name} is not in this project; --stdin-filename names a file below {project.root}.")
    data = sys.stdin.buffer.read()
    result = format_stdin(project, place, data, lines)
    if not check:
        sys.stdout.buffer.write(result.data)
        sys.stdout.buffer.flush()
    if result.diagnostics:
        print_diagnostics(result.diagnostics, {**project.texts, result.path: result.text}, options, to_stderr=True)
    return max(exit_code(result.diagnostics, options), int(check and result.data != data))


