"""From Flink's line and column back to the rendered text, past headers, placeholders and wide letters."""

from __future__ import annotations

import pytest

from flinksql_runner.compiler.job import JobStatement
from flinksql_runner.diagnostics import Failure
from flinksql_runner.planner.sent import sent

NAME = "FLINKSQL_SECRET_X"


def view(body: str, origin: int = 0, header: str = "CREATE TEMPORARY VIEW `v` AS\n") -> JobStatement:
    return JobStatement("view", header + body, "v", len(header), origin)


def test_place_behind_the_header() -> None:
    made = sent(view("SELECT a,\n  nope FROM t", origin=40), {})
    assert made.rendered(made.offset(3, 3)) == 40 + len("SELECT a,\n  ")


def test_place_in_our_header_is_the_start_of_the_users_text() -> None:
    assert sent(view("SELECT 1", origin=40), {}).rendered(3) == 40


def test_explain_of_the_query_alone() -> None:
    statement = view("SELECT nope", origin=9)
    made = sent(statement, {}, lead="EXPLAIN\n", skip=statement.body)
    assert made.text == "EXPLAIN\nSELECT nope"
    assert made.rendered(made.offset(2, 8)) == 9 + 7


@pytest.mark.parametrize("value", ["", "x", "it's a much longer value than its name, and 'quoted' as well as long"])
def test_filled_placeholders_move_nothing(value: str) -> None:
    body = "SELECT '${%s}' AS a, '${%s}', nope" % (NAME, NAME)  # noqa: UP031
    made = sent(view(body), {NAME: value})
    assert "${" not in made.text
    assert made.rendered(made.text.index("nope")) == body.index("nope")
    assert made.rendered(made.text.index(" AS a")) == body.index(" AS a")
    inside = made.rendered(made.text.index("'") + 1 + len(value) // 2)
    assert body.index("$") <= inside <= body.index("}") + 1


def test_columns_are_counted_as_java_does() -> None:
    body = "SELECT '😀😀',\tnope"
    made = sent(view(body), {})
    assert made.rendered(made.offset(2, 16)) == body.index("nope")


def test_windows_line_ends() -> None:
    body = "SELECT a,\r\n  b,\r\n  nope"
    made = sent(view(body), {})
    assert made.rendered(made.offset(4, 3)) == body.index("nope")


def test_place_behind_the_end_stays_inside() -> None:
    made = sent(view("SELECT 1"), {})
    assert made.rendered(made.offset(99, 99)) == len("SELECT 1")


def test_missing_secret_is_named() -> None:
    with pytest.raises(Failure, match=f"export {NAME}="):
        sent(view("SELECT '${%s}'" % NAME), {})  # noqa: UP031
