"""What a failed test of each class says, and how errors are compared. Read the golden file as a user would, at 80 columns."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flinksql_runner.diagnostics import error
from flinksql_runner.diagnostics.render import Renderer
from flinksql_runner.flink.errors import SqlError, sql_error
from flinksql_runner.testing import read
from flinksql_runner.testing.cells import type_of
from flinksql_runner.testing.compare import Found
from flinksql_runner.testing.inputs import InputColumn, Shape
from flinksql_runner.testing.judge import ROWS, Said, judged, said_by, with_error
from flinksql_runner.testing.report import as_text
from flinksql_runner.testing.values import Outcome, UnitTest

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "failed_tests.txt"
TYPES = {"vehicle_id": type_of("STRING"), "window_end": type_of("TIMESTAMP(3)"), "records": type_of("BIGINT"),
         "worst_score": type_of("DOUBLE")}
TEXT = """unit_tests:
  - name: wrong_value
    node: vehicle_health
    expect:
      rows:
        - {vehicle_id: car-1, window_end: '2026-01-01 08:00:10', records: 2, worst_score: 0.9}
        - {vehicle_id: car-2, window_end: '2026-01-01 08:00:10', records: 1, worst_score: 0.1}
  - name: missing_row
    node: vehicle_health
    expect: {rows: [{vehicle_id: car-1, records: 2}, {vehicle_id: car-3, records: 7}]}
  - name: extra_row
    node: vehicle_health
    expect: {rows: [{vehicle_id: car-1, records: 2}]}
  - name: wrong_order
    node: vehicle_health
    expect: {changelog: [{op: +I, vehicle_id: car-2}, {op: +I, vehicle_id: car-1}]}
  - name: late_row_kept
    node: vehicle_health
    expect:
      rows: [{vehicle_id: car-1, records: 1}, {vehicle_id: car-2, records: 1}]
      late: {telemetry: [{vehicle_id: car-1, records: 1}]}
  - name: error_expected_but_none
    node: vehicle_health
    expect_error: {text: division by zero}
  - name: another_error
    node: vehicle_health
    expect_error: {matches: 'cast .* to INT', code: FS602}
"""
ROWS_FOUND: list[Found] = [
    ("+I", ("car-1", "2026-01-01 08:00:10.000", "2", "0.5")), ("+I", ("car-2", "2026-01-01 08:00:10.000", "1", "0.1"))]
TESTS = {t.name: t for t in read.tests_in(Path(), "tests/sql/vehicles/health.yml", TEXT).tests}


def outcome(test: UnitTest) -> Outcome:
    if test.name == "another_error":
        return with_error(test, Said(("there is no column `scor` in any table that is read here",), "FS603"), 0.1)
    rows = ROWS_FOUND[:1] if test.name == "missing_row" else ROWS_FOUND
    clock = ("`vehicle_health` asks for the time (CURRENT_DATE): without `now:` it is the machine's",)
    return judged(test, 1, TYPES, _late(test), {(1, ROWS): rows}, 0.1, clock if test.name == "wrong_value" else ())


def _late(test: UnitTest) -> dict[str, Shape]:
    columns = tuple(InputColumn(n, t, t.sql) for n, t in TYPES.items())
    return {name: Shape(columns, "window_end") for name in test.expect.late or {}}


def test_each_class_of_failure_is_told() -> None:
    renderer = Renderer({"tests/sql/vehicles/health.yml": TEXT})
    found = [outcome(t) for t in TESTS.values()]
    assert {o.status for o in found} == {"fail"}
    told = "\n".join(as_text(o, renderer, {"tests/sql/vehicles/health.yml": TEXT}, 80) for o in found)
    assert max(map(len, told.splitlines())) <= 80
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(told, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == told


@pytest.mark.parametrize(("messages", "code", "status"), [
    (("x", "can't cast a to INT"), "FS602", "pass"), (("can't cast a to INT",), "FS603", "fail"),
    (("can't cast a to int",), "FS602", "fail"), (("can't cast a to INT",), "", "fail"),
])
def test_an_error_fits_by_all_that_is_said_of_it(messages: tuple[str, ...], code: str, status: str) -> None:
    assert with_error(TESTS["another_error"], Said(messages, code), 0.0).status == status


def test_what_an_error_says() -> None:
    assert said_by(error("FS602", "no", None)) == Said(("no",), "FS602")
    text = "org.x.TableException: outer\n\tat a.B(C.java:1)\nCaused by: java.lang.ArithmeticException: / by zero"
    problem: SqlError = sql_error([text])
    assert said_by(problem).messages[0] == "/ by zero"
    assert "outer" in said_by(problem).messages
