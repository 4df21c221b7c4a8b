"""A build without an engine: what fails at which stage, what is left out behind it, and that nothing of it runs."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import flinksql_runner.cli
from flinksql_runner.building import Report, build_all
from flinksql_runner.cli.build_view import print_report
from flinksql_runner.cli.params import Globals
from flinksql_runner.diagnostics import Diagnostic, Span, error
from flinksql_runner.pipeline import Build, build
from flinksql_runner.project.load import load
from flinksql_runner.testing.values import Expect, Outcome, Suite, UnitTest

FILES = {
    "project.yml": "name: p\nprofile: p\njobs: {daily: {select: totals}, other: {select: apart}}\n",
    "profiles.yml": "p: {outputs: {local: {type: local}}}\n",
    "sql/sources/clicks.sql": "CREATE TABLE clicks (k STRING) WITH ('connector' = 'datagen')\n",
    "sql/transforms/keys.sql": "SELECT k FROM {{ ref('clicks') }}\n",
    "sql/transforms/more.sql": "SELECT k FROM {{ ref('keys') }}\n",
    "sql/sinks/totals.sql": "CREATE TABLE totals (k STRING) WITH ('connector' = 'x'); INSERT INTO totals SELECT k FROM more",
    "sql/sinks/apart.sql": "CREATE TABLE apart (k STRING) WITH ('connector' = 'x'); INSERT INTO apart SELECT k FROM clicks",
}
FILE = "tests/sql/a.yml"
TEXT = "unit_tests: []\n"


def unit_test(name: str, node: str) -> UnitTest:
    return UnitTest(name, node, (), Expect(), Span(FILE, 0, 1), Span(FILE, 0, 1))


TESTS = (unit_test("of_totals", "totals"), unit_test("of_keys", "keys"),
         unit_test("of_apart", "apart"), unit_test("again", "keys"))


class Engine:
    """Says what it is told to say, and remembers what it was asked."""

    def __init__(self, refused: Collection[str] = (), failing: Collection[str] = ()) -> None:
        self.refused, self.failing = refused, failing
        self.checked: list[str] = []
        self.ran: list[list[str]] = []

    def check(self, names: Collection[str]) -> Sequence[Diagnostic]:
        self.checked += names
        return [error("FS601", f"refused {n}", None, node=n) for n in self.refused]

    def run(self, tests: Sequence[UnitTest]) -> Sequence[Outcome]:
        self.ran.append([t.name for t in tests])
        bad = self.failing
        return [Outcome(t, "fail", 0.1, "rows") if t.name in bad else Outcome(t, "pass", 0.1) for t in tests]


@pytest.fixture
def built(tmp_path: Path) -> Build:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return build(load(tmp_path, env={}))


def results(report: Report) -> dict[str, tuple[str, str | None, str | None]]:
    return {n.node: (n.status, n.stage, n.blame) for n in report.nodes}


def made(built: Build, engine: Engine, findings: Sequence[Diagnostic] = (), fail_fast: bool = False) -> Report:
    return build_all(built, built.graph.nodes, findings, TESTS, engine.check, engine.run, fail_fast=fail_fast)


def test_all_is_well(built: Build) -> None:
    engine = Engine()
    report = made(built, engine)
    assert {r[0] for r in results(report).values()} == {"pass"}
    assert not report.is_bad
    assert [n.node for n in report.nodes] == list(built.graph.order)
    assert engine.ran == [["of_keys", "of_apart", "again"], ["of_totals"]], "a level shares its jobs"
    assert [(j.job, j.status) for j in report.jobs] == [("daily", "pass"), ("other", "pass")]


def test_what_hangs_on_a_failed_test_is_left_out(built: Build) -> None:
    engine = Engine(failing=["again"])
    report = made(built, engine)
    assert results(report) == {
        "clicks": ("pass", None, None), "keys": ("fail", "test", None), "more": ("skipped", None, "keys"),
        "totals": ("skipped", None, "keys"), "apart": ("pass", None, None)}
    assert engine.ran == [["of_keys", "of_apart", "again"]]
    totals = next(n for n in report.nodes if n.node == "totals")
    assert (totals.tests, totals.left_out, totals.message) == (0, 1, "it hangs on `keys`, which failed")
    assert [(j.job, j.status, j.nodes) for j in report.jobs] == [("daily", "skipped", ("keys",)), ("other", "pass", ())]
    assert report.is_bad


def test_a_finding_of_lint_keeps_the_planner_and_tests_away(built: Build) -> None:
    engine = Engine()
    report = made(built, engine, [error("FS302", "a circle", None, node="keys")])
    assert results(report)["keys"] == ("fail", "lint", None)
    assert engine.checked == ["clicks", "apart"]
    assert engine.ran == [["of_apart"]]


def test_what_the_planner_refuses_is_not_tested(built: Build) -> None:
    engine = Engine(refused=["more"])
    report = made(built, engine)
    assert results(report)["more"] == ("fail", "check", None)
    assert results(report)["totals"] == ("skipped", None, "more")
    assert engine.ran == [["of_keys", "of_apart", "again"]]


@pytest.mark.parametrize(("engine", "checked", "ran"), [
    (Engine(refused=["apart"]), True, 0), (Engine(failing=["of_apart"]), True, 1)])
def test_the_first_failure_ends_it(built: Build, engine: Engine, checked: bool, ran: int) -> None:
    made(built, engine, fail_fast=True)
    assert bool(engine.checked) is checked
    assert len(engine.ran) == ran


def test_the_report_as_json_keeps_to_its_schema(built: Build, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((Path(flinksql_runner.cli.__file__).parent / "schemas/build.schema.json").read_text(encoding="utf-8"))
    report = made(built, Engine(failing=["again"]), [error("FS601", "no", None, node="apart")])
    suite = Suite(TESTS, (), {FILE: TEXT})
    assert print_report(built, suite, report, Globals(quiet=True), "json", None, 1.0) == 1
    found = json.loads(capsys.readouterr().out)
    Draft202012Validator(schema).validate(found)
    assert found["summary"]["nodes"] == {"pass": 1, "fail": 2, "skipped": 2}
    written = json.loads((built.project.target_folder / "run_results.json").read_text(encoding="utf-8"))
    assert written["metadata"]["command"] == "build"


def test_the_table_names_what_is_to_blame(built: Build, capsys: pytest.CaptureFixture[str]) -> None:
    report = made(built, Engine(failing=["again"]))
    assert print_report(built, Suite(TESTS, (), {FILE: TEXT}), report, Globals(), "text", None, 1.0) == 1
    out, err = capsys.readouterr()
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "keys fail 1 of 2 test: again: rows" in lines
    assert "totals skipped 1 not run it hangs on `keys`, which failed" in lines
    assert "job daily skipped keys failed" in lines
    assert err.endswith("5 nodes: 2 passed, 1 failed, 2 skipped; 3 tests run in 1.0 s\n")
