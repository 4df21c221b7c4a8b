"""What PostgreSQL says of queries, at their places; nothing stays behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from served import catalogue_of, write_project

from flinksql_runner.boards.known import known_tables
from flinksql_runner.boards.read import read_boards
from flinksql_runner.boards.values import Boards
from flinksql_runner.dashboard.asking import by_place, verdicts
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.control import ensure

# the server outlives the objects that started it
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
T = "{{ ref('totals') }}"
BOARD = f"""
parameters: {{name: {{type: text}}, range: {{type: time_range}}}}
tiles:
  - title: T
    query: |
      SELECT name, '100%%' AS share, '🚗' AS car FROM {T}
      WHERE name = {{{{ param('name') }}}} AND seen >= {{{{ param('range') }}}} AND QUERY
"""


def _asked(root: Path, text: str, own: bool = True) -> tuple[Boards, list[Diagnostic]]:
    write_project(root, shop=text)
    graph = build(load(root, env={}), ()).graph
    boards = read_boards(load(root, env={}), graph)
    assert not [d for d in boards.diagnostics if d.is_error]
    values = ensure(root, frozenset({"postgres"})).placeholders
    tables = [k.table for k in known_tables(graph).values()]
    return boards, list(verdicts(boards, lambda: values, dict.fromkeys(by_place(boards), tables) if own else {}))


@pytest.mark.parametrize(("query", "code", "at"), [
    ("TRUE", None, ""), ("amount > 'x'::int", "FS922", "'"), ("no_such(name) = 1", "FS922", "no_such"),
    ("name > {{ param('range') }}", "FS922", ">"), ("(name = 1)", "FS922", "="),
])
def test_a_refusal_stands_at_its_place(
    root: Path, database: psycopg.Connection[Any], query: str, code: str | None, at: str,
) -> None:
    database.execute("DROP SCHEMA shop CASCADE")
    boards, found = _asked(root, BOARD.replace("QUERY", query))
    assert [(d.code, boards.texts["dashboards/shop.yml"][d.span.start:d.span.end]) for d in found if d.span] == (
        [(code, at)] if code else [])
    assert database.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'shop'").fetchone() == (0,)


def test_tables_that_are_not_there_yet(root: Path, database: psycopg.Connection[Any]) -> None:
    database.execute("DROP SCHEMA shop CASCADE")
    assert [d.code for d in _asked(root, BOARD.replace("QUERY", "TRUE"), own=False)[1]] == ["FS924"]


def test_a_large_table_that_is_read_as_a_whole(root: Path, database: psycopg.Connection[Any]) -> None:
    database.execute("INSERT INTO shop.totals SELECT i::text, i, now() FROM generate_series(1, 20000) AS i")
    database.execute("ANALYZE shop.totals")
    tiles = [f"SELECT COUNT(*) AS n FROM {T}", f"SELECT amount FROM {T} WHERE name = 'x'",
             f"SELECT name FROM {T} ORDER BY name LIMIT 5"]
    found = _asked(root, "tiles:\n" + "".join(f"  - {{title: T, query: \"{q}\"}}\n" for q in tiles))[1]
    assert [(d.code, d.message) for d in found] == [
        ("FS923", "the database reads all of shop.totals (about 20,000 rows) for each refresh")]
    assert catalogue_of(root).boards.boards["shop"].queries
