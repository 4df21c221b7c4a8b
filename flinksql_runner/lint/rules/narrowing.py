"""Values that lose something on their way into a sink."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.analyse.relations import Insert, Project
from flinksql_runner.dialect.types import LONGEST, FlinkType
from flinksql_runner.lint.places import finding, offsets
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node

_DIGITS = {"TINYINT": 3, "SMALLINT": 5, "INT": 10, "BIGINT": 19}


class NarrowingIntoSink:
    """A value that may not fit into the column of its sink.

    Flink casts a value to the type of the sink's column without being asked. A DECIMAL with too many digits becomes NULL, a
    longer text is cut off, a time of the day goes when a TIMESTAMP is written into a DATE: the job stays green.

    Write the CAST yourself, so that a reader sees it, or give the column the type of the value. A STRING into a VARCHAR(n) is
    told as info, since its length can't be known.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT, amount DECIMAL(20, 4)) WITH ('connector' = 'datagen');
        -- sql/sinks/all_orders.sql
        CREATE TABLE all_orders (id INT, amount DECIMAL(8, 2)) WITH ('connector' = 'print');
        INSERT INTO all_orders SELECT id, amount FROM orders

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT, amount DECIMAL(20, 4)) WITH ('connector' = 'datagen');
        -- sql/sinks/all_orders.sql
        CREATE TABLE all_orders (id INT, amount DECIMAL(8, 2)) WITH ('connector' = 'print');
        INSERT INTO all_orders SELECT id, CAST(amount AS DECIMAL(8, 2)) FROM orders
    """

    about: ClassVar[About] = About("FS814", "narrowing-into-sink", "sinks")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Fields of INSERTs whose known type is wider than that of their column."""
        columns = subject.analysis.columns
        for insert in subject.relations(Insert):
            for index, target in enumerate(insert.targets):
                if not (0 <= target < len(columns) and index < len(insert.input.fields)):
                    continue
                field, column = insert.input.fields[index], columns[target]
                lost = _lost(field.type, column.type)
                if lost:
                    certain = field.type is None or field.type.sizes != (LONGEST,)
                    yield finding(node, _place(insert, index), f"`{column.name}` is {_shown(column.type)}, the value is "
                                  f"{_shown(field.type)}: {lost}", f"write CAST(... AS {_shown(column.type)}) if that is meant, "
                                  "or make the column wider", certain=certain)


def _lost(value: FlinkType | None, column: FlinkType | None) -> str:
    """What goes wrong with a value of one type in a column of another; empty where it fits or can't be known."""
    if value is None or column is None:
        return ""
    if column.name == "DECIMAL" and len(column.sizes) == 2:
        room = column.sizes[0] - column.sizes[1]
        digits = _DIGITS.get(value.name, 0)
        if value.name == "DECIMAL" and len(value.sizes) == 2:
            digits = value.sizes[0] - value.sizes[1]
        return "what is too large becomes NULL" if digits > room else ""
    if column.name == "VARCHAR" and value.name in ("VARCHAR", "CHAR") and column.sizes and value.sizes:
        return "what is longer is cut off" if value.sizes[0] > column.sizes[0] else ""
    if column.name == "DATE" and value.name.startswith("TIMESTAMP"):
        return "the time of the day is lost"
    return ""


def _shown(type_: FlinkType | None) -> str:
    return type_.sql.removesuffix(" NOT NULL") if type_ is not None else ""


def _place(insert: Insert, index: int) -> tuple[int, int]:
    """Where the value is computed in this file, or the INSERT."""
    query = insert.input
    syntax = query.values[index].syntax if isinstance(query, Project) and index < len(query.values) else None
    if syntax is not None:
        return offsets(syntax)
    return offsets(insert.syntax, keyword=True) if insert.syntax is not None else (0, 0)
