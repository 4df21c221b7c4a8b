"""Test sources: tables with the columns of the real ones that read rows and watermarks of a test from a file.

A test source has columns of ours: ``data__`` is false for an item that only carries a watermark, ``wm__`` holds that one and is
NULL for rows, which move no watermark. A view over it drops both, and keeps the time attribute. Where rows say what kind of
change they are, a table without a key has ``op__`` too (Flink's FROM_CHANGELOG turns such rows into changes); one with a PRIMARY
KEY is read as debezium-json. ``seg__`` numbers the parts of an input that comes in steps (testing/steps.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flinksql_runner.compiler.declare import literal, quoted
from flinksql_runner.diagnostics import Diagnostic, did_you_mean, error
from flinksql_runner.flink.rows import Row
from flinksql_runner.functions.types import SqlType
from flinksql_runner.testing.cells import WrongCell, json_value, type_of
from flinksql_runner.testing.values import Given

SUFFIX, VERSIONS, CHANGES = "__in", "__versions", "__changes"
PROCTIME = "PROCTIME()"
_OPS = ("INSERT", "UPDATE_BEFORE", "UPDATE_AFTER", "DELETE")
_MAPPING = "MAP['+I', 'INSERT', '-U', 'UPDATE_BEFORE', '+U', 'UPDATE_AFTER', '-D', 'DELETE']"
_LOOKS = "20 ms"  # how often a source that comes in steps looks for its next file


@dataclass(frozen=True, slots=True)
class InputColumn:
    """A column of an input. ``sql`` is its type as DDL takes it, ``computed`` the expression of a computed one."""

    name: str
    type: SqlType
    sql: str
    computed: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a table or view; ``rowtime`` is the one with the watermark, ``key`` its PRIMARY KEY."""

    columns: tuple[InputColumn, ...]
    rowtime: str | None = None
    key: tuple[str, ...] = ()

    @property
    def types(self) -> Mapping[str, SqlType]:
        """Column -> type."""
        return {c.name: c.type for c in self.columns}

    @property
    def physical(self) -> tuple[InputColumn, ...]:
        """The columns that rows hold."""
        return tuple(c for c in self.columns if c.computed is None)

    @property
    def rowtime_type(self) -> str:
        """The kind of TIMESTAMP that the event time is."""
        return next((c.type.name for c in self.columns if c.name == self.rowtime), "TIMESTAMP")

    def given(self, given: Given | None) -> Shape:
        """The shape for one test: a computed column that any row names holds what the rows say, and is not computed."""
        named = {name for item in (given.items if given else ()) for name in item.row or {}}
        return replace(self, columns=tuple(
            replace(c, computed=None) if c.name in named and c.computed != PROCTIME else c for c in self.columns))


@dataclass(frozen=True, slots=True)
class Reading:
    """How a test source reads. ``path`` is a file, or a folder where ``steps`` are put into place one by one.

    ``changes``: its rows are changes. ``versions``: a temporal join reads it too, through a view of its own without a filter
    (Flink takes none there).
    """

    path: Path
    changes: bool = False
    steps: bool = False
    versions: bool = False


def shape_of(described: Sequence[Row]) -> Shape:
    """The shape from the rows of DESCRIBE: name, type, null, key, extras, watermark."""
    columns: list[InputColumn] = []
    rowtime = None
    key: tuple[str, ...] = ()
    for name, text, nullable, keys, extras, *_ in (row.values for row in described):
        plain = text.replace("*ROWTIME*", "").replace("*PROCTIME*", "").strip()
        if "*ROWTIME*" in text:
            rowtime = rowtime or name
        if str(keys or "").startswith("PRI("):
            key = tuple(k.strip() for k in str(keys)[4:].rstrip(")").split(","))
        computed = PROCTIME if "*PROCTIME*" in text else str(extras)[3:] if str(extras or "").startswith("AS ") else None
        sql = plain if nullable or plain.endswith("NOT NULL") else f"{plain} NOT NULL"
        columns.append(InputColumn(name, type_of(sql), sql, computed))
    return Shape(tuple(columns), rowtime, key)


def statements(name: str, shape: Shape, reading: Reading) -> Iterator[str]:
    """The table that reads the file or folder, and the views over it: the input's name, and its versions."""
    yield _table(name, shape, reading)
    raw = quoted(name + SUFFIX)
    names = ", ".join(quoted(c.name) for c in shape.columns)
    if reading.changes and not shape.key:
        told = [c.name for c in shape.columns if c.computed != PROCTIME]  # a time attribute of the clock does not go through
        yield (f"CREATE TEMPORARY VIEW {quoted(name + CHANGES)} AS SELECT `op__`, {', '.join(map(quoted, told))} FROM {raw} "
               "WHERE `data__`")
        back = ", ".join(quoted(c.name) if c.name in told else f"{PROCTIME} AS {quoted(c.name)}" for c in shape.columns)
        yield (f"CREATE TEMPORARY VIEW {quoted(name)} AS SELECT {back} FROM FROM_CHANGELOG(input => TABLE "
               f"{quoted(name + CHANGES)}, op => DESCRIPTOR(`op__`), op_mapping => {_MAPPING})")
    else:
        yield f"CREATE TEMPORARY VIEW {quoted(name)} AS SELECT {names} FROM {raw} WHERE `data__`"
    if reading.versions:
        yield f"CREATE TEMPORARY VIEW {quoted(name + VERSIONS)} AS SELECT {names} FROM {raw}"


def _table(name: str, shape: Shape, reading: Reading) -> str:
    columns = []
    for column in shape.columns:
        if column.computed is None:
            columns.append(f"{quoted(column.name)} {column.sql}")
        elif column.name == shape.rowtime:  # an item that is only a watermark has none of the columns that this one is made of
            mark = f"COALESCE(`wm__`, {_epoch(shape)})" if reading.steps else "`wm__`"
            columns.append(f"{quoted(column.name)} AS CASE WHEN `data__` THEN ({column.computed}) ELSE {mark} END")
        else:
            columns.append(f"{quoted(column.name)} AS {column.computed}")
    columns += [f"`wm__` {shape.rowtime_type}(3)", "`data__` BOOLEAN"]
    columns += ["`op__` STRING"] * (reading.changes and not shape.key) + ["`seg__` INT"] * reading.steps
    if shape.rowtime:
        columns.append(f"WATERMARK FOR {quoted(shape.rowtime)} AS `wm__`")
    if shape.key:
        columns.append(f"PRIMARY KEY ({', '.join(map(quoted, shape.key))}) NOT ENFORCED")
    options = {"connector": "filesystem", "path": reading.path.as_uri(),
               "format": "debezium-json" if reading.changes and shape.key else "json"}
    if reading.steps:
        options["source.monitor-interval"] = _LOOKS
    told = ", ".join(f"{literal(k)} = {literal(v)}" for k, v in options.items())
    return f"CREATE TEMPORARY TABLE {quoted(name + SUFFIX)} ({', '.join(columns)}) WITH ({told})"


def _epoch(shape: Shape) -> str:
    return "TO_TIMESTAMP_LTZ(0, 3)" if shape.rowtime_type == "TIMESTAMP_LTZ" else "TIMESTAMP '1970-01-01 00:00:00'"


def mistakes(given: Given, shape: Shape) -> Iterator[Diagnostic]:
    """What a test gives that the input can't hold: FS703 an unknown column or the clock, FS704 a value, FS707 a watermark."""
    time = next((c for c in shape.physical if c.name == shape.rowtime), None)
    for item in given.items:
        if item.row is not None and time is not None and item.row.get(time.name) is None:
            yield error("FS704", f"`{time.name}` is missing: it is the event time of `{given.input}` and never null", item.span,
                        f"{time.name}: '2026-01-31 12:30:00'")
        for name in shape.key if item.row is not None else ():
            if item.row is not None and item.row.get(name) is None and not given.defaults:
                yield error("FS704", f"`{name}` is missing: it is of the key of `{given.input}` and never null", item.span)
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
