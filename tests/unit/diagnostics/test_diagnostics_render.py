"""What a user sees of a diagnostic: text with carets, JSON, GitHub's form."""

from __future__ import annotations

import json

import pytest

from flinksql_runner.diagnostics import Diagnostic, LineIndex, Related, Severity, Span, error, warning
from flinksql_runner.diagnostics.render import Places, Renderer, annotation, as_json, summary_line

TEXT = "SELECT a,\n  bad_name,\n\tc\nFROM 表格 AS t WHERE x = 'long' -- " + "x" * 200 + "\n"
TEXTS = {"sql/t.sql": TEXT, "macros/m.sql": "{% macro m() %}bad{% endmacro %}"}


def span_of(word: str, file: str = "sql/t.sql") -> Span:
    at = TEXTS[file].index(word)
    return Span(file, at, at + len(word))


def test_text_has_the_place_the_line_and_the_way_out() -> None:
    found = error("FS301", "there is no column `bad_name`", span_of("bad_name"), "did you mean `good_name`?",
                  related=(Related(span_of("bad", "macros/m.sql"), "written here"),))
    assert Renderer(TEXTS).text(found) == """\
error[FS301]: there is no column `bad_name`
  --> sql/t.sql:2:3
1 | SELECT a,
2 |   bad_name,
  |   ^^^^^^^^
note: written here
  --> macros/m.sql:1:16
1 | {% macro m() %}bad{% endmacro %}
  |                ---
help: did you mean `good_name`?"""


def test_carets_stand_under_what_is_behind_tabs_and_wide_characters() -> None:
    lines = Renderer(TEXTS).text(error("X", "m", span_of("t WHERE"))).split("\n")
    assert lines[-1].index("^") == lines[-2].index("t WHERE") + 2  # two characters before it take two columns each
    lines = Renderer(TEXTS).text(error("X", "m", span_of("c\n"))).split("\n")
    assert lines[-1].index("^") == lines[-2].index("c")


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for at in range(0, len(TEXT), 7):
        for line in Renderer(TEXTS, width=width).text(warning("X", "m", Span("sql/t.sql", at, at + 3))).split("\n"):
            assert sum(2 if c in "表格" else 1 for c in line) <= width, line


def test_long_messages_break_at_blanks() -> None:
    found = error("FS1", "a long message " * 20, span_of("bad_name"), "and a long help " * 10)
    lines = Renderer(TEXTS, width=60).text(found).split("\n")
    assert max(map(len, lines)) <= 60
    assert " ".join(line.strip() for line in lines).count("long message") == 20


def test_places_outside_the_text_do_no_harm() -> None:
    for span in (Span("sql/t.sql", 10_000, 10_001), Span("nowhere.sql", 5, 6), Span("sql/t.sql", 3, 3), None):
        assert "m" in Renderer(TEXTS).text(error("X", "m", span))


def test_colour_adds_nothing_but_codes() -> None:
    import re

    found = error("FS301", "message", span_of("bad_name"), "help")
    plain, coloured = Renderer(TEXTS).text(found), Renderer(TEXTS, colour=True).text(found)
    assert coloured != plain
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_json_has_lines_and_columns_from_one() -> None:
    value = json.loads(as_json([error("FS301", "m", span_of("bad_name"), node="t"), warning("FS302", "n", None)], TEXTS))
    assert value["summary"] == {"error": 1, "warning": 1}
    first = value["diagnostics"][0]
    assert {k: first[k] for k in ("code", "severity", "file", "line", "column", "end_line", "end_column", "node")} == {
        "code": "FS301", "severity": "error", "file": "sql/t.sql", "line": 2, "column": 3, "end_line": 2, "end_column": 11,
        "node": "t"}
    assert value["diagnostics"][1]["line"] is None


def test_github_form_escapes_what_would_end_it() -> None:
    found = Diagnostic("FS1", Severity.WARNING, "100 %\nbad", Span("a,b:c.sql", 0, 1))
    assert annotation(found, Places({"a,b:c.sql": "x"})) == (
        "::warning file=a%2Cb%3Ac.sql,line=1,endLine=1,col=1,endColumn=2,title=FS1::100 %25%0Abad")


def test_summary_line() -> None:
    assert summary_line([]) == ""
    assert summary_line([error("X", "m", None), error("X", "m", None), warning("X", "m", None)]) == "2 errors, 1 warning"


@pytest.mark.parametrize(("offset", "expected"), [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (5, (3, 1)), (99, (3, 3)), (-1, (1, 1))])
def test_line_index(offset: int, expected: tuple[int, int]) -> None:
    position = LineIndex("ab\nc\nde").position(offset)
    assert (position.line, position.column) == expected
    if 0 <= offset < 7:
        assert LineIndex("ab\nc\nde").offset(*expected) == offset
