"""What became of the jobs: the newest release of each beside what the engine says now; changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from flinksql_runner.deploy.causes import root_cause
from flinksql_runner.engines.engine import Engine
from flinksql_runner.state.record import Release
from flinksql_runner.state.store import Store

State = Literal["running", "starting", "failing", "stopped", "finished", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One job, as ``status --output json`` tells it. ``last_checkpoint`` is in ms since the epoch, ``lag`` in records."""

    job: str
    release: int | None
    flink_job_id: str | None
    state: State
    restarts: int = 0
    last_checkpoint: int | None = None
    lag: int | None = None
    error: str | None = None


def status(store: Store, engine: Engine | None, jobs: Iterable[str] = ()) -> tuple[JobStatus, ...]:
    """The status of ``jobs`` and of all that have a release, by name. Without an engine what should run is ``unknown``."""
    names = sorted({*jobs, *store.jobs()})
    return tuple(_status(name, store.releases(name), engine) for name in names)


def _status(job: str, releases: tuple[Release, ...], engine: Engine | None) -> JobStatus:
    current = next((r for r in reversed(releases) if r.state != "failed" or r.ran), releases[-1] if releases else None)
    if current is None:
        return JobStatus(job, None, None, "stopped")
    if current.state in ("stopped", "finished", "failed", "superseded") or current.flink_job_id is None:
        state: State = "failed" if current.state == "failed" else "finished" if current.state == "finished" else \
            "starting" if current.state == "wished" else "stopped"
        return JobStatus(job, current.number, current.flink_job_id, state, error=current.error)
    if engine is None:
        return JobStatus(job, current.number, current.flink_job_id, "unknown", error="the engine does not run")
    seen = engine.observe(current.flink_job_id)
    failed = seen.state in ("failing", "failed", "unknown")
    unknown = "the engine does not know this job any more" if seen.state == "unknown" else None
    cause = root_cause(seen.error) if seen.error else unknown
    return JobStatus(job, current.number, current.flink_job_id, seen.state, seen.restarts, seen.last_checkpoint, seen.lag,
                     cause if failed or seen.restarts else None)
