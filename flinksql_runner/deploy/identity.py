"""When are two deployments the same: hashes of what a job says, comments and layout aside."""

from __future__ import annotations

import hashlib
import re

from flinksql_runner.compiler.job import Job, JobStatement
from flinksql_runner.dialect.reserved import RESERVED, VALUES
from flinksql_runner.state.record import Release

_TOKENS = re.compile(
    r"(?P<kept>'(?:[^']|'')*'|`(?:[^`]|``)*`|/\*\+.*?\*/)|(?:--[^\n]*|/\*(?!\+).*?\*/|\s)+|(?P<word>\w+)|(?P<sign>.)", re.DOTALL)
_NAMED_AS_WRITTEN = VALUES | {"CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP"}


def logic_of(job: Job) -> str:
    """A hash of the job's statements and of those settings that Flink writes into a plan (``table.*``)."""
    lines = [stripped(s.sql) for s in (*job.declarations, *job.inserts)]
    lines += [f"{k}={v}" for k, v in sorted(job.planner_settings.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def stripped(sql: str) -> str:
    """SQL without comments and layout: what is quoted and hints as they stand, reserved words in capitals, single blanks."""
    found: list[str] = []
    for match in _TOKENS.finditer(sql):
        word = match["word"]
        if word is not None:
            upper = word.upper()
            found.append(upper if upper in RESERVED and upper not in _NAMED_AS_WRITTEN else word)
        elif match["kept"] or match["sign"]:
            found.append(match["kept"] or match["sign"])
    return " ".join(found)


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
