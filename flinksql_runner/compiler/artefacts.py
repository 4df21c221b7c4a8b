"""Writes what was compiled below ``target/``: one SQL file a job, and the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flinksql_runner.analyse.streams import Streams
from flinksql_runner.analyse.values import Analysis
from flinksql_runner.compiler.job import Job
from flinksql_runner.compiler.manifest import compiled_path, manifest
from flinksql_runner.compiler.text import FIRST_WORDS
from flinksql_runner.diagnostics import Failure
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.project.files import explain, write_text_atomic
from flinksql_runner.project.values import Project

MANIFEST = "manifest.json"


def write_jobs(project: Project, jobs: Mapping[str, Job]) -> Mapping[str, Path]:
    """Writes ``target/compiled/<job>.sql`` for each job; an unchanged file keeps its time.

    :raises Failure: where the disk is full or the folder can't be written.
    """
    paths = {name: project.root / compiled_path(project, name) for name in jobs}
    for name, job in jobs.items():
        write_text_atomic(paths[name], job.text)
    return paths


def write_manifest(
    project: Project, graph: Graph, jobs: Mapping[str, Job], functions: Functions, analysis: Analysis,
    streams: Streams | None = None,
) -> Path:
    """Writes ``target/manifest.json``.

    :raises Failure: where the disk is full or the folder can't be written.
    """
    path = project.target_folder / MANIFEST
    write_text_atomic(path, manifest(project, graph, jobs, functions, analysis, streams))
    return path


def remove_stale(project: Project, jobs: Mapping[str, Job]) -> tuple[Path, ...]:
    """Removes files of ``target/compiled`` that we wrote for jobs that are gone or can't be compiled any more.

    :raises Failure: where a file can't be read or removed.
    """
    folder = project.target_folder / "compiled"
    removed = []
    try:
        for path in sorted(folder.glob("*.sql")):
            with path.open(encoding="utf-8", errors="replace") as file:
                ours = file.readline().startswith(FIRST_WORDS)
            if ours and path.stem not in jobs:
                path.unlink()
                removed.append(path)
    except OSError as failed:
        raise Failure(f"Can't clear {folder}: {explain(failed)}.") from failed
    return tuple(removed)
