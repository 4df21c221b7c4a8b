"""Sources whose watermarks hold windows back, or drop rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.diagnostics import Related, Span
from flinksql_runner.lint.kafka import bounded, is_kafka_source
from flinksql_runner.lint.options import option_place
from flinksql_runner.lint.places import finding
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.whole import Whole
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

    def check_across(self, node: Node, whole: Whole, settings: Settings) -> Iterator[Finding]:
        """Kafka sources with a watermark, with a window downstream, where neither table nor job sets the timeout."""
        if not is_kafka_source(node, whole.options(node)) or not node.watermark or bounded(whole.options(node)):
            return
        if _IDLE_OPTION in whole.options(node):
            return
        jobs = whole.jobs_of(node)
        if jobs and all(_IDLE_SETTING in job.settings for job in jobs):
            return
        below = next(_windows_below(node, whole), None)
        if below is not None:
            yield finding(
                node, option_place(node, "connector"), f"a partition of `{node.name}` without messages holds all windows back",
                f"add '{_IDLE_OPTION}' = '30 s', or longer than the usual pauses of a partition",
                related=(Related(below, "this window would never close"),))


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

    def check_across(self, node: Node, whole: Whole, settings: Settings) -> Iterator[Finding]:
        """Kafka sources whose watermark is the time itself, with a window but no look at late rows downstream."""
        place = whole.facts[node.name].undelayed if is_kafka_source(node, whole.options(node)) else None
        if place is None:
            return
        below = whole.graph.descendants(node.name)
        if any(u.name.upper() == "CURRENT_WATERMARK" for n in below for u in whole.graph.nodes[n].functions):
            return
        window = next(_windows_below(node, whole), None)
        if window is not None:
            yield finding(node, place, "each row that is older than one before it is dropped by windows",
                          "allow for the delay that rows really have: "
                          f"WATERMARK FOR {node.watermark} AS {node.watermark} - INTERVAL '5' SECOND",
                          related=(Related(window, "this window drops them"),))


def _windows_below(node: Node, whole: Whole) -> Iterator[Span]:
    """The windows of all sound nodes that hang on this one, the nearest nodes first."""
    below = whole.graph.descendants(node.name)
    for name in (n for n in whole.sound if n in below):
        yield from whole.facts[name].windows
