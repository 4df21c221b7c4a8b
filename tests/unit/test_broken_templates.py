"""The first wrong character of broken files, found without an engine: in plain text, in loops, macros, includes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from flinksql_runner.diagnostics import LineIndex
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load

HERE = Path(__file__).resolve().parent
BASE = yaml.safe_load((HERE.parent / "engines" / "broken_templates.yml").read_text(encoding="utf-8"))["base"]
GROUPS = yaml.safe_load((HERE / "broken_templates.yml").read_text(encoding="utf-8"))
CASES = {name: case for group in GROUPS.values() for name, case in group.items()}


@pytest.mark.parametrize("name", CASES)
def test_mistake_is_told_at_its_first_character(name: str, tmp_path: Path) -> None:
    case: Mapping[str, Any] = CASES[name]
    file = case.get("file", "sql/transforms/big.sql")
    marked = case["text"]
    files = {**BASE, **case.get("also", {}), file: marked.replace("»", "")}
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    built = build(load(tmp_path, env={"HOME": os.devnull}))
    errors = [d for d in built.findings if d.is_error and d.code != "FS311"]
    assert errors, "nothing was found"
    first = errors[0]
    assert first.span is not None
    at = LineIndex(built.project.texts[first.span.file]).position(first.span.start)
    wanted = LineIndex(marked).position(marked.index("»"))
    assert (first.code, first.span.file, at.line, at.column) == (case["code"], file, wanted.line, wanted.column), first


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 60
    assert len(GROUPS["deep"]) >= 30
