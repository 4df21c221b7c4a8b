"""Nodes as a whole: what is not known stays silent, what is deep does not break, results travel."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cases import analysed

from flinksql_runner.analyse.nodes import analyse
from flinksql_runner.diagnostics import Span, error
from flinksql_runner.functions.values import Function, Functions, Parameter
from flinksql_runner.graph.values import Graph
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load

SOURCE = "CREATE TABLE t (id INT, k STRING) WITH ('connector' = 'datagen')"
SPAN = Span("udfs/a.py", 0, 1)
UDFS = Functions({
    "score": Function("score", "a", "score", "vectorised", (Parameter("x", "DOUBLE"), Parameter("n", "INT")), "DOUBLE", True, SPAN),
    "words": Function("words", "a", "words", "table", (Parameter("text", "STRING"),), "ROW<word STRING, place INT>", True, SPAN),
    "geo": Function("geo", "a", "geo", "scalar", (Parameter("ip", "STRING"),), "ROW<country STRING, lat DOUBLE>", True, SPAN),
})


def told(found: object) -> list[str]:
    return [f"{d.code} {d.message}" for d in found.diagnostics]  # type: ignore[attr-defined]


@pytest.mark.parametrize("sql", [
    "SELECT a, b.c, nope FROM elsewhere AS b WHERE x = 'a'",
    "SELECT e.*, t.id, whatever FROM t JOIN cat.db.elsewhere AS e ON e.id = t.id",
    "SELECT x, SUM(y) AS s FROM elsewhere GROUP BY x HAVING z > 1",
    "SELECT * FROM elsewhere UNION ALL SELECT id, k FROM t",
    "SELECT w.a, window_start FROM TABLE(TUMBLE(TABLE elsewhere, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) AS w",
    "SELECT m.x FROM elsewhere MATCH_RECOGNIZE (PARTITION BY p ORDER BY ts MEASURES A.v AS x PATTERN (A) DEFINE A AS A.v > 1) AS m",
    "SELECT u.a FROM t, UNNEST(elsewhere.arr) AS u(a)",
    "SELECT a FROM broken",
])
def test_what_is_not_known_is_no_mistake(make_graph: Callable[..., Graph], sql: str) -> None:
    graph = make_graph({"sql/sources/t.sql": SOURCE, "sql/transforms/v.sql": sql, "sql/transforms/broken.sql": "SELECT FROM"})
    found = [d for d in analyse(graph, Functions()).nodes["v"].diagnostics if d.code != "FS321"]
    assert not found


def test_a_wrong_function_file_silences_unknown_functions(make_graph: Callable[..., Graph]) -> None:
    graph = make_graph({"sql/sources/t.sql": SOURCE, "sql/transforms/v.sql": "SELECT nofunc(k) AS f FROM t"})
    assert told(analyse(graph, Functions()).nodes["v"]) == ["FS324 there is no function `nofunc`"]
    broken = Functions({}, (error("FS400", "Python can't read it", SPAN),))
    assert not analyse(graph, broken).nodes["v"].diagnostics


@pytest.mark.parametrize(("sql", "columns", "tells"), [
    ("SELECT score(d, v) AS s FROM t", ["s DOUBLE"], []),
    ("SELECT score(v, v) AS s FROM t", ["s DOUBLE"], []),
    ("SELECT score(k, v) AS s FROM t", ["s DOUBLE"], ["FS325 argument 1 of `score` (`x`) must be DOUBLE, not STRING"]),
    ("SELECT score(d) AS s FROM t", ["s DOUBLE"], ["FS325 `score` takes 2 arguments, not 1"]),
    ("SELECT geo(k).country AS c, geo(k).lat AS l FROM t", ["c STRING", "l DOUBLE"], []),
    ("SELECT geo(k).city AS c FROM t", ["c None"], ["FS323 there is no field `city` in ROW<`country` STRING, `lat` DOUBLE>"]),
    ("SELECT t.k, w.word, place FROM t, LATERAL TABLE(words(k)) AS w", ["k STRING", "word STRING", "place INT"], []),
    ("SELECT w.a FROM t LEFT JOIN LATERAL TABLE(words(t.k)) AS w(a, n) ON TRUE", ["a STRING"], []),
    ("SELECT 1 AS o FROM t, LATERAL TABLE(words(v)) AS w", ["o INT NOT NULL"],
     ["FS325 argument 1 of `words` (`text`) must be STRING, not INT"]),
])
def test_python_functions(sql: str, columns: list[str], tells: list[str]) -> None:
    found, _ = analysed(sql, UDFS)
    assert [f"{c.name} {c.type}" for c in found.columns] == columns
    assert told(found) == tells


@pytest.mark.parametrize("sql", [
    "SELECT id FROM t WHERE " + " OR ".join(f"id = {i}" for i in range(3000)),
    "SELECT id FROM t WHERE k = " + " || ".join(["'a'"] * 3000),
    "SELECT " + "(" * 60 + "id" + ")" * 60 + " AS x FROM t",
    " UNION ALL ".join(["SELECT id FROM t"] * 300),
    "SELECT " + ", ".join(f"id + {i} AS c{i}" for i in range(1000)) + " FROM t",
])
def test_long_and_deep_queries(make_graph: Callable[..., Graph], sql: str) -> None:
    graph = make_graph({"sql/sources/t.sql": SOURCE, "sql/transforms/v.sql": sql})
    assert not analyse(graph, Functions()).nodes["v"].diagnostics


def test_results_travel_without_their_trees(make_graph: Callable[..., Graph]) -> None:
    graph = make_graph({"sql/sources/t.sql": SOURCE, "sql/transforms/v.sql": "SELECT id, nope FROM t"})
    found = analyse(graph, Functions()).nodes["v"]
    assert pickle.loads(pickle.dumps(replace(found, relations=()))) == found
    assert pickle.loads(pickle.dumps(found)).relations == found.relations


def test_a_mistake_in_a_macro_is_shown_there_with_its_call(tmp_path: Path) -> None:
    files = {
        "project.yml": "name: p\nprofile: p\nversion: '1'\n",
        "profiles.yml": "p:\n  target: local\n  outputs:\n    local: {type: local}\n",
        "macros/m.sql": "{% macro doubled(c) %}{{ c }} + nope{% endmacro %}",
        "sql/sources/t.sql": SOURCE,
        "sql/transforms/v.sql": "SELECT\n  {{ doubled('id') }} AS x,\n  {{ doubled('k2') }} AS y\nFROM t",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    built = build(load(tmp_path, env={}))
    inside, passed = [d for d in built.types if d.code == "FS320"]
    assert inside.span is not None
    assert files[inside.span.file][inside.span.start:inside.span.end] == "nope"
    assert [files[r.span.file][r.span.start:r.span.end] for r in inside.related] == ["{{ doubled('id') }}"]
    assert passed.span is not None
    assert files[passed.span.file][passed.span.start:passed.span.end] == "k2"
    assert passed.message == "there is no column `k2` in any table that is read here"


@pytest.mark.parametrize("sql", [
    "SELECT id AS z, k FROM u ORDER BY z + 1, UPPER(k) LIMIT 3",
    "SELECT MULTISET(SELECT id, k FROM u) AS m, db.f(k) AS g FROM u",
    "SELECT LAG(w) OVER win AS l, SUM(w) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s "
    "FROM u WINDOW win AS (PARTITION BY k ORDER BY ts)",
    "SELECT EXTRACT(EPOCH FROM ts) AS e, TIMESTAMPADD(QUARTER, 1, ts) AS q FROM u",
    "SELECT x.id FROM u AS x WHERE EXISTS (SELECT 1 FROM t WHERE t.id = x.id AND k = 'a')",
])
def test_what_flink_takes_is_no_mistake(sql: str) -> None:
    found, _ = analysed(sql)
    assert not found.diagnostics


def test_streams_only_rules_are_off_in_batch_jobs(tmp_path: Path) -> None:
    files = {
        "project.yml": "name: p\nprofile: p\nversion: '1'\njobs:\n  j:\n    select: s\n    settings: {execution.runtime-mode: batch}\n",
        "profiles.yml": "p:\n  target: local\n  outputs:\n    local: {type: local}\n",
        "sql/sources/t.sql": SOURCE,
        "sql/sinks/s.sql": "CREATE TABLE s (id INT) WITH ('connector' = 'print');\nINSERT INTO s SELECT id FROM t ORDER BY id",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert not [d for d in build(load(tmp_path, env={})).types if d.code == "FS342"]
    (tmp_path / "project.yml").write_text(files["project.yml"].replace("batch", "streaming"), encoding="utf-8")
    assert [d.code for d in build(load(tmp_path, env={})).types] == ["FS342"]


def test_types_are_of_the_views_above(make_graph: Callable[..., Graph]) -> None:
    graph = make_graph({
        "sql/sources/t.sql": "CREATE TABLE t (id INT, ts TIMESTAMP(3), pt AS PROCTIME(), c AS id * 2.5, WATERMARK FOR ts AS ts) "
                             "WITH ('connector' = 'datagen')",
        "sql/transforms/a.sql": "SELECT *, UPPER('x') AS u FROM t",
        "sql/transforms/b.sql": "SELECT a.id, MAX(a.ts) AS m, COUNT(*) AS n FROM a GROUP BY a.id",
        "sql/transforms/w.sql": "SELECT * FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE))",
        "sql/transforms/g.sql": "SELECT window_start, window_end, window_time, SUM(c) AS s FROM w GROUP BY window_start, window_end, window_time",
    })
    found = analyse(graph, Functions())
    assert not found.diagnostics
    assert [f"{c.name} {c.type} {c.time}" for c in found.nodes["b"].columns] == [
        "id INT None", "m TIMESTAMP(3) *ROWTIME* None", "n BIGINT NOT NULL None"]
    assert [(c.name, c.time, c.window) for c in found.nodes["g"].columns] == [
        ("window_start", None, "start"), ("window_end", None, "end"), ("window_time", "ROWTIME", "time"), ("s", None, "")]
    assert str(found.nodes["g"].columns[3].type) == "DECIMAL(38, 1)"
