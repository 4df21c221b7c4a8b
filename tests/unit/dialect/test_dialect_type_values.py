"""Types as values: from text, from trees, and back."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from flinksql_runner.dialect.types import LONGEST, FlinkType, node_of, parse_type, type_of

INT, TEXT = FlinkType("INT"), FlinkType("VARCHAR", (LONGEST,))


@pytest.mark.parametrize(("text", "value", "written"), [
    ("int", INT, "INT"),
    ("INTEGER NOT NULL", FlinkType("INT", nullable=False), "INT NOT NULL"),
    ("string", TEXT, "STRING"),
    ("VARCHAR(2147483647)", TEXT, "STRING"),
    ("varchar", FlinkType("VARCHAR", (LONGEST,)), "STRING"),
    ("character varying(3)", FlinkType("VARCHAR", (3,)), "VARCHAR(3)"),
    ("BYTES", FlinkType("VARBINARY", (LONGEST,)), "BYTES"),
    ("DEC", FlinkType("DECIMAL", (10, 0)), "DECIMAL(10, 0)"),
    ("numeric(5)", FlinkType("DECIMAL", (5, 0)), "DECIMAL(5, 0)"),
    ("double precision", FlinkType("DOUBLE"), "DOUBLE"),
    ("real", FlinkType("FLOAT"), "FLOAT"),
    ("TIME", FlinkType("TIME", (0,)), "TIME(0)"),
    ("TIMESTAMP", FlinkType("TIMESTAMP", (6,)), "TIMESTAMP(6)"),
    ("TIMESTAMP(3) WITHOUT TIME ZONE", FlinkType("TIMESTAMP", (3,)), "TIMESTAMP(3)"),
    ("TIMESTAMP(3) WITH LOCAL TIME ZONE", FlinkType("TIMESTAMP_LTZ", (3,)), "TIMESTAMP_LTZ(3)"),
    ("TIMESTAMP(3) *ROWTIME*", FlinkType("TIMESTAMP", (3,), time="ROWTIME"), "TIMESTAMP(3) *ROWTIME*"),
    ("TIMESTAMP_LTZ(3) *PROCTIME* NOT NULL", FlinkType("TIMESTAMP_LTZ", (3,), nullable=False, time="PROCTIME"),
     "TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*"),
    ("ARRAY<INT NOT NULL>", FlinkType("ARRAY", children=(FlinkType("INT", nullable=False),)), "ARRAY<INT NOT NULL>"),
    ("INT ARRAY", FlinkType("ARRAY", children=(INT,)), "ARRAY<INT>"),
    ("MULTISET<STRING>", FlinkType("MULTISET", children=(TEXT,)), "MULTISET<STRING>"),
    ("MAP<STRING, ARRAY<INT>>", FlinkType("MAP", children=(TEXT, FlinkType("ARRAY", children=(INT,)))), "MAP<STRING, ARRAY<INT>>"),
    ("ROW<a INT, `b c` STRING 'said'>", FlinkType("ROW", children=(INT, TEXT), fields=("a", "b c")), "ROW<`a` INT, `b c` STRING>"),
    ("ROW(a INT) NOT NULL", FlinkType("ROW", children=(INT,), fields=("a",), nullable=False), "ROW<`a` INT> NOT NULL"),
    ("ROW<>", FlinkType("ROW"), "ROW<>"),
    ("RAW('a.B', 'c')", FlinkType("RAW", detail="RAW('a.B', 'c')"), "RAW('a.B', 'c')"),
    ("VARIANT", FlinkType("VARIANT"), "VARIANT"),
    ("STRUCTURED<'a.B', x INT>", FlinkType("STRUCTURED", children=(INT,), fields=("x",), detail="'a.B'"),
     "STRUCTURED<'a.B', `x` INT>"),
    ("`my`.`type`", FlinkType("USER", detail="`my`.`type`"), "`my`.`type`"),
])
def test_a_type_has_one_value(text: str, value: FlinkType, written: str) -> None:
    found = parse_type(text)
    assert found == value
    assert str(found) == written
    assert parse_type(str(found)) == value
    if found.time is None:
        assert type_of(node_of(found)) == value


@pytest.mark.parametrize("text", [
    "", "INT INT", "INT, d INT", "INT) WITH (", "MAP<INT>", "DECIMAL(1, 2, 3)", "ROW<a>", "INT PRIMARY KEY", "INT COMMENT 'x'",
    "'INT'", "INT; INT", "ARRAY", "`",
])
def test_what_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no type of Flink"):
        parse_type(text)


def test_types_in_trees() -> None:
    cast = sqlglot.parse_one("SELECT CAST(a AS ARRAY<DECIMAL(4, 1)>)", read="flink").find(exp.Cast)
    assert cast is not None
    assert str(type_of(cast.to)) == "ARRAY<DECIMAL(4, 1)>"
    assert str(type_of(exp.DataType.build("bigint"))) == "BIGINT"
    foreign = sqlglot.parse_one("CAST(a AS NUMERIC(3, 2))", read="postgres")
    assert str(type_of(foreign.args["to"])) == "DECIMAL(3, 2)"
