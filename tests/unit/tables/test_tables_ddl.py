"""Physical tables from a sink's declaration: types, keys, indexes, and what a database has no column for."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flinksql_runner.project.values import SqlFile
from flinksql_runner.syntax.values import Column, Node
from flinksql_runner.tables.columns import NoColumnType, column_type, holds
from flinksql_runner.tables.physical import database_of, index_name, mysql_ddl, physical_table, postgres_ddl
from flinksql_runner.templating.values import Rendered, SourceMap

COLUMNS = (
    Column("carId", "STRING", nullable=False), Column("at", "TIMESTAMP(3)"), Column("score", "DOUBLE"),
    Column("cost", "DECIMAL(10, 2)"), Column("tags", "ARRAY<STRING>"), Column("twice", "", "computed"),
)


def node(
    columns: tuple[Column, ...] = COLUMNS, key: tuple[str, ...] = ("carId", "at"), config: Mapping[str, object] | None = None,
    **options: str,
) -> Node:
    file = SqlFile("sql/sinks/cars.sql", "", "sink", "cars")
    rendered = Rendered(file, "", SourceMap(file.path), config or {})
    return Node("cars", "sink", file.path, rendered, columns=columns, primary_key=key, options={
        "connector": "jdbc", "url": "${FLINKSQL_SERVICE_POSTGRES_URL}", "table-name": "fleet.Cars", **options})


def test_postgres_ddl() -> None:
    table, problems = physical_table(node(config={"indexes": [["at", "score"], "cost"]}), "postgresql")
    assert problems == ()
    assert table is not None
    assert postgres_ddl(table) == (
        'CREATE SCHEMA IF NOT EXISTS "fleet"',
        'CREATE TABLE IF NOT EXISTS "fleet"."cars" (\n  "carid" text NOT NULL,\n  "at" timestamp(3) without time zone NOT NULL,\n'
        '  "score" double precision,\n  "cost" numeric(10,2),\n  "tags" text[],\n  PRIMARY KEY ("carid", "at")\n)',
        'CREATE INDEX IF NOT EXISTS "ix_cars_at_score" ON "fleet"."cars" ("at", "score")',
        'CREATE INDEX IF NOT EXISTS "ix_cars_cost" ON "fleet"."cars" ("cost")',
    )


def test_mysql_ddl() -> None:
    table, _ = physical_table(node(COLUMNS[:4], config={"indexes": [["score"]]}), "mysql")
    assert table is not None
    (text,) = mysql_ddl(table)
    assert "`carid` varchar(255) NOT NULL" in text
    assert "`at` datetime(3) NOT NULL" in text
    assert "INDEX `ix_cars_score` (`score`)" in text


@pytest.mark.parametrize(("flink", "postgres"), [
    ("INT", "integer"), ("int not null", "integer"), ("VARCHAR(20)", "character varying(20)"), ("VARCHAR(2147483647)", "text"),
    ("CHAR(3)", "character(3)"), ("TIMESTAMP", "timestamp(6) without time zone"),
    ("TIMESTAMP(9)", "timestamp(6) without time zone"),
    ("TIMESTAMP_LTZ(3)", "timestamp(3) with time zone"), ("TIMESTAMP(3) WITH LOCAL TIME ZONE", "timestamp(3) with time zone"),
    ("TIME", "time(0) without time zone"), ("DECIMAL", "numeric(10,0)"), ("DOUBLE PRECISION", "double precision"),
    ("BYTES", "bytea"), ("ARRAY<INT NOT NULL>", "integer[]"), ("FLOAT", "real"), ("TINYINT", "smallint"),
])
def test_types(flink: str, postgres: str) -> None:
    assert column_type(flink) == postgres


@pytest.mark.parametrize("flink", ["MAP<STRING, INT>", "ROW<a INT>", "RAW('x', 'y')", "NONSENSE", "", "MULTISET<INT>"])
def test_types_without_a_column(flink: str) -> None:
    with pytest.raises(NoColumnType):
        column_type(flink)


def test_mistakes_are_diagnostics() -> None:
    _, problems = physical_table(node((*COLUMNS, Column("m", "MAP<STRING, INT>"))), "postgresql")
    assert [(d.code, "`m`" in d.message) for d in problems] == [("FS521", True)]
    _, problems = physical_table(node(config={"indexes": [["scoer"]]}), "postgresql")
    assert [(d.code, d.help) for d in problems] == [("FS522", "did you mean `score`?")]


@pytest.mark.parametrize(("url", "database"), [
    ("${FLINKSQL_SERVICE_POSTGRES_URL}", "postgresql"), ("jdbc:postgresql://h/db", "postgresql"), ("jdbc:mysql://h/db", "mysql"),
    ("jdbc:oracle:thin:@h", None), ("${FLINKSQL_SECRET_URL}", "mysql"),
])
def test_database(url: str, database: str | None) -> None:
    assert database_of(node(url=url), {"FLINKSQL_SECRET_URL": "jdbc:mariadb://h/x"}) == database


@pytest.mark.parametrize(("existing", "wanted", "fits"), [
    ("bigint", "integer", True), ("integer", "bigint", False), ("text", "character varying(3)", True),
    ("character varying(2)", "character varying(3)", False), ("character varying", "character varying(3)", True),
    ("numeric(8,2)", "numeric(10,2)", False), ("numeric", "numeric(10,2)", True),
    ("timestamp(6) without time zone", "timestamp(3) without time zone", True),
    ("text", "double precision", False), ("text[]", "text", False), ("text[]", "text[]", True),
    ("jsonb", "text", False),
])
def test_which_existing_columns_fit(existing: str, wanted: str, fits: bool) -> None:
    assert holds(existing, wanted) is fits


def test_long_index_names_stay_distinct() -> None:
    a, b = (index_name("t" * 40, ("c" * 30, x)) for x in "ab")
    assert a != b
    assert len(a) <= 63
