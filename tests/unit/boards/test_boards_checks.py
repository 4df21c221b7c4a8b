"""What is told of a query and its tile without the database; nothing of what only the database knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from board_project import boards_of, told

BOARD = """
parameters: {{country: {{type: text}}}}
tiles:
  - title: T
    type: {kind}
    {more}
    query: |
      {query}
"""
T = "{{ ref('per_country') }}"


def _board(query: str, kind: str = "table", more: str = "empty: none") -> str:
    return BOARD.format(kind=kind, query=query.replace("\n", "\n      "), more=more)


@pytest.mark.parametrize("query", [
    f"SELECT country, total FROM {T} AS t WHERE t.seen > now() ORDER BY total",
    f"SELECT COUNT(*) AS n, MAX(seen) FROM {T} GROUP BY country HAVING COUNT(*) > 1 ORDER BY n",
    f"WITH x AS (SELECT country AS c, total FROM {T}) SELECT c, x.total FROM x",
    f"SELECT c FROM (SELECT country AS c FROM {T}) AS s, generate_series(1, 3) AS g WHERE g > 1",
    f"SELECT (SELECT MAX(b.total) FROM {T} b WHERE b.country = a.country) FROM {T} a",
    f"SELECT a.* FROM {T} a JOIN LATERAL (SELECT a.total + 1 AS more) l ON TRUE WHERE l.more > 1 AND a.country = 'DE'",
    f"SELECT t FROM {T} AS t", f"SELECT count, sum FROM (SELECT COUNT(*), SUM(total) FROM {T}) AS s",
    f"SELECT xmin, TOTAL FROM {T}", f"SELECT country FROM {T} UNION ALL SELECT 'x' ORDER BY country",
    f"SELECT extract(epoch FROM seen) AS e, seen::date, 'a' || country, total::numeric(10, 2) FROM {T}",
    f"SELECT country, ROW_NUMBER() OVER w AS n FROM {T} WINDOW w AS (PARTITION BY country ORDER BY seen)",
    f"SELECT anything FROM other.table_of_mine, {T}",
    f"SELECT latest, COUNT(*) FILTER (WHERE total > 3) FROM {T} GROUP BY latest",
])
def test_good_queries_are_left_alone(tmp_path: Path, query: str) -> None:
    assert [c for c, _ in told(boards_of(tmp_path, _board(query))) if c != "FS919"] == []


@pytest.mark.parametrize(("query", "at", "help"), [
    (f"SELECT contry FROM {T}", "contry", "did you mean `country`?"),
    (f"SELECT\n\n  country, t.totl FROM {T} AS t", "totl", "did you mean `total`?"),
    (f"SELECT country FROM {T} WHERE seeen > now()", "seeen", "did you mean `seen`?"),
    (f"SELECT u.country FROM {T} AS t", "u", None),
    (f"WITH x AS (SELECT country AS c FROM {T}) SELECT country FROM x", "country", "known: `c`"),
    (f'SELECT "Country" FROM {T}', '"Country"', "did you mean `country`?"),
    (f"SELECT (SELECT MAX(total) FROM {T} b WHERE b.country = a.contry) FROM {T} a", "contry", "did you mean `country`?"),
])
def test_an_unknown_column_is_told_at_its_place(tmp_path: Path, query: str, at: str, help: str | None) -> None:
    boards = boards_of(tmp_path, _board(query))
    assert [x for x in told(boards) if x[0] != "FS919"] == [("FS917", at)]
    assert boards.diagnostics[0].help == help
    assert boards.boards["shop"].tiles[0].query is None


@pytest.mark.parametrize(("kind", "more", "query", "code", "at"), [
    ("number", "value: totl", f"SELECT total FROM {T}", "FS917", "totl"),
    ("number", "value: seen", f"SELECT seen FROM {T}", "FS918", "seen"),
    ("number", "unit: x", f"SELECT seen FROM {T}", "FS918", "T"),
    ("line", "y: [total, country]", f"SELECT seen, total, country FROM {T}", "FS918", "country"),
    ("line", "unit: x", f"SELECT seen, country FROM {T}", "FS918", "T"),
    ("line", "x: country", f"SELECT country, total FROM {T}", "FS918", "country"),
    ("map", "unit: x", f"SELECT total, seen FROM {T}", "FS918", "T"),
    ("map", "latitude: country", f"SELECT country, total AS lat, total AS lon FROM {T}", "FS918", "country"),
    ("grid", "time: country", f"SELECT country, total FROM {T}", "FS918", "country"),
    ("table", "columns: {contry: {label: x}}", f"SELECT country FROM {T}", "FS917", "contry"),
    ("table", "link: {contry: country}", f"SELECT country FROM {T}", "FS914", "contry"),
    ("table", "link: {country: contry}", f"SELECT country FROM {T}", "FS917", "contry"),
])
def test_a_tile_that_can_not_show_its_query(tmp_path: Path, kind: str, more: str, query: str, code: str, at: str) -> None:
    assert [x for x in told(boards_of(tmp_path, _board(query, kind, more))) if x[0] != "FS919"] == [(code, at)]


@pytest.mark.parametrize(("query", "code", "at"), [
    (f"SELECT country FROM {T}; SELECT 1", "FS920", "SELECT"),
    ("DELETE FROM shop.per_country", "FS920", "DELETE"),
    (f"WITH d AS (DELETE FROM {T} RETURNING *) SELECT * FROM d", "FS920", "WITH"),
    (f"SELECT country INTO other FROM {T}", "FS920", "SELECT"),
    ("SET default_transaction_read_only = off", "FS920", "SET"),
    ("COPY shop.per_country TO PROGRAM 'rm -rf /'", "FS920", "COPY"),
    (f"SELECT country FROM {T} WHERE", "FS915", "SELECT"),
    (f"SELECT country FORM {T}", "FS915", "FORM"),
])
def test_only_one_select_is_sent(tmp_path: Path, query: str, code: str, at: str) -> None:
    boards = boards_of(tmp_path, _board(query))
    found = [(c, t[:len(at)]) for c, t in told(boards) if c != "FS919"]
    assert [c for c, _ in found] == [code]
    assert boards.boards["shop"].tiles[0].query is None


@pytest.mark.parametrize(("query", "at"), [
    (f"SELECT country FROM {T} WHERE total > 3", "total"),
    (f"SELECT MAX(total) AS m FROM {T}", "total"),
    (f"SELECT country FROM {T} ORDER BY total DESC LIMIT 3", "total"),
    (f"SELECT a.country FROM {T} a JOIN {T} b ON a.country = b.country AND a.total = b.total WHERE b.orders = 1", None),
    (f"SELECT country FROM {T} WHERE total > 3 AND seen > now()", None),
    (f"SELECT country FROM {T} WHERE country IN ('DE')", None),
    (f"SELECT COUNT(*) AS n FROM {T}", None),
])
def test_a_query_without_an_index(tmp_path: Path, query: str, at: str | None) -> None:
    boards = boards_of(tmp_path, _board(query))
    assert [x for x in told(boards) if x[0] != "FS919"] == ([("FS923", at)] if at else [])
    assert boards.boards["shop"].tiles[0].query is not None


def test_a_parameter_that_nothing_uses(tmp_path: Path) -> None:
    assert told(boards_of(tmp_path, _board(f"SELECT country FROM {T}"))) == [("FS919", "country")]


def test_a_plain_name_that_is_nearly_a_sink(tmp_path: Path) -> None:
    boards = boards_of(tmp_path, _board("SELECT country FROM per_country"))
    assert [x for x in told(boards) if x[0] != "FS919"] == [("FS921", "per_country")]
    assert boards.diagnostics[0].help == "write {{ ref('per_country') }}"


def test_columns_and_kinds_that_a_query_gives(tmp_path: Path) -> None:
    boards = boards_of(tmp_path, _board(
        f"SELECT *, COUNT(*) OVER () AS n, total / 2 AS half, CASE WHEN total > 1 THEN 'a' ELSE 'b' END AS word,\n"
        f"seen > now() AS b FROM {T}"))
    query = boards.boards["shop"].tiles[0].query
    assert query is not None
    assert query.columns == (
        ("country", "text"), ("orders", "number"), ("total", "number"), ("latest", "bool"), ("seen", "time"), ("n", "number"),
        ("half", "number"), ("word", "text"), ("b", "bool"))
