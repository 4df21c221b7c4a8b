"""What the verbs that run jobs have in common: which job, where its mistakes stand, and how a release is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from flinksql_runner.diagnostics import Diagnostic, Failure, did_you_mean
from flinksql_runner.flink.errors import SqlError
from flinksql_runner.planner.check import check
from flinksql_runner.project.values import Project
from flinksql_runner.state.record import Release
from flinksql_runner.workspace import Unready, Workspace, compiled


def the_job(project: Project, name: str | None) -> str:
    """The job that a command means: the named one, or the only one there is.

    :raises Failure: where that leaves none or several.
    """
    if name is None and len(project.jobs) == 1:
        return next(iter(project.jobs))
    known = ", ".join(sorted(project.jobs)) or "none yet: name one under `jobs:`"
    if name is None:
        raise Failure(f"name a job of project.yml: {known}")
    if name not in project.jobs:
        raise Failure(f"there is no job `{name}` in project.yml; {did_you_mean(name, project.jobs) or f'its jobs: {known}'}")
    return name


@contextmanager
def placed(project: Project) -> Iterator[None]:
    """Gives failures that carry diagnostics the project's texts, so that their places can be printed."""
    try:
        yield
    except Failure as failure:
        if getattr(failure, "diagnostics", ()) and not getattr(failure, "texts", None):
            failure.texts = {**project.texts, **project.python_files}  # type: ignore[attr-defined]
        raise


def planner_says(work: Workspace, names: Iterable[str]) -> tuple[Diagnostic, ...]:
    """What Flink's planner says of these nodes and all upstream of them, with the settings of their jobs."""
    built = work.build
    settings = {n: job.planner_settings for job in built.jobs.values() for n in job.nodes}
    return check(built.project, built.graph, names, built.functions, work.engine.session, work.values, settings)


@contextmanager
def refusals_placed(work: Workspace, name: str) -> Iterator[None]:
    """Tells Flink's refusal of a job's SQL at its places in the nodes, as ``flinksql check`` would.

    :raises Unready: instead of Flink's own error, where the planner finds the node that is to blame.
    """
    try:
        yield
    except SqlError as problem:
        errors = tuple(d for d in planner_says(work, compiled(work.build, name).nodes) if d.is_error)
        if not errors:
            raise
        what_became = str(problem).removeprefix(problem.message)  # of the release that ran before
        raise Unready(f"Flink refuses the SQL of `{name}`{what_became}", errors) from None


def release_json(release: Release) -> Mapping[str, object]:
    """A release as the verbs print it; without the plan and the SQL, which are long."""
    return {
        "job": release.job, "release": release.number, "state": release.state, "flink_job_id": release.flink_job_id,
        "restored_from": release.restored_from, "savepoint": release.savepoint, "error": release.error,
    }
