"""A local Flink and Kafka for proofs, in a folder of their own, and what proofs ask of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from flinksql_runner.deps.lockfile import read_lock
from flinksql_runner.deps.update import jars_of
from flinksql_runner.deps.values import Need
from flinksql_runner.flink.gateway import Gateway, Result, Session
from flinksql_runner.flink.rest import Rest
from flinksql_runner.project.values import Dependencies
from flinksql_runner.services.control import ensure

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # seconds after which a proof that waits for something has failed
KAFKA, FILES = "${KAFKA}", "${FILES}"


class Stage:
    """Services that are started when a proof needs them. ``files`` is a folder for its inputs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = root / "files"
        self.files.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def session(self, proof: Mapping[str, Any]) -> Iterator[Session]:
        """A session with the proof's settings, jars and tables; its topics and files are filled before."""
        running = ensure(self.root, frozenset({"flink", *(["kafka"] if "topics" in proof else [])}))
        self.rest = Rest(running.rest_url)
        servers = running.kafka_servers or ""
        for name, lines in proof.get("files", {}).items():
            (self.files / name).write_text(lines, encoding="utf-8")
        for topic, partitions in proof.get("topics", {}).items():
            fill(servers, topic, partitions)
        settings = {"execution.runtime-mode": "streaming", "table.local-time-zone": "UTC", **proof.get("settings", {})}
        settings = {key: self.placed(str(value), servers) for key, value in settings.items()}
        with Gateway(running.gateway_url).open(settings) as session:
            if servers:
                for jar in kafka_jars():
                    session.run(f"ADD JAR '{jar}'")
            for statement in statements(proof.get("tables", "")):
                session.run(self.placed(statement, servers))
            self.servers = servers
            yield session

    def placed(self, sql: str, servers: str = "") -> str:
        """The text with the addresses of this stage."""
        return sql.replace(KAFKA, servers or getattr(self, "servers", "")).replace(FILES, self.files.as_uri())

    def state_size(self, job: str) -> int:
        """The size of a new checkpoint of a job, in bytes."""
        url = f"{self.rest.url}/jobs/{job}/checkpoints"
        before = httpx.get(url).json()["counts"]["completed"]
        self.rest.trigger_checkpoint(job)
        done = self.until(lambda: (c := httpx.get(url).json())["counts"]["completed"] > before and c, "a checkpoint")
        return int(done["latest"]["completed"]["state_size"])

    def read(self, job: str) -> int:
        """How many rows the job's sources have read."""
        detail = self.rest.job(job)
        return sum(self.rest.counts(job, v).read for v in detail.vertices) if detail is not None else 0

    def failure(self, job: str) -> str:
        """The newest failure of a job; empty where there was none."""
        found = self.rest.exception(job)
        return found[0] if found is not None else ""

    def until(self, asked: Callable[[], Any], what: str) -> Any:
        """Asks until the answer is true, and gives it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer = asked()
            if answer:
                return answer
            time.sleep(0.3)
        raise TimeoutError(f"waited {PATIENCE:.0f} s for {what}")


def statements(text: str) -> list[str]:
    """The statements of a text; each ends with ``;`` at the end of a line."""
    return [s.strip() for s in text.strip().removesuffix(";").split(";\n") if s.strip()]


def kafka_jars() -> Sequence[Path]:
    """The Kafka connector that this repository has locked."""
    lock = read_lock(REPOSITORY)
    assert lock is not None
    paths, _ = jars_of(lock, [Need("connector", "kafka", "proof")], Dependencies())
    assert paths is not None
    return paths


def fill(servers: str, topic: str, partitions: Sequence[Sequence[str]]) -> None:
    """Makes a topic with these messages in its partitions."""
    from kafka import KafkaProducer
    from kafka.admin import KafkaAdminClient, NewTopic

    admin = KafkaAdminClient(bootstrap_servers=servers)
    admin.create_topics([NewTopic(topic, len(partitions), 1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=servers)
    for number, messages in enumerate(partitions):
        for message in messages:
            producer.send(topic, message.encode(), partition=number)
    producer.flush()
    producer.close()


def table_of(result: Result) -> list[tuple[Any, ...]]:
    """The rows that are left when all changes of a query that ends are applied."""
    left: list[tuple[Any, ...]] = []
    for row in result.rows:
        if row.kind in ("+I", "+U"):
            left.append(tuple(row.values))
        else:
            left.remove(tuple(row.values))
    return sorted(left, key=str)
