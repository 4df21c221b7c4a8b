"""What a caller learns of the local services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

WANTED = frozenset({"flink", "kafka", "postgres"})
"""The names that ``ensure`` takes."""

ProcessName = Literal["jobmanager", "taskmanager", "gateway", "kafka", "postgres", "simulator", "dashboard", "keeper"]


@dataclass(frozen=True, slots=True)
class Running:
    """Services that answer now.

    ``rest_url`` and ``gateway_url`` are ``http://127.0.0.1:PORT`` without a slash at the end (empty where Flink was not
    asked for). ``kafka_servers`` is ``127.0.0.1:PORT`` or None. ``placeholders`` are the values of the names of
    ``project/placeholders.py`` that these services have; they hold the database's password, so keep them in memory.
    ``java_home`` and ``python`` are what Flink runs with. ``flink_home`` is a distribution whose ``bin/sql-client.sh``
    works. ``started`` are the processes that this call has started.
    """

    rest_url: str
    gateway_url: str
    kafka_servers: str | None
    java_home: Path
    python: Path
    flink_home: Path
    placeholders: Mapping[str, str] = field(default_factory=dict, repr=False)
    started: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One process of ours: ``running`` (alive and answering), ``unwell`` (alive, no answer), ``dead`` or ``stopped``.

    ``address`` is host:port where it listens. ``since`` is in seconds since the epoch. ``log`` is the file to read.
    """

    name: str
    state: Literal["running", "unwell", "dead", "stopped"]
    pid: int | None = None
    address: str | None = None
    since: float | None = None
    log: Path | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


class Progress(Protocol):
    """Called with one short line for each step, from any thread: ``starting Kafka``, ``Kafka is up (3.4 s)``."""

    def __call__(self, line: str) -> None:
        """Must be quick and may not raise."""
