"""Whether rows end, whether they only come, and for how long a job keeps state; None where it can't be known."""

from __future__ import annotations

from sqlglot import exp

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.connectors import INSERTS
from flinksql_runner.analyse.relations import Scan
from flinksql_runner.lint.durations import milliseconds
from flinksql_runner.lint.subject import Subject

TTL = "table.exec.state.ttl"


def endless(relation: Relation, subject: Subject) -> bool:
    """Whether rows of the relation are known to come for ever, from one of its sources at least."""
    return any(isinstance(part, Scan) and subject.is_endless(part.table) for part in relation.walk())


def appends(relation: Relation, subject: Subject) -> bool | None:
    """Whether rows of the relation only come and are never changed or taken back."""
    kinds = subject.streams.changes.kinds(relation)
    return None if kinds is None else kinds == INSERTS


def forgets(subject: Subject) -> bool:
    """Whether state of the node is known to be dropped some day, or is not known to be run at all.

    It is where each job with the node sets a time to live, or a STATE_TTL hint stands in the query.
    """
    jobs = subject.jobs
    if not jobs and subject.around.has_jobs:
        return True
    if jobs and all((milliseconds(job.settings.get(TTL)) or 0) > 0 for job in jobs):
        return True
    return any(isinstance(h, exp.Anonymous) and h.name.upper() == "STATE_TTL"
               for hint in subject.trees.all(exp.Hint) for h in hint.expressions)
