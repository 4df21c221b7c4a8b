"""ORDER BY that orders nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from sqlglot import exp

from flinksql_runner.diagnostics import Edit
from flinksql_runner.lint.places import edit, finding, offsets
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node


class OrderWithoutLimit:
    """ORDER BY without LIMIT.

    A stream has no end, so there is nothing that could be sorted as a whole. In a query inside of another one Flink drops
    the ORDER BY without a word; at the top it takes it only where the first key is an ascending time attribute, and refuses it
    otherwise.

    Sort where the result is read, or keep the first rows with LIMIT or ROW_NUMBER().

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT, amount DOUBLE) WITH ('connector' = 'datagen');
        -- sql/transforms/large_orders.sql
        SELECT id, amount
        FROM (SELECT id, amount FROM orders ORDER BY amount DESC)
        WHERE amount > 10

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT, amount DOUBLE) WITH ('connector' = 'datagen');
        -- sql/transforms/largest_orders.sql
        SELECT id, amount
        FROM orders
        ORDER BY amount DESC
        LIMIT 10
    """

    about: ClassVar[About] = About("FS841", "order-without-limit", "queries")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Queries inside of others with an ORDER BY; at the top those whose first key is descending."""
        for query in subject.trees.all(exp.Select, exp.Union, exp.Except, exp.Intersect):
            order = query.args.get("order")
            if not isinstance(order, exp.Order) or query.args.get("limit") is not None or not order.expressions:
                continue
            inside = isinstance(query.parent, (exp.Subquery, exp.CTE, exp.In, exp.Exists))
            if inside or order.expressions[0].args.get("desc"):
                place = offsets(order)
                fix = _without(node, place) if inside else ()
                yield finding(node, offsets(order, keyword=True), "ORDER BY without LIMIT orders nothing in a stream",
                              "leave it out, or add LIMIT; sort where the result is read", fix=fix)


def _without(node: Node, place: tuple[int, int]) -> tuple[Edit, ...]:
    """Takes the clause out, with the blanks before it."""
    start = place[0]
    while start and node.rendered.text[start - 1].isspace():
        start -= 1
    found = edit(node, (start, place[1]), "")
    return (found,) if found is not None else ()
