"""The sinks' tables as the checks of queries know them: columns with their kinds, and what is indexed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from flinksql_runner.boards.values import Kind
from flinksql_runner.graph.values import Graph
from flinksql_runner.tables.physical import PhysicalTable, database_of, is_physical, physical_table

_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("smallint", "integer", "int", "bigint", "tinyint", "numeric", "decimal", "real", "float", "double"),
                    "number"),
    **dict.fromkeys(("timestamp", "datetime", "date"), "time"),
    "boolean": "bool",
}


@dataclass(frozen=True, slots=True)
class Known:
    """A sink's table. ``leading`` are the first columns of its key and indexes, by which rows are found fast."""

    sink: str
    name: str
    columns: Mapping[str, Kind]
    leading: frozenset[str]
    table: PhysicalTable


def known_tables(graph: Graph) -> Mapping[str, Known]:
    """The tables of all sinks that stand in a database, by their name in it (``schema.table``, in lower case)."""
    found = {}
    for node in graph.nodes.values():
        if node.kind != "sink":
            continue
        whole = replace(node, options=graph.options(node.name))
        database = database_of(whole, {})
        if not is_physical(whole) or database is None:
            continue
        table, _ = physical_table(whole, database)
        if table is not None:
            heads = {i[0] for i in (table.primary_key, *table.indexes) if i}
            columns = {c.name: kind_of(c.type) for c in table.columns}
            found[table.name] = Known(node.name, table.name, columns, frozenset(heads), table)
    return found


def kind_of(type_text: str) -> Kind:
    """What a page makes of a column of this type of PostgreSQL or MySQL."""
    if type_text.endswith("[]"):
        return "json"
    first = re.match(r"[a-z]+", type_text.lower())
    word = first.group() if first else ""
    if word == "time":
        return "text"
    return "json" if word in ("json", "jsonb") else _KINDS.get(word, "text")
