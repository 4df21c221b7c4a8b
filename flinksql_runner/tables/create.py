"""Makes the physical tables of a job's jdbc nodes, and compares those that are there with what the job declares.

A table that exists is never changed and never dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import psycopg

from flinksql_runner.diagnostics import Diagnostic, Failure, error
from flinksql_runner.project.placeholders import scrub
from flinksql_runner.syntax.values import Node
from flinksql_runner.tables.columns import holds
from flinksql_runner.tables.physical import PhysicalTable, database_of, filled, is_physical, physical_table, postgres_ddl, quoted

_SECONDS = 10
_COLUMNS = """
SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef OR a.attidentity <> ''
FROM pg_catalog.pg_attribute a WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_UNIQUE = """
SELECT array_agg(a.attname::text) FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indrelid = to_regclass(%s) AND i.indisunique AND i.indpred IS NULL GROUP BY i.indexrelid
"""


@dataclass(frozen=True, slots=True)
class Tables:
    """What was made, what was there already (names in the database), and what stands in the way."""

    created: tuple[str, ...] = ()
    existing: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def create_tables(nodes: Iterable[Node], values: Mapping[str, str]) -> Tables:
    """Makes the tables of all jdbc nodes that stand in PostgreSQL; nodes of other databases are left alone.

    :param values: what placeholders (addresses, secrets) stand for; kept in memory, never printed.
    :raises Failure: where a database can't be reached or refuses a statement.
    """
    created: list[str] = []
    existing: list[str] = []
    problems: list[Diagnostic] = []
    for (url, user, password), group in _by_database(nodes, values).items():
        wanted: list[PhysicalTable] = []
        for node in group:
            table, found = physical_table(node, "postgresql")
            problems += found
            if table is not None:
                wanted.append(table)
        if not wanted:
            continue
        with _connected(url, user, password, values) as connection:
            for table in wanted:
                differences = tuple(_differences(connection, table))
                if _columns(connection, table) is None:
                    for statement in postgres_ddl(table):
                        connection.execute(statement)
                    created.append(table.name)
                elif differences:
                    problems += differences
                else:
                    for statement in postgres_ddl(table)[1:] if table.indexes else ():
                        connection.execute(statement)
                    existing.append(table.name)
    return Tables(tuple(created), tuple(existing), tuple(problems))


def _by_database(nodes: Iterable[Node], values: Mapping[str, str]) -> Mapping[tuple[str, str, str], list[Node]]:
    groups: dict[tuple[str, str, str], list[Node]] = {}
    for node in nodes:
        if is_physical(node) and database_of(node, values) == "postgresql":
            url, user, password = (filled(node.options.get(k, ""), values) for k in ("url", "username", "password"))
            groups.setdefault((url, user, password), []).append(node)
    return groups


class _connected:  # noqa: N801 (a context manager)
    """One connection, in one transaction; what goes wrong becomes a Failure without secrets."""

    def __init__(self, url: str, user: str, password: str, values: Mapping[str, str]) -> None:
        self._values = values
        self._shown = url.removeprefix("jdbc:").split("?")[0]
        self._password = password
        address, _, query = url.removeprefix("jdbc:").partition("?")
        parameters = {k: v[-1] for k, v in parse_qs(query).items()}
        options: dict[str, Any] = {"connect_timeout": _SECONDS}
        if user or parameters.get("user"):
            options["user"] = user or parameters["user"]
        if password or parameters.get("password"):
            options["password"] = password or parameters["password"]
        if "sslmode" in parameters:
            options["sslmode"] = parameters["sslmode"]
        if "currentSchema" in parameters:
            options["options"] = f"-c search_path={parameters['currentSchema']}"
        self._address, self._options = address, options
        self._connection: psycopg.Connection[Any] | None = None

    def __enter__(self) -> psycopg.Connection[Any]:
        try:
            self._connection = psycopg.connect(self._address, **self._options)
            self._connection.execute("SET client_min_messages = warning")
        except psycopg.Error as problem:
            raise self._failure(problem, "can't be reached") from None
        return self._connection

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        assert self._connection is not None
        try:
            if problem is None:
                self._connection.commit()
        except psycopg.Error as late:
            raise self._failure(late, "refuses the tables") from None
        finally:
            self._connection.close()
        if isinstance(problem, psycopg.Error):
            raise self._failure(problem, "refuses the tables") from None

    def _failure(self, problem: psycopg.Error, what: str) -> Failure:
        text = scrub(" ".join(str(problem).split()), self._values)
        if self._password:
            text = text.replace(self._password, "***")
        return Failure(f"the database {scrub(self._shown, self._values)} {what}: {text}")


def _columns(connection: psycopg.Connection[Any], table: PhysicalTable) -> dict[str, tuple[str, bool, bool]] | None:
    """Name -> (type, not null, has a default) of the existing table; None where there is none."""
    rows = connection.execute(_COLUMNS, (quoted(table.name),)).fetchall()
    return {str(r[0]): (str(r[1]), bool(r[2]), bool(r[3])) for r in rows} or None


def _differences(connection: psycopg.Connection[Any], table: PhysicalTable) -> Iterator[Diagnostic]:
    """Each column of an existing table that does not fit the sink's declaration."""
    there = _columns(connection, table)
    if there is None:
        return
    way_out = f"change the declaration, or change the table by hand (ALTER TABLE {table.name} ...); it is never dropped for you"

    def differs(message: str) -> Diagnostic:
        return error("FS523", f"the table {table.name} is there already, but {message}", table.span, way_out, node=table.node)

    for column in table.columns:
        if column.name not in there:
            yield differs(f"it has no column `{column.name}` ({column.type})")
        elif not holds(there[column.name][0], column.type):
            yield differs(f"its column `{column.name}` is {there[column.name][0]}, not {column.type}")
    declared = {c.name for c in table.columns}
    for name, (_, not_null, default) in there.items():
        if name not in declared and not_null and not default:
            yield differs(f"its column `{name}` must not be NULL and the sink does not write it")
    if table.primary_key:
        unique = [set(row[0]) for row in connection.execute(_UNIQUE, (quoted(table.name),)).fetchall()]
        if set(table.primary_key) not in unique:
            yield differs(f"it has no primary key over {', '.join(f'`{k}`' for k in table.primary_key)}")
