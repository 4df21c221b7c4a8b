"""Expectations rewritten to what came; all else in the file stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from flinksql_runner.diagnostics import Span
from flinksql_runner.functions.types import parse_type
from flinksql_runner.testing import read
from flinksql_runner.testing.author_update import updates
from flinksql_runner.testing.author_values import row_text, value_text
from flinksql_runner.testing.compare import Found, compare_changes, compare_rows, final_table
from flinksql_runner.testing.values import ExpectedRow, Outcome

FILE = "tests/sql/a.yml"
TYPES = {"k": parse_type("STRING"), "n": parse_type("INT"), "at": parse_type("TIMESTAMP(3)")}
HEAD = """# the file's comment
unit_tests:
  - name: one   # its name
    node: sums
    given: []
"""


def updated(expect: str, found: Sequence[Found], tail: str = "") -> str:
    """The file after an update, behind its head."""
    text = HEAD + expect + tail
    suite = read.tests_in(Path(), FILE, text)
    assert not suite.diagnostics, suite.diagnostics
    test = suite.tests[0]
    differences = []
    if test.expect.rows is not None:
        differences.append(compare_rows("rows", test.expect.rows, final_table(found), TYPES))
    if test.expect.changelog is not None:
        differences.append(compare_changes("changelog", test.expect.changelog, found, TYPES))
    for name, rows in (test.expect.late or {}).items():
        differences.append(compare_rows(f"late rows of {name}", rows, final_table(found), TYPES))
    outcome = Outcome(test, "fail", differences=tuple(d for d in differences if d is not None))
    [update] = updates([outcome], suite.texts, Path())
    assert update.left == (), update.left
    assert update.names == ("one",)
    assert update.text.startswith(HEAD)
    again = read.tests_in(Path(), FILE, update.text).tests[0]
    if again.expect.rows is not None:
        assert compare_rows("rows", again.expect.rows, final_table(found), TYPES) is None, update.text
    return update.text.removeprefix(HEAD).removesuffix(tail)


A: Found = ("+I", ("a", "1", "2026-01-01 00:00:00.000"))
B: Found = ("+I", ("b", "2", "2026-01-01 00:00:01.500"))


@pytest.mark.parametrize("tail", ["", "\n# behind it\n  - {name: two, node: sums, given: [], expect: {rows: []}}\n"])
@pytest.mark.parametrize(("expect", "found", "wanted"), [
    ("    expect: {rows: []}\n", [A], "    expect: {rows: [{k: a, n: 1, at: '2026-01-01 00:00:00'}]}\n"),
    ("    expect:\n      rows: []\n", [A, B], "    expect:\n      rows:\n"
     "        - {k: a, n: 1, at: '2026-01-01 00:00:00'}\n        - {k: b, n: 2, at: '2026-01-01 00:00:01.5'}\n"),
    ("    expect:\n      rows:   # what comes\n        - {k: a,  n: 7}   # of a\n        - {k: c, n: 9}\n        # of b\n"
     "        - {k: b, n: 2}\n", [A, B],
     "    expect:\n      rows:   # what comes\n        - {k: a,  n: 1}   # of a\n        # of b\n        - {k: b, n: 2}\n"),
    ("    expect:\n      rows:\n      - k: a\n        n: 2  # two\n", [A, B],
     "    expect:\n      rows:\n      - k: a\n        n: 1  # two\n      - {k: b, n: 2}\n"),
    ("    expect:\n      rows:\n        - {k: a}\n        - {n: 5}\n", [A],
     "    expect:\n      rows:\n        - {k: a, n: 1}\n"),
    ("    expect:\n      rows:\n        - {k: c}\n      late: {}\n", [], "    expect:\n      rows: []\n      late: {}\n"),
    ("    expect:\n      changelog: [{op: +U, n: 1}]\n", [A], "    expect:\n      changelog:\n        - {op: +I, n: 1}\n"),
    ("    expect:\n      changelog:\n        - {op: +I, n: 1}\n        - {op: -D, n: 1}\n", [A, B],
     "    expect:\n      changelog:\n        - {op: +I, n: 1}\n        - {op: +I, n: 2}\n"),
    ("    expect:\n      late:\n        clicks: [{k: c}]\n", [A],
     "    expect:\n      late:\n        clicks:\n          - {k: a}\n"),
    ("    expect: {rows: [{k: {any: true}, n: 1}, {k: c, n: 3}]}\n", [A, B],
     "    expect: {rows: [{k: {any: true}, n: 1}, {k: b, n: 2}]}\n"),
])
def test_an_update(expect: str, found: list[Found], wanted: str, tail: str) -> None:
    assert updated(expect, found, tail) == wanted


@pytest.mark.parametrize(("expect", "reason"), [
    ("    expect:\n      rows: |\n        k, n\n        a, 2\n", "its rows are a text"),
    ("    expect:\n      rows:\n        - &a {k: a, n: 2}\n        - {<<: *a, k: b}\n", "an anchor"),
])
def test_what_can_not_be_rewritten_stays_and_says_why(expect: str, reason: str) -> None:
    suite = read.tests_in(Path(), FILE, HEAD + expect)
    test = suite.tests[0]
    difference = compare_rows("rows", test.expect.rows or (), [("b", "2", None)], TYPES)
    assert difference is not None
    [update] = updates([Outcome(test, "fail", differences=(difference,))], suite.texts, Path())
    assert update.text == HEAD + expect
    assert update.names == ()
    assert reason in update.left[0][1]


@pytest.mark.parametrize(("type_", "text", "wanted"), [
    ("INT", "1", "1"), ("BIGINT", "-9223372036854775808", "-9223372036854775808"), ("DECIMAL(10, 2)", "1.50", "1.50"),
    ("DECIMAL(38, 20)", "1.12345678901234567890", "'1.12345678901234567890'"), ("DOUBLE", "1.5", "1.5"),
    ("DOUBLE", "1.0E10", "1.0E10"), ("DOUBLE", "NaN", "NaN"), ("BOOLEAN", "TRUE", "true"), ("STRING", "abc", "abc"),
    ("STRING", "", "''"), ("STRING", "true", "'true'"), ("STRING", "12", "'12'"), ("STRING", "no", "'no'"),
    ("STRING", "a, b", "'a, b'"), ("STRING", "it's", "'it''s'"), ("STRING", "a\nb", '"a\\nb"'), ("STRING", "- x", "'- x'"),
    ("STRING", "2026-01-01", "'2026-01-01'"), ("STRING", " a", "' a'"), ("STRING", None, "null"),
    ("TIMESTAMP(3)", "2026-01-01 00:00:00.120", "'2026-01-01 00:00:00.12'"),
    ("TIMESTAMP_LTZ(3)", "2026-01-01 00:00:00.000Z", "'2026-01-01 00:00:00'"), ("DATE", "2026-01-01", "'2026-01-01'"),
    ("ARRAY<INT>", "[1, NULL, 3]", "[1, null, 3]"), ("ARRAY<STRING>", "[a, b]", "[a, b]"), ("ARRAY<STRING>", "[]", "[]"),
    ("MAP<STRING, INT>", "{a=1, b=2}", "{a: 1, b: 2}"), ("ROW<a INT, b ARRAY<STRING>>", "(1, [x, y])", "{a: 1, b: [x, y]}"),
    ("ROW<a STRING, b STRING>", "(x, y, z)", "{matches: '\\(x,\\ y,\\ z\\)'}"),
])
def test_values_read_back(type_: str, text: str | None, wanted: str) -> None:
    found = value_text(text, parse_type(type_))
    assert found == wanted
    cell = yaml.safe_load(row_text({"c": found}))["c"]
    types = {"c": parse_type(type_)}
    assert compare_rows("rows", [ExpectedRow({"c": cell}, Span(FILE, 0, 0))], [(text,)], types) is None
