"""Rows of the job `api_logs` leave after their time, from every table that it writes."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.control import down, ensure
from flinksql_runner.tables.create import create_tables
from tests.repository import copy_project

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]


def test_rows_leave_after_their_time(tmp_path: Path) -> None:
    copy_project(tmp_path)
    try:
        values = ensure(tmp_path, frozenset({"postgres"})).placeholders
        nodes = build(load(tmp_path, env=os.environ)).graph.nodes.values()
        made = create_tables([node for node in nodes if "api_logs" in node.tags and node.kind == "sink"], values).created
        url = urlsplit(values["FLINKSQL_SERVICE_POSTGRES_URL"].removeprefix("jdbc:"))
        with psycopg.connect(
            host=url.hostname, port=url.port, dbname=url.path.strip("/"), user=values["FLINKSQL_SERVICE_POSTGRES_USER"],
            password=values["FLINKSQL_SECRET_SERVICE_POSTGRES_PASSWORD"], autocommit=True,
        ) as database:
            database.execute("SET search_path = api_logs")
            for table in made:
                for age in ("100 days", "1 hour"):
                    database.execute(row_of(database, table.rpartition(".")[2]).encode(), {"age": age})
            database.execute((ROOT / "maintenance" / "api_logs_retention.sql").read_bytes())
            left = {table: database.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() for table in made}
        assert left == dict.fromkeys(made, (1,))
    finally:
        down(tmp_path)


def row_of(database: psycopg.Connection[tuple[object, ...]], table: str) -> str:
    """An INSERT of one row: all its times are so old, all its texts say so."""
    columns = database.execute(
        "SELECT column_name::text, data_type::text FROM information_schema.columns "
        "WHERE table_schema = 'api_logs' AND table_name = %s", [table]).fetchall()
    old, text = "(now() AT TIME ZONE 'UTC') - %(age)s::text::interval", "%(age)s::text"
    values = [old if "timestamp" in str(kind) else text if kind == "text" else "1" for _, kind in columns]
    names = ", ".join(f'"{name}"' for name, _ in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(values)})"
