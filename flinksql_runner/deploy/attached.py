"""``run``: a deployment that is watched until it ends or is interrupted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from flinksql_runner.compiler.job import Job
from flinksql_runner.deploy.apply import deploy
from flinksql_runner.deploy.causes import explain_failure
from flinksql_runner.deploy.ending import stop
from flinksql_runner.deploy.settle import note, record_end
from flinksql_runner.deploy.values import JobFailed, Progress, Surroundings, Timing, silent
from flinksql_runner.diagnostics import Failure
from flinksql_runner.engines.engine import Engine, Observed
from flinksql_runner.state.record import Release
from flinksql_runner.state.store import Store

_LOOK = 1.0  # seconds between two looks
_CRASHES = 3  # restarts without a checkpoint between them: it crashes in a loop


@dataclass(frozen=True, slots=True)
class Tick:
    """One look at a running job. Rates are records per second since the look before; ``seconds`` since the start of watching."""

    observed: Observed
    records_in_per_second: float
    records_out_per_second: float
    seconds: float


def run(
    job: Job, engine: Engine, store: Store, around: Surroundings | None = None, *, allow_state_loss: bool = False,
    timing: Timing | None = None, progress: Progress = silent, tick: Callable[[Tick], None] = lambda _: None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Release:
    """Deploys a job and watches it; returns its last release: finished (a bounded job) or stopped.

    :param tick: called about once a second.
    :param is_stopping: asked at each look; True stops the job with a savepoint. KeyboardInterrupt (a second Ctrl-C) in the
        middle of that cancels it.
    :raises JobFailed: where the job fails or crashes in a loop, with the root cause.
    """
    timing, around = timing or Timing(), around or Surroundings()
    release = deploy(job, engine, store, around, allow_state_loss=allow_state_loss, timing=timing, progress=progress)
    if release.state == "finished" or release.flink_job_id is None:
        return release
    try:
        ended = _watch(release, engine, timing, tick, is_stopping, around)
        if ended is not None:
            return note(store, record_end(release, ended), timing)
        return stop(job.name, engine, store, timing=timing, progress=progress)
    except JobFailed:
        with suppress(Failure):  # ends it (its newest checkpoint is kept) and records how
            stop(job.name, engine, store, timing=timing, progress=progress)
        raise
    except KeyboardInterrupt:
        progress(f"cancelling {job.name}")
        with suppress(Failure):
            engine.cancel(release.flink_job_id)
        observed = engine.observe(release.flink_job_id)
        return note(store, record_end(release, observed), timing)


def _watch(
    release: Release, engine: Engine, timing: Timing, tick: Callable[[Tick], None], is_stopping: Callable[[], bool],
    around: Surroundings,
) -> Observed | None:
    """The observation of its end, or None where it shall be stopped.

    :raises JobFailed: where it fails or crashes again and again.
    """
    assert release.flink_job_id is not None
    start = before_at = timing.now()
    before = first = engine.observe(release.flink_job_id)
    crashes_from, checkpoints = first.restarts, first.checkpoints
    while not is_stopping():
        observed = engine.observe(release.flink_job_id)
        now = timing.now()
        if observed.state in ("finished", "stopped"):
            return observed
        if observed.checkpoints > checkpoints:
            crashes_from, checkpoints = observed.restarts, observed.checkpoints
        if observed.state in ("failed", "unknown") or (observed.error and observed.restarts - crashes_from >= _CRASHES):
            found = explain_failure(observed, release.job, around)
            raise JobFailed(f"`{release.job}` does not run any more", (found,), observed.error)
        elapsed = max(now - before_at, 1) / 1000
        tick(Tick(observed, max(0, observed.records_in - before.records_in) / elapsed,
                  max(0, observed.records_out - before.records_out) / elapsed, (now - start) / 1000))
        before, before_at = observed, now
        for _ in range(round(_LOOK / timing.poll)):
            if is_stopping():
                return None
            timing.sleep(timing.poll)
    return None
