"""The tree that a query becomes: kinds of relations, keys of joins, where columns come from."""

from __future__ import annotations

import pytest
from cases import analysed

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.relations import Aggregate, Insert, Join, Rank, Scan, Sort, WindowTvf, trace


def tree(sql: str) -> Relation:
    found, _ = analysed(sql)
    assert not found.diagnostics
    return found.relations[0]


def first(sql: str, kind: type[Relation]) -> Relation:
    return next(r for r in tree(sql).walk() if isinstance(r, kind))


@pytest.mark.parametrize(("sql", "shape"), [
    ("SELECT id FROM u", "Project(Scan u)"),
    ("SELECT id FROM u WHERE w > 1 AND k = 'a'", "Project(Filter(Scan u))"),
    ("SELECT DISTINCT k FROM u", "Distinct(Project(Scan u))"),
    ("SELECT k, COUNT(*) AS n FROM u GROUP BY k HAVING COUNT(*) > 1", "Project(Filter(Aggregate(Scan u)))"),
    ("SELECT u.k FROM u JOIN t ON u.id = t.id", "Project(Join inner regular(Scan u, Scan t))"),
    ("SELECT u.k FROM u, t WHERE u.id = t.id AND u.w > 1", "Project(Filter(Join inner regular(Scan u, Scan t)))"),
    ("SELECT u.k FROM u JOIN t ON u.id = t.id AND u.ts BETWEEN t.ts AND t.ts + INTERVAL '1' HOUR",
     "Project(Join inner interval(Scan u, Scan t))"),
    ("SELECT u.k FROM u, t WHERE u.id = t.id AND u.ts > t.ts AND u.ts < t.ts + INTERVAL '1' HOUR",
     "Project(Join inner interval(Scan u, Scan t))"),
    ("SELECT t.k FROM t LEFT JOIN r2 FOR SYSTEM_TIME AS OF t.ts AS r ON t.k = r.cur",
     "Project(Join left temporal(Scan t, Scan r2))"),
    ("SELECT t.k FROM t JOIN r2 FOR SYSTEM_TIME AS OF t.pt AS r ON t.k = r.cur", "Project(Join inner lookup(Scan t, Scan r2))"),
    ("SELECT k FROM u WHERE id IN (SELECT id FROM t)", "Project(Join semi regular(Scan u, Project(Scan t)))"),
    ("SELECT k FROM u WHERE NOT EXISTS (SELECT 1 FROM t WHERE t.id = u.id)",
     "Project(Join anti regular(Scan u, Project(Filter(Scan t))))"),
    ("SELECT e FROM t CROSS JOIN UNNEST(arr) AS x(e)", "Project(Join cross unnest(Scan t, Unnest))"),
    ("SELECT k FROM u UNION ALL SELECT k FROM t UNION ALL SELECT k FROM l", "SetOp(Project(Scan u), Project(Scan t), Project(Scan l))"),
    ("SELECT k FROM u ORDER BY ts LIMIT 3", "Project(Sort(Project(Scan u)))"),
    ("SELECT k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM u", "Project(OverAggregate(Scan u))"),
    ("SELECT k FROM (SELECT k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY w) AS rn FROM u) WHERE rn <= 3 AND k <> 'a'",
     "Project(Filter(Rank(Project(OverAggregate(Scan u)))))"),
    ("SELECT window_end, COUNT(*) AS n FROM TABLE(HOP(TABLE u, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '1' HOUR)) "
     "GROUP BY window_start, window_end", "Project(Aggregate(WindowTvf(Scan u)))"),
    ("INSERT INTO sink SELECT id, k, id FROM u", "Insert(Project(Scan u))"),
])
def test_shapes(sql: str, shape: str) -> None:
    assert _shape(tree(sql)) == shape


def _shape(relation: Relation) -> str:
    name = type(relation).__name__
    if isinstance(relation, Scan):
        return f"Scan {relation.table}"
    if isinstance(relation, Join):
        name = f"Join {relation.kind} {relation.flavour}"
    inner = ", ".join(_shape(i) for i in relation.inputs)
    return f"{name}({inner})" if inner else name


def test_keys_and_rest_of_a_join() -> None:
    found = first("SELECT u.k FROM u JOIN t ON t.id + 1 = u.id AND u.k = t.k AND u.w > t.v AND u.w > 3", Join)
    assert isinstance(found, Join)
    assert [(k.left.name, k.right.name) for k in found.keys] == [("id", "+"), ("k", "k")]
    assert [(r.name, sorted(r.columns())) for r in found.rest] == [(">", [(0, 2), (1, 2)]), (">", [(0, 2)])]


@pytest.mark.parametrize(("condition", "bound"), [
    ("u.ts BETWEEN t.ts - INTERVAL '5' MINUTE AND t.ts + INTERVAL '1' HOUR", (-300_000, 3_600_000)),
    ("t.ts >= u.ts AND t.ts <= u.ts + INTERVAL '1' DAY", (-86_400_000, 0)),
    ("u.ts = t.ts", (0, 0)),
])
def test_the_bound_of_an_interval_join(condition: str, bound: tuple[int, int]) -> None:
    found = first(f"SELECT u.k FROM u JOIN t ON u.id = t.id AND {condition}", Join)
    assert isinstance(found, Join)
    assert found.bound is not None
    assert (found.bound.lower, found.bound.upper) == bound
    assert (found.left.fields[found.bound.left].name, found.right.fields[found.bound.right].name) == ("ts", "ts")


@pytest.mark.parametrize(("where", "start", "end", "deduplication"), [
    ("rn = 1", 1, 1, True), ("rn <= 3", 1, 3, False), ("rn < 3", 1, 2, False), ("2 >= rn", 1, 2, False), ("rn > 1 AND rn <= 4", 2, 4, False),
])
def test_ranks(where: str, start: int, end: int, deduplication: bool) -> None:
    sql = f"SELECT k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM u) WHERE {where}"
    found = first(sql, Rank)
    assert isinstance(found, Rank)
    assert (found.start, found.end, found.deduplication) == (start, end, deduplication)
    assert [p.name for p in found.over.partition] == ["k"]
    assert found.over.order[0].descending


def test_aggregates_and_their_windows() -> None:
    sql = ("SELECT k, window_start, COUNT(DISTINCT w) FILTER (WHERE w > 1) AS n FROM TABLE(CUMULATE(TABLE u, DESCRIPTOR(ts), "
           "INTERVAL '5' MINUTE, INTERVAL '1' HOUR)) GROUP BY GROUPING SETS ((k, window_start, window_end), (window_start, window_end))")
    found = first(sql, Aggregate)
    assert isinstance(found, Aggregate)
    assert [k.name for k in found.keys] == ["k", "window_start", "window_end"]
    assert found.window == (1, 2)
    assert found.sets == ((0, 1, 2), (1, 2))
    assert found.calls[0].distinct
    assert found.calls[0].filter is not None
    window = first(sql, WindowTvf)
    assert isinstance(window, WindowTvf)
    assert (window.kind, window.size, window.step, window.input.fields[window.time].name) == ("CUMULATE", 3_600_000, 300_000, "ts")


def test_where_columns_come_from() -> None:
    found = tree("SELECT a.x, a.y, z.id AS zid FROM (SELECT k AS x, w + id AS y, id FROM u WHERE w > 1) a JOIN t z ON a.id = z.id")
    bottom, index = trace(found, 0)
    assert isinstance(bottom, Scan)
    assert (bottom.table, bottom.fields[index].name) == ("u", "k")
    bottom, index = trace(found, 1)
    assert [bottom.inputs[0].fields[i].name for _, i in sorted(bottom.uses(index))] == ["id", "w"]
    bottom, index = trace(found, 2)
    assert isinstance(bottom, Scan)
    assert bottom.table == "t"


def test_an_insert_tells_its_columns_and_conflict() -> None:
    found = tree("INSERT INTO sink (n, id) SELECT id, id FROM u ORDER BY ts LIMIT 3")
    assert isinstance(found, Insert)
    assert found.targets == (2, 0)
    assert found.conflict == ""
    assert isinstance(found.input.inputs[0], Sort)
