"""``flinksql up``: starts the local services that the target needs."""

from __future__ import annotations

import click

from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import message, output_option, print_json, print_table
from flinksql_runner.cli.services_view import as_json, rows, wanted_services
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.diagnostics import Failure
from flinksql_runner.services.control import ensure, status


@verb("up")
@click.option("--only", "only", multiple=True, type=click.Choice(["flink", "kafka", "postgres"]),
              help="Start this service alone; may be given several times.")
@output_option
def command(options: Globals, only: tuple[str, ...], output: str) -> int:
    """Start the local Flink and gateway, and Kafka and PostgreSQL where the target asks for them.

    What runs already is kept; what is dead or hangs is started anew. They end by `flinksql down`, or by themselves when idle.
    """
    project = open_project(options)
    if project.target.type != "local":
        raise Failure(f"the target `{project.target.name}` is of type {project.target.type}: nothing of it is started here")
    ensure(project.root, frozenset(only) or wanted_services(project), progress=lambda line: message(line, options))
    found = status(project.root)
    if output == "json":
        print_json({"services": as_json(found)})
    else:
        print_table(("service", "state", "pid", "address"), rows(found), options)
    return 0
