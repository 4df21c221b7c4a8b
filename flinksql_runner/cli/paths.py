"""Paths that the user names, as paths inside the project."""

from __future__ import annotations

import os
from pathlib import Path

from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.values import Project


def inside(project: Project, path: str) -> str | None:
    """A path as the project's files are named: relative, with forward slashes, empty for the project's folder.

    It may be relative to the working directory or to the project. None where it lies outside of the project.

    :raises Failure: where it does not exist.
    """
    root = Path(os.path.abspath(project.root))
    near = Path(os.path.abspath(path))
    place = near if near.exists() or not (root / path).exists() else Path(os.path.abspath(root / path))
    if not place.is_relative_to(root) and not place.exists():
        raise Failure(f"There is no file or folder {path}.")
    if not place.is_relative_to(root):
        return None
    relative = place.relative_to(root).as_posix()
    return "" if relative == "." else relative
