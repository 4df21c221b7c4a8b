"""A source that several jobs read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.lint.kafka import bounded, is_kafka_source
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.whole import Whole


class SameSourceInTwoJobs:
    """Two jobs that read the same source under one consumer group.

    Each job reads the whole topic; the sources of one job share one reading, those of two jobs do not. Under one
    `properties.group.id` the two also overwrite each other's committed offsets: the lag that Kafka shows is that of
    neither, and `group-offsets` begins where the other one was.

    Put both selections into one job, or give each job a group of its own.

    Fires::

        # project.yml
        name: shop
        jobs:
          first: {select: all_orders}
          second: {select: more_orders}
        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH (
          'connector' = 'kafka',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'scan.startup.mode' = 'earliest-offset',
          'format' = 'json'
        )
        -- sql/sinks/all_orders.sql
        CREATE TABLE all_orders (id INT) WITH ('connector' = 'print');
        INSERT INTO all_orders SELECT id FROM orders
        -- sql/sinks/more_orders.sql
        CREATE TABLE more_orders (id INT) WITH ('connector' = 'print');
        INSERT INTO more_orders SELECT id FROM orders

    Instead::

        # project.yml
        name: shop
        jobs:
          both: {select: all_orders more_orders}
        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH (
          'connector' = 'kafka',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'scan.startup.mode' = 'earliest-offset',
          'format' = 'json'
        )
        -- sql/sinks/all_orders.sql
        CREATE TABLE all_orders (id INT) WITH ('connector' = 'print');
        INSERT INTO all_orders SELECT id FROM orders
        -- sql/sinks/more_orders.sql
        CREATE TABLE more_orders (id INT) WITH ('connector' = 'print');
        INSERT INTO more_orders SELECT id FROM orders
    """

    about: ClassVar[About] = About("FS875", "source-in-two-jobs", "project")

    def check_project(self, whole: Whole, settings: Settings) -> Iterator[Finding]:
        """Kafka sources with a group in several jobs, unless one of the jobs holds all sinks of the other (a smaller try)."""
        for name in whole.sound:
            node = whole.graph.nodes[name]
            group = whole.options(node).get("properties.group.id")
            if not is_kafka_source(node, whole.options(node)) or group is None or bounded(whole.options(node)):
                continue
            jobs = whole.jobs_of(node)
            for position, job in enumerate(jobs[1:], 1):
                other = next((j for j in jobs[:position] if not _contains(j.sinks, job.sinks)), None)
                place = whole.project.jobs[job.name].span
                if other is not None:
                    yield Finding(f"the jobs `{other.name}` and `{job.name}` both read `{name}` as the group `{group}`", place,
                                  "make one job of them, or give each its own 'properties.group.id'")


def _contains(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return set(one) >= set(other) or set(other) >= set(one)
