"""Sinks whose key several rows of the query may have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from sqlglot import exp

from flinksql_runner.analyse.relations import Insert
from flinksql_runner.lint.places import finding, offsets
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node

_REQUIRE = "table.exec.sink.require-on-conflict"


class RowByChance:
    """A sink that keeps one row of several, and nothing says which.

    The table has a PRIMARY KEY, and the query may give several rows with the same one: it is grouped by other columns, or by
    none. Flink asks for ON CONFLICT there, but the job has switched that off by `table.exec.sink.require-on-conflict: false`.
    Rows with one key come from several tasks, and the one that comes last stays: another one in each run.

    Group the query by the key, keep the newest row (ROW_NUMBER() ... = 1), or say ON CONFLICT behind it.

    Fires::

        # project.yml
        name: shop
        jobs:
          shop:
            select: last_amounts
            settings: {table.exec.sink.require-on-conflict: false}
        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen', 'number-of-rows' = '100')
        -- sql/sinks/last_amounts.sql
        CREATE TABLE last_amounts (customer INT, amount DOUBLE, PRIMARY KEY (customer) NOT ENFORCED) WITH (
          'connector' = 'jdbc',
          'url' = 'jdbc:postgresql://localhost:5432/shop',
          'table-name' = 'last_amounts'
        );
        INSERT INTO last_amounts SELECT customer, amount FROM orders

    Instead::

        # project.yml
        name: shop
        jobs:
          shop:
            select: last_amounts
            settings: {table.exec.sink.require-on-conflict: false}
        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen', 'number-of-rows' = '100')
        -- sql/sinks/last_amounts.sql
        CREATE TABLE last_amounts (customer INT, amount DOUBLE, PRIMARY KEY (customer) NOT ENFORCED) WITH (
          'connector' = 'jdbc',
          'url' = 'jdbc:postgresql://localhost:5432/shop',
          'table-name' = 'last_amounts'
        );
        INSERT INTO last_amounts
        SELECT customer, amount
        FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY ts DESC) AS n FROM orders)
        WHERE n = 1
    """

    about: ClassVar[About] = About("FS815", "row-by-chance", "sinks")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Upserts into a key that the query's rows are not known to be unique by; where Flink asks for more it is its error."""
        jobs = subject.jobs
        if not jobs or any(j.settings.get(_REQUIRE, "true").lower() == "true" for j in jobs):
            return
        for insert in subject.relations(Insert):
            key, keys = subject.streams.sink_key(insert), subject.streams.row_keys.of(insert.input)
            if insert.conflict or subject.streams.takes != "upserts" or not key or keys is None:
                continue
            if not any(k <= key for k in keys):
                named = insert.syntax.this if isinstance(insert.syntax, exp.Insert) else insert.syntax
                said = ", ".join(node.primary_key)
                yield finding(node, offsets(named) if isinstance(named, exp.Expr) else (0, 0),
                              f"several rows may have one ({said}): which of them stays is left to chance",
                              "group the query by the key, keep the newest row of each key, or say ON CONFLICT behind the query")
