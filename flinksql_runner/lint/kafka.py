"""What rules ask about tables over Kafka."""

from __future__ import annotations

from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node

FORMATS = ("format", "value.format", "key.format")


def is_kafka_source(node: Node, subject: Subject) -> bool:
    """Whether the node is a source over Kafka that reads a topic as a log (``upsert-kafka`` has a start of its own)."""
    return node.kind == "source" and subject.options(node).get("connector") == "kafka"


def is_kafka_sink(node: Node, subject: Subject) -> bool:
    """Whether the node writes to Kafka."""
    return node.kind == "sink" and subject.options(node).get("connector") in ("kafka", "upsert-kafka")


def topics(node: Node, subject: Subject) -> frozenset[str]:
    """The topics that a table names, not those of a pattern."""
    return frozenset(t.strip() for t in subject.options(node).get("topic", "").split(";") if t.strip())


def bounded(node: Node, subject: Subject) -> bool:
    """Whether the source ends by itself."""
    return subject.options(node).get("scan.bounded.mode", "unbounded") != "unbounded"
