"""Releases: what runs where, compiled from what, resumable from which savepoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ReleaseState = Literal["wished", "submitted", "running", "stopping", "stopped", "finished", "failed", "superseded"]


@dataclass(frozen=True, slots=True)
class Release:
    """One deployment of a job, as it is recorded before and after each step.

    ``number`` counts from 1 per job. ``plan`` is the stored compiled plan's JSON, ``sql`` the compiled text (placeholders
    unfilled), ``declarations`` the statements to send before the plan. ``savepoint`` is the path to resume from,
    ``restored_from`` what this release started from. ``logic`` is a hash of the statements alone (comments and layout aside):
    releases of equal logic can share a plan and its state. ``ran`` is whether a checkpoint was ever complete, so that there
    is state to lose. ``replaces`` is the number of the release that ran when this one was deployed, to go back to if this one
    fails. Times are ms since the epoch, UTC.
    """

    job: str
    number: int
    state: ReleaseState
    created_at: int
    sql: str
    hash: str
    plan: str
    declarations: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    flink_version: str = ""
    target: str = ""
    flink_job_id: str | None = None
    restored_from: str | None = None
    savepoint: str | None = None
    error: str | None = None
    updated_at: int = 0
    logic: str = ""
    ran: bool = False
    replaces: int | None = None
