"""Stops a job: with a savepoint unless told otherwise."""

from __future__ import annotations

from dataclasses import replace

from flinksql_runner.deploy.settle import note, settle
from flinksql_runner.deploy.values import Progress, Refused, Timing, silent
from flinksql_runner.diagnostics import Failure
from flinksql_runner.engines.engine import Engine
from flinksql_runner.state.record import Release
from flinksql_runner.state.store import Store


def stop(
    job: str, engine: Engine, store: Store, *, savepoint: bool = True, drain: bool = False, timing: Timing | None = None,
    progress: Progress = silent,
) -> Release:
    """Stops a job and returns its release, with the savepoint's path; one that has stopped already is returned as it is.

    :param drain: closes all windows first, as at the end of all input; then the job should not be resumed.
    :raises Refused: where the job was never deployed.
    :raises Failure: where the savepoint fails; the job then runs on.
    """
    timing = timing or Timing()
    with store.lock(job):
        situation = settle(job, engine, store, timing)
        current = situation.current
        if current is None:
            raise Refused(f"`{job}` was never deployed")
        if not situation.is_alive:
            progress(f"{job} does not run")
            return current
        return stop_release(current, engine, store, savepoint=savepoint, drain=drain, timing=timing, progress=progress)


def stop_release(
    release: Release, engine: Engine, store: Store, *, savepoint: bool = True, drain: bool = False, timing: Timing,
    progress: Progress = silent,
) -> Release:
    """Stops a release whose job is on the engine; the caller holds the job's lock.

    A job that crashes can't make a savepoint: it is cancelled and goes on from its newest checkpoint, where that is kept.

    :raises Failure: where the savepoint fails and there is no checkpoint either; the job then runs on.
    """
    assert release.flink_job_id is not None
    job_id, observed = release.flink_job_id, engine.observe(release.flink_job_id)
    release = note(store, replace(release, state="stopping"), timing)
    if not savepoint:
        progress(f"cancelling {release.job}")
        engine.cancel(job_id)
        return note(store, replace(release, state="stopped", savepoint=None), timing)
    if observed.state == "running":
        progress(f"stopping {release.job} with a savepoint")
        path: str | None = engine.stop_with_savepoint(job_id, drain)
        return note(store, replace(release, state="finished" if drain else "stopped", savepoint=path, ran=True), timing)
    path = observed.checkpoint_path or (None if release.ran else release.restored_from)
    if path is None and release.ran:
        note(store, replace(release, state="running"), timing)
        raise Failure(f"`{release.job}` does not run well, so it can't make a savepoint, and it has no checkpoint either; "
                      f"`flinksql stop {release.job} --no-savepoint` ends it without its state", exit_code=1)
    progress(f"cancelling {release.job}, which does not run well" + ("; its newest checkpoint is kept" if path else ""))
    engine.cancel(job_id)
    return note(store, replace(release, state="stopped", savepoint=path), timing)
