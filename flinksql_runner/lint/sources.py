"""Which sources never end."""

from __future__ import annotations

from collections.abc import Mapping

_ENDLESS = frozenset({"kafka", "upsert-kafka", "kinesis", "pulsar", "rabbitmq"})


def is_endless(options: Mapping[str, str]) -> bool:
    """Whether a table with these options is known to have no end."""
    connector = options.get("connector", "")
    if connector == "datagen":
        ended = any(k.startswith("fields.") and k.endswith(".kind") and v == "sequence" for k, v in options.items())
        return "number-of-rows" not in options and not ended
    if connector == "filesystem":
        return "source.monitor-interval" in options
    return (connector in _ENDLESS or connector.endswith("-cdc")) and options.get("scan.bounded.mode", "unbounded") == "unbounded"
