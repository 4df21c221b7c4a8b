"""What runs, told to callers: ``Running`` with its addresses, and one ``ServiceStatus`` a process."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import flinksql_runner.services.postgres as postgres
from flinksql_runner.project import placeholders
from flinksql_runner.services.folders import Folders
from flinksql_runner.services.health import answers
from flinksql_runner.services.ports import LOOPBACK
from flinksql_runner.services.process import Record, is_ours, read_record
from flinksql_runner.services.values import Running, ServiceStatus

_PORT = {"jobmanager": "rest", "gateway": "gateway", "kafka": "kafka", "postgres": "postgres",
         "dashboard": "dashboard"}


def running(folders: Folders, wanted: frozenset[str], java: Path, started: tuple[str, ...]) -> Running:
    """The addresses of the wanted services, from their records."""
    archive = folders.data / "archive"
    archive.mkdir(parents=True, exist_ok=True)
    values = {placeholders.ARCHIVE_PATH: f"file://{archive}"}
    records = {name: record for name in _PORT if (record := read_record(folders, name))}
    rest = gateway = ""
    servers = None
    if "flink" in wanted:
        rest, gateway = (f"http://{_address(records[name])}" for name in ("jobmanager", "gateway"))
    if "kafka" in wanted:
        servers = values[placeholders.KAFKA_SERVERS] = _address(records["kafka"])
    if "postgres" in wanted:
        values[placeholders.POSTGRES_URL] = f"jdbc:postgresql://{_address(records['postgres'])}/{postgres.DATABASE}"
        values[placeholders.POSTGRES_USER] = postgres.USER
        values[placeholders.POSTGRES_PASSWORD] = postgres.password(folders)
    return Running(rest, gateway, servers, java, Path(sys.executable), folders.flink_home, values, started)


def statuses(folders: Folders, names: Iterable[str]) -> tuple[ServiceStatus, ...]:
    """The recorded processes as they are now."""
    found = []
    for name in names:
        record = read_record(folders, name)
        if record is None:
            continue
        log = next((p for s in (".log", ".out") if (p := folders.logs / f"{name}{s}").is_file()), None)
        alive = is_ours(folders, record)
        state = ("running" if answers(folders, record) else "unwell") if alive else "dead"
        found.append(ServiceStatus(
            name, state,  # type: ignore[arg-type]
            record.pid if alive else None, _address(record) if name in _PORT else None, record.since, log))
    return tuple(found)


def _address(record: Record) -> str:
    return f"{LOOPBACK}:{record.ports[_PORT[record.name]]}"
