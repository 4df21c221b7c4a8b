"""Observe first: compares the records with the engine and finishes what a command that was cut off has left."""

from __future__ import annotations

from dataclasses import replace

from flinksql_runner.deploy.values import Situation, Timing
from flinksql_runner.engines.engine import Engine, Observed
from flinksql_runner.state.record import Release
from flinksql_runner.state.store import Store

_ON_ENGINE = ("submitted", "running", "stopping")


def settle(job: str, engine: Engine, store: Store, timing: Timing) -> Situation:
    """What runs now, with the records brought in line: a job that ended by itself, a stop or start that was cut off."""
    releases = list(store.releases(job))
    if not releases:
        return Situation()
    if releases[-1].state == "wished":
        releases[-1] = _find_wished(releases, engine, store, timing)
    current = next((r for r in reversed(releases) if r.state != "failed" or r.ran), None)
    number = releases[-1].number
    if current is None or current.flink_job_id is None or current.state not in _ON_ENGINE:
        return Situation(current, None, number)
    observed = engine.observe(current.flink_job_id)
    settled = record_end(current, observed)
    if settled != current:
        current = note(store, settled, timing)
    return Situation(current, observed, number)


def note(store: Store, release: Release, timing: Timing) -> Release:
    """Writes a release with the time of now."""
    release = replace(release, updated_at=timing.now())
    store.write(release)
    return release


def record_end(release: Release, observed: Observed) -> Release:
    """The release as it must be recorded after this observation.

    A stop with a savepoint ends a job as FINISHED too, so a savepoint tells it from a bounded job that is done.
    """
    if observed.state in ("running", "starting", "failing"):
        ran = release.ran or observed.checkpoints > 0
        return replace(release, ran=ran) if ran != release.ran else release
    if observed.state == "finished" and (release.state == "stopping" or observed.last_savepoint) and observed.last_savepoint:
        return replace(release, state="stopped", savepoint=observed.last_savepoint, ran=True)
    if observed.state == "finished":
        return replace(release, state="finished", ran=True)
    resumable = observed.last_savepoint or observed.checkpoint_path or (None if release.ran else release.restored_from)
    if observed.state == "stopped":
        return replace(release, state="stopped", savepoint=resumable)
    lost = "the engine that ran it is gone" if observed.state == "unknown" else "the job failed"
    return replace(release, state="failed", savepoint=resumable, error=observed.error or lost)


def _find_wished(releases: list[Release], engine: Engine, store: Store, timing: Timing) -> Release:
    """A wished release whose command was cut off: Flink may have its job already, under an id that no record knows."""
    wished = releases[-1]
    known = {r.flink_job_id for r in releases}
    found = next((i for i in engine.find(wished.job) if i not in known), None)
    if found is not None:
        return note(store, replace(wished, state="submitted", flink_job_id=found), timing)
    return note(store, replace(wished, state="failed", error="the command was cut off before Flink had the job"), timing)
