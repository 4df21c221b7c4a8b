"""Asks PostgreSQL what it thinks of each query (EXPLAIN), without running it and without leaving anything behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import errors

from flinksql_runner.boards.values import Parameter, Query
from flinksql_runner.boards.verdicts import MANY_ROWS, refused, scanned, unasked
from flinksql_runner.dashboard.parameters import driver_name, driver_text
from flinksql_runner.dashboard.values import Address
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.tables.physical import PhysicalTable, postgres_ddl

_SECONDS = 5
_LEAD = "EXPLAIN (VERBOSE, FORMAT JSON) "
_ROWS = """
SELECT n.nspname || '.' || c.relname, c.reltuples::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.reltuples > %s
"""


def explain(
    queries: Iterable[tuple[Query, Mapping[str, Parameter]]], address: Address, tables: Iterable[PhysicalTable] = (),
) -> tuple[Diagnostic, ...]:
    """What the database says of queries, each with the parameters of its dashboard.

    :param tables: tables to make for the time of asking, where they are missing; only for a database of our own. All of it
        happens in one transaction that is taken back.
    """
    asked = list(queries)
    try:
        with psycopg.connect(
            host=address.host, port=address.port, dbname=address.database, user=address.user, password=address.password,
            connect_timeout=_SECONDS, **address.options,  # type: ignore[arg-type]
        ) as connection:
            try:
                return tuple(_explained(connection, asked, tables))
            finally:
                connection.rollback()
    except psycopg.Error as problem:
        reason = f"the database at {address} does not answer ({(str(problem).splitlines() or ['no reason given'])[0]})"
        return tuple(unasked(query, reason) for query, _ in asked[:1])


def _explained(
    connection: psycopg.Connection[Any], asked: list[tuple[Query, Mapping[str, Parameter]]], tables: Iterable[PhysicalTable],
) -> Iterator[Diagnostic]:
    connection.execute("SET LOCAL client_min_messages = warning")
    connection.execute("SET LOCAL TimeZone = 'UTC'")
    connection.execute("SET LOCAL statement_timeout = '5s'")
    for table in tables:
        try:
            with connection.transaction():
                for statement in postgres_ddl(table):
                    connection.execute(statement.encode())
        except psycopg.Error:
            continue  # a table that is there with other columns: the queries tell
    large = {str(name): int(rows) for name, rows in connection.execute(_ROWS, (MANY_ROWS,)).fetchall()}
    for query, parameters in asked:
        text, sent, values = _for_driver(query, parameters)
        try:
            with connection.transaction():
                plan = connection.execute((_LEAD + text).encode(), values, prepare=True).fetchone()
            yield from _scans(query, plan[0][0]["Plan"] if plan else {}, large)
        except (errors.UndefinedTable, errors.InvalidSchemaName) as missing:
            yield unasked(query, f"{missing.diag.message_primary}: the table comes with the first start of the job")
        except psycopg.Error as problem:
            position = problem.diag.statement_position
            offset = int(position) - 1 - len(_LEAD) if position else None
            yield refused(query, problem.diag.message_primary or str(problem), problem.diag.message_hint, offset, sent)


def _for_driver(query: Query, parameters: Mapping[str, Parameter]) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    """The text for the driver, what the server gets for each part, and values as the page would bind them."""
    values: dict[str, Any] = {}
    sent, casts = [], {}
    for part in query.parts:
        if isinstance(part, str):
            sent.append(part)
            continue
        name, length = driver_name(part), parameters[part.parameter].default
        start = datetime.now() - timedelta(milliseconds=length) if isinstance(length, int) else "1"
        values[name] = timedelta(seconds=1) if part.aspect == "step" else start
        casts[part] = "::interval" if part.aspect == "step" else "::timestamp" if isinstance(length, int) else ""
        sent.append(f"${list(values).index(name) + 1}{casts[part]}")
    return driver_text(query.parts, casts.__getitem__), tuple(sent), values


def _scans(query: Query, plan: Mapping[str, Any], large: Mapping[str, int]) -> Iterator[Diagnostic]:
    """Large tables that the plan reads from the first row to the last."""
    name = f"{plan.get('Schema')}.{plan.get('Relation Name')}"
    if plan.get("Node Type") == "Seq Scan" and name in large:
        yield scanned(query, name, large[name])
    for part in plan.get("Plans", ()):
        yield from _scans(query, part, large)

