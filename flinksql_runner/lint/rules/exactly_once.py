"""Exactly-once writing to Kafka that is not, and reading of what it wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from flinksql_runner.diagnostics import Related
from flinksql_runner.lint.durations import milliseconds, spoken
from flinksql_runner.lint.kafka import is_kafka_sink, is_kafka_source, topics
from flinksql_runner.lint.options import option_place, set_option
from flinksql_runner.lint.places import finding, span
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.lint.whole import Whole
from flinksql_runner.syntax.values import Node

_TIMEOUT, _GUARANTEE = "properties.transaction.timeout.ms", "sink.delivery-guarantee"
_INTERVAL = "execution.checkpointing.interval"
_BROKER_LIMIT = 900_000  # ms: transaction.max.timeout.ms of a broker that says nothing else


def exactly_once(node: Node, options: Mapping[str, str]) -> bool:
    """Whether a sink writes to Kafka in transactions."""
    return is_kafka_sink(node, options) and options.get(_GUARANTEE) == "exactly-once"


class TransactionTimeout:
    """An exactly-once sink whose transactions may end before their checkpoint.

    The sink commits a transaction with each checkpoint. A broker aborts a transaction that is older than its timeout: if
    that is shorter than the time between two checkpoints, and the time a restart takes, the rows are lost although the
    checkpoint is complete.

    Without `properties.transaction.timeout.ms` Flink asks for an hour. Brokers allow 15 minutes unless their
    `transaction.max.timeout.ms` says more: then the job fails at its start.

    Fires::

        # project.yml
        name: shop
        jobs:
          orders:
            select: orders_copy
            settings: {execution.checkpointing.interval: 10 min}
        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen');
        -- sql/sinks/orders_copy.sql
        CREATE TABLE orders_copy (id INT) WITH (
          'connector' = 'kafka',
          'topic' = 'copy',
          'properties.bootstrap.servers' = 'localhost:9092',
          'format' = 'json',
          'sink.delivery-guarantee' = 'exactly-once',
          'sink.transactional-id-prefix' = 'copy',
          'properties.transaction.timeout.ms' = '60000'
        );
        INSERT INTO orders_copy SELECT id FROM orders

    Instead::

        # project.yml
        name: shop
        jobs:
          orders:
            select: orders_copy
            settings: {execution.checkpointing.interval: 1 min}
        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen');
        -- sql/sinks/orders_copy.sql
        CREATE TABLE orders_copy (id INT) WITH (
          'connector' = 'kafka',
          'topic' = 'copy',
          'properties.bootstrap.servers' = 'localhost:9092',
          'format' = 'json',
          'sink.delivery-guarantee' = 'exactly-once',
          'sink.transactional-id-prefix' = 'copy',
          'properties.transaction.timeout.ms' = '900000'
        );
        INSERT INTO orders_copy SELECT id FROM orders
    """

    about: ClassVar[About] = About("FS811", "transaction-timeout", "sinks")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Exactly-once sinks without a timeout, or with one that a checkpoint of a job may outlast."""
        if not exactly_once(node, subject.options):
            return
        text = subject.options.get(_TIMEOUT)
        if text is None:
            yield finding(node, option_place(node, _GUARANTEE),
                          f"Flink asks the broker for transactions of 1 h; brokers allow {spoken(_BROKER_LIMIT)} by default",
                          f"add '{_TIMEOUT}' = '{_BROKER_LIMIT}', and make checkpoints much more often than that",
                          fix=set_option(node, _TIMEOUT, str(_BROKER_LIMIT)))
            return
        timeout = milliseconds(text)
        for job in subject.jobs:
            interval = milliseconds(job.settings.get(_INTERVAL))
            if timeout is not None and interval is not None and timeout <= interval:
                yield finding(node, option_place(node, _TIMEOUT),
                              f"a transaction may last {spoken(timeout)}, the job `{job.name}` makes a checkpoint each "
                              f"{spoken(interval)}: rows are lost",
                              f"let it last several checkpoints and a restart: '{max(4 * interval, _BROKER_LIMIT)}', "
                              "or make checkpoints more often")
                return


class ReadUncommitted:
    """A source that reads what an exactly-once sink has not committed.

    The topic is written in transactions by a sink of this project. Without `read_committed` the source reads rows at once,
    those of aborted transactions too: after each failure of the writing job they are read twice.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen');
        -- sql/sinks/orders_copy.sql
        CREATE TABLE orders_copy (id INT) WITH (
          'connector' = 'kafka',
          'topic' = 'copy',
          'properties.bootstrap.servers' = 'localhost:9092',
          'format' = 'json',
          'sink.delivery-guarantee' = 'exactly-once',
          'sink.transactional-id-prefix' = 'copy',
          'properties.transaction.timeout.ms' = '900000'
        );
        INSERT INTO orders_copy SELECT id FROM orders
        -- sql/sources/copied.sql
        CREATE TABLE copied (id INT) WITH (
          'connector' = 'kafka',
          'topic' = 'copy',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'scan.startup.mode' = 'earliest-offset',
          'format' = 'json'
        )

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen');
        -- sql/sinks/orders_copy.sql
        CREATE TABLE orders_copy (id INT) WITH (
          'connector' = 'kafka',
          'topic' = 'copy',
          'properties.bootstrap.servers' = 'localhost:9092',
          'format' = 'json',
          'sink.delivery-guarantee' = 'exactly-once',
          'sink.transactional-id-prefix' = 'copy',
          'properties.transaction.timeout.ms' = '900000'
        );
        INSERT INTO orders_copy SELECT id FROM orders
        -- sql/sources/copied.sql
        CREATE TABLE copied (id INT) WITH (
          'connector' = 'kafka',
          'topic' = 'copy',
          'properties.isolation.level' = 'read_committed',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'scan.startup.mode' = 'earliest-offset',
          'format' = 'json'
        )
    """

    about: ClassVar[About] = About("FS806", "read-uncommitted", "sources")

    def check_across(self, node: Node, whole: Whole, settings: Settings) -> Iterator[Finding]:
        """Kafka sources over a topic of an exactly-once sink of the same brokers."""
        options = whole.options(node)
        if not is_kafka_source(node, options) or options.get("properties.isolation.level") == "read_committed":
            return
        for name in whole.sound:
            sink = whole.graph.nodes[name]
            written = whole.options(sink)
            same = options.get("properties.bootstrap.servers") == written.get("properties.bootstrap.servers")
            if exactly_once(sink, written) and same and topics(options) & topics(written):
                related = Related(span(sink, option_place(sink, _GUARANTEE)), f"`{name}` writes it in transactions")
                yield finding(node, option_place(node, "topic"), "rows are read before they are committed, aborted ones too",
                              "add 'properties.isolation.level' = 'read_committed'", related=(related,),
                              fix=set_option(node, "properties.isolation.level", "read_committed"))
                return
