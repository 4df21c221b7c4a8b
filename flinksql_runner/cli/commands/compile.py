"""``flinksql compile``: jobs as one statement set each, and the manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import click

from flinksql_runner.cli.opening import kept_nodes, open_project
from flinksql_runner.cli.output import exit_code, message, output_option, print_diagnostics, print_json
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.compiler.artefacts import remove_stale, write_jobs, write_manifest
from flinksql_runner.compiler.text import resolved_text
from flinksql_runner.diagnostics import Failure, did_you_mean
from flinksql_runner.diagnostics.render import as_json
from flinksql_runner.graph.resolve import resolve
from flinksql_runner.pipeline import Build, build
from flinksql_runner.project.files import write_text_atomic
from flinksql_runner.project.values import Project
from flinksql_runner.syntax.parse import parse
from flinksql_runner.templating.render import make_templates, render_text

INLINE = "<inline>"


@verb("compile")
@click.argument("jobs", nargs=-1, metavar="[JOB]...")
@click.option("--inline", metavar="SQL", help="Print this query after its template ran; nothing is written.")
@click.option("--resolved", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the one JOB with addresses and secrets filled in (mode 0600), for Flink's SQL client.")
@output_option
def command(options: Globals, jobs: Sequence[str], inline: str | None, resolved: Path | None, output: str) -> int:
    """Compile jobs (all by default) to target/compiled/JOB.sql and write target/manifest.json.

    \b
    flinksql compile
    flinksql compile vehicles --resolved /tmp/vehicles.sql
    flinksql compile --inline "SELECT * FROM {{ ref('orders') }}"
    """  # noqa: D301
    project = open_project(options)
    if inline is not None:
        return _inline(project, inline, options, output)
    for name in jobs:
        if name not in project.jobs:
            near, known = did_you_mean(name, project.jobs), f"it has {', '.join(project.jobs) or 'none'}."
            raise Failure(f"There is no job `{name}` in project.yml; {near or known}")
    if resolved is not None and len(jobs) != 1:
        raise Failure("--resolved writes one job: name it, for example `flinksql compile vehicles --resolved FILE`.")
    built = build(project, jobs or None, kept_nodes(options))
    paths = write_jobs(project, built.jobs)
    if not jobs:
        remove_stale(project, built.jobs)
        write_manifest(project, built.graph, built.jobs, built.functions, built.analysis, built.streams)
    if resolved is not None and jobs[0] in built.jobs:
        _resolved(built, jobs[0], resolved)
    _print(built, {n: _shown(p, project) for n, p in paths.items()}, options, output)
    return exit_code(built.diagnostics, options)


def _print(built: Build, paths: Mapping[str, str], options: Globals, output: str) -> None:
    if output == "json":
        found = json.loads(as_json(built.diagnostics, built.project.texts))
        print_json({"jobs": [
            {"job": j.name, "file": paths[j.name], "hash": j.hash, "nodes": list(j.nodes), "sinks": list(j.sinks)}
            for j in built.jobs.values()
        ], **found})
        return
    print_diagnostics(built.diagnostics, built.project.texts, options, to_stderr=True)
    for job in built.jobs.values():
        kinds = [built.graph.nodes[n].kind for n in job.nodes]
        counts = ", ".join(_count(len([k for k in kinds if k == kind]), kind) for kind in ("source", "transform", "sink"))
        click.echo(f"{job.name}: {counts} -> {paths[job.name]}")
    if not built.project.jobs:
        message("project.yml names no job; add one under jobs:, for example `daily: {select: 'sql/sinks'}`", options)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _shown(path: Path, project: Project) -> str:
    return path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else str(path)


def _inline(project: Project, text: str, options: Globals, output: str) -> int:
    """Renders and parses one query and checks the names in it; prints what it becomes."""
    built = build(project, ())
    rendered = render_text(text, make_templates(project), INLINE)
    node = parse(rendered)
    graph = resolve([*built.graph.nodes.values(), node], project.name)
    found = [*node.diagnostics, *(d for d in graph.diagnostics if d.node == node.name)]
    if output == "json":
        print_json({"compiled": rendered.text, **json.loads(as_json(found, {INLINE: text}))})
    else:
        print_diagnostics(found, {**project.texts, INLINE: text}, options, to_stderr=True)
        click.echo(rendered.text)
    return exit_code(found, options)


def _resolved(built: Build, name: str, path: Path) -> None:
    from flinksql_runner.workspace import open_workspace  # only this option needs an engine's surroundings

    opened = open_workspace(built, jobs=[name])
    cluster = urlsplit(opened.running.rest_url)
    settings = {"execution.target": "remote", "rest.address": cluster.hostname or "", "rest.port": str(cluster.port or 80)}
    text = resolved_text(
        built.jobs[name], opened.values, jars=[str(j) for j in opened.jars], python_files=str(opened.bundle or ""),
        python_executable=str(opened.running.python) if opened.bundle else "", settings=settings if cluster.hostname else None,
    )
    write_text_atomic(path, text, mode=0o600)
