"""``flinksql model``: the scoring model of the project."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.diagnostics import Failure


@verb()
@click.argument("action", type=click.Choice(["train"]), metavar="train")
@click.argument("name", default="engine_health", metavar="[NAME]")
def command(options: Globals, action: str, name: str) -> int:
    """Train a model of the project: runs its scripts/train_NAME.py, which writes models/NAME.onnx and its card.

    The same versions of the libraries give the same bytes.
    """
    root = options.project_dir.absolute()
    script = root / "scripts" / f"train_{name}.py"
    if not name.isidentifier() or not script.is_file():
        known = sorted(p.stem.removeprefix("train_") for p in (root / "scripts").glob("train_*.py"))
        raise Failure(f"there is no scripts/train_{name}.py in {root} (models: {', '.join(known) or 'none'})")
    done = subprocess.run([sys.executable, str(script)], cwd=root, env=os.environ, check=False)
    return 0 if done.returncode == 0 else 1
