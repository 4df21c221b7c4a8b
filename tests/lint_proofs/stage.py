"""A local Flink, Kafka and PostgreSQL for proofs, in a folder of their own, and what proofs ask of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from flinksql_runner.deps.lockfile import read_lock
from flinksql_runner.deps.update import jars_of
from flinksql_runner.deps.values import Need
from flinksql_runner.flink.gateway import Gateway, Result, Session
from flinksql_runner.flink.rest import Rest
from flinksql_runner.project import placeholders
from flinksql_runner.project.values import Dependencies
from flinksql_runner.services.control import ensure
from flinksql_runner.services.values import Running

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # seconds after which a proof that waits for something has failed
KAFKA, FILES, POSTGRES = "${KAFKA}", "${FILES}", "${POSTGRES}"
NUMBER, MANY = "${N}", 500
KAFKA_NEED = Need("connector", "kafka", "proof")
POSTGRES_NEED = Need("connector", "jdbc", "proof", options={"url": "jdbc:postgresql:"})
Proof = Mapping[str, Any]
Seen = dict[str, Any]


class Stage:
    """Services that are started when a proof needs them. ``files`` is a folder for its inputs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = root / "files"
        self.files.mkdir(parents=True, exist_ok=True)
        self.servers = self.jdbc = self.dsn = ""

    @contextmanager
    def session(self, proof: Mapping[str, Any]) -> Iterator[Session]:
        """A session with the proof's settings, jars and tables; its topics and files are filled before."""
        kafka, postgres = "topics" in proof, "database" in proof
        running = ensure(self.root, frozenset({"flink", *(["kafka"] if kafka else []), *(["postgres"] if postgres else [])}))
        self.rest = Rest(running.rest_url)
        self._learn(running)
        for name, lines in proof.get("files", {}).items():
            (self.files / name).write_text(lines, encoding="utf-8")
        for topic, partitions in (proof.get("topics") or {}).items():
            fill(self.servers, topic, partitions)
        for statement in statements(proof.get("database") or ""):
            self.in_database(statement)
        settings = {"execution.runtime-mode": "streaming", "table.local-time-zone": "UTC", **proof.get("settings", {})}
        with Gateway(running.gateway_url).open({k: self.placed(str(v)) for k, v in settings.items()}) as session:
            needs = [*([KAFKA_NEED] if kafka else []), *([POSTGRES_NEED] if postgres else [])]
            for jar in locked_jars(needs) if needs else ():
                session.run(f"ADD JAR '{jar}'")
            for statement in statements(proof.get("tables", "")):
                session.run(self.placed(statement))
            yield session

    def _learn(self, running: Running) -> None:
        values = running.placeholders
        self.servers = running.kafka_servers or self.servers
        if placeholders.POSTGRES_URL in values:
            url, user, password = (values[n] for n in (placeholders.POSTGRES_URL, placeholders.POSTGRES_USER,
                                                       placeholders.POSTGRES_PASSWORD))
            self.jdbc = f"'connector' = 'jdbc', 'url' = '{url}', 'username' = '{user}', 'password' = '{password}'"
            self.dsn = url.removeprefix("jdbc:").replace("//", f"//{user}:{password}@")

    def placed(self, sql: str) -> str:
        """The text with the addresses of this stage."""
        return sql.replace(KAFKA, self.servers).replace(FILES, self.files.as_uri()).replace(POSTGRES, self.jdbc)

    def in_database(self, statement: str) -> None:
        """Runs a statement in the database itself."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(statement)

    def checkpoint(self, job: str) -> int:
        """The size of a new checkpoint of a job, in bytes."""
        url = f"{self.rest.url}/jobs/{job}/checkpoints"
        before = httpx.get(url).json()["counts"]["completed"]
        self.rest.trigger_checkpoint(job)
        done = self.until(lambda: (c := httpx.get(url).json())["counts"]["completed"] > before and c, "a checkpoint")
        return int(done["latest"]["completed"]["state_size"])

    def end(self, job: str, state: str = "FINISHED") -> None:
        """Waits until a job has ended as it should."""
        self.until(lambda: (d := self.rest.job(job)) is not None and d.state == state, f"the end of a job as {state}")

    def run_ms(self, job: str) -> int:
        """How long a job ran, in ms."""
        return int(httpx.get(f"{self.rest.url}/jobs/{job}").json()["duration"])

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


def locked_jars(needs: Sequence[Need]) -> Sequence[Path]:
    """The connectors that this repository has locked."""
    lock = read_lock(REPOSITORY)
    assert lock is not None
    paths, _ = jars_of(lock, needs, Dependencies())
    assert paths is not None
    return paths


def start(session: Session, insert: str, settings: Mapping[str, str] | None = None) -> str:
    """Starts a job of one INSERT or of several, and gives its id."""
    for key, value in (settings or {}).items():
        session.run(f"SET '{key}' = '{value}'")
    inserts = statements(insert)
    text = inserts[0] if len(inserts) == 1 else "EXECUTE STATEMENT SET BEGIN " + "; ".join(inserts) + "; END"
    with session.execute(text) as result:
        list(result.rows)
        assert result.job_id is not None
        return result.job_id


def fill(servers: str, topic: str, partitions: Sequence[Sequence[str]]) -> None:
    """Makes a topic with these messages in its partitions; one with ``${N}`` is sent for each number from 1 to 500."""
    from kafka import KafkaProducer
    from kafka.admin import KafkaAdminClient, NewTopic

    admin = KafkaAdminClient(bootstrap_servers=servers)
    admin.create_topics([NewTopic(topic, len(partitions), 1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=servers)
    for number, messages in enumerate(partitions):
        for message in messages:
            for n in range(1, (MANY if NUMBER in message else 1) + 1):
                producer.send(topic, message.replace(NUMBER, str(n)).encode(), partition=number)
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


def filled(proof: Proof) -> Proof:
    """The proof for a second session: its topics, files and tables of the database are there already."""
    given = {key: value for key, value in proof.items() if key not in ("topics", "files", "database")}
    return given | {key: None for key in ("topics", "database") if key in proof}
