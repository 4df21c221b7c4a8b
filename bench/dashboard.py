"""What viewers of a dashboard cost: queries and processor time of the database's server, for one and for many; memory over time.

``python bench/dashboard.py [--viewers 200] [--minutes 30] [--cars 200] [--write]``

The vehicles' tables stand in a PostgreSQL of their own, and rows like the job's are written to them each second: the job
itself would take the processors that are measured. The server is the real command; viewers are connections that read all they
are sent, gzip and all, but for five that take 2 kB a second.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import psutil
import psycopg
from project import project_folder
from report import table, write_section

from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.project.placeholders import POSTGRES_PASSWORD, POSTGRES_URL, POSTGRES_USER
from flinksql_runner.services.control import ensure
from flinksql_runner.tables.create import create_tables

SLOW, SLOW_BYTES = 5, 2_000
SCORE = "INSERT INTO vehicles.engine_scores VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
ALERT = """
INSERT INTO vehicles.alerts VALUES (%s, 'misfire', %s, %s, %s, 1, %s)
ON CONFLICT (vehicle_id, fault, episode) DO UPDATE SET last_seen = excluded.last_seen, records = alerts.records + 1
"""
HEALTH = """
INSERT INTO vehicles.vehicle_health
SELECT vehicle_id, %(t)s::timestamp - interval '10 s', %(t)s::timestamp, count(*), count(*) FILTER (WHERE score >= 0.5),
  avg(score), max(score), 50, 90, 13.5
FROM vehicles.engine_scores
WHERE event_time >= %(t)s::timestamp - interval '10 s' AND sent_time >= %(t)s::timestamp - interval '10 s'
GROUP BY 1 ON CONFLICT DO NOTHING
"""
COUNTED = "SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()"


@dataclass(frozen=True, slots=True)
class Phase:
    """One number of viewers: per minute."""

    viewers: int
    minutes: float
    asked: float
    counted: float
    processor: float
    bytes_a_viewer: float


class Cars(threading.Thread):
    """Writes a record a car each three seconds, as the job does, and its windows and alerts."""

    def __init__(self, address: dict[str, Any], cars: int) -> None:
        super().__init__(daemon=True)
        self._address, self._names = address, [f"car-{i:05d}" for i in range(cars)]
        self._random, self._ill = random.Random(1), dict[str, int]()
        self.ending = threading.Event()

    def run(self) -> None:
        with psycopg.connect(**self._address, autocommit=True) as connection:
            moment = _now() - timedelta(minutes=15)
            while moment < _now():     # a quarter of an hour stands there already
                self._second(connection, moment)
                moment += timedelta(seconds=1)
            while not self.ending.wait(1 - time.time() % 1):
                self._second(connection, _now())

    def _second(self, connection: psycopg.Connection[Any], moment: datetime) -> None:
        second = int(moment.timestamp())
        rows = []
        for i, name in enumerate(self._names):
            if second % 3 != i % 3:
                continue
            left = self._ill.get(name, 0)
            if not left and self._random.random() < 0.002:
                left = self._random.randint(5, 20)
            self._ill[name] = max(0, left - 1)
            score = 0.6 + 0.4 * self._random.random() if left else 0.2 * self._random.random()
            rows.append((f"{name}-{second}", name, moment, moment, False, score, "misfire" if left else "none", "bench"))
            if left:
                connection.execute(ALERT, (name, second // 60, moment, moment, score))
        with connection.cursor() as cursor:
            cursor.executemany(SCORE, rows)
        if second % 10 == 0:
            connection.execute(HEALTH, {"t": moment})


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)


async def _view(port: int, ending: asyncio.Event, slow: bool) -> int:
    """One page: reads until the end, and gives the bytes that it got."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=SLOW_BYTES if slow else 2**16)
    writer.write(b"GET /api/boards/vehicles/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n")
    got = 0
    stopped = asyncio.create_task(ending.wait())
    while not ending.is_set():
        piece = asyncio.create_task(reader.read(SLOW_BYTES if slow else 2**16))
        await asyncio.wait({piece, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not piece.done():
            piece.cancel()
            break
        if not piece.result():
            raise RuntimeError("the server has ended a stream")
        got += len(piece.result())
        if slow:
            await asyncio.sleep(1)
    writer.close()
    return got


class Measured:
    """The server under test, and the database that it asks."""

    def __init__(self, port: int, process: psutil.Process, connection: psycopg.Connection[Any]) -> None:
        self.port, self.process, self._connection = port, process, connection
        self.memory: list[tuple[float, int, float]] = []     # minutes, viewers, MB

    def asked(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/health", timeout=10) as answer:
            return int(json.load(answer)["queries"])

    def counted(self) -> int:
        """The server's transactions: each query is one, and is taken back; the cars commit theirs."""
        time.sleep(1.1)     # the database tells its counts once a second
        return int(self._connection.execute(COUNTED).fetchone()[0])     # type: ignore[index]

    def processor(self) -> float:
        used = self.process.cpu_times()
        return float(used.user + used.system)

    async def phase(self, viewers: int, minutes: float) -> Phase:
        ending = asyncio.Event()
        pages = [asyncio.create_task(_view(self.port, ending, viewers > 1 and n < SLOW)) for n in range(viewers)]
        await asyncio.sleep(5)
        began, asked, counted, used = time.monotonic(), self.asked(), await asyncio.to_thread(self.counted), self.processor()
        while (passed := time.monotonic() - began) < minutes * 60:
            if not self.memory or self.memory[-1][1] != viewers or passed / 60 - self.memory[-1][0] >= 1:
                self.memory.append((round(passed / 60, 1), viewers, self.process.memory_info().rss / 2**20))
                print(f"{viewers} viewers, {passed / 60:4.1f} min: {self.memory[-1][2]:.1f} MB", flush=True)
            await asyncio.sleep(2)
            for page in pages:
                if page.done():
                    page.result()
        counted, asked = await asyncio.to_thread(self.counted) - counted, self.asked() - asked
        used, passed = self.processor() - used, (time.monotonic() - began) / 60
        self.memory.append((round(passed, 1), viewers, self.process.memory_info().rss / 2**20))
        ending.set()
        got = sum(await asyncio.gather(*pages[SLOW if viewers > 1 else 0:])) / max(1, viewers - (SLOW if viewers > 1 else 0))
        await asyncio.gather(*pages, return_exceptions=True)
        return Phase(viewers, passed, asked / passed, counted / passed, used / passed, got / passed)


@contextmanager
def served(cars: int) -> Iterator[Measured]:
    """The project in a folder of its own, with its tables, cars and server."""
    with project_folder("dashboards") as folder:
        graph = build(load(folder, env=os.environ), ()).graph
        values = ensure(folder, frozenset({"postgres"})).placeholders
        create_tables([replace(n, options=graph.options(n.name)) for n in graph.nodes.values() if n.kind == "sink"], values)
        address = {"conninfo": values[POSTGRES_URL].removeprefix("jdbc:"), "user": values[POSTGRES_USER],
                   "password": values[POSTGRES_PASSWORD]}
        writer = Cars(address, cars)
        writer.start()
        server = subprocess.Popen([sys.executable, "-m", "flinksql_runner", "dashboard", "vehicles", "--port", "0"], cwd=folder,
                                  stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline().split(":")[2].split("/")[0])
            with psycopg.connect(**address, autocommit=True) as connection:
                yield Measured(port, psutil.Process(server.pid), connection)
        finally:
            server.terminate()
            server.wait(20)
            writer.ending.set()
            writer.join(10)


def report(phases: list[Phase], memory: list[tuple[float, int, float]], cars: int) -> str:
    """The tables of the page."""
    costs = table(
        ["viewers", "minutes", "queries a minute, by the server's count", "by the database's", "processor seconds a minute",
         "kB a minute to each viewer"],
        [[str(p.viewers), f"{p.minutes:.0f}", f"{p.asked:.1f}", f"{p.counted:.1f}", f"{p.processor:.1f}",
          f"{p.bytes_a_viewer / 1000:.0f}"] for p in phases])
    many = max(p.viewers for p in phases)
    told = [m for m in memory if m[1] == many]
    chosen = [m for i, m in enumerate(told) if i in (0, 1, 2, 5, 10, 15, 20, 25) or i == len(told) - 1]
    grown = table([f"minutes with {many} viewers", *(f"{m[0]:.0f}" for m in chosen)],
                  [["memory of the server, MB", *(f"{m[2]:.0f}" for m in chosen)]])
    return (f"## Viewers of a dashboard\n\n`make bench-dashboard`: the page of `dashboards/vehicles.yml` (nine tiles, a choice, "
            f"refresh 5 s) over rows of {cars} cars; other work ran on the machine. One query serves all who look. {SLOW} of the "
            f"{many} viewers took 2 kB a second.\n\n{costs}\n\n{grown}\n")


def main() -> None:
    """Measures, prints, and writes the section of the page with ``--write``."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--viewers", type=int, default=200)
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--cars", type=int, default=200)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()

    async def measure(measured: Measured) -> list[Phase]:
        return [await measured.phase(1, min(3, chosen.minutes)), await measured.phase(chosen.viewers, chosen.minutes)]

    with served(chosen.cars) as measured:
        phases = asyncio.run(measure(measured))
        text = report(phases, measured.memory, chosen.cars)
    print(text)
    if chosen.write:
        write_section("viewers", text)


if __name__ == "__main__":
    main()
