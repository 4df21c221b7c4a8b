"""Flink and the runner of tests do what Flink's documentation says: cases derived by hand, confirmed by jobs of their own."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from flinksql_runner.flink.gateway import Gateway
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.values import Running
from flinksql_runner.testing.read import read_tests
from flinksql_runner.testing.run import run_tests
from flinksql_runner.testing.values import Expect, ExpectedRow

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import confirm  # noqa: E402  (a script beside this file)

KEPT = json.loads((HERE / "confirmed.json").read_text(encoding="utf-8"))


def test_the_kept_verdicts_are_of_these_cases() -> None:
    suite = read_tests(HERE)
    assert not suite.diagnostics
    assert [v["case"] for v in KEPT["cases"]] == [t.name for t in suite.tests]
    assert len(suite.tests) >= 30
    for verdict, test in zip(KEPT["cases"], suite.tests, strict=True):
        assert verdict["agrees"], verdict["case"]
        assert verdict["sql"] == confirm.query(test.node), f"{test.name} is another query now: run confirm.py again"
        rows = [dict(i.row) for g in test.given for i in g.items if i.row is not None]
        assert rows == [r for given in verdict["given"].values() for r in given if "watermark" not in r], test.name
        wanted = [dict(r.cells) for r in test.expect.rows or ()]
        assert wanted == list(verdict["expected"].get("rows", ())), test.name


def test_the_kept_rows_are_what_was_expected() -> None:
    for verdict in KEPT["cases"]:
        if "rows" in verdict["expected"]:
            rows = confirm.final([tuple(c) for c in verdict["changes"]])
            assert confirm.same(verdict["expected"]["rows"], rows), verdict["case"]


@pytest.mark.parametrize(("wanted", "rows"), [
    ([{"n": 1}], []), ([], [{"n": 1}]), ([{"n": 1}], [{"n": 2}]), ([{"n": 1}, {"n": 1}], [{"n": 1}]), ([{"m": None}], [{"n": 1}]),
    ([{"at": "2026-01-01 00:00:00"}], [{"at": "2026-01-01T00:00:01"}]),
])
def test_the_comparison_of_the_confirming_script_can_fail(wanted: list[dict[str, object]], rows: list[dict[str, object]]) -> None:
    assert not confirm.same(wanted, rows)


@pytest.mark.engine
def test_all_cases_hold_on_flink(flink: Running) -> None:
    project = load(HERE, env={})
    built = build(project)
    assert not built.graph.broken
    outcomes = run_tests(read_tests(HERE).tests, built.graph, built.functions, built.jobs, Gateway(flink.gateway_url).open,
                         rest_url=flink.rest_url)
    assert {o.test.name: o.message for o in outcomes if o.status != "pass"} == {}


@pytest.mark.engine
def test_no_case_holds_with_another_expectation(flink: Running) -> None:
    built = build(load(HERE, env={}))
    tests = []
    for test in read_tests(HERE).tests:
        rows = test.expect.rows or test.expect.changelog or ()
        extra = ExpectedRow({}, test.span) if not rows else replace(rows[-1], op=None)
        tests.append(replace(test, expect=Expect(rows=(*(test.expect.rows or ()), extra))))
    outcomes = run_tests(tests, built.graph, built.functions, built.jobs, Gateway(flink.gateway_url).open,
                         rest_url=flink.rest_url)
    assert len(outcomes) >= 30
    assert [o.test.name for o in outcomes if o.status != "fail"] == []
