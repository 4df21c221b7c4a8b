"""Reading Flink's EXPLAIN, and cutting the query out of an INSERT."""

from __future__ import annotations

import pytest

from flinksql_runner.planner.explain import read_plan
from flinksql_runner.planner.rows import query_of

PLAN = """== Abstract Syntax Tree ==
LogicalTableScan(table=[[default_catalog, default_database, t]])

== Optimized Physical Plan ==
TableSourceScan(table=[[default_catalog, default_database, t]], fields=[a])

== Optimized Execution Plan ==
Calc(select=[a], where=[(a > 3)])(reuse_id=[1])
+- TableSourceScan(table=[[default_catalog, default_database, t]], fields=[a, b, ts])

Sink(table=[default_catalog.default_database.s1], fields=[a, EXPR$1])
+- GroupAggregate(groupBy=[a], select=[a, COUNT(*) AS EXPR$1])
   +- LookupJoin(table=[default_catalog.default_database.codes], joinType=[InnerJoin])
      +- Reused(reference_id=[1])

Sink(table=[default_catalog.default_database.s2], fields=[a])
+- Union(all=[true], union=[a])
   :- Reused(reference_id=[1])
   +- TableSourceScan(table=[[default_catalog, default_database, t, filter=[], project=[a]]], fields=[a])
"""


def test_scans_of_the_execution_plan_are_counted() -> None:
    found = read_plan(PLAN)
    assert found.reads == {"t": 2}
    assert found.lookups == {"codes": 1}
    assert found.sinks == ("s1", "s2")
    assert found.shared == 1
    assert "default_catalog" not in found.plan


@pytest.mark.parametrize(("insert", "query"), [
    ("INSERT INTO s SELECT a FROM t", "SELECT a FROM t"),
    ("INSERT INTO `select` (a, b)\nWITH x AS (SELECT 1) SELECT * FROM x", "WITH x AS (SELECT 1) SELECT * FROM x"),
    ("INSERT INTO s VALUES (1, 2)", "VALUES (1, 2)"),
    ("INSERT INTO s (SELECT a FROM t)", "(SELECT a FROM t)"),
    ("INSERT INTO s PARTITION (d = '1') SELECT a FROM t ON CONFLICT DO NOTHING", "SELECT a FROM t "),
    ("INSERT INTO s SELECT a FROM t JOIN u ON t.a = u.a", "SELECT a FROM t JOIN u ON t.a = u.a"),
])
def test_query_of_an_insert(insert: str, query: str) -> None:
    start, end = query_of(insert)
    assert insert[start:end] == query
