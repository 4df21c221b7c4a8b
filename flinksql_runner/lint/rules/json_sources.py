"""Sources of JSON that lose messages, or fail on them, without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.lint.kafka import FORMATS
from flinksql_runner.lint.options import option_place
from flinksql_runner.lint.places import finding
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node

_TIMESTAMP = re.compile(r"\bTIMESTAMP(_LTZ)?\b", re.IGNORECASE)
_STREAMS = frozenset({"kafka", "upsert-kafka", "kinesis", "pulsar", "rabbitmq"})


def _json_keys(subject: Subject) -> list[str]:
    """The options that name the format json; ``format`` is that of the value."""
    return [key for key in FORMATS if subject.options.get(key) == "json"]


class IgnoredParseErrors:
    """JSON that can't be read is dropped without a trace.

    With `json.ignore-parse-errors` a message that is broken, or that has a field of another type than its column, is gone:
    no log, no counter, no dead letter. A producer's change of one field can empty a table while the job stays green.

    Read the message as text (`'format' = 'raw'`), take it apart with JSON_VALUE, and send what can't be read to a sink of
    dead letters.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH (
          'connector' = 'kafka',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'scan.startup.mode' = 'earliest-offset',
          'format' = 'json',
          'json.ignore-parse-errors' = 'true'
        )

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (message STRING) WITH (
          'connector' = 'kafka',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'scan.startup.mode' = 'earliest-offset',
          'format' = 'raw'
        )
        -- sql/transforms/orders_read.sql
        SELECT message, TRY_CAST(JSON_VALUE(message, '$.id') AS INT) AS id
        FROM orders
    """

    about: ClassVar[About] = About("FS804", "ignored-parse-errors", "sources")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Sources with the option set to true."""
        if node.kind != "source":
            return
        for key, value in subject.options.items():
            if key.endswith("json.ignore-parse-errors") and value.strip().lower() == "true":
                yield finding(node, option_place(node, key),
                              f"messages of `{node.name}` that can't be read vanish without a trace",
                              "read them with 'format' = 'raw' and take them apart in SQL: then broken ones can go to a sink of "
                              "dead letters")


class JsonTimestamps:
    """JSON with timestamps, and nothing says how they are written.

    The format json takes timestamps as SQL writes them by default (`2026-01-01 12:00:00`). Almost all producers write
    ISO-8601 (`2026-01-01T12:00:00Z`): the first such message fails the job, which restarts, reads the same message, and fails
    again for ever.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT, ts TIMESTAMP(3)) WITH (
          'connector' = 'kafka',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'scan.startup.mode' = 'earliest-offset',
          'format' = 'json'
        )

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT, ts TIMESTAMP(3)) WITH (
          'connector' = 'kafka',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'scan.startup.mode' = 'earliest-offset',
          'format' = 'json',
          'json.timestamp-format.standard' = 'ISO-8601'
        )
    """

    about: ClassVar[About] = About("FS805", "json-timestamp-format", "sources")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Sources of messages from outside with a column of a timestamp and without the option."""
        options = subject.options
        if node.kind != "source" or options.get("connector") not in _STREAMS:
            return
        for key in _json_keys(subject):
            prefix = "" if key == "format" else key.removesuffix("format")
            names = {f"{prefix}json.timestamp-format.standard", "value.json.timestamp-format.standard" if not prefix else ""}
            stamps = [c.name for c in node.columns if c.kind == "physical" and _TIMESTAMP.search(c.type)]
            if stamps and not names & set(options):
                listed = ", ".join(f"`{s}`" for s in stamps[:3])
                yield finding(node, option_place(node, key), f"nothing says how the timestamps of `{node.name}` are written "
                              f"({listed})", f"add '{prefix}json.timestamp-format.standard' = 'ISO-8601', or 'SQL' for "
                              "`2026-01-01 12:00:00`")
                return
