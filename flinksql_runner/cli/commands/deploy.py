"""``flinksql deploy``."""

from __future__ import annotations

import click

from flinksql_runner.cli.jobs import placed, refusals_placed, release_json, the_job
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import message, output_option, print_json
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.deploy.apply import deploy
from flinksql_runner.pipeline import build
from flinksql_runner.workspace import open_workspace


@verb()
@click.argument("job", required=False)
@click.option("--allow-state-loss", is_flag=True, help="Start changed SQL with empty state.")
@output_option
def command(options: Globals, job: str | None, allow_state_loss: bool, output: str) -> int:
    """Starts JOB and leaves it running; a stopped job goes on from its savepoint.

    Returns when every task runs and a first checkpoint is complete. If the new job does not work, what ran before is
    restored, and the root cause is told. The only job of a project need not be named.
    """
    project = open_project(options)
    name = the_job(project, job)
    with placed(project):
        work = open_workspace(build(project, [name]), jobs=[name], topics=True, progress=lambda line: message(line, options))
        with refusals_placed(work, name):
            release = deploy(work.job(name), work.engine, work.store, work.around(name), allow_state_loss=allow_state_loss,
                             progress=lambda line: message(line, options))
    if output == "json":
        print_json(release_json(release))
    else:
        click.echo(f"{name} {release.state} (release {release.number}, Flink job {release.flink_job_id})")
    return 0
