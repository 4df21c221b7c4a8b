"""``flinksql debug``: whether everything that a job needs is there, a line each."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click

from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import output_option, print_json, use_colour
from flinksql_runner.cli.services_view import wanted_services
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.deps.fetch import cached_jars
from flinksql_runner.deps.lockfile import engine_lock, read_lock
from flinksql_runner.deps.resolve import resolve
from flinksql_runner.diagnostics import Failure, has_errors
from flinksql_runner.pipeline import build, needs
from flinksql_runner.project.values import Project
from flinksql_runner.services.control import status
from flinksql_runner.services.flink import distribution
from flinksql_runner.services.java import java_home, java_version
from flinksql_runner.services.postgres import installation

_PROCESSES = {"flink": ("jobmanager", "taskmanager", "gateway"), "kafka": ("kafka",), "postgres": ("postgres",)}
_TITLES = {
    "jobmanager": "cluster", "taskmanager": "task manager", "gateway": "gateway", "kafka": "Kafka", "postgres": "PostgreSQL",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, whether it is right, and what was seen."""

    name: str
    ok: bool
    seen: str


@verb("debug")
@output_option
def command(options: Globals, output: str) -> int:
    """Check configuration, profile, Python, Java, Flink, jars and services, a line each; nothing is started.

    The exit code is 1 where one of them is wrong. Services that don't run are right: the verbs that need them start them.
    """
    checks = list(_checks(options))
    if output == "json":
        print_json({"checks": [{"name": c.name, "ok": c.ok, "message": c.seen} for c in checks], "ok": all(c.ok for c in checks)})
    else:
        colour = use_colour(options)
        for check in checks:
            mark = click.style("ok  ", fg="green") if check.ok else click.style("FAIL", fg="red", bold=True)
            click.echo(f"{mark if colour else click.unstyle(mark)}  {check.name:<14}{check.seen}")
    return 0 if all(c.ok for c in checks) else 1


def _checks(options: Globals) -> Iterator[Check]:
    yield Check("python", (3, 10) <= sys.version_info[:2] <= (3, 12), f"{platform.python_version()}, {sys.executable}")
    yield _attempt("Java", lambda: f"{java_version(java_home())}, {java_home()}")
    yield _attempt("Flink", lambda: str(distribution()))
    yield _attempt("engine jars", lambda: _engine_jars())
    project: Project | None = None
    try:
        project = open_project(options)
    except Failure as failure:
        yield Check("configuration", False, str(failure))
    if project is None:
        return
    errors = sum(d.is_error for d in project.diagnostics)
    yield Check("configuration", not errors,
                f"{project.root / 'project.yml'}" + (f", {errors} errors: `flinksql lint` shows them" if errors else ""))
    yield Check("profile", True, f"target `{project.target.name}` of type {project.target.type}, Flink {project.flink_version}")
    yield _attempt("jars", lambda: _project_jars(project))
    if project.target.type == "local":
        if "postgres" in project.target.embedded:
            yield _attempt("database", lambda: str(installation()))
        yield from _services(project)


def _attempt(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except Failure as failure:
        return Check(name, False, str(failure))


def _engine_jars() -> str:
    jars = engine_lock().jars
    there = cached_jars(jars) is not None
    return f"{len(jars)} of Flink {engine_lock().flink_version}, {'all here' if there else 'fetched at the first start'}"


def _project_jars(project: Project) -> str:
    graph = build(project, only=()).graph
    wanted, diagnostics = resolve(needs(graph, graph.order), project.dependencies, project.flink_version)
    if has_errors(diagnostics):
        raise Failure(next(d.message for d in diagnostics if d.is_error) + ": `flinksql deps` shows where")
    lock = read_lock(project.root)
    missing = set(wanted) - {jar.coordinate for jar in lock.jars} if lock else set(wanted)
    if missing:
        raise Failure(f"flinksql.lock lacks {', '.join(sorted(map(str, missing)))}: run `flinksql deps`")
    there = lock is None or cached_jars(lock.jars, project.env) is not None
    return f"{len(wanted)} locked, " + ("all here" if there else "fetched when they are needed")


def _services(project: Project) -> Iterator[Check]:
    found = {s.name: s for s in status(project.root)}
    for service in sorted(wanted_services(project)):
        for name in _PROCESSES[service]:
            seen = found.get(name)
            if seen is None:
                yield Check(_TITLES[name], True, "not started (`flinksql up` starts it, so does any verb that needs it)")
            elif seen.state == "running":
                yield Check(_TITLES[name], True, f"running, {seen.address or f'pid {seen.pid}'}")
            else:
                yield Check(_TITLES[name], False, f"{seen.state}: `flinksql up` starts it anew; its log is {seen.log}")
