"""Where one run of the demo keeps its things, so that runs never mix: topic, schema, archive, releases."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import psycopg
from fsspec.core import url_to_fs
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, UnknownTopicOrPartitionError

from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.placeholders import fill
from flinksql_runner.project.values import Project

PARTITIONS = 2
_PATIENCE_MS = 10_000


@dataclass(frozen=True, slots=True)
class Places:
    """One run's topic, schema and archive. Nothing is opened before it is used."""

    run: str
    servers: str
    database: str
    user: str
    archive: str
    password: str = field(default="", repr=False)

    def connect(self) -> psycopg.Connection[Any]:
        """A connection to the database, in autocommit.

        :raises Failure: where it can't be reached.
        """
        place = urlsplit(self.database.removeprefix("jdbc:"))
        try:
            return psycopg.connect(
                host=place.hostname, port=place.port or 5432, dbname=place.path.strip("/"), user=self.user,
                password=self.password, autocommit=True, connect_timeout=10)
        except psycopg.Error as problem:
            raise Failure(f"the database at {place.hostname}:{place.port} can't be reached: {_first_line(problem)}") from None

    def make_topic(self) -> None:
        """Makes the topic.

        :raises Failure: where Kafka does not answer.
        """
        self._admin(lambda admin: admin.create_topics([NewTopic(self.run, PARTITIONS, 1)]))

    def in_kafka(self) -> int:
        """Messages in the topic."""
        return self._consumer(lambda c, parts: sum(c.end_offsets(parts).values()) - sum(c.beginning_offsets(parts).values()))

    def consumed(self) -> int:
        """Messages that the job has read, by the offsets that it committed to its group."""
        return self._consumer(lambda c, parts: sum((c.committed(p) or 0) for p in parts))

    def rows(self, tables: Sequence[str]) -> Mapping[str, int]:
        """Rows of each table.

        :raises Failure: where the database does not answer.
        """
        counts = ", ".join(f"(SELECT count(*) FROM {{}}.{table})" for table in tables)
        (row,) = self.query(f"SELECT {counts}")
        return dict(zip(tables, row, strict=True))

    def query(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query, in which ``{}`` stands for the run's schema.

        :raises Failure: where the database does not answer.
        """
        try:
            with self.connect() as connection:
                return connection.execute(query.replace("{}", f'"{self.run}"').encode()).fetchall()
        except psycopg.Error as problem:
            raise Failure(f"the database does not answer: {_first_line(problem)}") from None

    def write(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        """Runs a statement with each of the rows, in one transaction; ``{}`` stands for the run's schema.

        :raises Failure: where the database does not answer.
        """
        try:
            with self.connect() as connection, connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(statement.replace("{}", f'"{self.run}"').encode(), rows)
        except psycopg.Error as problem:
            raise Failure(f"the database does not answer: {_first_line(problem)}") from None

    def archived(self, key: str) -> tuple[int, int]:
        """Lines in finished files of the archive, and different values of the field ``key`` in them."""
        system, root = url_to_fs(f"{self.archive}/{self.run}")
        lines, ids = 0, set()
        for path in system.find(root):
            if not path.rpartition("/")[2].startswith((".", "_")):
                with system.open(path, "rb") as file:
                    for line in file:
                        lines += 1
                        ids.add(json.loads(line)[key])
        return lines, len(ids)

    def remove(self) -> None:
        """Drops topic, schema and archive; what is not there is no mistake."""
        try:
            with self.connect() as connection:
                connection.execute("SET client_min_messages = warning")
                connection.execute(f'DROP SCHEMA IF EXISTS "{self.run}" CASCADE'.encode())
        except psycopg.Error as problem:
            raise Failure(f"the database does not answer: {_first_line(problem)}") from None
        self._admin(lambda admin: admin.delete_topics([self.run]))
        system, root = url_to_fs(f"{self.archive}/{self.run}")
        if system.exists(root):
            system.rm(root, recursive=True)

    def _admin(self, work: Callable[[KafkaAdminClient], object]) -> None:
        try:
            admin = KafkaAdminClient(bootstrap_servers=self.servers, client_id="flinksql-demo", bootstrap_timeout_ms=_PATIENCE_MS)
            try:
                work(admin)
            finally:
                admin.close()
        except UnknownTopicOrPartitionError:
            return
        except KafkaError as problem:
            raise Failure(f"Kafka at {self.servers} does not answer: {problem}") from None

    def _consumer(self, work: Callable[[KafkaConsumer, list[TopicPartition]], int]) -> int:
        try:
            consumer = KafkaConsumer(
                bootstrap_servers=self.servers, group_id=f"{self.run}-reader", enable_auto_commit=False,
                bootstrap_timeout_ms=_PATIENCE_MS)
            try:
                return work(consumer, [TopicPartition(self.run, p) for p in range(PARTITIONS)])
            finally:
                consumer.close(autocommit=False)
        except KafkaError as problem:
            raise Failure(f"Kafka at {self.servers} does not answer: {problem}") from None


def variables(run: str, job: str = "vehicles") -> Mapping[str, object]:
    """The project's variables that lead a job to one run's own topic, schema and archive."""
    return {f"{job}_{part}": run for part in ("topic", "schema", "archive")}


def new_run() -> str:
    """A name for a run, which is its topic, schema and folder: ``demo_20260131_120000``."""
    return time.strftime("demo_%Y%m%d_%H%M%S", time.gmtime())


def places(run: str, project: Project, values: Mapping[str, str]) -> Places:
    """The places of a run on the project's target.

    :raises Failure: where the target has no Kafka, PostgreSQL or archive.
    """
    found = {}
    for service, key in (("kafka", "servers"), ("postgres", "url"), ("postgres", "user"), ("postgres", "password"),
                         ("archive", "path")):
        settings = project.target.values.get(service)
        if not isinstance(settings, Mapping) or key not in settings:
            raise Failure(
                f"the target `{project.target.name}` has no {service}, which the demo needs: choose another by --target")
        found[f"{service}.{key}"] = fill(str(settings[key]), values)
    return Places(run, found["kafka.servers"], found["postgres.url"], found["postgres.user"], found["archive.path"].rstrip("/"),
                  found["postgres.password"])


def _first_line(problem: BaseException) -> str:
    return (str(problem).splitlines() or ["no reason given"])[0]
