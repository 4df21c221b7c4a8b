"""Values that are expected loosely."""

from __future__ import annotations

from decimal import Decimal

import pytest

from flinksql_runner.functions.types import SqlType
from flinksql_runner.testing.cells import WrongCell, expected, same, shown
from flinksql_runner.testing.compare import compare_rows
from flinksql_runner.testing.values import ExpectedRow

DOUBLE, STRING, INT = SqlType("DOUBLE"), SqlType("STRING"), SqlType("INT")


@pytest.mark.parametrize(("value", "type_", "good", "bad", "text"), [
    ({"any": True}, STRING, ["x", None], [], "any"),
    ({"not_null": True}, INT, [Decimal(0)], [None], "not null"),
    ({"near": 1.5, "within": 0.01}, DOUBLE, [1.5, 1.51, 1.49], [1.52, None, float("nan")], "1.5 within 0.01"),
    ({"near": 3, "within": 1}, INT, [Decimal(2), Decimal(4)], [Decimal(5)], "3 within 1"),
    ({"matches": "a.+"}, STRING, ["ab"], ["a", "xab", None], "matches a.+"),
])
def test_a_matcher_takes_what_it_says(value: object, type_: SqlType, good: list[object], bad: list[object], text: str) -> None:
    wanted = expected(value, type_)
    assert all(same(wanted, seen) for seen in good)
    assert not any(same(wanted, seen) for seen in bad)
    assert shown(wanted) == text


@pytest.mark.parametrize(("value", "type_", "message"), [
    ({"any": False}, STRING, "write {any: true}"),
    ({"near": 1, "within": 0.1}, STRING, "a STRING is near nothing"),
    ({"near": "x", "within": 0.1}, DOUBLE, "are numbers"),
    ({"near": 1, "within": -1}, DOUBLE, "from 0 on"),
    ({"matches": "("}, STRING, "no regular expression"),
])
def test_a_wrong_matcher_is_told(value: object, type_: SqlType, message: str) -> None:
    with pytest.raises(WrongCell, match=message):
        expected(value, type_)


def test_a_row_keeps_its_own_fields() -> None:
    row = SqlType("ROW", children=(INT,), fields=("n",))
    assert expected({"n": 1}, row) == expected([1], row)


def test_a_matcher_in_a_table() -> None:
    types = {"k": INT, "v": DOUBLE}
    wanted = [ExpectedRow({"k": 1, "v": {"near": 2, "within": 0.5}}, None)]  # type: ignore[arg-type]
    assert compare_rows("rows", wanted, [("1", "2.4")], types) is None
    difference = compare_rows("rows", wanted, [("1", "2.6")], types)
    assert difference is not None
    assert difference.lines == (("~", ("1", "2 within 0.5 ≠ 2.6")),)


def test_rows_with_matchers_leave_each_other_room() -> None:
    types = {"k": INT, "v": DOUBLE}
    wanted = [
        ExpectedRow({"k": {"any": True}, "v": {"not_null": True}}, None),  # type: ignore[arg-type]
        ExpectedRow({"k": {"near": 1, "within": 1}, "v": {"any": True}}, None),  # type: ignore[arg-type]
        ExpectedRow({"k": 1, "v": 1.0}, None),  # type: ignore[arg-type]
    ]
    assert compare_rows("rows", wanted, [("1", "1.0"), ("2", "2.0"), ("9", "3.0")], types) is None
    assert compare_rows("rows", wanted, [("1", "1.0"), ("2", "2.0"), ("9", None)], types) is not None
