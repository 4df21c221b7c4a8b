"""``flinksql init``."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from flinksql_runner.cli.output import message
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.project.init import init


@verb()
@click.argument("path", type=click.Path(path_type=Path), default=Path())
def command(options: Globals, path: Path) -> int:
    """Makes a new project in the folder PATH: a source, a transform, a sink, a function and a test.

    It is named after the folder, lints clean and passes its tests at once.
    """
    for made in init(path.absolute()):
        click.echo(made)
    folder = "" if path == Path() else f"cd {shlex.quote(str(path))} && "
    message(f"\nNext: {folder}flinksql lint, then flinksql test (it starts a local Flink).", options)
    return 0
