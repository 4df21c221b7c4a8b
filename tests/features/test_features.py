"""What tests can say beyond rows and watermarks, on a real Flink: each feature holds, and a wrong expectation is found."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from flinksql_runner.flink.gateway import Gateway, Session
from flinksql_runner.functions.bundle import bundle
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.values import Running
from flinksql_runner.testing.called import with_calls
from flinksql_runner.testing.read import read_tests
from flinksql_runner.testing.run import run_tests
from flinksql_runner.testing.values import Expect, ExpectedError, ExpectedRow, Outcome, UnitTest

HERE = Path(__file__).resolve().parent


def outcomes(flink: Running, tests: Sequence[UnitTest], folder: Path) -> dict[str, Outcome]:
    built = build(load(HERE, env={}))
    project, functions = with_calls(built.project, built.functions, tests)
    python = str(bundle(project, functions, folder))

    def session(settings: dict[str, str]) -> AbstractContextManager[Session]:
        return Gateway(flink.gateway_url).open({**settings, "python.files": python})

    found = run_tests(tests, built.graph, functions, built.jobs, session, rest_url=flink.rest_url, project=project)
    return {o.test.name: o for o in found}


def test_the_files_are_read() -> None:
    suite = read_tests(HERE)
    assert not suite.diagnostics
    assert len(suite.tests) >= 24


@pytest.mark.engine
def test_all_hold(flink: Running, tmp_path: Path) -> None:
    tests = read_tests(HERE).tests
    found = outcomes(flink, tests, tmp_path)
    assert {n: (o.message, o.diagnostics) for n, o in found.items() if o.status != "pass"} == {}
    assert found["a_lookup_finds_given_rows"].notes == ("`enriched` looks up in the given rows of `users`, not in its connector",)


@pytest.mark.engine
def test_none_holds_with_another_expectation(flink: Running, tmp_path: Path) -> None:
    tests = []
    for test in read_tests(HERE).tests:
        extra = ExpectedRow({}, test.span)
        expect = Expect(rows=(*(test.expect.rows or ()), extra), late=test.expect.late and {
            n: (*rows, extra) for n, rows in test.expect.late.items()})
        error = test.error and replace(test.error, text="something else")
        stubs = tuple(s for s in test.stubs if s.kind != "call")
        tests.append(replace(test, expect=expect, error=error, restart=False, stubs=stubs))
    found = outcomes(flink, tests, tmp_path)
    assert [o.test.name for o in found.values() if o.status != "fail"] == []


@pytest.mark.engine
def test_what_can_not_be_run_is_told_at_its_place(flink: Running, tmp_path: Path) -> None:
    text = """unit_tests:
  - {name: clock, node: by_clock, expect: {rows: []}}
  - {name: no_cte, node: per_minute, cte: bug, expect: {rows: []}}
  - {name: now, node: today, now: soon, expect: {rows: []}}
  - {name: stub_type, node: scored, udfs: {risk: {return: many}}, expect: {rows: []}}
  - {name: stub_name, node: scored, udfs: {rusk: {return: 1}}, expect: {rows: []}}
  - {name: stub_builtin, node: scored, udfs: {CAST: {return: 1}}, expect: {rows: []}}
  - {name: stub_argument, node: scored, udfs: {risk: {rows: [{tears: x, return: 1}]}}, expect: {rows: []}}
  - {name: stub_call, node: scored, udfs: {risk: {call: 'tests.stubs:rusk'}}, expect: {rows: []}}
  - {name: half, node: by_city, given: [{input: profiles, rows: [{op: -U, id: 1}]}], expect: {rows: []}}
  - {name: order, node: joined, order: [clicks, profils], given: [{input: clicks}], expect: {rows: []}}
  - {name: twice, node: enriched, given: [{input: users, rows: [{id: 1}, {id: 1}]}], expect: {rows: []}}
  - {name: columns, node: today, expect: {columns: [userid], rows: []}}
  - {name: sound, node: today, expect: {rows: []}}
"""
    (tmp_path / "tests/sql").mkdir(parents=True)
    (tmp_path / "tests/sql/t.yml").write_text(text, encoding="utf-8")
    suite = read_tests(tmp_path)
    assert not suite.diagnostics
    found = outcomes(flink, suite.tests, tmp_path / "bundles")
    told = {name: ([d.code for d in o.diagnostics], text[o.diagnostics[0].span.start:o.diagnostics[0].span.end])
            for name, o in found.items() if o.diagnostics and o.diagnostics[0].span}
    assert told == {
        "clock": (["FS715"], "by_clock"), "no_cte": (["FS716"], "bug"), "now": (["FS704"], "soon"),
        "stub_type": (["FS712"], "risk"), "stub_name": (["FS712"], "rusk"), "stub_builtin": (["FS712"], "CAST"),
        "stub_argument": (["FS712"], "{tears: x, return: 1}"), "stub_call": (["FS712"], "risk"),
        "half": (["FS714"], "{op: -U, id: 1}"),
        "order": (["FS717", "FS717"], "[clicks, profils]"), "twice": (["FS713"], "users"), "columns": (["FS703"], "[userid]"),
    }
    assert found["sound"].status == "pass"


@pytest.mark.engine
def test_a_job_that_does_not_end_is_told_and_hurts_no_other(flink: Running, tmp_path: Path) -> None:
    by_name = {t.name: t for t in read_tests(HERE).tests}
    endless = replace(by_name["the_real_function_beside_its_stubs"], timeout=0.001)
    found = outcomes(flink, (endless, by_name["a_query_of_with"]), tmp_path)
    assert found["the_real_function_beside_its_stubs"].message.startswith("it did not end within")
    assert found["a_query_of_with"].status == "pass"


def test_an_error_is_expected_by_text_pattern_and_code() -> None:
    test = next(t for t in read_tests(HERE).tests if t.name == "the_planner_refuses")
    assert test.error == ExpectedError(test.error.span if test.error else test.span, "no_such_column", "", "FS603")
