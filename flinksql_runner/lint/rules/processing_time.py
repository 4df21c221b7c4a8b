"""Windows by the clock of the machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.relations import Aggregate, WindowTvf
from flinksql_runner.lint.places import finding, offsets
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node


class ProcessingTimeWindow:
    """A window by processing time over rows that have an event time.

    A row falls into the window in which it happens to arrive. After an outage of an hour all that has piled up falls into one
    window of a minute; a second run over the same rows gives other results; nothing can be tested or repaired afterwards.

    The rows have an event time with a watermark: use that.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3), seen AS PROCTIME(),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/per_minute.sql
        SELECT window_start, window_end, COUNT(*) AS orders
        FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(seen), INTERVAL '1' MINUTE))
        GROUP BY window_start, window_end

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3), seen AS PROCTIME(),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/per_minute.sql
        SELECT window_start, window_end, COUNT(*) AS orders
        FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
        GROUP BY window_start, window_end
    """

    about: ClassVar[About] = About("FS823", "processing-time-window", "time")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Windows over a processing time where the input has an event time beside it."""
        for window in subject.relations(WindowTvf):
            if 0 <= window.time < len(window.input.fields) and window.input.fields[window.time].time == "PROCTIME":
                yield from self._told(node, window, window.input)
        for aggregate in subject.relations(Aggregate):
            group = aggregate.group_window
            if group is not None and any(
                    s.kind == "column" and s.index < len(aggregate.input.fields)
                    and aggregate.input.fields[s.index].time == "PROCTIME" for s in group.time.walk()):
                yield from self._told(node, aggregate, aggregate.input)

    def _told(self, node: Node, window: Relation, below: Relation) -> Iterator[Finding]:
        event = next((f.name for f in below.fields if f.time == "ROWTIME"), None)
        if event is None:
            return
        syntax = window.syntax
        if isinstance(window, Aggregate) and window.group_window is not None:
            place = offsets(window.group_window.time.syntax) if window.group_window.time.syntax is not None else (0, 0)
        else:
            place = offsets(syntax, keyword=True) if syntax is not None else (0, 0)
        yield finding(node, place, "a row counts in the window in which it happens to arrive",
                      f"use the event time `{event}`: then each run gives the same")
