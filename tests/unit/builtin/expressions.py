"""The type of a whole expression over one table's columns, by the room builtin alone; scripts/probe_builtin.py uses it too."""

from __future__ import annotations

import re
from collections.abc import Mapping

import sqlglot
from sqlglot import exp

from flinksql_runner.builtin.calls import typed
from flinksql_runner.builtin.table import is_aggregate
from flinksql_runner.builtin.values import Argument, Refusal
from flinksql_runner.builtin.written import call_of, literal_of
from flinksql_runner.dialect.types import FlinkType, parse_type

# column -> type; with the prefix n_ the same, NOT NULL
TYPES: Mapping[str, str] = {
    "bool": "BOOLEAN", "ti": "TINYINT", "si": "SMALLINT", "i": "INT", "bi": "BIGINT", "f": "FLOAT", "d": "DOUBLE",
    "de": "DECIMAL(10, 2)", "de38": "DECIMAL(38, 18)", "de20": "DECIMAL(20, 0)", "c": "CHAR(5)", "v": "VARCHAR(20)",
    "s": "STRING", "b": "BINARY(4)", "vb": "VARBINARY(10)", "byt": "BYTES", "da": "DATE", "t": "TIME", "ts": "TIMESTAMP(3)",
    "ts6": "TIMESTAMP(6)", "ltz": "TIMESTAMP_LTZ(3)", "ai": "ARRAY<INT>", "as_": "ARRAY<STRING NOT NULL>",
    "msi": "MAP<STRING, INT>", "mu": "MULTISET<STRING>", "r": "ROW<a INT, b STRING NOT NULL>",
    "rn": "ROW<x ROW<y DOUBLE NOT NULL>>", "va": "VARIANT", "bm": "BITMAP",
}
COLUMNS: Mapping[str, FlinkType] = {
    **{name: parse_type(text) for name, text in TYPES.items()},
    **{f"n_{name}": parse_type(f"{text} NOT NULL") for name, text in TYPES.items()},
    "rt": parse_type("TIMESTAMP(3) *ROWTIME*"), "pt": parse_type("TIMESTAMP_LTZ(3) *PROCTIME* NOT NULL"),
}
_MARK = re.compile(r" \*\w+\*|`")


class RefusedError(Exception):
    """What the room refuses."""


def type_of(expression: str, grouped: bool) -> FlinkType | None:
    """The type, or None where it is not known.

    :raises RefusedError: where the room refuses it.
    """
    tree = sqlglot.parse_one(f"SELECT {expression} FROM t", dialect="flink")
    assert isinstance(tree, exp.Select)
    return _argument(tree.expressions[0], grouped).type


def plainly(type_: FlinkType | str) -> str:
    """A type as text, without marks of time attributes and backticks."""
    return _MARK.sub("", type_ if isinstance(type_, str) else type_.sql)


def _argument(node: exp.Expr | Argument, grouped: bool) -> Argument:
    if isinstance(node, Argument):
        return node
    if isinstance(node, exp.Paren):
        return _argument(node.this, grouped)
    if (literal := literal_of(node)) is not None:
        return literal
    if isinstance(node, exp.Column):
        return Argument(None if node.table else COLUMNS.get(node.name))
    call = call_of(node)
    if call is None:
        return Argument()
    operands = [_argument(operand, grouped) for operand in call.operands]
    if call.star:
        operands = [Argument(FlinkType("INT"))]
    empty = is_aggregate(call.name) and call.over is None and (not grouped or call.filtered is not None)
    answer = typed(call.name, operands, may_be_empty=empty)
    if isinstance(answer, Refusal):
        raise RefusedError(answer.message)
    return Argument(answer)
