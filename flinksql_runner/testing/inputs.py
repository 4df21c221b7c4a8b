"""Test sources: tables with the columns of the real ones that read rows and watermarks of a test from a file.

A test source has two columns more: ``data__`` is false for an item that only carries a watermark, ``wm__`` holds that one
and is NULL for rows, which move no watermark. A view over it drops both, and keeps the time attribute.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flinksql_runner.compiler.declare import literal, quoted
from flinksql_runner.diagnostics import Diagnostic, did_you_mean, error
from flinksql_runner.flink.rows import Row
from flinksql_runner.functions.types import SqlType
from flinksql_runner.testing.cells import WrongCell, default_of, json_value, type_of
from flinksql_runner.testing.values import Given

SUFFIX = "__in"
PROCTIME = "PROCTIME()"


@dataclass(frozen=True, slots=True)
class InputColumn:
    """A column of an input. ``sql`` is its type as DDL takes it, ``computed`` the expression of a computed one."""

    name: str
    type: SqlType
    sql: str
    computed: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a table or view; ``rowtime`` is the one with the watermark."""

    columns: tuple[InputColumn, ...]
    rowtime: str | None = None

    @property
    def types(self) -> Mapping[str, SqlType]:
        """Column -> type."""
        return {c.name: c.type for c in self.columns}

    def given(self, given: Given | None) -> Shape:
        """The shape for one test: a computed column that any row names holds what the rows say, and is not computed."""
        named = {name for item in (given.items if given else ()) for name in item.row or {}}
        return replace(self, columns=tuple(
            replace(c, computed=None) if c.name in named and c.computed != PROCTIME else c for c in self.columns))


def shape_of(described: Sequence[Row]) -> Shape:
    """The shape from the rows of DESCRIBE: name, type, null, key, extras, watermark."""
    columns: list[InputColumn] = []
    rowtime = None
    for name, text, nullable, _, extras, *_ in (row.values for row in described):
        plain = text.replace("*ROWTIME*", "").replace("*PROCTIME*", "").strip()
        if "*ROWTIME*" in text:
            rowtime = rowtime or name
        computed = PROCTIME if "*PROCTIME*" in text else str(extras)[3:] if str(extras or "").startswith("AS ") else None
        sql = plain if nullable or plain.endswith("NOT NULL") else f"{plain} NOT NULL"
        columns.append(InputColumn(name, type_of(sql), sql, computed))
    return Shape(tuple(columns), rowtime)


def statements(name: str, shape: Shape, path: Path) -> Iterator[str]:
    """The table that reads the file at ``path``, and the view over it that has the input's name."""
    columns = []
    for column in shape.columns:
        if column.computed is None:
            columns.append(f"{quoted(column.name)} {column.sql}")
        elif column.name == shape.rowtime:  # an item that is only a watermark has none of the columns that this one is made of
            columns.append(f"{quoted(column.name)} AS CASE WHEN `data__` THEN ({column.computed}) ELSE `wm__` END")
        else:
            columns.append(f"{quoted(column.name)} AS {column.computed}")
    time = next((c.type.name for c in shape.columns if c.name == shape.rowtime), "TIMESTAMP")
    columns += [f"`wm__` {time}(3)", "`data__` BOOLEAN"]
    if shape.rowtime:
        columns.append(f"WATERMARK FOR {quoted(shape.rowtime)} AS `wm__`")
    yield (f"CREATE TEMPORARY TABLE {quoted(name + SUFFIX)} ({', '.join(columns)}) WITH ('connector' = 'filesystem', "
           f"'path' = {literal(path.as_uri())}, 'format' = 'json')")
    names = ", ".join(quoted(c.name) for c in shape.columns)
    yield f"CREATE TEMPORARY VIEW {quoted(name)} AS SELECT {names} FROM {quoted(name + SUFFIX)} WHERE `data__`"


def mistakes(given: Given, shape: Shape) -> Iterator[Diagnostic]:
    """What a test gives that the input can't hold: FS703 an unknown column or the clock, FS704 a value, FS707 a watermark."""
    time = next((c for c in shape.columns if c.name == shape.rowtime and c.computed is None), None)
    for item in given.items:
        if item.row is not None and time is not None and item.row.get(time.name) is None:
            yield error("FS704", f"`{time.name}` is missing: it is the event time of `{given.input}` and never null", item.span,
                        f"{time.name}: '2026-01-31 12:30:00'")
        if item.watermark is not None:
            if shape.rowtime is None:
                yield error("FS707", f"`{given.input}` has no watermark: its table declares none", item.span,
                            "leave the item out, or declare WATERMARK FOR in the source")
                continue
            try:
                json_value(item.watermark, shape.types[shape.rowtime])
            except WrongCell as problem:
                yield error("FS704", f"`watermark`: {problem}", item.span)
        for name, value in (item.row or {}).items():
            column = next((c for c in shape.columns if c.name == name), None)
            if column is None:
                known = [c.name for c in shape.columns if c.computed != PROCTIME]
                yield error("FS703", f"`{given.input}` has no column `{name}`", item.span,
                            did_you_mean(name, known) or f"it has {', '.join(f'`{n}`' for n in known)}")
            elif column.computed is not None:
                yield error("FS703", f"`{name}` of `{given.input}` is the clock of the machine (PROCTIME)", item.span,
                            "a test can't set it; leave it out")
            else:
                try:
                    json_value(value, column.type)
                except WrongCell as problem:
                    yield error("FS704", f"`{name}`: {problem}", item.span)


def lines(given: Given | None, shape: Shape) -> str:
    """The file's text: a JSON object a line. Values must have been looked through by ``mistakes``."""
    physical = [c for c in shape.columns if c.computed is None]
    text = []
    for item in given.items if given else ():
        row: dict[str, object] = {}
        for column in physical:
            missing = None if column.type.nullable else default_of(column.type)
            row[column.name] = json_value((item.row or {}).get(column.name, missing), column.type)
        if item.watermark is not None and shape.rowtime is not None:
            moment = json_value(item.watermark, shape.types[shape.rowtime])
            row |= {"wm__": moment, **({shape.rowtime: moment} if shape.rowtime in row else {})}
        text.append(json.dumps({**row, "data__": item.watermark is None}, ensure_ascii=False) + "\n")
    return "".join(text)
