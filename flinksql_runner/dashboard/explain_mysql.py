"""Asks MySQL and MariaDB what they think of each query (EXPLAIN), without running it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

import pymysql
from pymysql.constants import ER

from flinksql_runner.boards.values import Parameter, Query
from flinksql_runner.boards.verdicts import MANY_ROWS, refused, scanned, unasked
from flinksql_runner.dashboard.mysql import for_driver, said
from flinksql_runner.dashboard.parameters import bound
from flinksql_runner.dashboard.values import Address
from flinksql_runner.diagnostics import Diagnostic

_SECONDS = 5


def explain_mysql(queries: Iterable[tuple[Query, Mapping[str, Parameter]]], address: Address) -> tuple[Diagnostic, ...]:
    """What the database says of queries, each with the parameters of its dashboard."""
    asked = list(queries)
    try:
        with pymysql.connect(
            host=address.host, port=address.port, user=address.user, password=address.password, database=address.database,
            connect_timeout=_SECONDS, read_timeout=_SECONDS, charset="utf8mb4",
        ) as connection, connection.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION READ ONLY")
            return tuple(d for query, parameters in asked for d in _explained(cursor, query, parameters))
    except pymysql.MySQLError as problem:
        reason = f"the database at {address} does not answer ({said(problem)})"
        return tuple(unasked(query, reason) for query, _ in asked[:1])


def _explained(cursor: Any, query: Query, parameters: Mapping[str, Parameter]) -> Iterator[Diagnostic]:
    values: dict[str, str | int | None] = {n: p.default if isinstance(p.default, int) else "1" for n, p in parameters.items()}
    text, driver_values = for_driver(query.parts, bound(query, values, datetime.now(timezone.utc)))
    try:
        cursor.execute(f"EXPLAIN {text}", driver_values)
        names = [str(d[0]).lower() for d in cursor.description]
        for row in cursor.fetchall():
            step = dict(zip(names, row, strict=True))
            if step.get("type") == "ALL" and int(step.get("rows") or 0) > MANY_ROWS:
                yield scanned(query, str(step["table"]), int(step["rows"]))
    except pymysql.MySQLError as problem:
        if problem.args and problem.args[0] in (ER.NO_SUCH_TABLE, ER.BAD_DB_ERROR):
            yield unasked(query, f"{said(problem)}: the table comes with the first start of the job")
        else:
            yield refused(query, said(problem), None, None, ())

