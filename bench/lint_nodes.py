"""Lint of 1,000 Jinja nodes beside ``dbt compile`` and ``sqlmesh lint``: cold, unchanged, after a change to one file.

``python bench/lint_nodes.py [--nodes 1000] [--rounds 3] [--only ours] [--write]``
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nodes
from compile_nodes import CACHES, environment
from report import table, write_section

QUIET = {"DO_NOT_TRACK": "1", "SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "0"}
CHANGED = {"ours": "sql/transforms/a5/n505.sql", "dbt": "models/a5/n505.sql", "sqlmesh": "models/n505.sql"}
READ = {"ours": "sql/transforms/a0/n20.sql", "dbt": "models/a0/n20.sql", "sqlmesh": "models/n20.sql"}
CASES = ("cold", "unchanged", "one file changed", "a column's type changed for 978 of 1,000")
LABELS = {"ours": "`flinksql lint`", "dbt": "`dbt compile` (dbt-core 1.11, DuckDB)", "sqlmesh": "`sqlmesh lint` (SQLMesh 0.236)"}


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process: seconds on the clock, seconds of the processor, the most memory that it held in MB."""

    wall: float
    cpu: float
    memory: float


def run(command: list[str], folder: Path) -> Cost:
    """One process from its start to its end; it must end well."""
    env = {k: v for k, v in {**os.environ, **QUIET}.items() if k != "PYTHONDONTWRITEBYTECODE"}  # as users run it
    began = time.perf_counter()
    pid = os.fork()
    if not pid:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        os.chdir(folder)
        os.execvpe(command[0], command, env)
    _, status, used = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{' '.join(command)} failed in {folder}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6)


def change(folder: Path, name: str, step: int) -> None:
    """Another number in one node of the middle."""
    path = folder / CHANGED[name]
    path.write_text(path.read_text(encoding="utf-8").replace("a.price > ", f"a.price > {step} + ", 1), encoding="utf-8")


def change_type(folder: Path, name: str, step: int) -> None:
    """Another type of a column in a node near the sources: with 1,000 nodes, 978 hang on it, and the type goes through all."""
    path = folder / READ[name]
    wanted = f"CAST(a.price AS DECIMAL({10 + step}, 2)) AS price, a.tax"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(CAST\()?a\.price( AS DECIMAL\(\d+, 2\)\) AS price)?, a\.tax", wanted, text), encoding="utf-8")


def medians(costs: list[Cost]) -> Cost:
    """Of each measure its own."""
    return Cost(*(statistics.median(getattr(c, f) for c in costs) for f in ("wall", "cpu", "memory")))


def main() -> None:
    """Runs the benchmark."""
    options = argparse.ArgumentParser()
    options.add_argument("--nodes", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", choices=list(LABELS))
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    contenders = [chosen.only] if chosen.only else list(LABELS)
    commands = {"ours": [str(Path(sys.executable).with_name("flinksql")), "lint"]}
    if "dbt" in contenders:
        commands["dbt"] = [str(environment("dbt") / "dbt"), "compile", "--profiles-dir", ".", "--quiet"]
    if "sqlmesh" in contenders:
        commands["sqlmesh"] = [str(environment("sqlmesh") / "sqlmesh"), "lint"]
    found: dict[str, dict[str, list[Cost]]] = {c: {case: [] for case in CASES} for c in contenders}
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as top:
        for name in contenders:
            getattr(nodes, name)(Path(top) / name, chosen.nodes)
            run(commands[name], Path(top) / name)  # bytecode of the tool itself is there, as it is for its users
        time.sleep(2.5)  # so that no file counts as just written
        for step in range(chosen.rounds):
            for name in contenders:
                folder = Path(top) / name
                for cache in CACHES[name]:
                    shutil.rmtree(folder / cache, ignore_errors=True)
                for case, prepare in zip(CASES, (None, None, change, change_type), strict=True):
                    if prepare is not None:
                        prepare(folder, name, step + 1)
                    found[name][case].append(run(commands[name], folder))
    text = _section(found, chosen.nodes, chosen.rounds, load)
    print(text)
    if chosen.write:
        write_section("lint", text)


def _section(found: dict[str, dict[str, list[Cost]]], count: int, rounds: int, load: float) -> str:
    middle = {name: {case: medians(costs) for case, costs in cases.items()} for name, cases in found.items()}
    rows = []
    for name, cases in middle.items():
        first = [f"{c.wall:.2f} s ({c.cpu:.2f})" for c in cases.values()]
        cold, ours = cases["cold"], middle.get("ours", cases)["cold"]
        ratios = (cold.wall / ours.wall, cold.cpu / ours.cpu)
        rows.append([LABELS[name], *first, f"{max(c.memory for c in cases.values()):.0f} MB", *(f"{r:.1f}" for r in ratios)])
    return (f"## Linting {count:,} Jinja nodes\n\nThe same project in three layouts (`bench/nodes.py`), whole processes from "
            f"start to end, median of {rounds} rounds in one run: seconds on the clock, in brackets seconds of the processor. "
            "Cold means without any cache of the tool; ours parses, types and runs all rules, dbt renders, SQLMesh renders, "
            "parses and runs its rules. No Java runs in any. Ours and SQLMesh's use both cores; the memory is that of the "
            f"largest process. The load of the machine before the first run was {load:.1f}.\n\n"
            + table(["command", *CASES, "most memory", "cold, clock, ours = 1", "cold, processor, ours = 1"], rows))


if __name__ == "__main__":
    main()
