from __future__ import annotations

from flinksql_runner.diagnostics import Span
from flinksql_runner.testing.cells import type_of
from flinksql_runner.testing.compare import Found, compare_changes, compare_rows, final_table, mistakes
from flinksql_runner.testing.values import Cells, ExpectedRow

TYPES = {"k": type_of("INT"), "n": type_of("BIGINT"), "s": type_of("STRING")}


def row(op: str | None = None, /, **cells: object) -> ExpectedRow:
    return ExpectedRow(cells, Span("t.yml", 0, 1), op)  # type: ignore[arg-type]


def test_the_final_table_is_what_the_changes_leave() -> None:
    changes: list[Found] = [("+I", ("1", "1", "a")), ("+I", ("1", "1", "a")), ("-U", ("1", "1", "a")), ("+U", ("1", "2", "a")),
                            ("+I", ("2", "1", "b")), ("-D", ("2", "1", "b"))]
    assert final_table(changes) == [("1", "1", "a"), ("1", "2", "a")]


def test_equal_tables_in_another_order_do_not_differ() -> None:
    assert compare_rows("rows", [row(k=1), row(k=2)], [("2", "9", "x"), ("1", "9", "x")], TYPES) is None


def test_equal_rows_count() -> None:
    difference = compare_rows("rows", [row(k=1), row(k=1)], [("1", "9", "x")], TYPES)
    assert difference is not None
    assert difference.lines == (("=", ("1",)), ("-", ("1",)))


def test_only_named_columns_are_compared_and_shown_in_the_order_of_the_node() -> None:
    difference = compare_rows("rows", [row(s="a", k=1)], [("1", "5", "b")], TYPES)
    assert difference is not None
    assert difference.columns == ("k", "s")
    assert difference.lines == (("~", ("1", "a ≠ b")),)


def test_rows_that_resemble_nothing_are_missing_or_not_expected() -> None:
    difference = compare_rows("rows", [row(k=1, n=1, s="a")], [("2", "2", "a"), ("3", "3", "c")], TYPES)
    assert difference is not None
    assert [mark for mark, _ in difference.lines] == ["-", "+", "+"]


def test_where_nothing_is_expected_all_columns_are_shown() -> None:
    difference = compare_rows("rows", [], [("2", None, "a")], TYPES)
    assert difference is not None
    assert difference.columns == ("k", "n", "s")
    assert difference.lines == (("+", ("2", "NULL", "a")),)


def test_changes_are_compared_in_order() -> None:
    changes: list[Found] = [("+I", ("1", "1", "a")), ("-U", ("1", "1", "a")), ("+U", ("1", "2", "a"))]
    assert compare_changes("changelog", [row("+I", n=1), row("-U", n=1), row("+U", n=2)], changes, TYPES) is None
    difference = compare_changes("changelog", [row("+I", n=1), row("+U", n=2)], changes, TYPES)
    assert difference is not None
    assert difference.columns == ("op", "n")
    assert difference.lines == (("=", ("+I", "1")), ("~", ("+U ≠ -U", "2 ≠ 1")), ("+", ("+U", "2")))


def test_expectations_that_can_never_hold_are_told() -> None:
    cells: list[Cells] = [{"kk": 1}, {"n": "many"}, {"s": "fine"}]
    found = list(mistakes([ExpectedRow(c, Span("t.yml", i, i)) for i, c in enumerate(cells)], TYPES, "`x`"))
    assert [(d.code, d.span and d.span.start) for d in found] == [("FS703", 0), ("FS704", 1)]
    assert found[0].help == "did you mean `k`?"
