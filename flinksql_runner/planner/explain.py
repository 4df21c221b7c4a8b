"""The fused plan of a job: what Flink makes of its statement set, and how often each table is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from flinksql_runner.compiler.job import Job
from flinksql_runner.flink.gateway import Session
from flinksql_runner.planner.compiled import declare, filled
from flinksql_runner.planner.wording import plain
from flinksql_runner.project.placeholders import scrub

_SECTION = re.compile(r"^== (.+?) ==$", re.MULTILINE)
_NAME = r"\(table=\[+(?:default_catalog, ?default_database, ?|default_catalog\.default_database\.)?([^\],]+)"
_SCAN = re.compile(r"\bTableSourceScan" + _NAME)
_LOOKUP = re.compile(r"\bLookupJoin" + _NAME)
_SINK = re.compile(r"^Sink" + _NAME, re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Explained:
    """The optimized execution plan as Flink prints it, without its default catalog.

    ``reads`` maps each source table to how many times it is scanned (1 is what a fused job should have), ``lookups`` those
    that are asked row by row. ``sinks`` are written, in the plan's order. ``shared`` counts parts that are computed once and
    used several times.
    """

    plan: str
    reads: Mapping[str, int]
    lookups: Mapping[str, int]
    sinks: tuple[str, ...]
    shared: int = 0


def explain(job: Job, session: Session, values: Mapping[str, str] | None = None) -> Explained:
    """Declares the job in the session and lets Flink plan its statement set; nothing runs.

    :raises flinksql_runner.flink.errors.SqlError: where the planner refuses it (``check`` tells the place).
    """
    values = values or {}
    declare(job, session, values)
    rows = session.run(f"EXPLAIN {filled(job.statement_set_body, values)}", timeout=300)
    return read_plan(scrub(str(rows[0].values[0]), values))


def read_plan(text: str) -> Explained:
    """What Flink's answer to EXPLAIN says."""
    parts = _SECTION.split(text)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    raw = sections.get("Optimized Execution Plan", text).strip()
    shown = plain(re.sub(r"\[\[default_catalog, ?default_database, ?([^\]]+)\]", r"[[\1]", raw))
    return Explained(
        shown, Counter(_SCAN.findall(raw)), Counter(_LOOKUP.findall(raw)), tuple(dict.fromkeys(_SINK.findall(raw))),
        len(set(re.findall(r"\(reuse_id=\[(\d+)\]\)", raw))),
    )
