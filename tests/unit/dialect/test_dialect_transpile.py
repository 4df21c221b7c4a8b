"""Queries of other products as Flink SQL: written, or refused by name.

Each that is written was accepted by the parser of Flink 2.3.0; the scalar ones ran on it, those of Spark beside Spark itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.errors import UnsupportedError

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "dialect_transpiled.txt"


def cases() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Dialect, statement, and the lines that are expected of it."""
    dialect = ""
    for block in GOLDEN.read_text(encoding="utf-8").split("\n\n"):
        lines = block.strip("\n").splitlines()
        if lines and lines[0].startswith("## "):
            dialect = lines.pop(0)[3:]
        if lines:
            yield dialect, lines[0], tuple(line.strip() for line in lines[1:])


CASES = tuple(cases())


@pytest.mark.parametrize(("dialect", "sql", "expected"), CASES)
def test_a_query_is_written_for_flink_or_refused_by_name(dialect: str, sql: str, expected: tuple[str, ...]) -> None:
    tree = sqlglot.parse_one(sql, read=dialect)
    try:
        got = (tree.sql(dialect="flink", unsupported_level=ErrorLevel.RAISE),)
    except UnsupportedError as refused:
        got = tuple(f"unsupported: {line}" for line in str(refused).split("\n") if line.strip())
    else:
        assert not sqlglot.parse_one(got[0], read="flink").find(exp.Command)
    assert got == expected


def test_there_are_enough_of_them() -> None:
    written = [case for case in CASES if not case[2][0].startswith("unsupported")]
    assert len(written) >= 100
    assert {case[0] for case in CASES} >= {"spark", "postgres", "trino", "bigquery", "snowflake"}


def test_what_flink_wrote_itself_is_no_foreign_call() -> None:
    for sql in ("SELECT UNIX_TIMESTAMP(), DATE_FORMAT(ts, 'yyyy'), a[i], a[1] FROM t", "SELECT a FROM t ORDER BY a NULLS FIRST",
                "WITH RECURSIVE c AS (SELECT 1 AS n) SELECT * FROM c", "SELECT a ILIKE 'b', GREATEST(a, b), CAST(a AS DECIMAL) FROM t"):
        assert sqlglot.parse_one(sql, read="flink").sql(dialect="flink", unsupported_level=ErrorLevel.RAISE) == sql


def test_places_in_arrays_are_counted_as_the_other_product_does() -> None:
    assert sqlglot.transpile("SELECT arr[1] FROM t", read="flink", write="spark") == ["SELECT arr[0] FROM t"]
    assert sqlglot.transpile("SELECT arr[0] FROM t", read="spark", write="flink") == ["SELECT arr[1] FROM t"]
    assert sqlglot.transpile("SELECT m['k'] FROM t", read="flink", write="trino") == ["SELECT m['k'] FROM t"]
