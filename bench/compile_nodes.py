"""Compile of 1,000 Jinja nodes beside dbt-core and SQLMesh, and ``--help``: all in one run, each in an environment of its own.

``python bench/compile_nodes.py [--nodes 1000] [--rounds 3] [--only ours] [--write]``
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nodes
from report import table, write_section

RIVALS = {"dbt": ["dbt-core==1.11.*", "dbt-duckdb"], "sqlmesh": ["sqlmesh==0.236.*"]}
CACHES = {"ours": [".flinksql", "target"], "dbt": ["target"], "sqlmesh": [".cache"]}


def environment(name: str) -> Path:
    """The bin folder of a virtual environment with a rival, made once in the user's cache."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "flinksql-bench" / name
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *RIVALS[name]], check=True)
        (folder / "ready").touch()
    return folder / "bin"


def timed(command: list[str], folder: Path) -> float:
    """Seconds of a whole process; it must end well."""
    start = time.perf_counter()
    quiet = {"DO_NOT_TRACK": "1", "SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "0"}
    env = {k: v for k, v in {**os.environ, **quiet}.items() if k != "PYTHONDONTWRITEBYTECODE"}  # as users run it
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=env)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return seconds


def main() -> None:
    """Runs the benchmark."""
    options = argparse.ArgumentParser()
    options.add_argument("--nodes", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", choices=["ours", "dbt", "sqlmesh"])
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    flinksql = str(Path(sys.executable).with_name("flinksql"))
    contenders = [chosen.only] if chosen.only else ["ours", "dbt", "sqlmesh"]
    commands = {"ours": [flinksql, "compile"]}
    if "dbt" in contenders:
        commands["dbt"] = [str(environment("dbt") / "dbt"), "compile", "--profiles-dir", ".", "--quiet"]
    if "sqlmesh" in contenders:
        commands["sqlmesh"] = [str(environment("sqlmesh") / "sqlmesh"), "info", "--skip-connection"]
    cold: dict[str, list[float]] = {c: [] for c in contenders}
    again: dict[str, list[float]] = {c: [] for c in contenders}
    with tempfile.TemporaryDirectory() as top:
        for name in contenders:
            getattr(nodes, name)(Path(top) / name, chosen.nodes)
        for _ in range(chosen.rounds):
            for name in contenders:
                folder = Path(top) / name
                for cache in CACHES[name]:
                    shutil.rmtree(folder / cache, ignore_errors=True)
                cold[name].append(timed(commands[name], folder))
                again[name].append(timed(commands[name], folder))
    help_seconds = [timed([flinksql, "--help"], Path()) for _ in range(10)]
    median = statistics.median
    labels = {"ours": "`flinksql compile`", "dbt": "`dbt compile` (dbt-core 1.11, DuckDB)",
              "sqlmesh": "`sqlmesh info` (SQLMesh 0.236: loads the project)"}
    base = median(cold["ours"]) if "ours" in cold else None
    rows = [[labels[n], f"{median(cold[n]):.2f} s", f"{median(again[n]):.2f} s", f"{median(cold[n]) / base:.1f}" if base else ""]
            for n in contenders]
    text = (f"## Compiling {chosen.nodes:,} Jinja nodes\n\nThe same project in three layouts (`bench/nodes.py`), whole "
            f"processes, median of {chosen.rounds} rounds in one run; cold means without any cache of the tool.\n\n"
            + table(["command", "cold", "again, nothing changed", "cold, ours = 1"], rows)
            + f"\n\n`flinksql --help`: {median(help_seconds) * 1000:.0f} ms (median of 10).")
    print(text)
    if chosen.write:
        write_section("compile", text)


if __name__ == "__main__":
    main()
