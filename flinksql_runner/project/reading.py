"""Which files a project is read from: whether they changed can be seen without reading them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PROJECT_FILE, PROFILES_FILE = "project.yml", "profiles.yml"
DASHBOARDS = "dashboards"
FOLDERS = ("sql", "macros", "udfs", DASHBOARDS)
"""All folders that are read; ``tests/unit/cache`` holds this against the files that ``lint`` opens."""


def read_paths(root: Path, profiles_dir: Path | None, env: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[Path, ...]]:
    """Folders below ``root`` and files that ``load`` reads, whether they are there or not."""
    named = named_folder(profiles_dir, env)
    folders = [named] if named is not None else [root, *home_folder(env)]
    return FOLDERS, (root / PROJECT_FILE, *(folder / PROFILES_FILE for folder in folders))


def named_folder(profiles_dir: Path | None, env: Mapping[str, str]) -> Path | None:
    """The folder of profiles.yml that an option or ``FLINKSQL_PROFILES_DIR`` names."""
    return profiles_dir or (Path(env["FLINKSQL_PROFILES_DIR"]) if env.get("FLINKSQL_PROFILES_DIR") else None)


def home_folder(env: Mapping[str, str]) -> tuple[Path, ...]:
    """``~/.flinksql``, where profiles.yml may lie if the project has none; empty where there is no home."""
    return (Path(env["HOME"]) / ".flinksql",) if env.get("HOME") else ()
