"""The Kafka of the chosen target."""

from __future__ import annotations

from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import message
from flinksql_runner.cli.verb import Globals
from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.placeholders import KAFKA_SERVERS, names_in
from flinksql_runner.project.values import Project
from flinksql_runner.services.control import ensure


def kafka_servers(options: Globals, otherwise: str) -> tuple[Project, str]:
    """The project and the addresses of its target's Kafka, which is started where it is the embedded one.

    :param otherwise: what to do without one, as the end of a sentence.
    :raises Failure: where the target has none.
    """
    project = open_project(options)
    settings = project.target.values.get("kafka")
    servers = str(settings.get("servers", "")) if isinstance(settings, dict) else ""
    if not servers:
        raise Failure(f"the target `{project.target.name}` has no kafka: {otherwise}, or choose another --target")
    if KAFKA_SERVERS in names_in(servers):
        servers = ensure(project.root, frozenset({"kafka"}), progress=lambda line: message(line, options)).kafka_servers or ""
    return project, servers
