"""Aggregates whose state grows without end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from sqlglot import exp

from flinksql_runner.analyse.algebra import Relation, Scalar
from flinksql_runner.analyse.relations import Aggregate, Project, trace
from flinksql_runner.diagnostics import Edit
from flinksql_runner.lint.places import edit, finding, offsets
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.streams import appends, endless, forgets
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node

_TIMES = frozenset({"TIMESTAMP", "TIMESTAMP_LTZ", "DATE"})
_SPLIT = "table.optimizer.distinct-agg.split.enabled"


class HalfWindow:
    """GROUP BY with half a window.

    A window aggregate groups by `window_start` and `window_end`. With one of them alone Flink plans a plain aggregate: it writes
    a change for each row in place of one result for each window, and keeps the state of every window for ever.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/per_minute.sql
        SELECT window_start, customer, COUNT(*) AS orders
        FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
        GROUP BY window_start, customer

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/per_minute.sql
        SELECT window_start, customer, COUNT(*) AS orders
        FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
        GROUP BY window_start, window_end, customer
    """

    about: ClassVar[About] = About("FS822", "half-window", "time")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Aggregates with one bound of a window among their keys."""
        for aggregate in subject.relations(Aggregate):
            half = half_window(aggregate)
            if half is not None:
                key, missing = half
                yield finding(node, _at(key), f"GROUP BY has no `{missing}`: this is no window aggregate, its state never ends",
                              f"group by window_start and window_end: add {missing}", fix=_added(node, key, missing))


class AggregateByTime:
    """An aggregate by time without a window.

    `GROUP BY FLOOR(ts TO HOUR)`, by a date or by a formatted time makes a new group each hour and never ends one: Flink can't
    know that an hour is over. Each group stays in the state for ever, and each row writes a change of its group.

    A window (TUMBLE, HOP, CUMULATE, SESSION) ends, writes its result once, and its state goes.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/per_hour.sql
        SELECT FLOOR(ts TO HOUR) AS begins, COUNT(*) AS orders
        FROM orders
        GROUP BY FLOOR(ts TO HOUR)

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/per_hour.sql
        SELECT window_start AS begins, COUNT(*) AS orders
        FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' HOUR))
        GROUP BY window_start, window_end
    """

    about: ClassVar[About] = About("FS824", "aggregate-by-time", "time")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Aggregates over endless streams without a window, with a key of a time or made of one.

        Certain where the key goes on with the time of the stream; a date of another kind (a birthday) may not.
        """
        for aggregate in subject.relations(Aggregate):
            if kept(aggregate, subject) and half_window(aggregate) is None:
                key = time_key(aggregate)
                if key is not None:
                    yield finding(node, _at(key), "each time makes a group that is kept for ever",
                                  "use a window: TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR)), grouped by "
                                  "window_start and window_end; or set table.exec.state.ttl",
                                  certain=_goes_on(key, aggregate))


class AggregateState:
    """An aggregate that remembers each of its keys.

    Without a window an aggregate keeps a state for each key that it has ever seen. With keys that go on coming (orders, sessions,
    addresses) it grows without end; with few keys (countries) it does not, so this is told as info.

    Use a window, or say by `table.exec.state.ttl` or a hint `STATE_TTL` after how long a key may be forgotten: a row that comes
    after that starts its group anew.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/per_order.sql
        SELECT id, SUM(amount) AS amount
        FROM orders
        GROUP BY id

    Instead::

        # project.yml
        name: shop
        jobs:
          orders:
            select: totals
            settings: {table.exec.state.ttl: 1 d}
        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/transforms/per_order.sql
        SELECT id, SUM(amount) AS amount
        FROM orders
        GROUP BY id
        -- sql/sinks/totals.sql
        CREATE TABLE totals (id INT, amount DOUBLE, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'print');
        INSERT INTO totals SELECT id, amount FROM per_order
    """

    about: ClassVar[About] = About("FS832", "aggregate-state", "state")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Aggregates over endless streams with keys, without a window, in a job without a time to live."""
        for aggregate in subject.relations(Aggregate):
            if not aggregate.keys or not kept(aggregate, subject):
                continue
            if half_window(aggregate) is None and time_key(aggregate) is None:
                names = ", ".join(f"`{k.name}`" for k in aggregate.keys if k.kind == "column") or "its key"
                yield finding(node, group_word(aggregate), f"each value of {names} is remembered for ever",
                              "use a window, or set table.exec.state.ttl for the job, if there may be many of them",
                              certain=False)


class DistinctInOneTask:
    """COUNT(DISTINCT ...) of everything, in one task.

    An aggregate without GROUP BY runs in one task, whatever the parallelism of the job. COUNT(DISTINCT) also makes that task
    remember each value that it has seen: it becomes the job's bottleneck and holds its largest state.

    `table.optimizer.distinct-agg.split.enabled: true` splits it: values are counted in parts, in all tasks, and the parts are
    added.

    Fires::

        # project.yml
        name: shop
        jobs:
          orders:
            select: totals
            parallelism: 4
        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/sinks/totals.sql
        CREATE TABLE totals (customers BIGINT) WITH ('connector' = 'print');
        INSERT INTO totals SELECT COUNT(DISTINCT customer) FROM orders

    Instead::

        # project.yml
        name: shop
        jobs:
          orders:
            select: totals
            parallelism: 4
            settings: {table.optimizer.distinct-agg.split.enabled: true}
        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT, customer INT, amount DOUBLE, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
        ) WITH ('connector' = 'datagen')
        -- sql/sinks/totals.sql
        CREATE TABLE totals (customers BIGINT) WITH ('connector' = 'print');
        INSERT INTO totals SELECT COUNT(DISTINCT customer) FROM orders
    """

    about: ClassVar[About] = About("FS843", "distinct-in-one-task", "queries")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Aggregates without keys and windows over endless streams, in a parallel job without the setting."""
        jobs = [j for j in subject.jobs if j.settings.get("parallelism.default", "1") != "1"
                and j.settings.get(_SPLIT, "").lower() != "true"]
        if not jobs:
            return
        for aggregate in subject.relations(Aggregate):
            call = next((c for c in aggregate.calls if c.distinct and c.name == "COUNT"), None)
            if call is None or aggregate.keys or aggregate.group_window is not None or not endless(aggregate.input, subject):
                continue
            if appends(aggregate.input, subject):
                yield finding(node, _at(call), f"one task of the job `{jobs[0].name}` counts and remembers all values",
                              f"set {_SPLIT}: true for the job")


def kept(aggregate: Aggregate, subject: Subject) -> bool:
    """Whether the state of an aggregate's keys is never dropped."""
    if aggregate.window is not None or aggregate.group_window is not None or forgets(subject):
        return False
    return endless(aggregate.input, subject)


def half_window(aggregate: Aggregate) -> tuple[Scalar, str] | None:
    """A key that is the start or end of a window, and the name of the one that is missing among the keys."""
    if aggregate.window is not None or aggregate.group_window is not None:
        return None
    parts = {}
    for key in aggregate.keys:
        if key.kind == "column" and key.index < len(aggregate.input.fields):
            part = aggregate.input.fields[key.index].window
            if part in ("start", "end"):
                parts[part] = key
    if len(parts) != 1:
        return None
    (part, key), = parts.items()
    return key, "window_end" if part == "start" else "window_start"


def time_key(aggregate: Aggregate) -> Scalar | None:
    """A key that goes on with time: a timestamp, a date, or what is computed from the time of the stream."""
    for key in aggregate.keys:
        if key.type is not None and key.type.name in _TIMES:
            return key
        if key.kind == "call" and any(_is_time(s, aggregate.input) for s in key.walk()):
            return key
        if key.kind == "column":  # computed below
            below, index = trace(aggregate.input, key.index)
            if isinstance(below, Project) and index < len(below.values) and below.values[index].kind == "call" and any(
                    _is_time(s, below.input) for s in below.values[index].walk()):
                return key
    return None


def _goes_on(key: Scalar, aggregate: Aggregate) -> bool:
    """Whether a key is, or is made of, the time of the stream."""
    return key.type is None or key.type.name not in _TIMES or any(_is_time(s, aggregate.input) for s in key.walk())


def _is_time(scalar: Scalar, below: Relation) -> bool:
    return scalar.kind == "column" and scalar.index < len(below.fields) and below.fields[scalar.index].time == "ROWTIME"


def group_word(aggregate: Aggregate) -> tuple[int, int]:
    """The place of GROUP BY, or of the first word of the query."""
    select = aggregate.syntax
    group = select.args.get("group") if isinstance(select, exp.Select) else select
    part = group if isinstance(group, exp.Expr) else select
    return offsets(part, keyword=True) if part is not None else (0, 0)


def _at(scalar: Scalar) -> tuple[int, int]:
    return offsets(scalar.syntax) if scalar.syntax is not None else (0, 0)


def _added(node: Node, key: Scalar, missing: str) -> tuple[Edit, ...]:
    place = _at(key)
    text = node.rendered.text[place[0]:place[1]]
    if key.name not in ("window_start", "window_end") or not text.endswith(key.name):
        return ()  # the columns have other names here
    found = edit(node, place, f"{text}, {text.removesuffix(key.name)}{missing}")
    return (found,) if found is not None else ()
