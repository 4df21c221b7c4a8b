"""The command ``flinksql``: a lazy group, so that ``--help`` and completion load no verb."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from flinksql_runner import __version__
from flinksql_runner.cli.params import Globals, global_options, taken
from flinksql_runner.cli.subverbs import lacking
from flinksql_runner.cli.verb import guarded
from flinksql_runner.diagnostics.suggest import nearest

# Section -> verb -> its help in one line. The verb's file is commands/<verb>.py (with _ for -) and holds ``command``.
# A verb joins with its file: add its line here in the same commit.
VERBS: Mapping[str, Mapping[str, str]] = {
    "Write": {
        "init": "Make a new project that compiles and checks at once.",
        "lint": "Find mistakes in SQL, templates and project files, without an engine.",
        "explain-rule": "Tell what a code of a diagnostic means, and the way out.",
        "format": "Lay out SQL files, templates and macros in one style.",
        "compile": "Compile jobs into one statement set each, and write the manifest.",
        "render": "Print a file's SQL after its template ran.",
        "parse": "Write the manifest alone.",
        "ls": "List nodes.",
        "check": "Ask Flink's planner about every node.",
        "explain": "Show the fused plan of a job and how often each source is read.",
        "show": "Print rows of a node or of a query.",
        "test": "Run the SQL unit tests of the project on Flink.",
        "build": "Lint, compile, check and test, in the order of the graph.",
    },
    "Run": {
        "run": "Run a job and watch it; Ctrl-C stops it with a savepoint.",
        "deploy": "Start or resume a job and leave it running.",
        "status": "What runs: jobs and local services.",
        "logs": "What Flink and the services wrote.",
        "dashboard": "Serve live pages over the sinks.",
        "stop": "Stop a job with a savepoint.",
    },
    "Demo": {
        "demo": "Run a whole demo, count everything, and say whether it balances.",
        "collect": "Send lines of log files to Kafka, without losing one.",
        "simulate": "Make events: to Kafka or to a file.",
        "model": "Train the scoring model.",
    },
    "Environment": {
        "up": "Start the local Flink, gateway, Kafka and PostgreSQL.",
        "down": "End what `up` started.",
        "debug": "Check configuration, Java, jars and services.",
        "deps": "Resolve, lock and download jars and assets.",
        "clean": "Remove what the tool made.",
    },
}
ALIASES = {"apply": "deploy", "list": "ls"}


class LazyVerbs(click.Group):
    """A group that imports a verb's module when the verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in the order of the table."""
        return [verb for section in VERBS.values() for verb in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A verb, imported now; an alias leads to its verb."""
        name = ALIASES.get(cmd_name, cmd_name)
        if name not in self.list_commands(ctx):
            return None
        try:
            module = import_module(f"flinksql_runner.cli.commands.{name.replace('-', '_')}")
        except ModuleNotFoundError as missing:
            raise lacking(name, missing, ctx) from None
        command: click.Command = module.command
        command.name = name
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, with the nearest verb for one that does not exist."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            near = nearest(name, [*self.list_commands(ctx), *ALIASES])
            raise click.UsageError(f"There is no verb `{name}`." + (f" Did you mean `{near}`?" if near else ""), ctx)
        found, command, rest = super().resolve_command(ctx, args)
        return command.name if command is not None else found, command, rest

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs first: they are what one looks for."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs by section, from the table: nothing is imported."""
        longest = max(len(v) for v in self.list_commands(ctx))
        for section, verbs in VERBS.items():
            with formatter.section(section):
                formatter.write_dl([(verb.ljust(longest), help) for verb, help in verbs.items()])


@click.group(cls=LazyVerbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@global_options(hidden=False)
@click.version_option(__version__, prog_name="flinksql", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context, /, **values: Any) -> None:
    """Streaming SQL for Apache Flink, from files to running jobs.

    A project is a folder of SQL files (sql/sources, sql/transforms, sql/sinks), Python functions (udfs) and project.yml.
    `flinksql init NAME` makes one. Global options may stand before or after the verb; each is an environment variable
    too, as in FLINKSQL_TARGET=prod.
    """
    context.obj = taken(values)


def main() -> None:
    """Runs the command line; the exit code is 0 (fine), 1 (it ran and found or failed something) or 2 (it could not work)."""
    # Trees of SQL stay until the end of a command, so looking through them for garbage every 700 objects finds none: on
    # 1,000 nodes that look takes a sixth of the time of `compile`.
    gc.set_threshold(1_000_000, 50, 50)
    try:
        code = guarded(_run, Globals())
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # all is said: from here on Ctrl-C ends the process without a traceback
    except KeyboardInterrupt:
        code = 130
    gc.freeze()  # or the interpreter looks through all of them twice more before it ends: a tenth of the time of `lint`
    sys.exit(code)


def _run() -> int:
    """The group with its verbs; what goes wrong outside a verb (a full disk under ``--help``, Ctrl-C) is raised plainly."""
    try:
        return int(cli(prog_name="flinksql", standalone_mode=False) or 0)
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as mistake:
        mistake.show()
        return mistake.exit_code
