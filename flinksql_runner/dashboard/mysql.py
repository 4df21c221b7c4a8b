"""Reads MySQL and MariaDB: a few connections in threads, each in a transaction that only reads, with a time-out."""

from __future__ import annotations

import asyncio
import queue
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pymysql
from pymysql.constants import ER, FIELD_TYPE

from flinksql_runner.boards.layout import Column
from flinksql_runner.boards.values import Bound, Kind, Place
from flinksql_runner.dashboard.parameters import driver_name, driver_text
from flinksql_runner.dashboard.values import AskFailed, Locate, Read
from flinksql_runner.diagnostics import Failure

_CONNECTIONS = 4
_CONNECT_SECONDS = 3
_NUMBERS = (FIELD_TYPE.TINY, FIELD_TYPE.SHORT, FIELD_TYPE.INT24, FIELD_TYPE.LONG, FIELD_TYPE.LONGLONG, FIELD_TYPE.FLOAT,
            FIELD_TYPE.DOUBLE, FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL, FIELD_TYPE.YEAR)
_KINDS: Mapping[int, Kind] = {
    **dict.fromkeys(_NUMBERS, "number"),
    **dict.fromkeys((FIELD_TYPE.TIMESTAMP, FIELD_TYPE.DATETIME, FIELD_TYPE.DATE, FIELD_TYPE.NEWDATE), "time"),
    FIELD_TYPE.JSON: "json",
}
_TOO_LONG = (ER.QUERY_TIMEOUT, 1969, 1317, 1205)    # MySQL's and MariaDB's words for a statement that was ended; a lock
_AWAY = (2003, 2006, 2013, 2014, 1040, 1044, 1045, 1049, 1053, 1129, 1130, 0)


class MysqlReader:
    """One database. Values are quoted by the driver, which knows the connection's character set and mode."""

    def __init__(self, place: Place, locate: Locate, timeout_ms: int) -> None:
        self._place, self._locate, self._timeout_ms = place, locate, timeout_ms
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._slots = asyncio.Semaphore(_CONNECTIONS)

    async def read(self, parts: Sequence[str | Bound], values: Mapping[Bound, Any], limit: int) -> Read:
        """Sends a query in a transaction that reads only."""
        async with self._slots:
            return await asyncio.to_thread(self._read, parts, values, limit)

    async def close(self) -> None:
        """Ends all connections."""
        await asyncio.to_thread(self._close_idle)

    def _read(self, parts: Sequence[str | Bound], values: Mapping[Bound, Any], limit: int) -> Read:
        text, bound = for_driver(parts, values)
        connection = self._connection()
        try:
            read = _rows(connection, text, bound, limit)
        except pymysql.MySQLError as problem:
            with suppress(Exception):
                connection.close()
            raise self._failed(problem) from None
        except BaseException:
            with suppress(Exception):
                connection.close()
            raise
        self._idle.put(connection)
        return read

    def _connection(self) -> Any:
        with suppress(queue.Empty):
            connection = self._idle.get_nowait()
            try:
                connection.ping(reconnect=False)
                return connection
            except pymysql.MySQLError:
                self._close_idle()
        try:
            address = self._locate(self._place)
        except Failure as failure:
            raise AskFailed("database", str(failure)) from None
        try:
            connection = pymysql.connect(
                host=address.host, port=address.port, user=address.user, password=address.password, database=address.database,
                connect_timeout=_CONNECT_SECONDS, read_timeout=self._timeout_ms // 1000 + 5, charset="utf8mb4", autocommit=False,
                program_name="flinksql dashboard")
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION TRANSACTION READ ONLY")
                cursor.execute("SET SESSION time_zone = '+00:00'")
                cursor.execute("SELECT VERSION()")
                _set_timeout(cursor, str((cursor.fetchone() or ("",))[0]), self._timeout_ms)
            return connection
        except pymysql.MySQLError as problem:
            raise AskFailed("database", f"the database at {address} does not answer: {said(problem)}") from None

    def _failed(self, problem: pymysql.MySQLError) -> AskFailed:
        code = problem.args[0] if problem.args and isinstance(problem.args[0], int) else -1
        if code in _TOO_LONG:
            return AskFailed("timeout", f"the query took longer than {self._timeout_ms / 1000:g} s and was ended")
        if code in _AWAY or isinstance(problem, pymysql.InterfaceError):
            self._close_idle()
            return AskFailed("database", f"the database does not answer: {said(problem)}")
        return AskFailed("query", said(problem))

    def _close_idle(self) -> None:
        with suppress(queue.Empty):
            while True:
                connection = self._idle.get_nowait()
                with suppress(Exception):
                    connection.close()


def _set_timeout(cursor: Any, version: str, timeout_ms: int) -> None:
    """MySQL counts milliseconds, MariaDB seconds, each under a name of its own."""
    if "mariadb" in version.lower():
        cursor.execute("SET SESSION max_statement_time = %s", (timeout_ms / 1000,))
    else:
        cursor.execute("SET SESSION max_execution_time = %s", (timeout_ms,))


def _rows(connection: Any, text: str, bound: Mapping[str, Any], limit: int) -> Read:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION sql_select_limit = %s", (limit + 1,))  # of a query without a LIMIT of its own
        cursor.execute("START TRANSACTION READ ONLY")
        cursor.execute(text, bound)
        columns = tuple(_column(d) for d in cursor.description or ())
        rows = list(cursor.fetchmany(limit + 1))
    connection.rollback()
    return Read(columns, rows[:limit], len(rows) > limit)


def _column(described: Sequence[Any]) -> Column:
    return str(described[0]), _KINDS.get(described[1], "text")


def for_driver(parts: Sequence[str | Bound], values: Mapping[Bound, Any]) -> tuple[str, dict[str, Any]]:
    """The text with the driver's marks; a length of time is its seconds."""
    return driver_text(parts), {driver_name(part): _value(values[part]) for part in parts if isinstance(part, Bound)}


def _value(value: object) -> object:
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return value.isoformat(" ") if isinstance(value, datetime) else value


def said(problem: pymysql.MySQLError) -> str:
    """The server's or the driver's own words, in one line."""
    text = str(problem.args[1] if len(problem.args) > 1 else problem.args[0] if problem.args else problem)
    return re.sub(r"\s+", " ", text).strip() or type(problem).__name__
