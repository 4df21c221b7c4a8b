"""Sources over Kafka that do not say where they begin, or as whom they read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.lint.kafka import is_kafka_source
from flinksql_runner.lint.options import option_place, set_option
from flinksql_runner.lint.places import finding
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node


class KafkaStartupMode:
    """A Kafka source that does not say where it begins.

    Without `scan.startup.mode` the source begins at the offsets that its consumer group has committed. A new job has
    committed none: then the job fails and restarts for ever ("Undefined offset with no reset policy"), or, where the group's
    name was used before, begins somewhere in the middle.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH (
          'connector' = 'kafka',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'format' = 'json'
        )

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH (
          'connector' = 'kafka',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.group.id' = 'shop',
          'scan.startup.mode' = 'earliest-offset',
          'format' = 'json'
        )
    """

    about: ClassVar[About] = About("FS801", "kafka-startup-mode", "sources")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Kafka sources without the option, unless the group's offsets have a fallback."""
        options = subject.options
        if is_kafka_source(node, subject.options) and not {"scan.startup.mode", "properties.auto.offset.reset"} & set(options):
            yield finding(node, option_place(node, "connector"), f"`{node.name}` does not say where it begins to read its topic",
                          "add 'scan.startup.mode' = 'earliest-offset' to read all that is there, or 'latest-offset' for what "
                          "comes from now on")


class KafkaGroupId:
    """A Kafka source without a consumer group.

    Without `properties.group.id` the source commits no offsets: Kafka's own tools and monitors can't see how far the job
    has read, so its lag can't be watched, and `group-offsets` has nothing to begin from.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH (
          'connector' = 'kafka',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'scan.startup.mode' = 'earliest-offset',
          'format' = 'json'
        )

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH (
          'connector' = 'kafka',
          'properties.group.id' = 'orders',
          'topic' = 'orders',
          'properties.bootstrap.servers' = 'localhost:9092',
          'scan.startup.mode' = 'earliest-offset',
          'format' = 'json'
        )
    """

    about: ClassVar[About] = About("FS802", "kafka-group-id", "sources")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Kafka sources without the option."""
        if is_kafka_source(node, subject.options) and "properties.group.id" not in subject.options:
            yield finding(node, option_place(node, "connector"),
                          f"`{node.name}` reads Kafka without a consumer group: nobody can see how far it is",
                          f"add 'properties.group.id' = '{node.name}'",
                          fix=set_option(node, "properties.group.id", node.name))
