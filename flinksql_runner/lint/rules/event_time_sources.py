"""Sources whose watermarks hold windows back, or drop rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from sqlglot import exp

from flinksql_runner.lint.kafka import bounded, is_kafka_source
from flinksql_runner.lint.options import option_place
from flinksql_runner.lint.places import finding, offsets
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.lint.windows import milliseconds_of, watermark_of, window_note, windows_below
from flinksql_runner.syntax.values import Node

_IDLE_OPTION, _IDLE_SETTING = "scan.watermark.idle-timeout", "table.exec.source.idle-timeout"


class IdleTimeout:
    """Windows over Kafka, and no idle timeout.

    A window closes when the watermark of every partition has passed its end. A partition that gets no messages has no
    watermark: then no window closes at all, without an error. One quiet partition of many, or more partitions than the
    producers' keys fill, is enough.

    Say after how long a quiet partition no longer holds the others back: longer than its usual pauses, since its next messages
    may then be late.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT,
          ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH (
          'connector' = 'kafka',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'scan.startup.mode' = 'earliest-offset',
          'format' = 'json',
          'json.timestamp-format.standard' = 'ISO-8601'
        )
        -- sql/transforms/per_minute.sql
        SELECT window_start, window_end, COUNT(*) AS orders
        FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
        GROUP BY window_start, window_end

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT,
          ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH (
          'connector' = 'kafka',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'scan.startup.mode' = 'earliest-offset',
          'scan.watermark.idle-timeout' = '30 s',
          'format' = 'json',
          'json.timestamp-format.standard' = 'ISO-8601'
        )
        -- sql/transforms/per_minute.sql
        SELECT window_start, window_end, COUNT(*) AS orders
        FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
        GROUP BY window_start, window_end
    """

    about: ClassVar[About] = About("FS803", "kafka-idle-timeout", "sources")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Kafka sources with a watermark, with a window downstream, where neither table nor job sets the timeout."""
        if not is_kafka_source(node, subject) or not node.watermark or bounded(node, subject):
            return
        if _IDLE_OPTION in subject.options(node):
            return
        jobs = subject.jobs_of(node)
        if jobs and all(_IDLE_SETTING in job.settings for job in jobs):
            return
        below = next(windows_below(node, subject), None)
        if below is not None:
            yield finding(
                node, option_place(node, "connector"), f"a partition of `{node.name}` without messages holds all windows back",
                f"add '{_IDLE_OPTION}' = '30 s', or longer than the usual pauses of a partition",
                related=(window_note(*below, "this window would never close"),))


class WatermarkWithoutDelay:
    """A watermark without a delay, and late rows go nowhere.

    `WATERMARK FOR ts AS ts` says that no row is older than one before it. Rows of several partitions or producers never keep
    that: each row behind the newest is late, and windows drop late rows without a word. Often that is most of them.

    Give the watermark the delay that rows really have, or send late rows elsewhere: `ts <= CURRENT_WATERMARK(ts)` finds
    them.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT,
          ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts
        ) WITH (
          'connector' = 'kafka',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'scan.startup.mode' = 'earliest-offset',
          'scan.watermark.idle-timeout' = '30 s',
          'format' = 'json',
          'json.timestamp-format.standard' = 'ISO-8601'
        )
        -- sql/transforms/per_minute.sql
        SELECT window_start, window_end, COUNT(*) AS orders
        FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
        GROUP BY window_start, window_end

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT,
          ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH (
          'connector' = 'kafka',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'scan.startup.mode' = 'earliest-offset',
          'scan.watermark.idle-timeout' = '30 s',
          'format' = 'json',
          'json.timestamp-format.standard' = 'ISO-8601'
        )
        -- sql/transforms/per_minute.sql
        SELECT window_start, window_end, COUNT(*) AS orders
        FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
        GROUP BY window_start, window_end
    """

    about: ClassVar[About] = About("FS821", "watermark-without-delay", "time")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Kafka sources whose watermark is the time itself, with a window but no look at late rows downstream."""
        expression = watermark_of(node) if is_kafka_source(node, subject) else None
        if expression is None or not _no_delay(expression):
            return
        below = subject.graph.descendants(node.name)
        if any(u.name.upper() == "CURRENT_WATERMARK" for n in below for u in subject.graph.nodes[n].functions):
            return
        window = next(windows_below(node, subject), None)
        if window is not None:
            yield finding(node, offsets(expression), "each row that is older than one before it is dropped by windows",
                          "allow for the delay that rows really have: "
                          f"WATERMARK FOR {node.watermark} AS {node.watermark} - INTERVAL '5' SECOND",
                          related=(window_note(*window, "this window drops them"),))


def _no_delay(expression: exp.Expr) -> bool:
    if isinstance(expression, exp.Column):
        return True
    return isinstance(expression, exp.Sub) and isinstance(expression.this, exp.Column) \
        and milliseconds_of(expression.expression) == 0
