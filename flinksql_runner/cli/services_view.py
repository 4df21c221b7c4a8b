"""Local services as verbs show them."""

from __future__ import annotations

from collections.abc import Iterable

from flinksql_runner.project.values import Project
from flinksql_runner.services.values import ServiceStatus


def wanted_services(project: Project) -> frozenset[str]:
    """What the local target needs: Flink always, Kafka and PostgreSQL where they are ``embedded``."""
    return frozenset({"flink"} | (project.target.embedded & {"kafka", "postgres"}))


def as_json(found: Iterable[ServiceStatus]) -> list[dict[str, object]]:
    """The entries of ``services`` in JSON: name, state, pid, address, since (seconds since the epoch), log."""
    return [
        {"name": s.name, "state": s.state, "pid": s.pid, "address": s.address, "since": s.since,
         "log": str(s.log) if s.log else None}
        for s in found
    ]


def rows(found: Iterable[ServiceStatus]) -> list[tuple[str, str, str, str]]:
    """Rows of a table: service, state, pid, address."""
    return [(s.name, s.state, str(s.pid or ""), s.address or "") for s in found]
