"""``flinksql clean``: removes what the tool made."""

from __future__ import annotations

import shutil

import click

from flinksql_runner.cache.store import FOLDER
from flinksql_runner.cli.output import message
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.diagnostics import Failure
from flinksql_runner.services.control import remove


@verb("clean")
@click.option("--all", "everything", is_flag=True,
              help="Also end the services and remove .flinksql: releases, savepoints, topics, tables.")
def command(options: Globals, everything: bool) -> int:
    """Remove target/ (compiled SQL, manifest) and the cache; with --all the local state as well.

    It works where project.yml is broken, too.
    """
    root = options.project_dir.absolute()
    target = root / (options.target_path or "target")
    if not (root / "project.yml").is_file():
        raise Failure(f"there is no project.yml in {root}: nothing was removed")
    if root not in target.resolve().parents:
        raise Failure(f"{target} is not below the project folder: remove it yourself")
    removed = [target.name] if target.is_dir() else []
    shutil.rmtree(target, ignore_errors=True)
    cache = root / ".flinksql" / FOLDER
    if cache.is_dir() and not cache.is_symlink():
        shutil.rmtree(cache, ignore_errors=True)
        removed.append(f".flinksql/{FOLDER}")
    if everything and remove(root):
        removed.append(".flinksql")
    message(f"removed {' and '.join(removed)}" if removed else "nothing to remove", options)
    return 0
