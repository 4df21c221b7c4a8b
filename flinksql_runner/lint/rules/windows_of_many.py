"""Windows that overlap very often."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.lint.intervals import milliseconds_of
from flinksql_runner.lint.places import finding, offsets
from flinksql_runner.lint.rule import About, Finding, Option, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.lint.windows import windows
from flinksql_runner.syntax.values import Node


class ManyOverlappingWindows:
    """A hopping window that puts each row into very many windows.

    HOP with a slide of a second and a size of a day has 86,400 windows open at a time, and writes a row for each key each
    second, whether anything changed or not. State, CPU and the sink pay for it.

    A longer slide, or an OVER aggregate that speaks only when a row arrives, often says the same.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH (
          'connector' = 'datagen'
        )
        -- sql/transforms/last_day.sql
        SELECT window_start, window_end, COUNT(*) AS orders
        FROM TABLE(HOP(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '1' DAY))
        GROUP BY window_start, window_end

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH (
          'connector' = 'datagen'
        )
        -- sql/transforms/last_day.sql
        SELECT window_start, window_end, COUNT(*) AS orders
        FROM TABLE(HOP(TABLE orders, DESCRIPTOR(ts), INTERVAL '15' MINUTE, INTERVAL '1' DAY))
        GROUP BY window_start, window_end
    """

    about: ClassVar[About] = About("FS826", "many-overlapping-windows", "time", options=(
        Option("windows", 200, "how many windows a row may be part of", 2),))

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """HOP of two literal intervals, as a table function or in GROUP BY."""
        for call in windows(subject.trees):
            if call.name.upper() != "HOP" or len(call.expressions) < 3:
                continue
            slide, size = (milliseconds_of(e) for e in call.expressions[-2:]) if len(call.expressions) == 3 \
                else (milliseconds_of(e) for e in call.expressions[2:4])
            if slide and size and size // slide > settings.number("windows"):
                yield finding(node, offsets(call, keyword=True), f"each row is part of {size // slide:,} windows",
                              "make the slide longer, or the window shorter")
