"""Starts the keeper: the process that ends idle services."""

from __future__ import annotations

import sys

from flinksql_runner.services.environment import child_environment
from flinksql_runner.services.folders import Folders
from flinksql_runner.services.process import Record, marker, start


def start_process(folders: Folders) -> Record:
    """Starts it for this folder; ``keeper.py`` says what it does."""
    command = [sys.executable, "-m", "flinksql_runner.services.keeper", str(folders.root), marker(folders)]
    return start(folders, "keeper", command, env=child_environment(), ports={}, cwd=folders.engine)
