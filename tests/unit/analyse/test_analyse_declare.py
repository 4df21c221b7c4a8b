"""What CREATE TABLE declares."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flinksql_runner.analyse.nodes import analyse
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph

TABLE = "CREATE TABLE a ({}) WITH ('connector' = 'kafka')"


@pytest.mark.parametrize(("columns", "wanted"), [
    ("id INT, k STRING NOT NULL", ["id INT", "k STRING NOT NULL"]),
    ("id INT, k STRING, PRIMARY KEY (k) NOT ENFORCED", ["id INT", "k STRING NOT NULL"]),
    ("id INT PRIMARY KEY NOT ENFORCED", ["id INT NOT NULL"]),
    ("ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND", ["ts TIMESTAMP(3) *ROWTIME*"]),
    ("ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL, v INT METADATA", ["ts TIMESTAMP_LTZ(3)", "v INT"]),
    ("r ROW<a INT NOT NULL, b ARRAY<STRING>>", ["r ROW<`a` INT NOT NULL, `b` ARRAY<STRING>>"]),
    ("d DECIMAL, e DEC(4), f NUMERIC(4, 1)", ["d DECIMAL(10, 0)", "e DECIMAL(4, 0)", "f DECIMAL(4, 1)"]),
])
def test_columns(make_graph: Callable[..., Graph], columns: str, wanted: list[str]) -> None:
    found = analyse(make_graph({"sql/sources/a.sql": TABLE.format(columns)}), Functions()).nodes["a"]
    assert [f"{c.name} {c.type}" for c in found.columns] == wanted


LIKES = [
    ("", ["id INT NOT NULL", "m INT", "ts TIMESTAMP(3) *ROWTIME*", "x INT"]),
    ("(EXCLUDING CONSTRAINTS EXCLUDING WATERMARKS)", ["id INT NOT NULL", "m INT", "ts TIMESTAMP(3)", "x INT"]),
    ("(EXCLUDING ALL)", ["id INT NOT NULL", "ts TIMESTAMP(3)", "x INT"]),
    ("(EXCLUDING ALL INCLUDING METADATA)", ["id INT NOT NULL", "m INT", "ts TIMESTAMP(3)", "x INT"]),
]


@pytest.mark.parametrize(("options", "wanted"), LIKES)
def test_like(make_graph: Callable[..., Graph], options: str, wanted: list[str]) -> None:
    base = "id INT, m INT METADATA, ts TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED, WATERMARK FOR ts AS ts"
    graph = make_graph({"sql/sources/a.sql": TABLE.format(base),
                        "sql/sources/b.sql": f"CREATE TABLE b (x INT) WITH ('topic' = 'b') LIKE a {options}"})
    assert [f"{c.name} {c.type}" for c in analyse(graph, Functions()).nodes["b"].columns] == wanted
