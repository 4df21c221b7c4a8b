from __future__ import annotations

import json
from dataclasses import replace

import pytest

from flinksql_runner.diagnostics import Span
from flinksql_runner.flink.rows import Row
from flinksql_runner.testing.inputs import Shape, shape_of
from flinksql_runner.testing.steps import Course, course, mistakes, needs_steps, units
from flinksql_runner.testing.values import Expect, Given, Item, UnitTest

SPAN = Span("t.yml", 0, 1)
TS = Row("+I", ("ts", "TIMESTAMP(3) *ROWTIME*", True, None, None, None))
CLICKS = shape_of([Row("+I", ("k", "INT", True, None, None, None)), TS])
USERS = shape_of([Row("+I", ("k", "INT", True, None, None, None))])
SHAPES = {"clicks": CLICKS, "users": USERS, "views": CLICKS}


def given(name: str, *items: int | str) -> Given:
    """Rows by number, watermarks as ``@0``."""
    found = []
    for item in items:
        if isinstance(item, str):
            found.append(Item(SPAN, watermark=f"2026-01-01 00:00:0{item[1:]}"))
        else:
            found.append(Item(SPAN, {"k": item, **({"ts": "2026-01-01"} if name != "users" else {})}))
    return Given(name, tuple(found), SPAN)


def case(*inputs: Given, order: tuple[str, ...] = (), restart: bool = False, changelog: bool = False) -> UnitTest:
    expect = Expect(rows=(), changelog=() if changelog else None)
    return UnitTest("t", "n", inputs, expect, SPAN, SPAN, order=order, restart=restart)


def told(found: Course) -> list[dict[str, list[int | str | None]]]:
    """Each step by input: keys of rows, watermarks as ``@0``; its mark is looked at."""
    steps = []
    for number, step in enumerate(found.steps):
        parts: dict[str, list[int | str | None]] = {}
        for name, text in step.items():
            *rows, mark = [json.loads(line) for line in text.splitlines()]
            assert (mark["seg__"], mark["data__"]) == (number, False)
            parts[name] = [r["k"] if r["data__"] else f"@{r['wm__'][-1]}" for r in rows]
        steps.append(parts)
    return steps


def _course(test: UnitTest, shapes: dict[str, Shape] | None = None) -> Course:
    return course(test, shapes or SHAPES, ())


def test_which_tests_come_in_steps() -> None:
    both = (given("clicks", 1), given("users", 1))
    assert not needs_steps(case(*both))
    assert needs_steps(case(*both, order=("users",)))
    assert needs_steps(case(*both, restart=True))
    assert needs_steps(case(*both, changelog=True))
    assert not needs_steps(case(given("clicks", 1, 2), given("users"), changelog=True))
    assert needs_steps(case(given("clicks", 1, "@1", 2), given("users", 1)))
    assert not needs_steps(case(given("clicks", 1, "@1", 2)))


def test_a_row_comes_with_the_watermarks_behind_it() -> None:
    assert units(given("clicks", "@0", 1, 2, "@1", "@2", 3)) == ((0, 2), (2, 5), (5, 6))
    assert units(given("clicks", "@0")) == ((0, 1),)
    assert units(given("clicks")) == ()


def test_an_order_and_what_it_does_not_name() -> None:
    test = case(given("clicks", 1, 2, 3), given("users", 7, 8), order=("clicks", "clicks", "users", "clicks"))
    assert told(_course(test)) == [{"clicks": [1, 2]}, {"users": [7]}, {"clicks": [3]}, {"users": [8]}]


def test_a_watermark_of_an_order_is_one_of_all_inputs_that_have_some() -> None:
    test = case(given("clicks", 1, "@1", 2), given("users", 7), given("views", 8), order=("clicks", "clicks", "users"))
    assert told(_course(test)) == [
        {"clicks": [1, "@1"], "views": ["@1"]}, {"clicks": [2]}, {"users": [7]}, {"views": [8]}]


def test_changes_of_several_inputs_come_one_input_after_the_other() -> None:
    test = case(given("users", 7, 8), given("clicks", 1, 2), changelog=True)
    assert told(_course(test)) == [{"users": [7, 8]}, {"clicks": [1, 2]}]


def test_else_all_come_up_to_the_next_watermark_of_each() -> None:
    test = case(given("clicks", 1, "@1", 2, "@2", 3), given("users", 7, 8), given("views", 9, "@3", 4))
    assert told(_course(test)) == [
        {"clicks": [1, "@1"], "users": [7, 8], "views": [9, "@3"]}, {"clicks": [2, "@2"], "views": [4]}, {"clicks": [3]}]


@pytest.mark.parametrize(("inputs", "cut", "steps"), [
    ((given("clicks", 1, 2, 3),), 1, [{"clicks": [1, 2]}, {"clicks": [3]}]),
    ((given("clicks", 1),), 1, [{"clicks": [1]}]),
    ((given("clicks", 1, 2), given("users", 7, 8, 9)), 1, [{"clicks": [1], "users": [7, 8]}, {"clicks": [2], "users": [9]}]),
    ((given("clicks", 1, "@1", 2),), 1, [{"clicks": [1, "@1"]}, {"clicks": ["@1"]}, {"clicks": [2]}]),
])
def test_a_restart_in_the_middle(inputs: tuple[Given, ...], cut: int, steps: list[object]) -> None:
    found = _course(case(*inputs, restart=True))
    assert (told(found), found.cut) == (steps, cut)


def test_a_restart_tells_the_last_watermarks_again_before_any_row() -> None:
    test = case(given("clicks", 1, "@1", 2), given("views", 3, 4), order=("clicks", "views", "clicks", "views"), restart=True)
    found = _course(test)
    assert told(found) == [
        {"clicks": [1, "@1"], "views": ["@1"]}, {"views": [3]}, {"clicks": ["@1"], "views": ["@1"]}, {"clicks": [2]},
        {"views": [4]}]
    assert found.cut == 2


def test_a_test_without_rows_has_a_step_without_files() -> None:
    assert _course(case(restart=True)).steps == ({},)


def test_an_order_that_does_not_fit() -> None:
    test = case(given("clicks", 1), order=("clicks", "clicks", "user"))
    assert [d.message for d in mistakes(test)] == [
        "`order` takes 2 rows of `clicks`, 1 are given", "`order` names `user`, which is no input of this test"]
    assert not list(mistakes(replace(test, order=("clicks",))))
