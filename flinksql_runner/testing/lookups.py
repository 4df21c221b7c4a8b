"""Lookup joins over given rows: ``JOIN dim FOR SYSTEM_TIME AS OF o.proc AS d ON ...`` becomes a join with an array of them.

A table of files can't be looked up in (Flink 2.3 ships no connector that could, without a service). So each row of the left
side gets the given rows for which ON holds, written with their values in place of the columns::

    JOIN UNNEST(ARRAY_REMOVE(ARRAY[CASE WHEN o.id = 1 THEN ROW(1, 'a') END, ...], NULL)) AS d (id, name) ON TRUE

As a real lookup join it keeps no state, asks for no time, and adds rows only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from flinksql_runner.compiler.declare import quoted
from flinksql_runner.diagnostics import Diagnostic, error
from flinksql_runner.dialect.positions import span_of
from flinksql_runner.functions.types import SqlType
from flinksql_runner.graph.values import Graph
from flinksql_runner.testing.edits import Change, Inner, put
from flinksql_runner.testing.inputs import Shape
from flinksql_runner.testing.lines import cells_of
from flinksql_runner.testing.literals import sql_value
from flinksql_runner.testing.values import Given


@dataclass(frozen=True, slots=True)
class Lookup:
    """One lookup join of a query: the table, its name in the query, the join's ON, and the text that is replaced."""

    table: str
    alias: str
    on: exp.Expr
    start: int
    end: int


def lookups(tree: exp.Expr, graph: Graph, clocks: Collection[str]) -> Iterator[Lookup]:
    """The lookup joins of a query: with a source that has no watermark, or as of processing time.

    :param clocks: names of columns that hold processing time.
    """
    for join in tree.find_all(exp.Join):
        table, on = join.this, join.args.get("on")
        version = table.args.get("version") if isinstance(table, exp.Table) else None
        if version is None or on is None or table.name not in graph.nodes or graph.nodes[table.name].kind != "source":
            continue
        asked = version.expression
        by_clock = asked is not None and any(
            (isinstance(n, exp.Column) and n.name in clocks) or (isinstance(n, exp.Anonymous) and n.name.upper() == "PROCTIME")
            for n in asked.walk())
        here, there = span_of(table), span_of(on)
        if here is not None and there is not None and (by_clock or not graph.nodes[table.name].watermark):
            yield Lookup(table.name, table.alias_or_name, on, here[0], there[1])


def mistakes(lookup: Lookup, given: Given | None, shape: Shape) -> Iterator[Diagnostic]:
    """FS713: what can't be the rows of a table that is looked up in."""
    for item in given.items if given else ():
        if item.watermark is not None or item.op is not None:
            what = "a watermark" if item.watermark is not None else f"`op: {item.op}`"
            yield error("FS713", f"`{lookup.table}` is looked up in: {what} means nothing there", item.span,
                        "give the rows that the table holds; a table with versions has a PRIMARY KEY and a WATERMARK")
            return
    if given is None or not shape.key:
        return
    keys = [tuple(str(cells_of(i, shape, given).get(k)) for k in shape.key) for i in given.items]
    if len(set(keys)) < len(keys):
        yield error("FS713", f"two rows of `{lookup.table}` have the same key ({', '.join(shape.key)})", given.span,
                    "a lookup finds what the table holds at that moment: one row of each key")


def replaced(lookup: Lookup, given: Given | None, shape: Shape, zone: str) -> Change:
    """The change that joins with the given rows.

    :raises flinksql_runner.testing.cells.WrongCell: once it is made, where a value can't be written in SQL.
    """
    return Change(lookup.start, lookup.end, _maker(lookup, given, shape, zone))


def _maker(lookup: Lookup, given: Given | None, shape: Shape, zone: str) -> Callable[[Inner], str]:
    names = [c.name for c in shape.physical]
    row_type = SqlType("ROW", children=tuple(_nullable(c.type) for c in shape.physical), fields=tuple(names))
    rows = [cells_of(item, shape, given) for item in (given.items if given else ()) if item.row is not None]

    def make(inner: Inner) -> str:
        span = span_of(lookup.on)
        assert span is not None  # looked at in lookups
        none = f"CAST(NULL AS {row_type.sql})"
        cases = [f"CASE WHEN {inner(*span, _columns(lookup, row, shape, zone))} THEN {sql_value(row, row_type, zone)} END"
                 for row in rows]
        array = f"ARRAY_REMOVE(ARRAY[{', '.join(cases or [none])}], {none})"
        return f"UNNEST({array}) AS {quoted(lookup.alias)} ({', '.join(map(quoted, names))}) ON TRUE"

    return make


def _columns(lookup: Lookup, row: Mapping[str, object], shape: Shape, zone: str) -> Sequence[Change]:
    """The row's values in place of the table's columns in ON."""
    found = []
    for column in lookup.on.find_all(exp.Column):
        span = span_of(column)
        if span is not None and column.name in row and column.table in ("", lookup.alias):
            found.append(put(*span, sql_value(row[column.name], _nullable(shape.types[column.name]), zone)))
    return found


def _nullable(type_: SqlType) -> SqlType:
    return SqlType(type_.name, type_.arguments, type_.children, type_.fields)
