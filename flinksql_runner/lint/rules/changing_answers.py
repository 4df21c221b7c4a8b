"""Answers that differ from time to time, over rows that change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.analyse.algebra import Scalar
from flinksql_runner.analyse.relations import Aggregate, Filter, Join, Project
from flinksql_runner.lint.places import finding, offsets
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.streams import appends
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node

_CHANGING = frozenset({"NOW", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "LOCALTIME", "CURRENT_TIME", "CURRENT_DATE", "UUID", "RAND",
                       "RAND_INTEGER", "UNIX_TIMESTAMP", "CURRENT_ROW_TIMESTAMP", "CURRENT_WATERMARK"})


class ChangingAnswer:
    """A function that answers differently each time, over rows that change.

    Flink takes a changed row back by sending the old row again: it must be the same as before. `NOW()`, `RAND()`, `UUID()` give
    another answer when the old row passes a second time: a condition lets only one of the two through, a group or join by that
    value looks in the wrong place. What should be taken back stays for ever, and results go wrong in silence.

    Compute the value before the rows begin to change (at the source), or take it from the rows.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/fresh.sql
        SELECT customer, newest
        FROM (SELECT customer, MAX(ts) AS newest FROM orders GROUP BY customer)
        WHERE newest > LOCALTIMESTAMP - INTERVAL '1' DAY

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/newest.sql
        SELECT customer, MAX(ts) AS newest
        FROM orders
        GROUP BY customer
    """

    about: ClassVar[About] = About("FS845", "changing-answer", "queries")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Such functions in conditions, and in keys of groups and joins, over rows that are known to change."""
        for filter_ in subject.relations(Filter):
            if appends(filter_.input, subject) is False:
                yield from _told(node, filter_.conditions, subject, "this condition")
        for aggregate in subject.relations(Aggregate):
            if appends(aggregate.input, subject) is False:
                yield from _told(node, _below(aggregate.keys, aggregate), subject, "this key")
        for join in subject.relations(Join):
            if join.flavour == "regular" and (appends(join.left, subject) is False or appends(join.right, subject) is False):
                yield from _told(node, (*join.rest, *(s for k in join.keys for s in (k.left, k.right))), subject, "this join")


def _below(keys: tuple[Scalar, ...], aggregate: Aggregate) -> tuple[Scalar, ...]:
    """The keys, and what those that are columns were computed as right below."""
    below = aggregate.input
    computed = [below.values[k.index] for k in keys if k.kind == "column" and isinstance(below, Project)
                and k.index < len(below.values)]
    return (*keys, *computed)


def _told(node: Node, scalars: tuple[Scalar, ...], subject: Subject, what: str) -> Iterator[Finding]:
    for scalar in scalars:
        for part in scalar.walk():
            function = subject.functions.by_name.get(part.name.lower()) if part.kind == "call" else None
            if part.kind == "call" and (part.name.upper() in _CHANGING or (function is not None and not function.deterministic)):
                place = offsets(part.syntax) if part.syntax is not None else (0, 0)
                yield finding(node, place, f"{part.name} answers differently when a changed row is taken back: {what} goes wrong",
                              "compute it before the rows change, or use a column of the rows")
                break
