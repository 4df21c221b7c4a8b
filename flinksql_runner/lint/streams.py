"""Whether rows end, whether they only come, and for how long a job keeps state; None where it can't be known."""

from __future__ import annotations

from sqlglot import exp

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.relations import (
    Aggregate,
    Distinct,
    Filter,
    Join,
    MatchRecognize,
    OverAggregate,
    Project,
    Rank,
    Scan,
    SetOp,
    Values,
    WindowTvf,
)
from flinksql_runner.lint.durations import milliseconds
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node

TTL = "table.exec.state.ttl"
_ENDLESS = frozenset({"kafka", "upsert-kafka", "kinesis", "pulsar", "rabbitmq"})
_CHANGES = frozenset({"upsert-kafka", "mysql-cdc", "postgres-cdc", "oracle-cdc", "sqlserver-cdc", "mongodb-cdc"})
_CHANGE_FORMATS = ("debezium", "canal", "maxwell", "ogg")


def endless(relation: Relation, subject: Subject) -> bool:
    """Whether rows of the relation are known to come for ever, from one of its sources at least."""
    for part in relation.walk():
        if isinstance(part, Scan) and part.table in subject.graph.nodes:
            node = subject.graph.nodes[part.table]
            if node.kind == "source":
                if endless_source(node, subject):
                    return True
            elif any(endless(r, subject) for r in subject.analysis.nodes[node.name].relations):
                return True
    return False


def endless_source(node: Node, subject: Subject) -> bool:
    """Whether a source is known to have no end."""
    options = subject.options(node)
    connector = options.get("connector", "")
    if connector == "datagen":
        ended = any(k.startswith("fields.") and k.endswith(".kind") and v == "sequence" for k, v in options.items())
        return "number-of-rows" not in options and not ended
    if connector == "filesystem":
        return "source.monitor-interval" in options
    return (connector in _ENDLESS or connector.endswith("-cdc")) and options.get("scan.bounded.mode", "unbounded") == "unbounded"


def appends(relation: Relation, subject: Subject) -> bool | None:
    """Whether rows of the relation only come and are never changed or taken back."""
    match relation:
        case Scan(table=table):
            node = subject.graph.nodes.get(table)
            return None if node is None else _appended(node, subject)
        case Values():
            return True
        case Aggregate(window=window, group_window=group) if window is None and group is None:
            return False
        case Rank(deduplication=first, over=over):
            return _all(relation.inputs, subject) if first and over.order and not over.order[0].descending else False
        case Join(flavour="regular", kind=kind) if kind not in ("inner", "cross", "semi"):
            return False
        case SetOp(kind="UNION"):
            return _all(relation.inputs, subject)
        case Join(flavour="temporal" | "lookup"):
            return appends(relation.left, subject)
        case Project() | Filter() | WindowTvf() | OverAggregate() | Aggregate() | Join() | Distinct() | MatchRecognize():
            return _all(relation.inputs, subject)
        case _:
            return None


def _all(inputs: tuple[Relation, ...], subject: Subject) -> bool | None:
    found = [appends(i, subject) for i in inputs]
    return False if False in found else None if None in found else True


def _appended(node: Node, subject: Subject) -> bool | None:
    if node.kind == "transform":
        relations = subject.analysis.nodes[node.name].relations
        return appends(relations[0], subject) if relations else None
    options = subject.options(node)
    formats = [v for k, v in options.items() if k in ("format", "value.format")]
    if options.get("connector", "") in _CHANGES or any(f.startswith(_CHANGE_FORMATS) for f in formats):
        return False
    return True if options.get("connector") in (*_ENDLESS, "datagen", "filesystem", "jdbc") else None


def forgets(node: Node, relation: Relation, subject: Subject) -> bool:
    """Whether state of the node is known to be dropped some day, or is not known to be run at all.

    It is where each job with the node sets a time to live, or a STATE_TTL hint stands in the query.
    """
    jobs = subject.jobs_of(node)
    if not jobs and subject.project.jobs:
        return True
    if jobs and all((milliseconds(job.settings.get(TTL)) or 0) > 0 for job in jobs):
        return True
    return any(isinstance(h, exp.Anonymous) and h.name.upper() == "STATE_TTL"
               for hint in subject.trees[node.name].all(exp.Hint) for h in hint.expressions)
