"""The first test of a node: a file that can be read again, with rows that fit the types and answer the node's questions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flinksql_runner.functions.types import parse_type
from flinksql_runner.graph.values import Graph
from flinksql_runner.testing import read
from flinksql_runner.testing.author_init import example, file_text, free_name, given, inputs_of
from flinksql_runner.testing.inputs import InputColumn, Shape, mistakes

FILES = {
    "sql/sources/clicks.sql": "CREATE TABLE clicks (user_id INT) WITH ('connector' = 'datagen')",
    "sql/transforms/big.sql": "SELECT page, COUNT(*) AS c FROM clicks WHERE amount >= 10 AND kind = 'buy' AND 3 < n\n"
                                 "GROUP BY page",
    "sql/transforms/all_of_it.sql": "SELECT * FROM clicks",
}
TYPES = {
    "user_id": "INT NOT NULL", "page": "STRING", "kind": "VARCHAR(2)", "amount": "DECIMAL(6, 1)", "n": "BIGINT", "ok": "BOOLEAN",
    "at": "TIMESTAMP(3)", "day": "DATE", "clock": "TIME(0)", "raw": "BYTES", "tags": "ARRAY<STRING>", "m": "MAP<STRING, INT>",
    "r": "ROW<a INT, b STRING>",
}


def column(name: str, text: str) -> InputColumn:
    return InputColumn(name, parse_type(text), text)


CLOCK = InputColumn("seen", parse_type("TIMESTAMP_LTZ(3)"), "", "PROCTIME()")
SHAPE = Shape((*(column(n, t) for n, t in TYPES.items()), CLOCK), "at")


@pytest.fixture
def graph(make_graph: Callable[..., Graph]) -> Graph:
    return make_graph(FILES)


def test_rows_fit_every_type(graph: Graph) -> None:
    made = example(graph.nodes["all_of_it"], graph, "clicks", SHAPE)
    suite = read.tests_in(Path(), "a.yml", file_text("all_of_it", "t", [made]))
    assert suite.diagnostics == ()
    [found] = suite.tests[0].given
    assert [*mistakes(found, SHAPE)] == []
    assert [sorted(i.row) for i in found.items if i.row] == [sorted(TYPES)] * 3
    times = [i.row["at"] if i.row else f"W {i.watermark}" for i in found.items]
    assert times == ["2026-01-01 00:00:01", "2026-01-01 00:00:11", "W 2026-01-01 00:00:20", "2026-01-01 00:00:21"]


def test_rows_answer_the_questions_of_the_sql(graph: Graph) -> None:
    made = example(graph.nodes["big"], graph, "clicks", SHAPE)
    assert [sorted(r) for r in made.rows] == [["amount", "at", "kind", "n", "page", "user_id"]] * 3
    assert [r["amount"] for r in made.rows] == ["10", "10", "9"]
    assert [r["kind"] for r in made.rows] == ["buy", "buy", "not buy"]
    assert [r["n"] for r in made.rows] == ["4", "4", "2"]
    assert [r["page"] for r in made.rows] == ["page-1", "page-1", "page-2"], "what is grouped by repeats"


def test_rows_that_an_input_gave(graph: Graph) -> None:
    row = {"user_id": 7, "page": "a, b", "at": "2026-01-01T00:00:01.5", "tags": ["x"], "seen": "2026-01-01T00:00:02Z"}
    found = given(graph, "clicks", SHAPE, [row])
    assert "seen" not in found.rows[0]
    suite = read.tests_in(Path(), "a.yml", file_text("big", "t", [found]))
    [item] = suite.tests[0].given[0].items
    assert item.row is not None
    assert {k: v for k, v in item.row.items() if v is not None} == {k: v for k, v in row.items() if k != "seen"}
    assert [*mistakes(suite.tests[0].given[0], SHAPE)] == []


def test_names_and_inputs(graph: Graph) -> None:
    assert free_name("big", set()) == "big_example"
    assert free_name("big", {"big_example", "big_example_2"}) == "big_example_3"
    assert inputs_of(graph, "big") == ("clicks",)
    assert inputs_of(graph, "clicks") == ("clicks",)
