"""Versions of Flink as a setting of the dialect."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot.errors import ParseError

# a statement -> the first version whose parser reads it
NEWS = {
    "SHOW CONNECTIONS": "2.3",
    "CREATE CONNECTION c WITH ('type' = 'basic')": "2.3",
    "DROP CONNECTION c": "2.3",
    "ALTER CONNECTION c RENAME TO d": "2.3",
    "DESCRIBE CONNECTION c": "2.3",
    "INSERT INTO t SELECT * FROM u ON CONFLICT DO NOTHING": "2.3",
    "CREATE FUNCTION f AS 'a.B' USING ARTIFACT 's3://a/b.jar'": "2.3",
    "ALTER MATERIALIZED TABLE t DROP WATERMARK": "2.3",
    "CREATE OR ALTER MATERIALIZED TABLE t FRESHNESS = INTERVAL '1' DAY AS SELECT 1": "2.3",
    "CREATE MATERIALIZED TABLE t START_MODE = FROM_BEGINNING FRESHNESS = INTERVAL '1' DAY AS SELECT 1": "2.3",
    "CREATE TABLE t (b BITMAP)": "2.3",
    "SHOW MATERIALIZED TABLES": "2.2",
    "EXPLAIN EXECUTE INSERT INTO t SELECT 1": "2.2",
    "ALTER MATERIALIZED TABLE t ADD DISTRIBUTION BY HASH(a) INTO 6 BUCKETS": "2.2",
    "CREATE MATERIALIZED TABLE t AS SELECT 1": "2.2",
    "ALTER MODEL m RESET ('a')": "2.1",
    "SELECT * FROM ML_PREDICT(TABLE t, MODEL m, DESCRIPTOR(a))": "2.1",
    "SELECT * FROM f(TABLE t)": "2.0",
    "DESCRIBE FUNCTION f": "2.0",
    "SHOW CATALOGS LIKE 'a%'": "2.0",
    "CREATE TABLE t (a, b) AS SELECT 1, 2": "2.0",
    "SELECT a FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1": "2.0",
    "SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(a), INTERVAL '1' DAY))": "1.20",
    "ALTER MATERIALIZED TABLE t SUSPEND": "1.20",
}
VERSIONS = ("1.20", "2.0", "2.1", "2.2", "2.3")


@pytest.mark.parametrize(("sql", "since"), NEWS.items())
def test_a_version_reads_what_its_parser_reads(sql: str, since: str) -> None:
    for version in VERSIONS:
        if VERSIONS.index(version) >= VERSIONS.index(since):
            assert sqlglot.parse_one(sql, read=f"flink, version={version}").sql(dialect="flink") == sql
            continue
        with pytest.raises(ParseError) as caught:
            sqlglot.parse_one(sql, read=f"flink, version={version}")
        said = caught.value.errors[0]["description"]
        assert f" on, not in {version}" in str(said)


def test_words_are_names_before_they_are_reserved() -> None:
    sql = "SELECT bitmap, monday FROM connections"
    assert sqlglot.parse_one(sql, read="flink, version=1.20").sql(dialect="flink") == sql
    with pytest.raises(ParseError, match="monday is a reserved word"):
        sqlglot.parse_one(sql, read="flink, version=2.2.1")
    with pytest.raises(ParseError, match="bitmap is a reserved word"):
        sqlglot.parse_one(sql, read="flink")
    with pytest.raises(ParseError, match="model is a reserved word"):
        sqlglot.parse_one("SELECT model FROM t", read="flink, version=2.0")


def test_a_version_that_is_not_known() -> None:
    assert sqlglot.parse_one("SELECT 1", read="flink, version=2.9").sql(dialect="flink") == "SELECT 1"
    with pytest.raises(ValueError, match=r"knows Flink from 1\.20 on, not 1\.17"):
        sqlglot.parse_one("SELECT 1", read="flink, version=1.17")
