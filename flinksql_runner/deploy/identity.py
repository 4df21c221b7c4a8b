"""When are two deployments the same: hashes of what a job says, comments and layout aside."""

from __future__ import annotations

import hashlib
import re

from flinksql_runner.compiler.job import Job, JobStatement
from flinksql_runner.state.record import Release

_TOKENS = re.compile(r"('(?:[^']|'')*'|`(?:[^`]|``)*`)|(?:--[^\n]*|/\*(?!\+).*?\*/|\s)+", re.DOTALL)


def logic_of(job: Job) -> str:
    """A hash of the job's statements and of those settings that Flink writes into a plan (``table.*``)."""
    lines = [stripped(s.sql) for s in (*job.declarations, *job.inserts)]
    lines += [f"{k}={v}" for k, v in sorted(job.planner_settings.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def stripped(sql: str) -> str:
    """SQL without comments and with single blanks; hints (``/*+``) and what is quoted stay as they are."""
    return _TOKENS.sub(lambda m: m.group(1) or " ", sql).strip()


def is_same_run(job: Job, release: Release) -> bool:
    """Whether a release is this very job: the same logic, settings and Python functions."""
    return logic_of(job) == release.logic and dict(job.settings) == dict(release.settings)


def job_of(release: Release) -> Job:
    """A recorded release as a job that can be submitted with its stored plan (it has no INSERTs of its own)."""
    return Job(
        name=release.job, declarations=tuple(JobStatement(_kind(s), s) for s in release.declarations), inserts=(), nodes=(),  # type: ignore[arg-type]
        sinks=(), settings=release.settings, text=release.sql, hash=release.hash)


def _kind(statement: str) -> str:
    words = stripped(statement).upper().split()[:5]
    return next((k for k in ("function", "view", "table") if k.upper() in words), "table")
