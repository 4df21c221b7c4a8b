"""Conditions that hang on the clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from sqlglot import exp

from flinksql_runner.dialect.expressions import ContextValue
from flinksql_runner.lint.places import finding, offsets
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.lint.windows import WINDOWS
from flinksql_runner.syntax.values import Node

CLOCK = frozenset({"NOW", "CURRENT_ROW_TIMESTAMP", "PROCTIME", "UNIX_TIMESTAMP", "LOCALTIMESTAMP", "LOCALTIME"})
_COMPARISONS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)


class AggregateOfNow:
    """A count of the last minutes by a condition on the clock.

    `WHERE ts > NOW() - INTERVAL '5' MINUTE` is asked once, when a row arrives. Nobody asks again: a row that was counted stays
    counted when it is older than five minutes, so the result only grows and soon says something else than its name.

    Use a window (HOP, CUMULATE), or an OVER aggregate with a range.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH (
          'connector' = 'datagen'
        )
        -- sql/transforms/last_minutes.sql
        SELECT COUNT(*) AS orders
        FROM orders
        WHERE ts > NOW() - INTERVAL '5' MINUTE

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH (
          'connector' = 'datagen'
        )
        -- sql/transforms/last_minutes.sql
        SELECT window_start, window_end, COUNT(*) AS orders
        FROM TABLE(HOP(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE))
        GROUP BY window_start, window_end
    """

    about: ClassVar[About] = About("FS846", "aggregate-of-now", "queries")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Aggregates without a window whose WHERE compares something with the clock."""
        trees = subject.trees
        kinds = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.Anonymous, ContextValue)
        if not any(_clock(part) for kind in kinds for part in trees.all(kind)):
            return
        for select in trees.all(exp.Select):
            where = select.args.get("where")
            if not isinstance(where, exp.Where) or not _aggregates(select) or _windowed(select):
                continue
            for compared in (c for c in where.find_all(*_COMPARISONS) if c.find_ancestor(exp.Subquery, exp.Select) is select):
                clock = _oldest(compared)
                if clock is not None:
                    yield finding(node, offsets(clock), "rows that grow too old are never taken out of the aggregate again",
                                  "use a window (HOP, CUMULATE): this condition is asked once, when a row arrives")


def _oldest(compared: exp.Expr) -> exp.Expr | None:
    """The clock in a comparison that lets nothing pass that is older: ``ts > NOW() - ...``, not ``ts <= NOW()``."""
    if isinstance(compared, exp.Between):
        value, bound = compared.this, compared.args.get("low")
    elif isinstance(compared, (exp.GT, exp.GTE)):
        value, bound = compared.this, compared.expression
    else:
        value, bound = compared.expression, compared.this
    if bound is None or value.find(exp.Column) is None:
        return None
    return next((part for part in bound.walk() if _clock(part)), None)


def _clock(part: exp.Expr) -> bool:
    if isinstance(part, (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime)):
        return True
    return isinstance(part, (exp.Anonymous, ContextValue)) and part.name.upper() in CLOCK


def _aggregates(select: exp.Select) -> bool:
    if select.args.get("group") is not None:
        return True
    return any((isinstance(f, exp.AggFunc) and not isinstance(f.parent, (exp.Window, exp.Filter))) or
               (isinstance(f, exp.Filter) and not isinstance(f.parent, exp.Window))
               for e in select.expressions for f in e.walk(prune=lambda n: isinstance(n, (exp.Subquery, exp.Window))))


def _windowed(select: exp.Select) -> bool:
    return any(isinstance(c, exp.Anonymous) and c.name.upper() in WINDOWS for c in select.walk())
