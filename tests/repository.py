"""This repository's project in another folder, so that a test may change it and give it services of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_ALWAYS = ("project.yml", "profiles.yml", "flinksql.lock", "sql", "macros")


def copy_project(folder: Path, *more: str) -> None:
    """Copies what every project has, and the folders named: ``udfs``, ``models``, ``dashboards``, ``services``."""
    for part in (*_ALWAYS, *more):
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, folder / part)
