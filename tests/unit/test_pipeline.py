"""From files to jobs: places through templates, one broken node beside sound ones, what the tables need."""

from __future__ import annotations

from pathlib import Path

from flinksql_runner.pipeline import build, needs
from flinksql_runner.project.values import JobSpec, MacroFile, NodeKind, Project, SqlFile, Target

KINDS: dict[str, NodeKind] = {"sources": "source", "transforms": "transform", "sinks": "sink"}
SHOP = {
    "sql/sources/orders.sql": "{{ config(tags=['core']) }}\nCREATE TABLE orders (a INT, b INT) WITH (\n"
                              "  'connector' = 'kafka', 'format' = 'json')",
    "sql/transforms/pair.sql": "{% for c in ['a', 'b'] %}\nSELECT {{ c }} AS v FROM {{ ref('orders') }}\n"
                               "{% if not loop.last %}UNION ALL{% endif %}\n{% endfor %}",
    "sql/sinks/board.sql": "CREATE TABLE board (v INT) WITH ('connector' = 'print');\nINSERT INTO board SELECT v FROM pair",
}


def project(files: dict[str, str], macros: dict[str, str] | None = None, jobs: dict[str, str] | None = None) -> Project:
    found = tuple(SqlFile(p, t, KINDS[p.split("/")[1]], Path(p).stem) for p, t in sorted(files.items()))
    specs = {n: JobSpec(n, s) for n, s in (jobs or {"j": "board"}).items()}
    return Project(Path("shop"), "shop", "1.0", "2.3.0", Target("local", "local"), found,
                   tuple(MacroFile(p, t) for p, t in (macros or {}).items()), jobs=specs)


def test_a_sound_project() -> None:
    built = build(project(SHOP))
    assert not built.diagnostics
    job = built.jobs["j"]
    assert job.nodes == ("orders", "pair", "board")
    assert "SELECT a AS v FROM" in job.text
    assert "{{" not in job.text
    assert build(project(SHOP)).jobs["j"].text == job.text


def test_each_place_goes_back_to_the_template() -> None:
    bad = "{% for c in ['a', 'b'] %}\nSELECT {{ c }} FROM nowhere\n{% if not loop.last %}UNION ALL{% endif %}\n{% endfor %}"
    built = build(project(SHOP | {"sql/transforms/bad.sql": bad}))
    (found,) = built.diagnostics
    assert found.code == "FS301"
    assert found.span is not None
    assert bad[found.span.start:found.span.end] == "nowhere"
    assert set(built.jobs) == {"j"}


def test_a_broken_macro_is_told_once_for_many_nodes() -> None:
    macros = {"macros/m.sql": "{% macro half(x) %}\n  {{ x }} / {{ nope }}\n{% endmacro %}"}
    files = SHOP | {f"sql/transforms/t{i}.sql": "SELECT {{ half('a') }} FROM orders" for i in range(5)}
    built = build(project(files, macros))
    assert [(d.span.file, d.node) for d in built.diagnostics if d.span] == [("macros/m.sql", "t0")]
    assert built.graph.broken == {f"t{i}" for i in range(5)}


def test_sql_that_is_wrong_in_a_macro_tells_the_call() -> None:
    macros = {"macros/m.sql": "{% macro pick() %}\n  a b c\n{% endmacro %}"}
    text = "SELECT\n{{ pick() }} FROM orders"
    built = build(project(SHOP | {"sql/transforms/t.sql": text}, macros))
    (found,) = built.diagnostics
    assert found.span is not None
    assert found.span.file == "macros/m.sql"
    assert macros["macros/m.sql"][found.span.start:found.span.end] == "c"
    assert [(r.span.file, text[r.span.start:r.span.end]) for r in found.related] == [("sql/transforms/t.sql", "{{ pick() }}")]


def test_only_some_jobs() -> None:
    files = SHOP | {
        "sql/transforms/bad.sql": "SELECT a FROM nowhere",
        "sql/sinks/other.sql": "CREATE TABLE other (v INT) WITH ('connector' = 'print'); INSERT INTO other SELECT a FROM bad",
    }
    pair = project(files, jobs={"j": "board", "k": "other"})
    assert [d.code for d in build(pair).diagnostics] == ["FS301", "FS311"]
    assert not build(pair, ["j"]).diagnostics
    assert [d.code for d in build(pair, ["k"]).diagnostics] == ["FS301", "FS311"]
    assert set(build(pair, ["j"]).jobs) == {"j"}


def test_needs_are_told_at_their_place() -> None:
    files = SHOP | {
        "sql/sinks/archive.sql": "CREATE TABLE archive (v INT) WITH ('connector' = 'filesystem', 'path' = 's3://b/x', "
                                 "'format' = 'parquet'); INSERT INTO archive SELECT v FROM pair",
        "sql/sinks/copy.sql": "CREATE TABLE copy WITH ('path' = '/tmp/x') LIKE archive; INSERT INTO copy SELECT v FROM pair",
    }
    graph = build(project(files)).graph
    found = {(n.kind, n.identifier, n.node) for n in needs(graph, ["archive", "orders", "pair"])}
    assert found == {("connector", "filesystem", "archive"), ("filesystem", "s3", "archive"), ("format", "parquet", "archive"),
                     ("connector", "kafka", "orders"), ("format", "json", "orders")}
    kafka = next(n for n in needs(graph, ["orders"]) if n.identifier == "kafka")
    text = files["sql/sources/orders.sql"]
    assert kafka.span is not None
    assert text[kafka.span.start:kafka.span.end] == "'kafka'"
    assert kafka.options == {"format": "json"}
    assert {(n.kind, n.identifier) for n in needs(graph, ["copy"])} == {("connector", "filesystem"), ("format", "parquet")}
