"""Rows that are remembered for ever: distinct rows, the first or best of each key, sums over all that was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.relations import Distinct, OverAggregate, Rank, SetOp, Sort
from flinksql_runner.lint.places import finding, offsets
from flinksql_runner.lint.rule import About, Finding, Option, Settings
from flinksql_runner.lint.streams import appends, endless, forgets
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node

_NUMBERS = frozenset({"ROW_NUMBER", "RANK", "DENSE_RANK"})


class DistinctRows:
    """Distinct rows of a stream that has no end.

    SELECT DISTINCT and UNION (without ALL) remember every different row that they have seen. Where the rows hold a time or an id
    nearly every row is a new one, so the whole stream ends up in the state.

    UNION ALL remembers nothing. Doubles of a message are removed by ROW_NUMBER() over its id with a time to live.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/sources/refunds.sql
        CREATE TABLE refunds (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/movements.sql
        SELECT id, ts FROM orders
        UNION
        SELECT id, ts FROM refunds

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/sources/refunds.sql
        CREATE TABLE refunds (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/movements.sql
        SELECT id, ts FROM orders
        UNION ALL
        SELECT id, ts FROM refunds
    """

    about: ClassVar[About] = About("FS833", "distinct-rows", "state")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Distinct and UNION over endless streams in a job without a time to live; certain where a row holds a time."""
        found: list[Relation] = [*subject.relations(Distinct)]
        found += [s for s in subject.relations(SetOp) if s.kind == "UNION" and not s.all]
        for relation in found:
            if endless(relation, subject) and not forgets(subject) and not _windowed(relation):
                timed = any(f.type is not None and f.type.name.startswith("TIMESTAMP") for f in relation.fields)
                what = "UNION" if isinstance(relation, SetOp) else "DISTINCT"
                help = "write UNION ALL, if doubles may stay" if what == "UNION" else "take DISTINCT out, or use a window"
                yield finding(node, _word(relation), f"{what} remembers each different row for ever",
                              f"{help}; or set table.exec.state.ttl", certain=timed)


class FirstOfEachKey:
    """The first row of each key, with no end.

    `ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts) = 1` removes doubles: it remembers each id, so that a second row of it is
    known. Ids go on coming, and without a time to live none is ever forgotten.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/once.sql
        SELECT id, amount
        FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts ASC) AS nth FROM orders)
        WHERE nth = 1

    Instead::

        # project.yml
        name: shop
        jobs:
          orders:
            select: copy
            settings: {table.exec.state.ttl: 1 d}
        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/once.sql
        SELECT id, amount
        FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts ASC) AS nth FROM orders)
        WHERE nth = 1
        -- sql/sinks/copy.sql
        CREATE TABLE copy (id INT, amount DOUBLE) WITH ('connector' = 'print');
        INSERT INTO copy SELECT id, amount FROM once
    """

    about: ClassVar[About] = About("FS834", "first-of-each-key", "state")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Deduplication to the first row over an endless stream in a job without a time to live."""
        for rank in subject.relations(Rank):
            first = rank.deduplication and not rank.over.order[0].descending
            if first and rank.over.partition and _kept(rank, subject):
                yield finding(node, _number(rank), f"each {_keys(rank)} is remembered for ever",
                              "set table.exec.state.ttl for the job: after how long a double can still come")


class TopOfEachKey:
    """The newest or best rows of each key, with no end.

    The newest row of each key, or its N best, stay in the state for each key that there ever was. With keys that go on coming it
    grows without end; with few keys it does not, so this is told as info.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/newest.sql
        SELECT customer, amount
        FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY ts DESC) AS nth FROM orders)
        WHERE nth = 1

    Instead::

        # project.yml
        name: shop
        jobs:
          orders:
            select: copy
            settings: {table.exec.state.ttl: 1 d}
        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/newest.sql
        SELECT customer, amount
        FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY ts DESC) AS nth FROM orders)
        WHERE nth = 1
        -- sql/sinks/copy.sql
        CREATE TABLE copy (customer INT, amount DOUBLE, PRIMARY KEY (customer) NOT ENFORCED) WITH ('connector' = 'print');
        INSERT INTO copy SELECT customer, amount FROM newest
    """

    about: ClassVar[About] = About("FS835", "top-of-each-key", "state")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Top-N and last rows by key over an endless stream in a job without a time to live."""
        for rank in subject.relations(Rank):
            first = rank.deduplication and not rank.over.order[0].descending
            if not first and rank.over.partition and _kept(rank, subject):
                yield finding(node, _number(rank), f"rows of each {_keys(rank)} are kept for ever",
                              "set table.exec.state.ttl for the job, if there may be many of them", certain=False)


class OverWithoutRange:
    """An OVER aggregate over all that ever was.

    Without a frame an OVER aggregate runs from the first row on: a sum since the job began, for each key, for ever. It seldom is
    what was meant (a later restart with a time to live begins it anew in silence), and keeps a state for each key.

    Say how far it looks back: `RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW`.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/spent.sql
        SELECT id, SUM(amount) OVER (PARTITION BY customer ORDER BY ts) AS spent
        FROM orders

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/spent.sql
        SELECT id, SUM(amount) OVER (
          PARTITION BY customer ORDER BY ts RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) AS spent
        FROM orders
    """

    about: ClassVar[About] = About("FS836", "over-without-range", "state")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """OVER without a frame over an endless stream without a time to live; not for numbers of rows and neighbours (LAG)."""
        for over in subject.relations(OverAggregate):
            for call in over.calls:
                plain = call.call.name not in _NUMBERS and call.call.name not in ("LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE")
                if plain and call.partition and not call.frame.written and endless(over.input, subject) \
                        and not forgets(subject):
                    place = offsets(call.call.syntax) if call.call.syntax is not None else (0, 0)
                    yield finding(node, place, f"{call.call.name} looks back to the first row that ever was",
                                  "add RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW, or set table.exec.state.ttl")
                    break


class LargeTopN:
    """A Top-N of very many rows.

    To keep the N best rows in order Flink holds all N of each key in its state and, for each row that comes in among them, moves
    those behind it: with the number in the result one row in can be N changes out.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/best.sql
        SELECT id, amount
        FROM orders
        ORDER BY amount DESC
        LIMIT 100000

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/best.sql
        SELECT id, amount
        FROM orders
        ORDER BY amount DESC
        LIMIT 100
    """

    about: ClassVar[About] = About("FS842", "large-top-n", "queries", options=(Option("rows", 1000, "how large N may be", 1),))

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Ranks and ORDER BY with LIMIT over endless streams whose N is above the option."""
        most = settings.number("rows")
        for rank in subject.relations(Rank):
            if rank.end is not None and rank.end > most and endless(rank.input, subject):
                yield finding(node, _number(rank),
                              f"Top-N with {rank.end:,} rows of each key: one row in may be as many changes out",
                              "keep fewer rows, and leave the number out of the result")
        for sort in subject.relations(Sort):
            if sort.keys and sort.limit is not None and sort.limit > most and endless(sort.input, subject):
                place = offsets(sort.keys[0].value.syntax) if sort.keys[0].value.syntax is not None else (0, 0)
                yield finding(node, place,
                              f"the first {sort.limit:,} rows are kept in order: each row that comes moves the others",
                              "keep fewer rows")


def _kept(rank: Rank, subject: Subject) -> bool:
    return endless(rank.input, subject) and appends(rank.source.input, subject) is True and not forgets(subject) \
        and not _window_keys(rank)


def _window_keys(rank: Rank) -> bool:
    """Whether it ranks rows of each window, which ends."""
    below = rank.source.input.fields
    return any(p.kind == "column" and p.index < len(below) and below[p.index].window for p in rank.over.partition)


def _windowed(relation: Relation) -> bool:
    return any(f.window for f in relation.fields)


def _keys(rank: Rank) -> str:
    names = [f"`{p.name}`" for p in rank.over.partition if p.kind == "column"]
    return ", ".join(names) or "key"


def _number(rank: Rank) -> tuple[int, int]:
    call = rank.over.call.syntax
    return offsets(call) if call is not None else (0, 0)


def _word(relation: Relation) -> tuple[int, int]:
    return offsets(relation.syntax, keyword=True) if relation.syntax is not None else (0, 0)
