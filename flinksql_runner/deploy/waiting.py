"""Waits until a submitted job works: every task runs and a checkpoint is complete."""

from __future__ import annotations

from collections.abc import Callable

from flinksql_runner.deploy.causes import explain_failure
from flinksql_runner.deploy.values import JobFailed, Progress, Surroundings, Timing
from flinksql_runner.diagnostics import Failure
from flinksql_runner.engines.engine import Engine, Observed

_AGAIN = 2.0  # seconds between two tries to trigger a checkpoint
_SOONEST = 0.02  # seconds until the second look: a warm engine has a small job running at once, and its user waits for it


def await_running(
    engine: Engine, job_id: str, job: str, timing: Timing, progress: Progress, around: Surroundings, *, runs_python: bool = False,
    when_running: Callable[[], None] | None = None,
) -> Observed:
    """The observation that shows success: running with a complete checkpoint, or finished (a bounded job).

    The checkpoint is triggered as soon as all tasks run; with Python functions once records flow, or after a short patience
    where none come: a checkpoint waits for what the functions have begun, so it proves them only if it has something behind
    it. A restart with an error before it means a crash in a loop.

    :param when_running: called once, as soon as all tasks run; the checkpoint comes after that.
    :raises JobFailed: where the job ended, crashes, or did not get there within the limits of ``timing``.
    """
    start = timing.now()
    running_since: int | None = None
    triggered: int | None = None
    told, pause = "", min(_SOONEST, timing.poll)
    while True:
        observed = engine.observe(job_id)
        now = timing.now()
        if observed.state == "finished":
            return observed
        if observed.state in ("failed", "stopped", "unknown") or (observed.restarts > 0 and observed.error):
            raise JobFailed(f"`{job}` does not run", (explain_failure(observed, job, around),), observed.error)
        if observed.state == "running":
            if running_since is None and when_running is not None:
                when_running()
            running_since = running_since or now
            if observed.checkpoints > 0 and triggered is not None:
                return observed
            patience = timing.first_records_limit * 1000 if runs_python and not observed.records_out else 0
            if now - running_since >= patience and (triggered is None or now - triggered > _AGAIN * 1000):
                triggered = now if _trigger(engine, job_id) else triggered
        line = "waiting for the first checkpoint" if running_since else f"waiting for tasks: {_tasks(observed)}"
        if line != told:
            told, pause = line, min(_SOONEST, timing.poll)
            progress(line)
        limit, since = (timing.checkpoint_limit, running_since) if running_since else (timing.start_limit, start)
        if now - since > limit * 1000:
            raise JobFailed(_too_slow(observed, job, running_since is not None, limit), detail=observed.error)
        timing.sleep(pause)
        pause = min(pause * 1.3, timing.poll)


def _trigger(engine: Engine, job_id: str) -> bool:
    """Asks for a checkpoint; Flink refuses while a task is just starting or ending, then it is asked again."""
    try:
        engine.trigger_checkpoint(job_id)
    except Failure:
        return False
    return True


def _tasks(observed: Observed) -> str:
    total = sum(sum(v.tasks.values()) for v in observed.vertices)
    return f"{sum(v.tasks.get('RUNNING', 0) for v in observed.vertices)} of {total} run" if total else "none yet"


def _too_slow(observed: Observed, job: str, is_running: bool, limit: float) -> str:
    if is_running:
        return (f"the first checkpoint of `{job}` was not complete after {limit:g} s: a sink or source hangs; "
                f"see `flinksql logs {job}`")
    waiting = sorted({v.name.split(" -> ")[0] for v in observed.vertices if not v.tasks.get("RUNNING")})
    what = f" ({', '.join(waiting[:3])} wait{'s' * (len(waiting) == 1)})" if waiting else ""
    return f"`{job}` did not run after {limit:g} s{what}: are there free task slots? see `flinksql status`"
