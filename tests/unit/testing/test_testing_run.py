"""What is told of a test before Flink is asked."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from flinksql_runner.flink.gateway import Session
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.testing.read import read_tests
from flinksql_runner.testing.run import run_tests
from flinksql_runner.testing.values import Outcome

FILES = {
    "project.yml": "name: p\nprofile: p\n",
    "profiles.yml": "p: {outputs: {local: {type: local}}}\n",
    "sql/sources/clicks.sql": "CREATE TABLE clicks (k STRING) WITH ('connector' = 'datagen')\n",
    "sql/transforms/broken.sql": "SELECT k AS groups FROM {{ ref('clicks') }}\n",
    "sql/transforms/sound.sql": "SELECT k FROM {{ ref('clicks') }}\n",
}


def _no_session(_: object) -> AbstractContextManager[Session]:
    raise AssertionError("no session is needed")


def _outcome(root: Path, test: str) -> Outcome:
    for name, text in {**FILES, "tests/sql/t.yml": f"unit_tests:\n  - {{name: t, {test}, expect: {{rows: []}}}}\n"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    built = build(load(root, env={}))
    [outcome] = run_tests(read_tests(root).tests, built.graph, built.functions, built.jobs, _no_session)
    return outcome


def test_a_node_with_errors_is_told_once(tmp_path: Path) -> None:
    outcome = _outcome(tmp_path, "node: broken, given: [{input: clicks, rows: []}]")
    assert outcome.status == "error"
    assert [d.code for d in outcome.diagnostics] == ["FS708"]


def test_an_input_that_the_node_does_not_read(tmp_path: Path) -> None:
    outcome = _outcome(tmp_path, "node: sound, given: [{input: broken, rows: []}, {input: clickz, rows: []}]")
    assert [d.code for d in outcome.diagnostics] == ["FS702", "FS701"]


def test_several_subtasks_and_rows_behind_a_watermark(tmp_path: Path) -> None:
    rows = "[{watermark: '2026-01-01'}, {k: a}]"
    outcome = _outcome(tmp_path, f"node: sound, parallelism: 2, given: [{{input: clicks, rows: {rows}}}]")
    assert [d.code for d in outcome.diagnostics] == ["FS707"]


def test_nothing_more_runs_behind_the_first_failure(tmp_path: Path) -> None:
    tests = "unit_tests:\n" + "".join(
        f"  - {{name: {name}, node: {node}, given: [], expect: {{rows: []}}}}\n"
        for name, node in (("a", "none"), ("b", "sound")))
    for name, text in {**FILES, "tests/sql/t.yml": tests}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    built = build(load(tmp_path, env={}))
    outcomes = run_tests(read_tests(tmp_path).tests, built.graph, built.functions, built.jobs, _no_session, fail_fast=True)
    assert [(o.test.name, o.status) for o in outcomes] == [("a", "error")]
