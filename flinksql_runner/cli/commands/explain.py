"""``flinksql explain``: what Flink makes of a job."""

from __future__ import annotations

import click

from flinksql_runner.cli.jobs import placed, refusals_placed, the_job
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import message, output_option, print_json, print_table
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.pipeline import build
from flinksql_runner.planner.explain import Explained, explain
from flinksql_runner.workspace import open_workspace

SCHEMA_VERSION = 1


@verb("explain")
@click.argument("job", required=False)
@output_option
def command(options: Globals, job: str | None, output: str) -> int:
    """Show the fused plan of JOB and how often each source is read; nothing runs.

    All sinks of a job share one plan: a part that several of them need is computed once, and a source is read once, unless
    their queries differ too much. The only job of a project need not be named.
    """
    project = open_project(options)
    name = the_job(project, job)
    with placed(project):
        work = open_workspace(build(project, [name]), jobs=[name], progress=lambda line: message(line, options))
        compiled = work.job(name)
        with refusals_placed(work, name), work.engine.session(compiled.settings) as session:
            found = explain(compiled, session, work.values)
    if output == "json":
        print_json({
            "version": SCHEMA_VERSION, "job": name, "sources": [{"name": n, "reads": c} for n, c in sorted(found.reads.items())],
            "lookups": [{"name": n, "joins": c} for n, c in sorted(found.lookups.items())], "sinks": list(found.sinks),
            "shared": found.shared, "plan": found.plan,
        })
    else:
        _print(found, options)
    return 0


def _print(found: Explained, options: Globals) -> None:
    click.echo(found.plan + "\n")
    rows = [(n, "source", _times(c, "read")) for n, c in sorted(found.reads.items())]
    rows += [(n, "lookup", _times(c, "joined")) for n, c in sorted(found.lookups.items())]
    rows += [(n, "sink", "written") for n in found.sinks]
    print_table(("table", "kind", "how"), rows, options)
    if found.shared:
        click.echo(f"{found.shared} part{'s are' if found.shared != 1 else ' is'} computed once and used several times")


def _times(count: int, word: str) -> str:
    return f"{word} once" if count == 1 else f"{word} {count} times"
