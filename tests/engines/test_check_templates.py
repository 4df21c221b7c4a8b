"""`check` on broken templates: the exact line, also in loops and macros; and silence where all is sound."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from flinksql_runner.diagnostics import Diagnostic, LineIndex, has_errors
from flinksql_runner.engines.local import LocalEngine
from flinksql_runner.pipeline import build
from flinksql_runner.planner.check import check
from flinksql_runner.project.load import load

CASES = yaml.safe_load((Path(__file__).parent / "broken_templates.yml").read_text(encoding="utf-8"))
pytestmark = pytest.mark.engine


@pytest.fixture
def engine(flink) -> LocalEngine:
    return LocalEngine(flink.gateway_url, flink.rest_url)


def checked(root: Path, engine: LocalEngine, files: Mapping[str, str]) -> tuple[tuple[Diagnostic, ...], Mapping[str, str]]:
    for path, text in {**CASES["base"], **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    built = build(load(root, env=os.environ))
    assert not has_errors(built.diagnostics), built.diagnostics
    found = check(built.project, built.graph, built.graph.nodes, built.functions, engine.session)
    return found, built.project.texts


@pytest.mark.parametrize("name", CASES["sound"])
def test_sound_templates_give_nothing(name: str, engine: LocalEngine, tmp_path: Path) -> None:
    found, _ = checked(tmp_path, engine, CASES["sound"][name])
    assert found == ()


@pytest.mark.parametrize("name", CASES["broken"])
def test_mistake_is_told_at_its_line(name: str, engine: LocalEngine, tmp_path: Path) -> None:
    case = CASES["broken"][name]
    found, texts = checked(tmp_path, engine, {case["file"]: case["text"]})
    errors = [d for d in found if d.is_error]
    assert len(errors) == 1, found
    (error,) = errors
    assert error.span is not None
    at = LineIndex(texts[error.span.file]).position(error.span.start)
    lines = case["line"] if isinstance(case["line"], list) else [case["line"]]
    places = {f"{case['file']}:{line}" if isinstance(line, int) else line for line in lines}
    assert f"{error.span.file}:{at.line}" in places, error
    if "column" in case:
        assert at.column == case["column"], error
    if "code" in case:
        assert error.code == case["code"], error
    if case.get("called"):
        calls = [LineIndex(texts[r.span.file]).position(r.span.start).line for r in error.related if r.span.file == case["file"]]
        assert at.line in lines or [n for n in calls if n in lines], error
    assert case["says"] in error.message, error
    assert "org.apache" not in error.message
    assert "default_catalog" not in error.message + (error.help or "")


def test_error_does_not_hide_that_of_another_node(engine: LocalEngine, tmp_path: Path) -> None:
    found, _ = checked(tmp_path, engine, {
        "sql/transforms/big.sql": "SELECT nope FROM orders",
        "sql/transforms/other.sql": "SELECT nix FROM countries",
        "sql/transforms/below.sql": "SELECT * FROM big",
    })
    assert sorted((str(d.node), str(d.severity)) for d in found) == [
        ("below", "info"), ("big", "error"), ("other", "error"), ("totals", "info")]
    assert next(d for d in found if d.node == "below").message == "`below` is not checked: it reads `big`, which has an error"


def test_error_that_only_planning_finds_is_told_where_it_is_made(engine: LocalEngine, tmp_path: Path) -> None:
    window = ("SELECT name AS country, COUNT(*) AS n\n"
              "FROM TABLE(TUMBLE(TABLE countries, DESCRIPTOR(since), INTERVAL '1' MINUTE))\n")
    found, _ = checked(tmp_path, engine, {
        "sql/transforms/big.sql": window + "GROUP BY name, window_start, window_end",
        "sql/sinks/totals.sql": CASES["base"]["sql/sinks/totals.sql"].replace("COUNT(*) AS n", "SUM(n)"),
    })
    assert [(d.node, str(d.severity)) for d in found] == [("big", "error"), ("totals", "info")]
