"""The physical table behind a jdbc table of a node: its name, columns, key and indexes, and the DDL that makes it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from flinksql_runner.diagnostics import Diagnostic, Span, did_you_mean, error
from flinksql_runner.project.placeholders import POSTGRES_URL, names_in, placeholder
from flinksql_runner.syntax.values import Node
from flinksql_runner.tables.columns import Database, NoColumnType, column_type

_LONGEST = 63  # bytes of a PostgreSQL identifier


@dataclass(frozen=True, slots=True)
class PhysicalColumn:
    """A column in the database's words."""

    name: str
    type: str
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class PhysicalTable:
    """A table that must be there before the job writes. Names are folded to lower case, as Flink's unquoted statements are."""

    node: str
    database: Database
    name: str
    columns: tuple[PhysicalColumn, ...]
    primary_key: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    span: Span | None = None


def is_physical(node: Node) -> bool:
    """Whether a node's table stands in a database that is reached by JDBC."""
    return node.options.get("connector", "").lower() == "jdbc"


def database_of(node: Node, values: Mapping[str, str]) -> Database | None:
    """Which database the node's url names, or None where the tool can't make tables in it."""
    url = filled(node.options.get("url", ""), values)
    if url.startswith("jdbc:postgresql:") or url == placeholder(POSTGRES_URL):
        return "postgresql"
    return "mysql" if url.startswith(("jdbc:mysql:", "jdbc:mariadb:")) else None


def filled(text: str, values: Mapping[str, str]) -> str:
    """An option's value with its placeholders filled in as they are (no SQL quoting); those without a value stay."""
    for name in names_in(text):
        if name in values:
            text = text.replace(placeholder(name), values[name])
    return text


def physical_table(node: Node, database: Database) -> tuple[PhysicalTable | None, tuple[Diagnostic, ...]]:
    """The physical table of a node's CREATE TABLE, or what stands against one (a type without a column, an unknown index)."""
    place = Span(node.path, 0, 0)
    table_span = node.option_spans.get("table-name", place)
    problems: list[Diagnostic] = []
    columns: list[PhysicalColumn] = []
    for column in node.columns:
        if column.kind != "physical":
            continue
        try:
            kind = column_type(column.type, database, key=column.name in node.primary_key)
            columns.append(PhysicalColumn(_folded(column.name), kind, column.nullable and column.name not in node.primary_key))
        except NoColumnType as problem:
            problems.append(error("FS521", f"the column `{column.name}` can't be kept: {problem}", table_span,
                                  "CAST it to a STRING (JSON_STRING for nested values), or name its parts as columns",
                                  node=node.name))
    known = [c.name for c in columns]
    indexes: list[tuple[str, ...]] = []
    for entry in _index_entries(node.config.get("indexes")):
        names = tuple(_folded(str(n)) for n in entry)
        unknown = next((n for n in names if n not in known), None)
        if unknown is not None:
            problems.append(error("FS522", f"the index over {', '.join(names)} names no column of `{node.name}`: `{unknown}`",
                                  place, did_you_mean(unknown, known), node=node.name))
        else:
            indexes.append(names)
    if problems or not columns:
        return None, tuple(problems)
    name = _folded(node.options.get("table-name", node.name))
    key = tuple(_folded(k) for k in node.primary_key)
    return PhysicalTable(node.name, database, name, tuple(columns), key, tuple(indexes), table_span), ()


def _index_entries(config: object) -> tuple[tuple[object, ...], ...]:
    if isinstance(config, str):
        return ((config,),)
    if not isinstance(config, (list, tuple)):
        return ()
    return tuple(tuple(e) if isinstance(e, (list, tuple)) else (e,) for e in config)


def _folded(name: str) -> str:
    return name.lower()


def postgres_ddl(table: PhysicalTable) -> tuple[str, ...]:
    """CREATE SCHEMA, TABLE and INDEX statements that change nothing where the things are there."""
    statements = []
    schema, _, short = table.name.rpartition(".")
    if schema and schema != "public":
        statements.append(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
    lines = [f"{quoted(c.name)} {c.type}{'' if c.nullable else ' NOT NULL'}" for c in table.columns]
    if table.primary_key:
        lines.append(f"PRIMARY KEY ({', '.join(map(quoted, table.primary_key))})")
    statements.append(f"CREATE TABLE IF NOT EXISTS {quoted(table.name)} (\n  " + ",\n  ".join(lines) + "\n)")
    for index in table.indexes:
        name = index_name(short, index)
        statements.append(f"CREATE INDEX IF NOT EXISTS {quoted(name)} ON {quoted(table.name)} ({', '.join(map(quoted, index))})")
    return tuple(statements)


def mysql_ddl(table: PhysicalTable) -> tuple[str, ...]:
    """CREATE TABLE for MySQL and MariaDB, indexes inside it since they have no CREATE INDEX IF NOT EXISTS."""
    def tick(name: str) -> str:
        return ".".join("`" + part.replace("`", "``") + "`" for part in name.split("."))

    lines = [f"{tick(c.name)} {c.type}{'' if c.nullable else ' NOT NULL'}" for c in table.columns]
    if table.primary_key:
        lines.append(f"PRIMARY KEY ({', '.join(map(tick, table.primary_key))})")
    short = table.name.rpartition(".")[2]
    lines += [f"INDEX {tick(index_name(short, i))} ({', '.join(map(tick, i))})" for i in table.indexes]
    return (f"CREATE TABLE IF NOT EXISTS {tick(table.name)} (\n  " + ",\n  ".join(lines) + "\n)",)


def index_name(table: str, columns: tuple[str, ...]) -> str:
    """``ix_<table>_<columns>``, cut with a hash where PostgreSQL would cut it."""
    name = "_".join(("ix", table, *columns))
    if len(name.encode()) <= _LONGEST:
        return name
    return name.encode()[:_LONGEST - 9].decode(errors="ignore") + "_" + hashlib.sha256(name.encode()).hexdigest()[:8]


def quoted(name: str) -> str:
    """A name with optional schema as PostgreSQL's quoted identifiers."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))
