"""Projects for tests of rules: written into a folder, loaded and built as the command does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from flinksql_runner.pipeline import Build, build
from flinksql_runner.project.load import load


def build_files(root: Path, files: Mapping[str, str]) -> Build:
    """The project of these files; without a project.yml it has a job of all sinks."""
    jobs = "jobs:\n  all:\n    select: path:sql/sinks\n    settings: {execution.checkpointing.interval: 10 s}\n"
    sinks = any(path.startswith("sql/sinks/") for path in files)
    for path, text in {"project.yml": "name: shop\n" + (jobs if sinks else ""), **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return build(load(root, env={}))


@pytest.fixture
def make_build(tmp_path: Path) -> Callable[[Mapping[str, str]], Build]:
    """A function ``make_build({path: text}) -> Build``."""
    return lambda files: build_files(tmp_path, files)
