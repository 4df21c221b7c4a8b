"""``flinksql run``."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click

from flinksql_runner.cli.jobs import placed, refusals_placed, release_json, the_job
from flinksql_runner.cli.live import LiveLine
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import output_option, print_json
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.deploy.attached import Tick, run
from flinksql_runner.pipeline import build
from flinksql_runner.workspace import open_workspace


class _Interrupts:
    """Ctrl-C while the job is watched: the first asks for a stop, the second interrupts that. Before, it interrupts at once."""

    def __init__(self, line: LiveLine) -> None:
        self._line = line
        self.is_watching = self.is_stopping = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """The signal's handler."""
        if not self.is_watching or self.is_stopping:
            raise KeyboardInterrupt
        self.is_stopping = True
        self._line.message("stopping with a savepoint; Ctrl-C again cancels")

    def tick(self, tick: Tick) -> None:
        """One look at the running job."""
        self.is_watching = True
        self._line.tick(tick)


@verb()
@click.argument("job", required=False)
@click.option("--allow-state-loss", is_flag=True, help="Start changed SQL with empty state.")
@output_option
def command(options: Globals, job: str | None, allow_state_loss: bool, output: str) -> int:
    """Runs JOB and watches it: records per second, lag, checkpoints, restarts.

    Ctrl-C stops it with a savepoint, from which the next `run` or `deploy` goes on; a second Ctrl-C cancels it. A bounded
    job ends by itself. The only job of a project need not be named.
    """
    project = open_project(options)
    name = the_job(project, job)
    line = LiveLine(name, sys.stderr, is_quiet=options.quiet)
    interrupts = _Interrupts(line)
    with placed(project):
        work = open_workspace(build(project, [name]), jobs=[name], topics=True, progress=line.message)
        before = {s: signal.signal(s, interrupts) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            with refusals_placed(work, name):
                release = run(work.job(name), work.engine, work.store, work.around(name), allow_state_loss=allow_state_loss,
                              progress=line.message, tick=interrupts.tick, is_stopping=lambda: interrupts.is_stopping)
        finally:
            line.close()
            for number, handler in before.items():
                signal.signal(number, handler)
    if output == "json":
        print_json(release_json(release))
    else:
        where = f"; its savepoint is {release.savepoint}" if release.state == "stopped" and release.savepoint else ""
        click.echo(f"{name} {release.state}{where}")
    return 1 if release.state == "failed" else 0
