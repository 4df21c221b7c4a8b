"""What Flink refuses is refused, at its place; and any text gives a tree or a ParseError."""

from __future__ import annotations

import contextlib
import random

import pytest
import sqlglot
from sqlglot.errors import SqlglotError


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("SELECT value FROM t", "value"),
        ("CREATE TABLE t (timestamp TIMESTAMP(3))", "timestamp"),
        ("SELECT a AS user FROM t", "user"),
        ("SELECT a AS result FROM t", "result"),
        ("CREATE TABLE t (value STRING)", "value"),
    ],
)
def test_reserved_words(sql: str, word: str) -> None:
    with pytest.raises(SqlglotError) as caught:
        sqlglot.parse_one(sql, read="flink")
    assert f"{word} is a reserved word: write `{word}`" in str(caught.value)
    assert caught.value.errors[0]["highlight"] == word
    assert sqlglot.parse_one(sql.replace(word, f"`{word}`", 1), read="flink")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t ()",
        "CREATE TABLE t (a INT,)",
        "SELECT a, FROM t",
        "FROM t",
        "SELECT a AS FROM t",
        "CREATE TABLE t (a INT) LIKE b ()",
        "SHOW TABLES LIKES 'a'",
        "CREATE CATALOG a.b WITH ('k' = 'v')",
        "SET 'k' = 8",
        "EXPLAIN 'x'",
        "CREATE TABLE t WITH ('k' = v)",
        "ALTER TABLE t",
        "EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT a FROM b;",
        "SELECT * FROM VALUES (1)",
        "CREATE MATERIALIZED TABLE t FRESHNESS = INTERVAL 3 MINUTE AS SELECT a FROM b",
        "ANALYZE TABLE t PARTITION () COMPUTE STATISTICS",
    ],
)
def test_misplaced(sql: str) -> None:
    with pytest.raises(SqlglotError):
        sqlglot.parse(sql, read="flink")


def test_any_text_gives_a_tree_or_an_error() -> None:
    draw = random.Random(5)
    sound = ["CREATE", "TABLE", "t", "(a", "ROW<b", "INT", "NOT", "NULL>,", "WATERMARK", "FOR", "a", "AS", "a", "-", "INTERVAL", "'5'", "SECOND)", "WITH", "('k'", "=", "'v')", ";", "SELECT", "a", "FROM", "TABLE(TUMBLE(TABLE", "t,", "DESCRIPTOR(ts),", "INTERVAL", "'1'", "MINUTE))", "GROUP", "BY", "a"]
    for _ in range(1500):
        words = [w for w in sound if draw.random() > 0.1]
        draw.shuffle(words) if draw.random() < 0.2 else None
        text = " ".join(words)[: draw.randrange(200)] + draw.choice(["", "'", "`", "(", "\0", "\u2014"])
        with contextlib.suppress(SqlglotError):
            sqlglot.parse(text, read="flink")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT " + ", ".join(f"c{i}" for i in range(5000)) + " FROM t",
    ],
)
def test_deep_and_wide(sql: str) -> None:
    try:
        assert sqlglot.parse(sql, read="flink")
    except SqlglotError:
        assert sql.startswith("SELECT (")
