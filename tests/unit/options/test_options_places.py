"""Findings stand at the key or at the value, in macros too; what is not known is silent."""

from __future__ import annotations

from pathlib import Path

from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.pipeline import build
from flinksql_runner.project.values import Coordinate, Dependencies, MacroFile, NodeKind, Project, SqlFile, Target

KINDS: dict[str, NodeKind] = {"sources": "source", "transforms": "transform", "sinks": "sink"}
KAFKA = ("'connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json', "
         "'scan.startup.mode' = 'earliest-offset'")


def findings(
    files: dict[str, str], macros: dict[str, str] | None = None, flink: str = "2.3.0", dependencies: Dependencies | None = None,
) -> tuple[Diagnostic, ...]:
    found = tuple(SqlFile(p, t, KINDS[p.split("/")[1]], Path(p).stem) for p, t in sorted(files.items()))
    project = Project(Path("p"), "p", "1.0", flink, Target("local", "local"), found,
                      tuple(MacroFile(p, t) for p, t in (macros or {}).items()), dependencies=dependencies or Dependencies())
    return build(project).options


def table(options: str, columns: str = "a INT, b STRING") -> dict[str, str]:
    return {"sql/sources/s.sql": f"CREATE TABLE s ({columns}) WITH ({options})"}


def told(files: dict[str, str], **more: object) -> list[tuple[str, str, str | None]]:
    """Code, the text under the place, help."""
    return [(d.code, files[d.span.file][d.span.start:d.span.end], d.help)
            for d in findings(files, **more) if d.span is not None]  # type: ignore[arg-type]


def test_an_unknown_key_is_told_at_the_key_with_the_near_one() -> None:
    files = table(f"{KAFKA}, 'scan.startup.timestamp-milis' = '5'")
    assert told(files) == [("FS530", "'scan.startup.timestamp-milis'", "did you mean 'scan.startup.timestamp-millis'?")]


def test_a_wrong_value_is_told_at_the_value() -> None:
    files = table(f"{KAFKA}, 'scan.watermark.idle-timeout' = 'soon', 'json.ignore-parse-errors' = 'yes'")
    assert [t[:2] for t in told(files)] == [("FS532", "'soon'"), ("FS532", "'yes'")]


def test_what_is_missing_is_told_at_the_connector() -> None:
    assert [t[:2] for t in told(table("'connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d'"))] == [("FS531", "'jdbc'")]


def test_an_option_of_another_format_tells_the_one_that_is_meant() -> None:
    files = table(KAFKA.replace("'format'", "'value.format'") + ", 'json.ignore-parse-errors' = 'true'")
    assert told(files) == [("FS535", "'json.ignore-parse-errors'", "write 'value.json.ignore-parse-errors'")]


def test_an_option_for_the_other_side_is_a_warning() -> None:
    (found,) = findings(table(f"{KAFKA}, 'sink.parallelism' = '2'"))
    assert (found.code, found.is_error) == ("FS536", False)


def test_what_a_macro_writes_is_told_in_the_macro_with_its_call() -> None:
    macros = {"macros/m.sql": "{% macro kafka(topic, mode) %}'connector' = 'kafka', 'topic' = '{{ topic }}',\n"
                              "'properties.bootstrap.servers' = 'b:9092', 'format' = 'json',\n"
                              "'scan.startup.mod' = 'x', 'scan.startup.mode' = '{{ mode }}'{% endmacro %}"}
    sql = {"sql/sources/s.sql": "CREATE TABLE s (a INT) WITH ( {{ kafka('t', 'earlier') }} )"}
    unknown, wrong = findings(sql, macros)
    assert unknown.span is not None
    assert macros[unknown.span.file][unknown.span.start:unknown.span.end] == "'scan.startup.mod'"
    assert [sql[r.span.file][r.span.start:r.span.end] for r in unknown.related] == ["{{ kafka('t', 'earlier') }}"]
    assert wrong.code == "FS532"
    assert wrong.related or (wrong.span is not None and wrong.span.file == "sql/sources/s.sql")


def test_a_value_with_a_placeholder_is_taken_as_it_is() -> None:
    assert not findings(table(f"{KAFKA}, 'scan.parallelism' = '${{FLINKSQL_SECRET_N}}'"))


def test_what_is_not_known_is_silent() -> None:
    assert not findings(table("'connector' = 'pulsar', 'zz' = '1'"))
    assert not findings(table(KAFKA.replace("'json'", "'thrift'") + ", 'thrift.zz' = '1'"))
    assert not findings(table("'connector' = 'kafka', 'zz' = '1'"), flink="1.20.0")


def test_a_connector_of_the_projects_own_version_is_silent() -> None:
    own = Dependencies({"kafka": (Coordinate("g", "a", "1"),)})
    assert not findings(table(f"{KAFKA}, 'zz' = '1'"), dependencies=own)


def test_a_table_like_another_has_its_options() -> None:
    files = table(KAFKA) | {"sql/sources/t.sql": "CREATE TABLE t WITH ('topic' = 'u', 'scan.startup.mode' = 'timestamp') LIKE s "
                                                 "(OVERWRITING OPTIONS)"}
    assert [(d.code, d.node) for d in findings(files)] == [("FS534", "t")]


def test_an_option_that_is_there_for_a_table_like_this_one_is_silent() -> None:
    files = table(f"{KAFKA}, 'sink.parallelism' = '2'") | {
        "sql/sinks/k.sql": "CREATE TABLE k LIKE s; INSERT INTO k SELECT a, b FROM s"}
    assert not [d for d in findings(files) if d.node == "s"]


def test_jobs_compile_in_spite_of_options() -> None:
    files = {"sql/sinks/k.sql": "CREATE TABLE k (a INT) WITH ('connector' = 'print', 'zz' = '1'); INSERT INTO k VALUES (1)"}
    found = findings(files)
    assert [d.code for d in found] == ["FS530"]
