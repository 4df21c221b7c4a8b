"""``flinksql logs``."""

from __future__ import annotations

import time
from pathlib import Path

import click

from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import message, output_option, print_json
from flinksql_runner.cli.tail import concerns, entries, follow, last_lines
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.values import Project
from flinksql_runner.services.control import status
from flinksql_runner.state.store import latest
from flinksql_runner.workspace import open_store

_FLINK = ("jobmanager", "taskmanager", "gateway")
_READ = 4000  # lines of each file that are looked through for a job's


@verb()
@click.argument("name", required=False, metavar="[JOB|SERVICE]")
@click.option("-n", "--lines", type=click.IntRange(0), default=50, show_default=True, help="How many of the last entries.")
@click.option("-f", "--follow", "is_following", is_flag=True, help="Go on with what is written from now on, until Ctrl-C.")
@output_option
def command(options: Globals, name: str | None, lines: int, is_following: bool, output: str) -> int:
    """Shows what Flink and the other local services wrote.

    For a JOB: entries of Flink that name it, warnings and errors. For a SERVICE (jobmanager, taskmanager, gateway, kafka,
    postgres): the end of its log. Without a name: the end of every log.
    """
    project = open_project(options)
    logs = {s.name: s.log for s in status(project.root) if s.log is not None}
    if name in logs:
        files, words = {name: logs[name]}, None
    elif name is None:
        files, words = logs, None
    elif name in project.jobs or open_store(project).releases(name):
        files, words = {n: p for n, p in logs.items() if n in _FLINK}, _words(project, name)
    else:
        known = ", ".join([*sorted(project.jobs), *logs]) or "none yet"
        raise Failure(f"there is no job or service `{name}` with a log (there are: {known})")
    if not files:
        message("no local services have written a log; `flinksql up` starts them", options)
        return 0
    shown = [(source, e) for source, path in files.items() for e in _entries(path, lines, words)]
    if output == "json":
        print_json({"version": 1, "entries": [{"source": s, "text": t} for s, t in shown]})
        return 0
    for source, entry in shown:
        _print(source, entry, len(files) > 1)
    if is_following:
        for source, line in follow(files, time.sleep, lambda text: words is None or concerns(text, words)):
            _print(source, line, len(files) > 1)
    return 0


def _words(project: Project, job: str) -> tuple[str, ...]:
    release = latest(open_store(project), job)
    return (f"Job {job}", f"'{job}'", f" {job} (", (release.flink_job_id if release else None) or "")


def _entries(path: Path, count: int, words: tuple[str, ...] | None) -> list[str]:
    if words is None:
        return last_lines(path, count)
    found = [e for e in entries(last_lines(path, _READ)) if concerns(e, words)]
    return found[-count:] if count else []


def _print(source: str, text: str, is_named: bool) -> None:
    for line in text.splitlines():
        click.echo(f"{source}: {line}" if is_named else line)
