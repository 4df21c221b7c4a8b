"""What comes of a test: its rows against those that were expected, its error against the one that was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.flink.errors import SqlError
from flinksql_runner.functions.types import SqlType
from flinksql_runner.testing.cells import found as printed
from flinksql_runner.testing.cells import shown as shown_cell
from flinksql_runner.testing.compare import Found, compare_changes, compare_rows, final_table
from flinksql_runner.testing.inputs import Shape
from flinksql_runner.testing.values import Difference, ExpectedError, Outcome, UnitTest
from flinksql_runner.testing.ways import settled

ROWS = "rows"
Changes = Mapping[tuple[int, str], Sequence[Found]]
"""All changes of a job by test and table."""


@dataclass(frozen=True, slots=True)
class Said:
    """An error that came: its code (empty for one of the running job) and what it says, the root first."""

    messages: tuple[str, ...]
    code: str = ""


def judged(test: UnitTest, number: int, types: Mapping[str, SqlType], late: Mapping[str, Shape], found: Changes,
           seconds: float, notes: Sequence[str] = ()) -> Outcome:
    """The comparison of what a test expects with what came.

    :param number: the test's in its job.
    :param types: the columns of its node.
    :param late: the columns of inputs whose late rows are asked for.
    """
    expect = test.expect
    changes = found.get((number, ROWS), [])
    if test.error is not None:
        return no_error(test, changes, types, seconds, notes)
    differences: list[Difference | None] = []
    if expect.rows is not None:
        came = final_table(settled(changes, test.parallelism))
        differences.append(compare_rows("rows", expect.rows, came, types, expect.columns))
    if expect.changelog is not None:
        differences.append(compare_changes("changelog", expect.changelog, changes, types, expect.columns))
    for name, rows in (expect.late or {}).items():
        came = final_table(found.get((number, name), []))
        differences.append(compare_rows(f"late rows of {name}", rows, came, late[name].types))
    wrong = tuple(d for d in differences if d is not None)
    message = "; ".join(_counted(d) for d in wrong)
    return Outcome(test, "fail" if wrong else "pass", seconds, message, wrong, notes=tuple(notes))


def with_error(test: UnitTest, said: Said, seconds: float) -> Outcome:
    """An error came to a test that expects one: whether it is the one."""
    wanted = test.error
    assert wanted is not None
    fits = any(_fits(wanted, message) for message in said.messages) and wanted.code in ("", said.code)
    if fits:
        return Outcome(test, "pass", seconds)
    seen = f"{said.code}: {said.messages[0]}" if said.code else said.messages[0]
    lines = (("-", (shown(wanted),)), ("+", (seen,)))
    return Outcome(test, "fail", seconds, "another error came", (Difference("error", ("message",), lines),))


def no_error(test: UnitTest, changes: Sequence[Found], types: Mapping[str, SqlType], seconds: float,
             notes: Sequence[str]) -> Outcome:
    """No error came to a test that expects one; its rows show what came in its place."""
    assert test.error is not None
    missing = Difference("error", ("message",), (("-", (shown(test.error),)),))
    kinds = list(types.values())
    rows = Difference("rows that came in its place", tuple(types), tuple(
        ("+", tuple(shown_cell(printed(c, k)) for c, k in zip(row, kinds, strict=True))) for row in final_table(changes)))
    return Outcome(test, "fail", seconds, "an error was expected, none came", (missing, rows), notes=tuple(notes))


def said_by(problem: SqlError | Diagnostic) -> Said:
    """What Flink or a diagnostic says."""
    if isinstance(problem, Diagnostic):
        return Said((problem.message,), problem.code)
    return Said((problem.message, *(c.message for c in problem.causes)))


def shown(wanted: ExpectedError) -> str:
    """An expected error as a person reads it."""
    return ", ".join(_words(wanted))


def _words(wanted: ExpectedError) -> Iterator[str]:
    if wanted.code:
        yield wanted.code
    if wanted.text:
        yield wanted.text
    if wanted.pattern:
        yield f"matches {wanted.pattern}"


def _fits(wanted: ExpectedError, message: str) -> bool:
    return wanted.text in message and (not wanted.pattern or re.search(wanted.pattern, message) is not None)


def _counted(difference: Difference) -> str:
    marks = [mark for mark, _ in difference.lines]
    words = [f"{marks.count(mark)} {word}" for mark, word in (("-", "missing"), ("+", "not expected"), ("~", "different"))
             if mark in marks]
    return f"{difference.title}: {', '.join(words)}"
