"""From a project's target to its engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from flinksql_runner.diagnostics import Failure
from flinksql_runner.engines.local import LocalEngine
from flinksql_runner.project.values import Project
from flinksql_runner.services.values import Running


def open_engine(
    project: Project, running: Running | None, jars: Sequence[Path] = (), bundle: Path | None = None,
    values: Mapping[str, str] | None = None,
) -> LocalEngine:
    """The engine of the project's target; nothing is sent to it yet.

    A ``session`` target is a running cluster: ``rest_url`` in profiles.yml, and ``gateway_url`` where it has a gateway of its
    own that shares this disk; else the local gateway submits to it.

    :param running: the local services (their gateway); None where a session target brings its own.
    :param bundle: the folder of the Python functions.
    :param values: what placeholders stand for.
    :raises Failure: where the target can't be served.
    """
    target, values = project.target, values or {}
    if target.type == "local" and running is not None:
        return LocalEngine(running.gateway_url, running.rest_url, tuple(jars), bundle, values)
    if target.type == "session":
        rest = target.values.get("rest_url")
        gateway = target.values.get("gateway_url") or (running.gateway_url if running is not None else None)
        if not rest or not gateway:
            raise Failure(f"the target `{target.name}` is of type session and needs `rest_url` in profiles.yml, the address of "
                          "Flink's REST API" + ("" if rest else ", for example http://127.0.0.1:8081"))
        return LocalEngine(str(gateway), str(rest), tuple(jars), bundle, values, _cluster(str(rest)), "session")
    raise Failure(f"the target `{target.name}` is of type {target.type}, for which there is no engine yet: "
                  "choose a target of type local or session by --target")


def _cluster(rest: str) -> Mapping[str, str]:
    """Settings that let a gateway submit to this cluster."""
    place = urlsplit(rest)
    return {"execution.target": "remote", "rest.address": place.hostname or "", "rest.port": str(place.port or 80)}
