"""``flinksql stop``."""

from __future__ import annotations

import click

from flinksql_runner.cli.jobs import placed, release_json, the_job
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import message, output_option, print_json
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.deploy.ending import stop
from flinksql_runner.state.store import latest
from flinksql_runner.workspace import attach, open_store


@verb()
@click.argument("job", required=False)
@click.option("--savepoint/--no-savepoint", default=True, show_default=True,
              help="Keep the state for the next start, or throw it away.")
@click.option("--drain", is_flag=True, help="Close all windows first, as at the end of all input.")
@output_option
def command(options: Globals, job: str | None, savepoint: bool, drain: bool, output: str) -> int:
    """Stops JOB with a savepoint, from which `deploy` or `run` goes on.

    The only job of a project need not be named.
    """
    if drain and not savepoint:
        raise click.UsageError("--drain closes the windows while a savepoint is taken: leave --no-savepoint away.")
    project = open_project(options)
    store = open_store(project)
    name = job if job is not None and store.releases(job) else the_job(project, job)
    engine = attach(project)
    with placed(project):
        if engine is not None:
            release = stop(name, engine, store, savepoint=savepoint, drain=drain, progress=lambda line: message(line, options))
        else:
            message(f"{name} does not run: the local Flink is not up", options)
            found = latest(store, name)
            if found is None:
                return 0
            release = found
    if output == "json":
        print_json(release_json(release))
    else:
        click.echo(f"{name} {release.state}" + (f"; its savepoint is {release.savepoint}" if release.savepoint else ""))
    return 0
