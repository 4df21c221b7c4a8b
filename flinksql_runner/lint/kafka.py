"""What rules ask about tables over Kafka."""

from __future__ import annotations

from collections.abc import Mapping

from flinksql_runner.syntax.values import Node

FORMATS = ("format", "value.format", "key.format")


def is_kafka_source(node: Node, options: Mapping[str, str]) -> bool:
    """Whether the node is a source over Kafka that reads a topic as a log (``upsert-kafka`` has a start of its own)."""
    return node.kind == "source" and options.get("connector") == "kafka"


def is_kafka_sink(node: Node, options: Mapping[str, str]) -> bool:
    """Whether the node writes to Kafka."""
    return node.kind == "sink" and options.get("connector") in ("kafka", "upsert-kafka")


def topics(options: Mapping[str, str]) -> frozenset[str]:
    """The topics that a table names, not those of a pattern."""
    return frozenset(t.strip() for t in options.get("topic", "").split(";") if t.strip())


def bounded(options: Mapping[str, str]) -> bool:
    """Whether the source ends by itself."""
    return options.get("scan.bounded.mode", "unbounded") != "unbounded"
