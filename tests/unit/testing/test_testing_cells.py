from __future__ import annotations

import pytest

from flinksql_runner.testing.cells import WrongCell, default_of, expected, found, json_value, same, type_of


@pytest.mark.parametrize(("value", "type_", "wanted"), [
    (5, "STRING", "5"), (True, "STRING", "true"), (None, "INT", None),
    ("7", "BIGINT", 7), (7, "DECIMAL(10, 2)", "7"), ("1.50", "DOUBLE", 1.5), ("TRUE", "BOOLEAN", True),
    ("2026-01-31", "DATE", "2026-01-31"), ("2026-01-31", "TIMESTAMP(3)", "2026-01-31 00:00:00"),
    ("2026-01-31T12:30:00.5Z", "TIMESTAMP(3)", "2026-01-31 12:30:00.5"),
    ("2026-01-31 12:30:00", "TIMESTAMP_LTZ(3)", "2026-01-31 12:30:00Z"),
    ("abc", "BYTES", "YWJj"), ("x'ff00'", "BYTES", "/wA="),
    ([1, None], "ARRAY<INT>", [1, None]), ({"a": 1}, "MAP<STRING, DOUBLE>", {"a": 1.0}),
    ({"a": 1}, "ROW<a INT, b STRING>", {"a": 1, "b": None}), ([1, "x"], "ROW<a INT, b STRING>", {"a": 1, "b": "x"}),
])
def test_a_value_becomes_what_the_json_format_reads(value: object, type_: str, wanted: object) -> None:
    assert json_value(value, type_of(type_)) == wanted


@pytest.mark.parametrize(("value", "type_"), [
    ("x", "INT"), (2**31, "INT"), (1.5, "BIGINT"), (True, "INT"), ("yes", "BOOLEAN"), ("2026-1-1", "DATE"),
    ("2026-01-31 12:30", "TIMESTAMP(3)"), (None, "INT NOT NULL"), (1, "ARRAY<INT>"), ({"c": 1}, "ROW<a INT>"), ([1], "STRING"),
    ("many", "DECIMAL(5, 1)"),
])
def test_a_value_that_the_column_can_not_hold_is_refused(value: object, type_: str) -> None:
    with pytest.raises(WrongCell):
        json_value(value, type_of(type_))


@pytest.mark.parametrize(("wanted", "printed", "type_"), [
    (1.5, "1.50", "DECIMAL(10, 2)"), (2, "2.0", "DOUBLE"), (0.1 + 0.2, "0.3", "DOUBLE"), ("7", "7", "INT"),
    ("2026-01-31 12:30:00", "2026-01-31 12:30:00.000", "TIMESTAMP(3)"),
    ("2026-01-31T12:30:00.120", "2026-01-31 12:30:00.12", "TIMESTAMP(3)"),
    ("2026-01-31 12:30:00", "2026-01-31 12:30:00.000", "TIMESTAMP_LTZ(3)"),
    (True, "TRUE", "BOOLEAN"), ([1, 2], "[1, 2]", "ARRAY<INT>"), ({"k": 1}, "{k=1}", "MAP<STRING, INT>"),
    ({"a": 1, "b": None}, "(1, NULL)", "ROW<a INT, b STRING>"), (None, None, "INT"),
])
def test_what_flink_prints_is_what_a_test_writes(wanted: object, printed: str | None, type_: str) -> None:
    assert same(expected(wanted, type_of(type_)), found(printed, type_of(type_)))


@pytest.mark.parametrize(("wanted", "printed", "type_"), [
    (1.5, "1.51", "DECIMAL(10, 2)"), ("1", "01", "STRING"), (None, "0", "INT"), (0, None, "INT"), (False, "TRUE", "BOOLEAN"),
    ("2026-01-31 12:30:00", "2026-01-31 12:30:00.001", "TIMESTAMP(3)"), (1.0, "1.00001", "DOUBLE"),
])
def test_other_values_differ(wanted: object, printed: str | None, type_: str) -> None:
    assert not same(expected(wanted, type_of(type_)), found(printed, type_of(type_)))


def test_the_time_attribute_of_a_type_is_left_out() -> None:
    assert type_of("TIMESTAMP(3) *ROWTIME* NOT NULL").sql == "TIMESTAMP(3) NOT NULL"


def test_a_type_that_is_not_known_has_its_name() -> None:
    assert type_of("RAW('java.lang.Object', '...')").name == "RAW"


def test_columns_that_must_not_be_null_have_a_default() -> None:
    assert [default_of(type_of(t)) for t in ("INT", "STRING", "BOOLEAN", "TIMESTAMP(3)", "ARRAY<INT>")] == [
        0, "", False, "1970-01-01 00:00:00", []]
