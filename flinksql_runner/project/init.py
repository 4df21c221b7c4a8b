"""A new project: the starter's files, copied into a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.files import write_text_atomic

if TYPE_CHECKING:  # moved between Python 3.10 and 3.12
    from importlib.abc import Traversable

_RENAMED = {"gitignore": ".gitignore"}
_NAME = "my_project"  # as the starter's files have it
_MAY_BE_THERE = {".git", ".gitignore", ".venv", ".idea", ".vscode", "README.md", "LICENSE"}


def init(path: Path) -> tuple[str, ...]:
    """Makes a new project, named after the folder ``path``, in that folder; returns the files that it wrote, relative to it.

    The folder may be missing or hold a fresh repository (``.git``, a licence, a README, which stay as they are).

    :raises Failure: where other files stand there, or the folder can't be written.
    """
    try:
        there = {p.name for p in path.iterdir()} if path.exists() else set()
    except NotADirectoryError:
        raise Failure(f"{path} is a file; name a folder for the new project.") from None
    except PermissionError:
        raise Failure(f"{path} can't be read; make it readable, or name another folder.") from None
    if "project.yml" in there:
        raise Failure(f"{path} holds a project already; name another folder.")
    if there - _MAY_BE_THERE:
        raise Failure(f"{path} is not empty; name a new folder: flinksql init NAME.")
    made = []
    name = project_name(path)
    for relative, text in _starter(files("flinksql_runner.project").joinpath("starter"), ""):
        if (path / relative).exists():
            continue
        write_text_atomic(path / relative, text.replace(_NAME, name))
        made.append(relative)
    return tuple(made)


def project_name(path: Path) -> str:
    """The name of a project in this folder: the folder's, in the letters that project.yml takes; ``shop-2`` is ``shop_2``."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", path.resolve().name).strip("_")
    return name if re.match(r"[A-Za-z]", name) else f"project_{name}" if name else _NAME


def _starter(folder: Traversable, above: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name == "__pycache__":
            continue
        name = above + _RENAMED.get(entry.name, entry.name)
        if entry.is_dir():
            yield from _starter(entry, name + "/")
        else:
            yield name, entry.read_text(encoding="utf-8")
