"""Which tests a selection means."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flinksql_runner.diagnostics import Failure, Span
from flinksql_runner.graph.values import Graph
from flinksql_runner.testing.choice import Choice, chosen, put_first
from flinksql_runner.testing.values import Expect, UnitTest

FILES = {
    "sql/sources/clicks.sql": "CREATE TABLE clicks (k STRING) WITH ('connector' = 'datagen')",
    "sql/transforms/per_minute.sql": "SELECT k FROM clicks",
    "sql/transforms/daily.sql": "SELECT k FROM per_minute",
}


def unit_test(name: str, node: str, *tags: str) -> UnitTest:
    return UnitTest(name, node, (), Expect(), Span("tests/sql/a.yml", 0, 1), Span("tests/sql/a.yml", 0, 1), tags)


TESTS = (unit_test("late_rows", "per_minute", "slow"), unit_test("sums", "daily"), unit_test("late_days", "daily"),
         unit_test("misspelt", "no_such_node"))


@pytest.fixture
def graph(make_graph: Callable[..., Graph]) -> Graph:
    return make_graph(FILES, {"sql/transforms/daily.sql": {"tags": ["report"]}})


@pytest.mark.parametrize(("choice", "names"), [
    (Choice(), ["late_rows", "sums", "late_days", "misspelt"]),
    (Choice("daily"), ["sums", "late_days"]),
    (Choice("per_minute+"), ["late_rows", "sums", "late_days"]),
    (Choice("test_name:late_*"), ["late_rows", "late_days"]),
    (Choice("unit_test:sums"), ["sums"]),
    (Choice("daily,test_name:late_*"), ["late_days"]),
    (Choice("unit_test:sums test_name:misspelt"), ["sums", "misspelt"]),
    (Choice("tag:slow"), ["late_rows"]),
    (Choice("tag:report"), ["sums", "late_days"]),
    (Choice(tags=("report", "slow")), ["late_rows", "sums", "late_days"]),
    (Choice("daily", exclude="test_name:sums"), ["late_days"]),
    (Choice(words="late", exclude="tag:slow"), ["late_days"]),
    (Choice(only={("tests/sql/a.yml", "sums")}), ["sums"]),
    (Choice("nothing_like_it"), []),
])
def test_a_choice(graph: Graph, choice: Choice, names: list[str]) -> None:
    assert [t.name for t in chosen(TESTS, graph, choice)] == names


@pytest.mark.parametrize(("text", "message"), [
    ("daily,", "a comma joins two terms"),
    ("test_nam:x", "no selection method `test_nam`"), ("+test_name:x", "a term of its own"),
])
def test_what_is_no_selection(graph: Graph, text: str, message: str) -> None:
    with pytest.raises(Failure, match=message):
        chosen(TESTS, graph, Choice(text))


def test_what_failed_comes_first(graph: Graph) -> None:
    names = [t.name for t in put_first(TESTS, {("tests/sql/a.yml", "late_days")})]
    assert names == ["late_days", "late_rows", "sums", "misspelt"]
