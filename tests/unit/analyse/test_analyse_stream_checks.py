"""Where the findings about streams stand, what silences them, and which state is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.pipeline import Build, build
from flinksql_runner.project.values import JobSpec, NodeKind, Project, SqlFile, Target

KINDS: dict[str, NodeKind] = {"sources": "source", "transforms": "transform", "sinks": "sink"}
CLICKS = {"sql/sources/clicks.sql":
          "CREATE TABLE clicks (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen')"}
COUNTS = {"sql/transforms/counts.sql": "SELECT k, COUNT(*) AS n FROM clicks\nGROUP BY k"}
FILES = {"sql/sinks/out_files.sql": "CREATE TABLE out_files (k STRING, n BIGINT) WITH ('connector' = 'filesystem', "
                                    "'path' = '/x', 'format' = 'json');\nINSERT INTO out_files SELECT k, n FROM counts"}
BY_V = {"sql/sinks/by_v.sql": "CREATE TABLE by_v (k STRING, v INT, PRIMARY KEY (v) NOT ENFORCED) WITH ('connector' = 'jdbc', "
                              "'url' = 'jdbc:postgresql://h/d', 'table-name' = 't');\nINSERT INTO by_v SELECT k, v FROM clicks"}


def project(files: dict[str, str], jobs: dict[str, JobSpec] | None = None) -> Build:
    found = tuple(SqlFile(p, t, KINDS[p.split("/")[1]], Path(p).stem) for p, t in sorted(files.items()))
    return build(Project(Path("p"), "p", "1.0", "2.3.0", Target("local", "local"), found, jobs=jobs or {}))


def only(built: Build) -> Diagnostic:
    (found,) = built.types
    return found


def test_the_finding_stands_at_the_sink_and_names_what_makes_the_changes() -> None:
    files = CLICKS | COUNTS | FILES
    found = only(project(files))
    assert (found.code, found.span and files[found.span.file][found.span.start:found.span.end]) == ("FS361", "out_files")
    assert [(r.span.file, files[r.span.file][r.span.start:r.span.end]) for r in found.related] == [
        ("sql/transforms/counts.sql", "GROUP BY")]


def test_a_connector_that_is_not_known_is_silent() -> None:
    pulsar = {p: t.replace("'datagen'", "'pulsar'") for p, t in CLICKS.items()}
    built = project(pulsar | COUNTS | FILES)
    assert not built.types
    assert built.streams is not None
    assert built.streams.node("counts").mode is None
    assert built.streams.node("counts").keys == (("k",),)
    assert not project(CLICKS | COUNTS | {p: t.replace("'filesystem'", "'pulsar'") for p, t in FILES.items()}).types


def test_groups_change_whatever_the_table_gives() -> None:
    pulsar = {p: t.replace("'datagen'", "'pulsar'") for p, t in CLICKS.items()}
    into = {"sql/sinks/files.sql": """CREATE TABLE files (k STRING, n BIGINT) WITH (
  'connector' = 'filesystem', 'path' = '/tmp/x', 'format' = 'json');
INSERT INTO files SELECT k, COUNT(*) AS n FROM clicks GROUP BY k"""}
    assert only(project(pulsar | into)).code == "FS361"
    assert not project(pulsar | {p: t.replace("k, COUNT(*) AS n FROM clicks GROUP BY k", "k, 1 FROM clicks")
                                 for p, t in into.items()}).types


def test_change_data_changes() -> None:
    table = {"sql/sources/people.sql": "CREATE TABLE people (id INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'mysql-cdc')"}
    into = {"sql/sinks/files.sql": """CREATE TABLE files (id INT) WITH (
  'connector' = 'filesystem', 'path' = '/tmp/x', 'format' = 'json');
INSERT INTO files SELECT id FROM people"""}
    assert only(project(table | into)).code == "FS361"
    as_inserts = {p: t.replace("-cdc'", "-cdc', 'scan.read-changelog-as-append-only.enabled' = 'true'") for p, t in table.items()}
    assert not project(as_inserts | into).types


def test_a_job_that_asks_for_no_conflict_clause_is_silent() -> None:
    assert only(project(CLICKS | BY_V)).code == "FS362"
    silent = JobSpec("j", "by_v", settings={"table.exec.sink.require-on-conflict": "false"})
    assert not project(CLICKS | BY_V, {"j": silent}).types
    assert only(project(CLICKS | BY_V, {"j": silent, "k": JobSpec("k", "by_v")})).code == "FS362"


@pytest.mark.parametrize(("query", "states"), [
    ("SELECT k, COUNT(*) AS n FROM clicks GROUP BY k", [("aggregate", "keys")]),
    ("SELECT COUNT(*) AS n FROM clicks", [("aggregate", "one row")]),
    ("SELECT k, COUNT(DISTINCT v) AS n FROM clicks GROUP BY k", [("aggregate", "values")]),
    ("SELECT DISTINCT k FROM clicks", [("distinct", "keys")]),
    ("SELECT MAX(n) AS n FROM counts", [("aggregate", "values")]),
    ("SELECT x.k, y.v FROM clicks x JOIN clicks y ON x.k = y.k", [("join", "rows")]),
    ("SELECT x.k, y.n FROM counts x JOIN counts y ON x.k = y.k", [("join", "keys")]),
    ("SELECT x.k, y.v FROM clicks x JOIN clicks y ON x.k = y.k AND x.ts BETWEEN y.ts AND y.ts + INTERVAL '1' HOUR",
     [("interval join", "time")]),
    ("SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS r FROM clicks) WHERE r = 1",
     [("deduplicate", "keys")]),
    ("SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS r FROM clicks) WHERE r <= 3",
     [("top-n", "keys")]),
    ("SELECT k, n FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY n DESC) AS r FROM counts) WHERE r <= 3", [("top-n", "rows")]),
    ("SELECT window_start, k, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) "
     "GROUP BY window_start, window_end, k", [("window aggregate", "time")]),
    ("SELECT k, SUM(v) OVER (PARTITION BY k ORDER BY ts) AS s FROM clicks", [("over", "keys")]),
    ("SELECT k FROM clicks WHERE v > (SELECT AVG(v) FROM clicks)", [("scalar query", "rows"), ("aggregate", "one row")]),
    ("SELECT k, v FROM clicks WHERE v > 5", []),
])
def test_state(query: str, states: list[tuple[str, str]]) -> None:
    built = project(CLICKS | COUNTS | {"sql/transforms/q.sql": query})
    assert built.streams is not None
    assert [(s.operator, s.bound) for s in built.streams.node("q").states] == states


@pytest.mark.parametrize(("join", "kinds"), [("JOIN", ("I",)), ("LEFT JOIN", None)])
def test_what_an_outer_join_leaves_null_is_known_behind_any_number_of_views(join: str, kinds: tuple[str, ...] | None) -> None:
    first = f"SELECT a.k, b.v FROM clicks AS a {join} clicks AS b ON a.k = b.k"
    views = {f"sql/transforms/v{i:03}.sql": f"SELECT k, v FROM v{i - 1:03} WHERE k = 'x'" for i in range(1, 300)}
    built = project(CLICKS | {"sql/transforms/v000.sql": first} | views | {
        "sql/transforms/last.sql": "SELECT k FROM v299 WHERE v > 1"})
    assert built.streams is not None
    assert built.streams.node("v299").mode is not None
    assert built.streams.node("last").mode == kinds
