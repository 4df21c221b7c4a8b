"""What looking addresses up costs: `locate_ip` beside a function that looks nothing up, a plain one, and none.

``python bench/geo.py [--lines 3000000] [--clients 20000] [--write]``

Addresses of clients by Zipf's law lie in a file, which one task slot reads again and again: once without a look-up, once with
each function, and once with each address looked up once in a window of a second. A rate is that of the last four fifths, so that
neither the start of Python nor that of Java counts.
"""

from __future__ import annotations

import argparse
import os
import random
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from project import project_folder
from report import table, write_section

from flinksql_runner.cli.geo_databases import geo_databases
from flinksql_runner.demo.places import Places
from flinksql_runner.deploy.apply import deploy
from flinksql_runner.deploy.ending import stop
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.project.placeholders import fill
from flinksql_runner.simulate.api_logs.addresses import read_addresses
from flinksql_runner.simulate.api_logs.countries import COUNTRIES
from flinksql_runner.workspace import open_workspace

ROW = ("ROW<country_code STRING, country STRING, region STRING, city STRING, latitude DOUBLE, longitude DOUBLE, "
       "timezone STRING>")
LIMIT_S = 600.0
WINDOWED = """SELECT ip, COUNT(*) AS n
FROM TABLE(TUMBLE(TABLE {{{{ ref('addresses') }}}}, DESCRIPTOR(seen), INTERVAL '1' SECOND))
GROUP BY ip, window_start, window_end"""
EACH = "SELECT ip, 1 AS n, {} AS told FROM {{{{ ref('addresses') }}}}"
SECONDS = "SELECT ip, n, {} AS told FROM {{{{ ref('by_second') }}}}"
CASES = {
    "none": ("no look-up", EACH.format("ip")),
    "same": ("a vectorised function that gives places by chance, without a look-up", EACH.format("same_ip(ip).country_code")),
    "geo": ("`locate_ip`", EACH.format("locate_ip(ip).country_code")),
    "plain": ("a call a row, nothing remembered", EACH.format("plain_ip(ip).country_code")),
    "windows": ("no look-up, addresses counted by second", SECONDS.format("ip")),
    "geo_windows": ("`locate_ip` behind that", SECONDS.format("locate_ip(ip).country_code")),
}
FUNCTIONS = f'''
"""Functions that locate_ip is measured beside: one that does nothing, one as a first try would look."""

from __future__ import annotations

import ipaddress
import random
from functools import lru_cache
from typing import NamedTuple

import maxminddb
import numpy as np
import pandas as pd

from flinksql_runner.udf import asset_path, udf

FIELDS = ("country_code", "country", "region", "city", "latitude", "longitude", "timezone")


class Told(NamedTuple):
    country_code: str | None
    country: str | None
    region: str | None
    city: str | None
    latitude: float | None
    longitude: float | None
    timezone: str | None


@lru_cache(maxsize=1)
def readers() -> tuple[maxminddb.Reader, maxminddb.Reader]:
    return maxminddb.open_database(asset_path("geo-ipv4.mmdb")), maxminddb.open_database(asset_path("geo-ipv6.mmdb"))


@lru_cache(maxsize=1)
def pool() -> dict[str, np.ndarray]:
    """Places by chance, in texts as long as the real ones: as much goes back to Java, and nothing is looked up."""
    chance, rows = random.Random(1), []
    while len(rows) < 30_000:
        found = readers()[0].get(str(ipaddress.IPv4Address(chance.getrandbits(32))))
        if found:
            code, region, city = found.get("country_code"), found.get("state1"), found.get("city")
            rows.append((code, f"Land of {{code}}", region, city, found["latitude"], found["longitude"], f"Zone/{{region}}"))
    kinds = [float if name in ("latitude", "longitude") else object for name in FIELDS]
    return {{name: np.array(column, kind) for name, column, kind in zip(FIELDS, zip(*rows), kinds)}}


@udf(vectorised=True, takes=[str], returns="{ROW}")
def same_ip(ip: pd.Series) -> pd.DataFrame:
    begin = random.randrange(10_000)
    at = np.arange(begin, begin + len(ip)) % 30_000
    return pd.DataFrame({{name: column[at] for name, column in pool().items()}}, copy=False)


@udf
def plain_ip(ip: str) -> Told:
    found = readers()[":" in ip].get(ip) or {{}}
    return Told(found.get("country_code"), None, found.get("state1"), found.get("city"), found.get("latitude"),
                found.get("longitude"), found.get("timezone"))
'''


def main() -> None:
    """Runs the benchmark in a project of its own, with services of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=3_000_000)
    options.add_argument("--clients", type=int, default=20_000)
    options.add_argument("--only", nargs="+", choices=list(CASES), default=list(CASES))
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    with project_folder() as folder:
        made(folder, chosen.lines, chosen.clients)
        rates = {case: rate(folder, case, chosen.lines) for case in chosen.only}
    text = told(rates, chosen.lines, chosen.clients)
    print(text)
    if chosen.write:
        write_section("geo", text)


def made(folder: Path, lines: int, clients: int) -> None:
    """Turns the copy of this repository's project into one of these jobs, and writes the addresses."""
    book, chance = read_addresses(geo_databases(load(folder, env=os.environ)), 1), random.Random(1)
    countries = chance.choices([c.code for c in COUNTRIES], [c.users for c in COUNTRIES], k=clients)
    addresses = [book.draw(country, chance) for country in countries]
    weights = [1 / (rank + 10) for rank in range(clients)]
    (folder / "addresses").mkdir()
    with (folder / "addresses" / "all.txt").open("w", encoding="utf-8") as file:
        for begin in range(0, lines, 100_000):
            file.writelines(f"{a}\n" for a in chance.choices(addresses, weights, k=min(100_000, lines - begin)))
    for path in folder.glob("sql/**/*.sql"):
        path.unlink()
    (folder / "udfs" / "scoring.py").unlink()
    (folder / "udfs" / "beside.py").write_text(FUNCTIONS.lstrip(), encoding="utf-8")
    settings = """    parallelism: 1
    settings:
      execution.checkpointing.interval: 5 s
      pipeline.object-reuse: true
      table.exec.mini-batch.enabled: true
      table.exec.mini-batch.allow-latency: 200 ms
      table.exec.mini-batch.size: 20000
      python.fn-execution.bundle.time: 100
      python.fn-execution.bundle.size: 10000
      python.fn-execution.arrow.batch.size: 10000
"""
    jobs = "".join(f"  {case}:\n    select: counted_{case}\n{settings}" for case in CASES)
    whole = (folder / "project.yml").read_text(encoding="utf-8")
    assets = whole[whole.index("dependencies:") : whole.index("# Settings of whole folders")]
    (folder / "project.yml").write_text(
        f'name: geo\nversion: "1.0"\nflink_version: "2.3"\nprofile: fleet\njobs:\n{jobs}\n{assets}', encoding="utf-8")
    write(folder / "sql/sources/addresses.sql", f"""CREATE TABLE addresses (ip STRING, seen AS PROCTIME()) WITH (
  'connector' = 'filesystem', 'path' = 'file://{folder}/addresses', 'format' = 'raw', 'source.monitor-interval' = '1 s'
)""")
    write(folder / "sql/transforms/by_second.sql", WINDOWED.replace("{{{{", "{{").replace("}}}}", "}}"))
    for case, (_, query) in CASES.items():
        write(folder / f"sql/transforms/told_{case}.sql", query)
        write(folder / f"sql/sinks/counted_{case}.sql", f"""CREATE TABLE counted_{case} (
  id INT, lines BIGINT, known BIGINT, PRIMARY KEY (id) NOT ENFORCED
) WITH ( {{{{ postgres_table('geo', 'counted_{case}', flush_ms=100) }}}} );

INSERT INTO counted_{case}
SELECT 1 AS id, SUM(n) AS lines, COUNT(told) AS known FROM {{{{ ref('told_{case}') }}}}
""")


def write(path: Path, text: str) -> None:
    """One file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@dataclass
class Progress:
    """Lines counted, as somebody saw them who looked all the time."""

    place: Places
    table: str
    lines: int
    seen: list[tuple[float, int]] = field(default_factory=list)
    thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to look."""
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self) -> None:
        began = time.monotonic()
        with self.place.connect() as database:
            while time.monotonic() - began < LIMIT_S and (not self.seen or self.seen[-1][1] < self.lines):
                try:
                    row = database.execute(f"SELECT lines FROM geo.{self.table}".encode()).fetchone()
                except psycopg.errors.UndefinedTable:
                    row = None
                if row is not None:
                    self.seen.append((time.monotonic(), int(row[0])))
                time.sleep(0.02)


def rate(folder: Path, case: str, lines: int) -> float:
    """Lines a second of one job."""
    work = open_workspace(build(load(folder, env=os.environ), [case]), jobs=[case])
    told = work.build.project.target.values["postgres"]
    assert isinstance(told, Mapping)
    url, user, password = (fill(str(told[key]), work.values) for key in ("url", "user", "password"))
    progress = Progress(Places("geo", "", url, user, "", password), f"counted_{case}", lines)
    deploy(work.job(case), work.engine, work.store, work.around(case), when_running=progress.start)
    assert progress.thread is not None
    progress.thread.join()
    stop(case, work.engine, work.store, savepoint=False)
    if not progress.seen or progress.seen[-1][1] < lines:
        raise SystemExit(f"{case} counted {progress.seen[-1:]} of {lines} lines within {LIMIT_S:.0f} s")
    first = next(at for at, (_, count) in enumerate(progress.seen) if count >= lines / 5)
    (began, before), (ended, after) = progress.seen[first], progress.seen[-1]
    print(f"{case}: {(after - before) / (ended - began):,.0f} lines/s", flush=True)
    return (after - before) / (ended - began)


def told(rates: dict[str, float], lines: int, clients: int) -> str:
    """The section's text."""
    def of(case: str, other: str) -> str:
        return f"{rates[case] / rates[other]:.2f}" if case in rates and other in rates else "-"

    rows: Sequence[list[str]] = [[CASES[case][0], f"{value:,.0f}", of(case, "same") if case in ("geo", "plain") else "-",
             of(case, "plain") if case in ("geo", "same") else "-",
             of(case, "windows") if case == "geo_windows" else of(case, "none")] for case, value in rates.items()]
    return (f"## What looking addresses up costs\n\n{lines:,} addresses of {clients:,} clients (Zipf, by the number of users of "
            "countries, a quarter IPv6), read by one task slot and counted; Flink, PostgreSQL and the Python worker share the "
            "machine.\n\n" + table(["what", "lines/s", "of the function without a look-up", "of a call a row",
                                    "of the same job without look-up"], list(rows)))


if __name__ == "__main__":
    main()
