"""Rows of tests as texts: CSV, JSON and SELECTs of literals. The values are as YAML would give them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlglot import exp
from sqlglot.errors import SqlglotError

from flinksql_runner.dialect.expressions import TypedLiteral
from flinksql_runner.dialect.flink import Flink

Row = Mapping[str, object]


class WrongRows(ValueError):
    """A text that holds no rows of its format; the message is for the user."""


def csv_rows(text: str) -> Iterator[Row]:
    """Rows of a CSV with a line of names; an empty cell is null.

    :raises WrongRows: where a line has more cells than there are names.
    """
    reader = csv.DictReader(io.StringIO(text.strip()), skipinitialspace=True)
    for row in reader:
        if None in row:
            raise WrongRows(f"line {reader.line_num} has more cells than the first line has names")
        yield {str(k).strip(): (v.strip() or None) if isinstance(v, str) else v for k, v in row.items()}


def json_rows(text: str) -> Iterator[Row]:
    """A JSON list of objects, or one object a line.

    :raises WrongRows: where it is neither.
    """
    try:
        try:
            whole = json.loads(text)
        except json.JSONDecodeError:
            whole = [json.loads(line) for line in text.splitlines() if line.strip()]
    except json.JSONDecodeError as problem:
        raise WrongRows(f"not JSON: {problem.msg} (line {problem.lineno}, column {problem.colno})") from None
    for row in whole if isinstance(whole, list) else [whole]:
        if not isinstance(row, dict):
            raise WrongRows("a row in JSON is an object: {\"id\": 1}")
        yield row


def sql_rows(text: str) -> Iterator[Row]:
    """Rows of ``SELECT 1 AS id, 'a' AS name UNION ALL SELECT 2, 'b'``: literals, in the order in which they stand.

    Names come from the first SELECT, as in SQL. Nothing is sent to Flink, which tells no order of such rows.

    :raises WrongRows: where it is anything else.
    """
    try:
        parsed = [tree for tree in Flink().parse(text) if tree is not None]
    except SqlglotError as problem:
        raise WrongRows(f"not SQL: {str(problem).splitlines()[0]}") from None
    if len(parsed) != 1:
        raise WrongRows("write one query")
    names: list[str] = []
    for select in _selects(parsed[0]):
        if select.args.get("from_") or select.args.get("where"):
            raise WrongRows(f"rows are SELECTs of literals, without a table: {select.sql('flink')}")
        items = select.expressions
        names = names or [item.alias for item in items]
        if len(items) != len(names):
            raise WrongRows(f"a row has {len(items)} values, the first one {len(names)}")
        if not all(names):
            raise WrongRows("a value of the first row has no name: write `1 AS id`")
        yield {name: _value(item.unalias()) for name, item in zip(names, items, strict=True)}


FORMATS: Mapping[str, Callable[[str], Iterator[Row]]] = {"csv": csv_rows, "sql": sql_rows, "json": json_rows}
"""Format -> how its text is read; its name is the ending of a fixture too."""


def _selects(tree: exp.Expr) -> Iterator[exp.Select]:
    """The SELECTs of a UNION ALL from left to right (a loop: a long one is a deep tree)."""
    stack = [tree]
    while stack:
        item = stack.pop()
        if isinstance(item, exp.Union) and not item.args.get("distinct"):
            stack += [item.expression, item.this]
        elif isinstance(item, exp.Subquery) and not item.alias:
            stack.append(item.this)
        elif isinstance(item, exp.Select):
            yield item
        else:
            raise WrongRows(f"rows are SELECTs with UNION ALL between them, this is {item.key.upper()}")


def _value(item: exp.Expr) -> object:
    """The value of a literal; the text of a CAST's or DATE's is enough, for columns have types of their own."""
    if isinstance(item, exp.Null):
        return None
    if isinstance(item, exp.Boolean):
        return bool(item.this)
    if isinstance(item, exp.Literal):
        return item.this if item.is_string else _number(item.this)
    if isinstance(item, (exp.Paren, exp.Cast, exp.TryCast, TypedLiteral)):
        return _value(item.this)
    if isinstance(item, exp.Neg):
        value = _value(item.this)
        return -value if isinstance(value, (int, float)) else f"-{value}"
    if isinstance(item, exp.HexString):
        return f"x'{item.this}'"
    if isinstance(item, exp.Array):
        return [_value(v) for v in item.expressions]
    if isinstance(item, exp.Struct) or (isinstance(item, exp.Anonymous) and item.name.upper() == "ROW"):
        return [_value(v) for v in item.expressions]
    if isinstance(item, (exp.Map, exp.VarMap)):
        keys, values = (_list(item.args.get(side)) for side in ("keys", "values"))
        return dict(zip(map(str, keys), values, strict=True))
    raise WrongRows(f"`{item.sql('flink')}` is no literal: a test says its values, it does not compute them")


def _list(item: exp.Expr | None) -> Sequence[object]:
    return [_value(v) for v in item.expressions] if item is not None else []


def _number(text: str) -> int | float | str:
    """A number; one that floating point would change stays text, as DECIMALs need it."""
    if text.isdigit():
        return int(text)
    return float(text) if repr(float(text)) == text else text
