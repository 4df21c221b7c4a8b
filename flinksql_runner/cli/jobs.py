"""What the verbs that run jobs have in common: which job, where its mistakes stand, and how a release is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flinksql_runner.diagnostics import Failure, did_you_mean
from flinksql_runner.project.values import Project
from flinksql_runner.state.record import Release


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


def release_json(release: Release) -> Mapping[str, object]:
    """A release as the verbs print it; without the plan and the SQL, which are long."""
    return {
        "job": release.job, "release": release.number, "state": release.state, "flink_job_id": release.flink_job_id,
        "restored_from": release.restored_from, "savepoint": release.savepoint, "error": release.error,
    }
