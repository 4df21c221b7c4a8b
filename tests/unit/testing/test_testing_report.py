"""How results of tests are told."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

import flinksql_runner.testing
from flinksql_runner.cli.results import write_results
from flinksql_runner.diagnostics import Span, error
from flinksql_runner.diagnostics.render import Renderer
from flinksql_runner.project.values import Project, Target
from flinksql_runner.testing.report import as_github, as_json, as_line, slowest, summary
from flinksql_runner.testing.values import Difference, Expect, Outcome, UnitTest

FILE = "tests/sql/a.yml"
TEXTS = {FILE: "unit_tests:\n  - name: one\n    node: n\n"}
TEST = UnitTest("one", "n", (), Expect(), Span(FILE, 22, 25), Span(FILE, 36, 37))
PASSED = Outcome(TEST, "pass", 0.25)
FAILED = Outcome(TEST, "fail", 1.5, "rows: 1 missing", (Difference("rows", ("a", "b"), (("-", ("1", "x%")),)),))
MISSPELT = Outcome(TEST, "error", 0, "no column `c`", diagnostics=(error("FS703", "no column `c`", Span(FILE, 36, 37)),))
SCHEMA = json.loads((Path(flinksql_runner.testing.__file__).parent / "schemas" / "run_results.schema.json").read_text("utf-8"))


def test_results_keep_to_the_published_schema(tmp_path: Path) -> None:
    validator = Draft202012Validator(SCHEMA)
    results = as_json((PASSED, FAILED, MISSPELT), TEXTS, 7)
    validator.validate(results)
    project = Project(tmp_path, "shop", "1.0", "2.3.0", Target("local", "local"))
    written = json.loads(write_results(project, results, 2.0).read_text(encoding="utf-8"))
    validator.validate(written)
    assert not validator.is_valid({**results, "version": 2})
    assert not validator.is_valid({**results, "tests": [{"name": "one"}]})


def test_the_summary_counts_what_was_not_run() -> None:
    assert summary((PASSED, FAILED, MISSPELT), 3.14) == "1 passed, 1 failed, 1 could not run in 3.1 s"
    assert summary((FAILED,), 1, 7) == "1 failed, 7 not run in 1.0 s"


def test_the_slowest_come_first() -> None:
    assert slowest((PASSED, FAILED, MISSPELT), 2) == (FAILED, PASSED)
    assert as_line(FAILED, TEXTS) == "fail      1.50 s  tests/sql/a.yml:2  one"


def test_an_annotation_shows_the_difference_at_the_name() -> None:
    text = as_github(FAILED, Renderer(TEXTS))
    assert text.startswith("::error file=tests/sql/a.yml,line=2,endLine=2,col=11,endColumn=14,title=FS700::one: rows: 1 missing")
    assert "%0A  - 1  x%25" in text
    assert "\n" not in text


def test_an_annotation_of_a_mistake_stands_at_the_mistake() -> None:
    assert as_github(MISSPELT, Renderer(TEXTS)) == (
        "::error file=tests/sql/a.yml,line=3,endLine=3,col=11,endColumn=12,title=FS703::one: no column `c`")
