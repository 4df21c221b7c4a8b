"""The reader of MySQL against a real MariaDB, where one is installed."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pymysql
import pytest

from flinksql_runner.boards.values import Bound, Parameter, Place, Query
from flinksql_runner.dashboard.explain_mysql import explain_mysql
from flinksql_runner.dashboard.mysql import MysqlReader
from flinksql_runner.dashboard.values import Address, AskFailed, Read
from flinksql_runner.diagnostics import Span
from flinksql_runner.services.ports import free_ports

SERVER = shutil.which("mariadbd") or shutil.which("mysqld") or "/usr/sbin/mariadbd"
pytestmark = pytest.mark.skipif(not Path(SERVER).is_file() or not shutil.which("mariadb-install-db"), reason="no MariaDB here")
PLACE = Place("mysql", "jdbc:mysql://x/shop")


def _as_user() -> tuple[str, int]:
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return user.pw_name, user.pw_uid


class Server:
    """A MariaDB in a folder of its own; it can be ended and started again at the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_ports(("mysql",), {})["mysql"]
        name, uid = _as_user()
        os.chown(folder, uid, -1)
        self._user = name
        subprocess.run(["mariadb-install-db", f"--datadir={folder}/data", f"--user={name}", "--skip-test-db",
                        "--auth-root-authentication-method=normal"], check=True, capture_output=True)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [SERVER, "--no-defaults", f"--datadir={self.folder}/data", f"--port={self.port}", "--bind-address=127.0.0.1",
             f"--socket={self.folder}/s", f"--user={self._user}", f"--pid-file={self.folder}/pid",
             "--innodb-flush-log-at-trx-commit=0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            try:
                self.owner().close()
                return
            except pymysql.MySQLError:
                time.sleep(0.2)
        raise AssertionError("MariaDB does not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
            self.process = None

    def owner(self) -> Any:
        return pymysql.connect(host="127.0.0.1", port=self.port, user="root", autocommit=True, charset="utf8mb4")

    def address(self, place: Place) -> Address:
        return Address("127.0.0.1", self.port, "shop", "root", "", {})


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path("/var/tmp") / f"flinksql-mysql-{os.getpid()}"     # where another user can get to
    folder.mkdir()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        started = Server(folder)
        stack.callback(started.stop)
        started.start()
        with started.owner() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE shop CHARACTER SET utf8mb4")
            cursor.execute("CREATE TABLE shop.totals (name varchar(100) PRIMARY KEY, amount double, seen datetime(3))")
            cursor.executemany("INSERT INTO shop.totals VALUES (%s, %s, %s)", [
                ("O'Hara \"\\", 1.5, "2026-01-01 00:00:01.5"), ("<b>🚗</b>", None, None), ("100%", 3, "2026-01-02")])
        yield started


def _read(
    server: Server, *parts: str | Bound, values: Mapping[Bound, Any] | None = None, limit: int = 10, timeout_ms: int = 3000,
) -> Read:
    async def read() -> Read:
        reader = MysqlReader(PLACE, server.address, timeout_ms)
        try:
            return await reader.read(parts, values or {}, limit)
        finally:
            await reader.close()

    return asyncio.run(read())


def test_rows_and_kinds(server: Server) -> None:
    read = _read(
        server, "SELECT name, amount, seen, amount > 1 AS b, CAST('[1]' AS CHAR) AS t FROM totals ORDER BY name LIKE '1%'")
    assert read.columns == (("name", "text"), ("amount", "number"), ("seen", "time"), ("b", "number"), ("t", "text"))
    assert {row[0] for row in read.rows} == {"O'Hara \"\\", "<b>🚗</b>", "100%"}
    assert _read(server, "SELECT name FROM totals WHERE name = 'x'").columns == (("name", "text"),)


@pytest.mark.parametrize("value", ["O'Hara \"\\", "<b>🚗</b>", "100%"])
def test_values_are_bound(server: Server, value: str) -> None:
    name = Bound("name")
    read = _read(server, "SELECT name FROM totals WHERE name = ", name, " AND '%' <> ''", values={name: value})
    assert [row[0] for row in read.rows] == [value]
    for evil in ("' OR '1'='1", "\\' OR 1=1 -- ", "'; DROP TABLE totals; --"):
        assert _read(server, "SELECT name FROM totals WHERE name = ", name, values={name: evil}).rows == []


def test_times_and_steps(server: Server) -> None:
    start, step = Bound("range"), Bound("range", "step")
    read = _read(server, "SELECT name, seen - INTERVAL ", step, " SECOND FROM totals WHERE seen >= ", start,
                 values={start: datetime(2026, 1, 1, 12), step: timedelta(seconds=30)})
    assert [(r[0], str(r[1])) for r in read.rows] == [("100%", "2026-01-01 23:59:30")]


def test_a_limit_a_time_out_and_no_writing(server: Server) -> None:
    read = _read(server, "SELECT name FROM totals", limit=2)
    assert (len(read.rows), read.is_cut) == (2, True)
    for query, kind, says in (("SELECT SLEEP(20), name FROM totals", "timeout", "longer than 1 s"),
                              ("SELECT nope FROM totals", "query", "nope"),
                              ("INSERT INTO totals VALUES ('x', 1, NULL)", "query", "READ ONLY")):
        with pytest.raises(AskFailed, match=says) as failed:
            _read(server, query, timeout_ms=1000)
        assert failed.value.kind == kind


def test_what_it_says_of_queries(server: Server) -> None:
    with server.owner() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE shop.large (n int PRIMARY KEY, m int)")
        cursor.executemany("INSERT INTO shop.large VALUES (%s, 1)", [(n,) for n in range(20_000)])
        cursor.execute("ANALYZE TABLE shop.large")
    span = Span("dashboards/x.yml", 0, 1)
    parameters = {"range": Parameter("range", "time_range", "Range", 60_000, span), "n": Parameter("n", "text", "N", "", span)}
    texts: list[tuple[str | Bound, ...]] = [
        ("SELECT * FROM totals WHERE seen >= ", Bound("range"), " AND name LIKE '%'"), ("SELECT nope FROM totals",),
        ("SELECT * FROM large WHERE m = ", Bound("n")), ("SELECT * FROM large WHERE n = ", Bound("n")),
        ("SELECT * FROM missing",)]
    queries = [(Query(parts, (), PLACE, span), parameters) for parts in texts]
    assert [d.code for d in explain_mysql(queries, server.address(PLACE))] == ["FS922", "FS923", "FS924"]


def test_the_database_goes_and_comes_back(server: Server) -> None:
    async def look() -> list[str]:
        reader = MysqlReader(PLACE, server.address, 3000)
        seen = []
        for step in ("ask", "stop", "ask", "start", "ask"):
            if step != "ask":
                await asyncio.to_thread(getattr(server, step))
                continue
            try:
                seen.append(str(len((await reader.read(["SELECT name FROM totals"], {}, 10)).rows)))
            except AskFailed as failed:
                seen.append(failed.kind)
        await reader.close()
        return seen

    assert asyncio.run(look()) == ["3", "database", "3"]
