"""Joins whose state grows without end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.analyse.algebra import Relation, Scalar
from flinksql_runner.analyse.relations import Aggregate, Filter, Join, Project
from flinksql_runner.diagnostics import Related
from flinksql_runner.lint.places import finding, offsets, span
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.streams import appends, endless, forgets
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node

_COMPARED = frozenset({"<", "<=", ">", ">=", "=", "BETWEEN"})


class RegularJoin:
    """A regular join that keeps all rows of a stream.

    A join without a bound in time keeps every row of both sides for ever, since a partner may still come. Its state grows with
    the stream until checkpoints take too long or the disk is full.

    Bound it in time (an interval join), join with the row that was valid (a temporal join), or say by
    `table.exec.state.ttl` or a hint `STATE_TTL` after how long a row may be forgotten.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/sources/payments.sql
        CREATE TABLE payments (
          order_id INT, paid DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/paid_orders.sql
        SELECT o.id, p.paid
        FROM orders AS o
        JOIN payments AS p ON o.id = p.order_id

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/sources/payments.sql
        CREATE TABLE payments (
          order_id INT, paid DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/paid_orders.sql
        SELECT o.id, p.paid
        FROM orders AS o
        JOIN payments AS p ON o.id = p.order_id
          AND p.ts BETWEEN o.ts AND o.ts + INTERVAL '1' HOUR
    """

    about: ClassVar[About] = About("FS831", "regular-join", "state")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Regular joins with a side that only gets rows and has no end, in a job without a time to live."""
        for join in subject.relations(Join):
            if not _is_kept(join, subject) or _one_sided(join) is not None or _timeless(join) is not None:
                continue
            sides = [s for s in (join.left, join.right) if endless(s, subject) and appends(s, subject)]
            if sides:
                which = "both sides" if len(sides) == 2 else "one side"
                yield finding(node, _word(join), f"this join keeps all rows of {which} for ever",
                              "bound it in time (o.ts BETWEEN p.ts - INTERVAL '1' HOUR AND p.ts), or let rows be forgotten: "
                              "table.exec.state.ttl")


class OneSidedInterval:
    """A join that is bounded in time on one side only.

    `a.ts > b.ts - INTERVAL '1' HOUR` says how old a partner may be, but not how young. Without the second bound Flink plans a
    regular join: it keeps all rows of both sides for ever, and what comes out has no time attribute.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/sources/payments.sql
        CREATE TABLE payments (
          order_id INT, paid DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/paid_orders.sql
        SELECT o.id, p.paid
        FROM orders AS o
        JOIN payments AS p ON o.id = p.order_id
          AND p.ts > o.ts - INTERVAL '1' HOUR

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/sources/payments.sql
        CREATE TABLE payments (
          order_id INT, paid DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/paid_orders.sql
        SELECT o.id, p.paid
        FROM orders AS o
        JOIN payments AS p ON o.id = p.order_id
          AND p.ts > o.ts - INTERVAL '1' HOUR AND p.ts < o.ts + INTERVAL '1' HOUR
    """

    about: ClassVar[About] = About("FS837", "one-sided-interval", "state")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Regular joins with a comparison of two time attributes, in a job without a time to live."""
        for join in subject.relations(Join):
            compared = _one_sided(join)
            if compared is not None and _is_kept(join, subject) and (
                    endless(join.left, subject) or endless(join.right, subject)):
                yield finding(node, _at(compared), "the time of the two sides is bounded on one side only: all rows are kept",
                              "add the other bound: a.ts BETWEEN b.ts - INTERVAL '1' HOUR AND b.ts + INTERVAL '1' HOUR")


class IntervalWithoutTime:
    """A join bounded by columns that are no time attributes.

    The condition looks like an interval join, but one of the two columns is a plain timestamp: its table has no WATERMARK, or a
    function, an aggregate or a regular join upstream took the time attribute away. Then the bound is only a filter: Flink plans a
    regular join that keeps all rows for ever.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/sources/payments.sql
        CREATE TABLE payments (order_id INT, paid DOUBLE, ts TIMESTAMP(3)) WITH ('connector' = 'datagen');
        -- sql/transforms/paid_orders.sql
        SELECT o.id, p.paid
        FROM orders AS o
        JOIN payments AS p ON o.id = p.order_id
          AND p.ts BETWEEN o.ts AND o.ts + INTERVAL '1' HOUR

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/sources/payments.sql
        CREATE TABLE payments (
          order_id INT, paid DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/paid_orders.sql
        SELECT o.id, p.paid
        FROM orders AS o
        JOIN payments AS p ON o.id = p.order_id
          AND p.ts BETWEEN o.ts AND o.ts + INTERVAL '1' HOUR
    """

    about: ClassVar[About] = About("FS825", "interval-without-time", "time")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Regular joins whose condition compares timestamps of both sides, of which one is no time attribute."""
        for join in subject.relations(Join):
            found = _timeless(join)
            if found is None or not _is_kept(join, subject) or not (
                    endless(join.left, subject) and endless(join.right, subject)):
                continue
            compared, column = found
            place = _at(column)
            yield finding(node, _at(compared),
                          f"`{column.name}` is no time attribute, so this is no interval join: all rows are kept",
                          "declare a WATERMARK for it, and keep the column as it is on its way here",
                          related=(Related(span(node, place), "a plain timestamp"),) if any(place) else ())


class JoinWithoutEquality:
    """A join without an equality.

    Without `a.x = b.y` among its conditions each row meets all rows of the other side: all of them go to one task, whatever the
    parallelism, all are kept, and each new row is compared with all that were kept.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/sources/payments.sql
        CREATE TABLE payments (
          order_id INT, paid DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/pairs.sql
        SELECT o.id, p.paid
        FROM orders AS o
        JOIN payments AS p ON p.paid > o.amount

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/sources/payments.sql
        CREATE TABLE payments (
          order_id INT, paid DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/pairs.sql
        SELECT o.id, p.paid
        FROM orders AS o
        JOIN payments AS p ON p.order_id = o.id AND p.paid > o.amount AND p.ts BETWEEN o.ts AND o.ts + INTERVAL '1' HOUR
    """

    about: ClassVar[About] = About("FS844", "join-without-equality", "queries")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Regular joins of endless sides without a key, but with single rows (an aggregate without GROUP BY)."""
        for join in subject.relations(Join):
            both = endless(join.left, subject) and endless(join.right, subject)
            if join.flavour == "regular" and not join.keys and both and not (_single(join.left) or _single(join.right)):
                yield finding(node, _word(join), "each row meets all rows of the other side, in one task",
                              "add an equality to the condition: ... ON a.x = b.y")


def _is_kept(join: Join, subject: Subject) -> bool:
    return join.flavour == "regular" and not forgets(subject) and not (_single(join.left) or _single(join.right))


def _single(relation: Relation) -> bool:
    """Whether it is one row: an aggregate without keys."""
    while isinstance(relation, Project | Filter):
        relation = relation.input
    return isinstance(relation, Aggregate) and not relation.keys and relation.group_window is None


def _word(join: Join) -> tuple[int, int]:
    return offsets(join.syntax, keyword=True) if join.syntax is not None else (0, 0)


def _at(scalar: Scalar) -> tuple[int, int]:
    return offsets(scalar.syntax) if scalar.syntax is not None else (0, 0)


def _times(join: Join) -> Iterator[tuple[Scalar, list[Scalar], list[Scalar]]]:
    """Comparisons between a timestamp of the left and one of the right side, with the columns that are no time attributes."""
    for part in join.rest:
        if part.kind != "call" or part.name not in _COMPARED or not part.args:
            continue
        columns = [s for s in part.walk() if s.kind == "column" and s.input < 2]
        if {s.input for s in columns} == {0, 1} and all(_is_timestamp(s) for s in columns):
            fields = [(join.left, join.right)[s.input].fields[s.index] for s in columns]
            yield part, columns, [s for s, f in zip(columns, fields, strict=True) if f.time is None]


def _is_timestamp(scalar: Scalar) -> bool:
    return scalar.type is not None and scalar.type.name.startswith("TIMESTAMP")


def _one_sided(join: Join) -> Scalar | None:
    return next((part for part, _, plain in _times(join) if not plain), None) if join.flavour == "regular" else None


def _timeless(join: Join) -> tuple[Scalar, Scalar] | None:
    """A comparison with a column that is no time attribute, where the other one is."""
    if join.flavour != "regular":
        return None
    return next(((part, plain[0]) for part, columns, plain in _times(join) if plain and len(plain) < len(columns)), None)
