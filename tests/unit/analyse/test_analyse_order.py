"""ORDER BY of a query with groups: names of its list come before the tables' columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from flinksql_runner.pipeline import build
from flinksql_runner.project.values import Project, SqlFile, Target

ORDERS = SqlFile("sql/sources/s.sql", "CREATE TABLE s (a INT, b INT) WITH ('connector' = 'datagen')", "source", "s")


@pytest.mark.parametrize("query", [
    "SELECT a, COUNT(*) AS n FROM s GROUP BY a ORDER BY a LIMIT 3",
    "SELECT a, COUNT(*) AS n FROM s GROUP BY a ORDER BY n DESC LIMIT 3",
    "SELECT a AS x, COUNT(*) AS n FROM s GROUP BY a ORDER BY a LIMIT 3",
    "SELECT a, COUNT(*) AS n FROM s GROUP BY a ORDER BY 2 DESC LIMIT 3",
    "SELECT a, COUNT(*) AS n FROM s GROUP BY a ORDER BY COUNT(*) DESC LIMIT 3",
    "SELECT a, n FROM (SELECT a, COUNT(*) AS n FROM s GROUP BY a ORDER BY a) WHERE n > 1",
])
def test_order_by_of_groups_is_sound(query: str) -> None:
    files = (ORDERS, SqlFile("sql/transforms/q.sql", query, "transform", "q"))
    assert not build(Project(Path("p"), "p", "1.0", "2.3.0", Target("local", "local"), files)).types


def test_a_column_that_is_not_grouped_is_still_told() -> None:
    query = "SELECT a, COUNT(*) AS n FROM s GROUP BY a ORDER BY b LIMIT 3"
    files = (ORDERS, SqlFile("sql/transforms/q.sql", query, "transform", "q"))
    built = build(Project(Path("p"), "p", "1.0", "2.3.0", Target("local", "local"), files))
    assert [d.code for d in built.types] == ["FS330"]
