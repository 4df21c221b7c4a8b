"""A Kafka broker of one node (KRaft) as a plain Java process."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path

from flinksql_runner.deps.fetch import fetch_jars
from flinksql_runner.deps.lockfile import engine_jars
from flinksql_runner.diagnostics import Failure
from flinksql_runner.services.environment import child_environment
from flinksql_runner.services.folders import Folders
from flinksql_runner.services.ports import LOOPBACK, free_ports
from flinksql_runner.services.process import Record, last_ports, marker, start

READY = "Kafka Server started"
_JVM = (
    "-Xms64m", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.logFile=System.out",
    "-Dorg.slf4j.simpleLogger.showDateTime=true", "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
)
_SINGLE_NODE = {
    "offsets.topic.replication.factor": 1, "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": 1, "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1, "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1, "share.coordinator.state.topic.num.partitions": 1,
    "group.initial.rebalance.delay.ms": 0, "log.cleaner.dedupe.buffer.size": 2097152, "num.partitions": 1,
    "broker.session.timeout.ms": 3000, "broker.heartbeat.interval.ms": 500,  # a killed broker comes back that much sooner
    "transaction.max.timeout.ms": 3600000, "log.retention.hours": 168,
}


def start_process(folders: Folders, java: Path, config: Mapping[str, object] | None = None) -> Record:
    """Formats the data folder if it is new, and starts the broker on new ports.

    :raises Failure: where the folder can't be formatted.
    """
    jars = fetch_jars(engine_jars("kafka"))
    ports = free_ports(("kafka", "controller"), last_ports(folders, "kafka"))
    data = folders.data / "kafka"
    settings: dict[str, object] = {
        "process.roles": "broker,controller", "node.id": 1,
        "controller.quorum.voters": f"1@{LOOPBACK}:{ports['controller']}", "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{ports['kafka']},CONTROLLER://{LOOPBACK}:{ports['controller']}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{ports['kafka']}", "log.dirs": data, **_SINGLE_NODE, **(config or {}),
    }
    properties = folders.engine / "kafka.properties"
    properties.write_text("".join(f"{k}={_escape(str(v))}\n" for k, v in settings.items()), encoding="utf-8")
    class_path = os.pathsep.join(str(path) for path in sorted(jars.values()))
    command = [str(java / "bin" / "java"), *_JVM, f"-D{marker(folders)}", "-classpath", class_path]
    if not (data / "meta.properties").is_file():
        _format(command, properties, data)
    return start(folders, "kafka", [*command, "kafka.Kafka", str(properties)], env=child_environment(), ports=ports)


def _format(command: list[str], properties: Path, data: Path) -> None:
    """Formats beside nothing: a folder whose formatting was cut off has no ``meta.properties`` and is made anew."""
    shutil.rmtree(data, ignore_errors=True)
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")
    if cluster.startswith("-"):
        cluster = "A" + cluster[1:]
    done = subprocess.run(
        [*command, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties)],
        capture_output=True, text=True, env=child_environment(), start_new_session=True,
    )
    if done.returncode:
        raise Failure(f"Kafka can't use its data folder {data}: is there space left?", detail=done.stdout + done.stderr)


def _escape(value: str) -> str:
    """A value for a Java properties file."""
    out = value.replace("\\", "\\\\")
    return "".join(c if ord(c) < 127 else f"\\u{ord(c):04x}" if ord(c) < 0x10000 else _pair(c) for c in out)


def _pair(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in (0, 2))
