"""Whether a process of ours does its work, asked from outside."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any

import flinksql_runner.services.postgres as postgres
from flinksql_runner.services.folders import Folders
from flinksql_runner.services.kafka import READY
from flinksql_runner.services.ports import LOOPBACK, listens
from flinksql_runner.services.process import Record

_SECONDS = 3.0


def answers(folders: Folders, record: Record) -> bool:
    """One quick question to the process; False where it doesn't answer (yet)."""
    if record.name == "jobmanager":
        return get_json(record.ports["rest"], "/overview") is not None
    if record.name == "taskmanager":
        listed = get_json(record.ports["rest"], "/taskmanagers") or {}
        return any(item.get("id") == record.details.get("resource") for item in listed.get("taskmanagers", ()))
    if record.name == "gateway":
        return get_json(record.ports["gateway"], "/v3/info") is not None
    if record.name == "kafka":
        return listens(record.ports["kafka"])
    if record.name in ("postgres", "dashboard", "api"):
        return listens(record.ports[record.name])
    return True


def is_up(folders: Folders, record: Record) -> bool:
    """The thorough question after a start: the broker says so itself, the database takes our password."""
    if record.name == "kafka":
        return READY in tail(folders, "kafka", 20_000) and answers(folders, record)
    if record.name == "postgres":
        return listens(record.ports["postgres"]) and postgres.is_ready(folders, record.ports["postgres"])
    return answers(folders, record)


def get_json(port: int, path: str) -> Mapping[str, Any] | None:
    """The JSON object that a server on loopback answers with, or None."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        content = json.loads(response.read())
        return content if response.status == 200 and isinstance(content, dict) else None
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def running_jobs(port: int) -> int:
    """How many jobs of the cluster have not ended; 0 where it doesn't answer."""
    content = get_json(port, "/jobs") or {}
    ended = ("FINISHED", "CANCELED", "FAILED", "SUSPENDED")
    return sum(job.get("status") not in ended for job in content.get("jobs", ()))


def tail(folders: Folders, name: str, length: int = 4000) -> str:
    """The end of what a process has printed and logged."""
    text = ""
    for suffix in (".log", ".out"):
        try:
            with (folders.logs / f"{name}{suffix}").open("rb") as file:
                file.seek(0, 2)
                file.seek(max(0, file.tell() - length))
                text += file.read().decode("utf-8", "replace")
        except OSError:
            continue
    return text
