"""The rows of an input as the lines of its file: JSON objects, or changes in Debezium's form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from flinksql_runner.diagnostics import Diagnostic, error
from flinksql_runner.functions.types import SqlType
from flinksql_runner.testing.cells import default_of, json_value
from flinksql_runner.testing.inputs import Shape
from flinksql_runner.testing.values import Given, Item

_NOBODY = {"TINYINT": -128, "SMALLINT": -(1 << 15), "INT": -(1 << 31), "BIGINT": -(1 << 63), "STRING": "\0", "VARCHAR": "\0",
           "CHAR": "\0", "DATE": "0001-01-01"}
"""Keys of items that are only a watermark: none that a row would have, for a temporal join sees those items too."""
_Row = Mapping[str, object]


def lines(given: Given | None, shape: Shape, *, upserts: bool = False) -> list[list[str]]:
    """The lines of each item of an input. Values must have been looked through by ``inputs.mistakes``.

    :param upserts: whether its connector tells rows by key alone, so that a row without an ``op`` replaces the one before.
    """
    if given is None:
        return []
    changes = given.has_changes or upserts
    if changes and shape.key:
        return [[json.dumps(event, ensure_ascii=False) for event in events] for events in _events(given, shape, upserts)]
    return [[json.dumps({**_row(i, shape, given.defaults), **({"op__": i.op or "+I"} if changes else {})}, ensure_ascii=False)]
            for i in given.items]


def mark(number: int, shape: Shape, *, changes: bool) -> str:
    """The line that ends step ``number`` of an input: it moves no watermark, and no node sees it."""
    row = {**_blank(shape), "data__": False, "seg__": number}
    if shape.rowtime in row:
        row[shape.rowtime or ""] = json_value("1970-01-01", shape.types[shape.rowtime or ""])
    return _line(row, shape, changes)


def watermark(moment: str, shape: Shape, *, changes: bool) -> str:
    """The line of a watermark that is no item of this input: one that several inputs share, or the last one after a restart."""
    return _line(_marked(moment, shape), shape, changes)


def mistakes(given: Given, shape: Shape, *, upserts: bool) -> Iterator[Diagnostic]:
    """FS714: changes that can't come in this order, or not from this table."""
    waiting: Item | None = None
    for item in given.items:
        if shape.key and waiting is not None and item.op != "+U":
            yield error("FS714", "`-U` is half of a change: its `+U` comes next", waiting.span, "write both, or `+U` alone")
        waiting = item if item.op == "-U" else None
        if upserts and item.op == "-U":
            yield error("FS714", f"the connector of `{given.input}` gives no `-U`: it tells the new row of a key alone",
                        item.span, "leave the row out")
            return
    if shape.key and waiting is not None:
        yield error("FS714", "`-U` is half of a change: its `+U` comes next", waiting.span, "write both, or `+U` alone")


def cells_of(item: Item, shape: Shape, given: Given | None) -> _Row:
    """The row of an item with all columns that rows hold, as YAML gives values."""
    defaults = given is not None and given.defaults
    return {c.name: (item.row or {}).get(c.name, _missing(c.type, defaults)) for c in shape.physical}


def _row(item: Item, shape: Shape, defaults: bool) -> _Row:
    """An item as the columns of the test source."""
    if item.watermark is not None and shape.rowtime is not None:
        return _marked(item.watermark, shape)
    row = {c.name: json_value((item.row or {}).get(c.name, _missing(c.type, defaults)), c.type) for c in shape.physical}
    return {**row, "data__": True}


def _missing(type_: SqlType, defaults: bool) -> object:
    return default_of(type_) if defaults or not type_.nullable else None


def _marked(moment: str, shape: Shape) -> dict[str, object]:
    at = json_value(moment, shape.types[shape.rowtime or ""])
    row = _blank(shape)
    return {**row, "wm__": at, **({shape.rowtime: at} if shape.rowtime in row and shape.rowtime else {}), "data__": False}


def _blank(shape: Shape) -> dict[str, object]:
    """Columns of an item that is no row."""
    row = {}
    for column in shape.physical:
        value = _missing(column.type, False)
        if column.name in shape.key:
            value = _NOBODY.get(column.type.name, default_of(column.type))
        row[column.name] = json_value(value, column.type)
    return row


def _line(row: _Row, shape: Shape, changes: bool) -> str:
    if changes:
        row = {"op": "c", "after": row} if shape.key else {**row, "op__": "+I"}
    return json.dumps(row, ensure_ascii=False)


def _events(given: Given, shape: Shape, upserts: bool) -> Iterator[Sequence[_Row]]:
    """Debezium's events for each item of a table with a key.

    A `+U` without its `-U`, and each row of a connector that tells rows by key alone, stands for the row of its key: what is
    replaced is told with it, as Flink's ChangelogNormalize would; a row that replaces itself, or a `-D` of nothing, is none.
    """
    table: dict[str, _Row] = {}
    before: _Row | None = None
    for item in given.items:
        row = _row(item, shape, given.defaults)
        if item.row is None:
            yield [{"op": "c", "after": row}]
            continue
        key = json.dumps([row[k] for k in shape.key])
        known = table.get(key)
        if item.op == "-U":
            before = row
            yield []
        elif item.op == "-D":
            gone = table.pop(key, None)
            named = {k: v for k, v in row.items() if k in (item.row or {})}
            yield [{"op": "d", "before": {**(gone or row), **named}}] if gone or not upserts else []
        elif item.op == "+U" or upserts:
            old, before = before or known, None
            table[key] = row
            yield [] if old == row else [{"op": "u", "before": old, "after": row}] if old else [{"op": "c", "after": row}]
        else:
            table[key] = row
            yield [{"op": "c", "after": row}]
