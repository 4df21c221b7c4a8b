"""Lines a second of the job ``api_logs``: straight to Kafka in the collector's envelope, read by one task slot.

``python bench/api_logs.py [--lines 300000] [--rate 5000 --seconds 60] [--here] [--write]``

First a backlog: a topic filled beforehand, read as fast as the job can. Then lines as they come, so many a second, and how long
after its sending a line stands in the table that the live tile reads.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import os
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from confluent_kafka import Producer
from project import project_folder
from report import table, write_section

from flinksql_runner.demo.places import Places, new_run, places, variables
from flinksql_runner.deploy.apply import deploy
from flinksql_runner.deploy.ending import stop
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.workspace import Workspace, open_workspace

JOB = "api_logs"
PATIENCE_S = 900.0
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def main() -> None:
    """Runs the benchmark in a copy of the project with services of its own, or in this checkout with those that run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=300_000)
    options.add_argument("--rate", type=int, default=5000)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--clients", type=int, default=20_000)
    options.add_argument("--here", action="store_true")
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    with project_folder(here=chosen.here) as folder:
        text = measured(folder, chosen)
    print(text)
    if chosen.write:
        write_section("api_logs", text)


def measured(folder: Path, chosen: argparse.Namespace) -> str:
    """The section's text."""
    rows = []
    if chosen.lines:
        rows.append(["a backlog, lines/s", f"{backlog(folder, chosen):,.0f}"])
    if chosen.seconds:
        delays = sorted(live(folder, chosen))
        p50, p95, worst = statistics.median(delays), delays[int(len(delays) * 0.95)], delays[-1]
        rows.append([f"{chosen.rate:,} lines/s for {chosen.seconds} s: seconds until a line is counted, median, p95, most",
                     f"{p50:.2f}, {p95:.2f}, {worst:.2f}"])
    return (f"## Lines a second of the job `api_logs`\n\nLines of {chosen.clients:,} clients (Zipf) straight into Kafka, read by "
            "one task slot; Flink, Kafka, PostgreSQL and the Python worker share the machine.\n\n" + table(["what", ""], rows))


def backlog(folder: Path, chosen: argparse.Namespace) -> float:
    """Lines a second, from the moment when the job runs until its last line is counted."""
    work, place = opened(folder)
    stream = lines(chosen.lines, chosen.rate, chosen.clients, time.time() - chosen.lines / chosen.rate - 60)
    send(place, stream, None)
    deploy(work.job(JOB), work.engine, work.store, work.around(JOB))
    began = time.perf_counter()
    with place.connect() as database:
        first = counted(database, place.run)
        while counted(database, place.run) < chosen.lines:
            if time.perf_counter() - began > PATIENCE_S:
                raise SystemExit("the job did not come to the end of the topic within 15 minutes")
            time.sleep(0.1)
        seconds = time.perf_counter() - began
        check(database, place.run)
    stop(JOB, work.engine, work.store, savepoint=False)
    return (chosen.lines - first) / seconds


def live(folder: Path, chosen: argparse.Namespace) -> list[float]:
    """Seconds from the sending of a line until it is counted in the database, sampled."""
    work, place = opened(folder)
    deploy(work.job(JOB), work.engine, work.store, work.around(JOB))
    began = time.time() + 1.0
    delays: list[float] = []
    with place.connect() as database:
        def look() -> None:
            seen = counted(database, place.run)
            if 0 < seen < chosen.rate * chosen.seconds:
                delays.append(time.time() - (began + seen / chosen.rate))

        send(place, lines(chosen.rate * chosen.seconds, chosen.rate, chosen.clients, began), look)
        ended = time.time()
        while counted(database, place.run) < chosen.rate * chosen.seconds:
            if time.time() - ended > PATIENCE_S:
                raise SystemExit("the job did not come to the end of the topic within 15 minutes")
            look()
            time.sleep(0.1)
    stop(JOB, work.engine, work.store, savepoint=False)
    return delays


def opened(folder: Path) -> tuple[Workspace, Places]:
    """The project with a topic and a schema of one run, and both made."""
    run = new_run().replace("demo", "bench")
    work = open_workspace(build(load(folder, vars=variables(run, JOB), env=os.environ)), jobs=[JOB])
    place = places(run, work.build.project, work.values)
    place.make_topic()
    return work, place


def counted(database: psycopg.Connection[object], schema: str) -> int:
    """Lines that the database has counted."""
    row = database.execute(f'SELECT COALESCE(SUM(lines), 0)::bigint FROM "{schema}".line_counts'.encode()).fetchone()
    assert isinstance(row, tuple)
    return int(row[0])


def check(database: psycopg.Connection[object], schema: str) -> None:
    """Says how many lines came late."""
    row = database.execute(f'SELECT SUM(late)::bigint FROM "{schema}".line_counts'.encode()).fetchone()
    print("late", row)


def send(place: Places, stream: Iterator[tuple[float, bytes]], look: object) -> None:
    """Sends lines, each at its time where somebody looks on, else at once."""
    producer = Producer({"bootstrap.servers": place.servers, "linger.ms": 20, "compression.type": "lz4",
                         "queue.buffering.max.messages": 500_000})
    looked = 0.0
    for count, (moment, payload) in enumerate(stream):
        if callable(look) and count % 50 == 0:
            while time.time() < moment:
                if time.time() - looked > 0.2:
                    looked = time.time()
                    look()
                time.sleep(0.005)
        while True:
            try:
                producer.produce(place.run, payload, timestamp=int(moment * 1000), partition=count % 2)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    producer.flush()


def lines(count: int, rate: int, clients: int, began: float) -> Iterator[tuple[float, bytes]]:
    """Seconds of the epoch and lines in envelopes: Zipf clients, most of them of one endpoint, some errors."""
    chance = random.Random(1)
    addresses = [str(ipaddress.IPv4Address(chance.randrange(1 << 24, 223 << 24))) for _ in range(clients)]
    weights = [1 / (rank + 10) for rank in range(clients)]
    numbers = {address: number for number, address in enumerate(addresses)}
    chosen = chance.choices(addresses, weights, k=count)
    paths = ("/v1/blur", "/v1/blur", "/v1/blur", "/v1/examples", "/v1/usage", "/healthz", "/", "/static/app.js")
    for number, client in enumerate(chosen):
        moment = began + number / rate
        whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))
        path = f"/v1/examples/{chance.randrange(500)}" if chance.random() < 0.1 else chance.choice(paths)
        status = chance.choices((200, 401, 404, 429, 500), (950, 15, 20, 10, 5))[0]
        line = json.dumps({
            "time": f"{whole}.{int(moment % 1 * 1000):03d}Z", "server": f"gw-{number % 3}",
            "request_id": f"{chance.getrandbits(128):032x}",
            "client": client, "method": "POST" if path == "/v1/blur" else "GET", "path": path, "query": "", "status": status,
            "bytes_in": chance.randrange(300_000), "bytes_out": chance.randrange(300_000),
            "duration_s": round(chance.lognormvariate(-3, 1), 3), "upstream": "127.0.0.1:8001", "upstream_s": "0.080",
            "api_key_id": f"k{numbers[client]:04d}" if path.startswith("/v1/blur") else "", "user_agent": AGENT})
        yield moment, json.dumps({"host": "bench", "file": "/var/log/api/access.log", "id": "bench-1", "offset": number * 500,
                                  "read_ms": int(moment * 1000), "line": line}).encode()


if __name__ == "__main__":
    main()
