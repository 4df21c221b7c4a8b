"""CREATE TABLE read from its tokens: types word for word, whatever they nest."""

from __future__ import annotations

import pytest

from flinksql_runner.syntax.statements import split
from flinksql_runner.syntax.table import Table, read_table
from flinksql_runner.syntax.values import Column


def table_of(text: str) -> Table:
    (piece,), mistake = split(text)
    assert mistake is None
    table = read_table(piece, text)
    assert isinstance(table, Table)
    return table


@pytest.mark.parametrize(("declared", "column"), [
    ("a INT", Column("a", "INT")),
    ("a DECIMAL(10,2) NOT NULL", Column("a", "DECIMAL(10,2)", nullable=False)),
    ("a INT NULL", Column("a", "INT")),
    ("a MAP<STRING NOT NULL, ROW<b INT COMMENT 'x', c STRING>> NOT NULL COMMENT 'm'",
     Column("a", "MAP<STRING NOT NULL, ROW<b INT COMMENT 'x', c STRING>>", nullable=False, comment="m")),
    ("a ROW(b INT NOT NULL, c STRING)", Column("a", "ROW(b INT NOT NULL, c STRING)")),
    ("a TIMESTAMP(3) WITH LOCAL TIME ZONE METADATA VIRTUAL", Column("a", "TIMESTAMP(3) WITH LOCAL TIME ZONE", "metadata")),
    ("a /* why */ DOUBLE -- because\n PRECISION", Column("a", "DOUBLE PRECISION")),
    ("`time of day` BIGINT PRIMARY KEY NOT ENFORCED", Column("time of day", "BIGINT", nullable=False)),
    ("a AS CAST(b AS INT) COMMENT 'c'", Column("a", "", "computed", comment="c")),
])
def test_a_column(declared: str, column: Column) -> None:
    table = table_of(f"CREATE TABLE t ({declared}, last STRING) WITH ('connector' = 'print')")
    assert table.columns == (column, Column("last", "STRING"))
    assert not table.mistakes


def test_keys_and_parts() -> None:
    table = table_of("CREATE TEMPORARY TABLE IF NOT EXISTS c.`d`.t (a INT, b INT, CONSTRAINT k PRIMARY KEY (a, b) NOT ENFORCED, "
                     "WATERMARK FOR `ts` AS ts) COMMENT 'x' PARTITIONED BY (a) WITH ('connector' = 'x') "
                     "LIKE d.base (INCLUDING ALL)")
    assert (table.named.name, table.named.parts) == ("c.d.t", 3)
    assert table.primary_key == ("a", "b")
    assert [c.nullable for c in table.columns] == [False, False]
    assert table.watermark == "ts"
    assert table.like is not None
    assert table.like.name == "d.base"


def test_an_option_that_is_no_pair_of_strings() -> None:
    table = table_of("CREATE TABLE t (a INT) WITH ('connector' = 'x', topic = 'y', 'z' = 3, )")
    assert [m.message for m in table.mistakes] == [
        "an option of WITH must be 'key' = 'value', found `topic`", "an option of WITH must be 'key' = 'value', found `3`"]
    assert [o.key for o in table.options] == ["connector"]
