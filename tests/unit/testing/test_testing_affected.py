"""Which tests a change touches."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flinksql_runner.diagnostics import Span
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.testing.affected import affected, changed_nodes
from flinksql_runner.testing.values import Expect, UnitTest

FILES = {
    "sql/sources/clicks.sql": "CREATE TABLE clicks (k STRING) WITH ('connector' = 'datagen')",
    "sql/transforms/per_key.sql": "SELECT k FROM clicks",
    "sql/transforms/daily.sql": "SELECT k FROM per_key",
    "sql/transforms/apart.sql": "SELECT 1 AS k FROM clicks",
}
NONE = Functions({})


def unit_test(name: str, node: str) -> UnitTest:
    span = Span(f"tests/sql/{node}.yml", 0, 1)
    return UnitTest(name, node, (), Expect(), span, span)


TESTS = tuple(unit_test(n, n) for n in ("clicks", "per_key", "daily", "apart"))


@pytest.mark.parametrize(("file", "text", "names"), [
    ("sql/transforms/per_key.sql", "SELECT k FROM clicks WHERE k <> ''", ["per_key", "daily"]),
    ("sql/transforms/daily.sql", "SELECT k FROM clicks", ["daily"]),
    ("sql/sources/clicks.sql", "CREATE TABLE clicks (k STRING, n INT) WITH ('connector' = 'datagen')",
     ["clicks", "per_key", "daily", "apart"]),
    ("sql/transforms/daily.sql", FILES["sql/transforms/daily.sql"], []),
])
def test_a_node_and_what_is_downstream(make_graph: Callable[..., Graph], file: str, text: str, names: list[str]) -> None:
    before, after = make_graph(FILES), make_graph({**FILES, file: text})
    nodes = changed_nodes(before, after, NONE, {file})
    assert [t.name for t in affected(TESTS, after, nodes, {file})] == names


def test_configuration_counts(make_graph: Callable[..., Graph]) -> None:
    before, after = make_graph(FILES), make_graph(FILES, {"sql/transforms/daily.sql": {"tags": ["x"]}})
    assert changed_nodes(before, after, NONE, ()) == {"daily"}


def test_files_of_tests_and_fixtures(make_graph: Callable[..., Graph]) -> None:
    graph = make_graph(FILES)
    assert [t.name for t in affected(TESTS, graph, (), {"tests/sql/daily.yml"})] == ["daily"]
    assert affected(TESTS, graph, (), {"tests/fixtures/a.csv"}) == TESTS
