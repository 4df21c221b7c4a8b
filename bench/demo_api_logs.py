"""The whole demo ``api_logs`` for some seeds: does everything balance, and which attacks are told?

``python bench/demo_api_logs.py [--seeds 11 12 13 14 15] [--duration 90] [--rate 200] [--write]``

Each run kills the collector after a third and restarts the job in the middle. Rules were tuned on seeds 1 to 5.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from project import project_folder
from report import table, write_section

from flinksql_runner.demo.attacks import Found

COUNTS = ("produced", "by_http", "consumed", "in_windows", "late", "malformed", "dead_letter", "archived_distinct",
          "repeated")


def main() -> None:
    """Runs the demo for each seed in a copy of the project with services of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13, 14, 15])
    options.add_argument("--duration", type=float, default=90.0)
    options.add_argument("--rate", type=float, default=200.0)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    with project_folder("services") as folder:
        results = [run(folder, seed, chosen) for seed in chosen.seeds]
    text = told(results, chosen)
    print(text)
    if chosen.write:
        write_section("demo_api_logs", text)


def run(folder: Path, seed: int, chosen: argparse.Namespace) -> dict[str, Any]:
    """The demo's own measurements; ends the benchmark where it could not run."""
    done = subprocess.run(
        [sys.executable, "-m", "flinksql_runner", "demo", "api_logs", "--duration", f"{chosen.duration:g}", "--rate",
         f"{chosen.rate:g}", "--seed", str(seed), "--output", "json"],
        cwd=folder, capture_output=True, text=True, check=False)
    if not done.stdout:
        raise SystemExit(f"seed {seed}: {done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout)
    result["by_http"] = result["http"]["logged"]
    print(f"seed {seed}: {'balances' if result['balanced'] else result['mistakes']}; wrong: {result['attacks']['wrong']}",
          file=sys.stderr, flush=True)
    return result


def told(results: list[dict[str, Any]], chosen: argparse.Namespace) -> str:
    """The section's text."""
    counts = [[str(r["seed"]), *(f"{r[key]:,}" for key in COUNTS),
               "yes" if r["balanced"] else "no", f"{r['latency_ms_undisturbed']['p50']}, {r['latency_ms_undisturbed']['p95']}",
               f"{r['seconds']['restart']:.0f}"] for r in results]
    sums: dict[str, Found] = {}
    for result in results:
        for kind, f in result["attacks"]["by_kind"].items():
            sums[kind] = sums.get(kind, Found()) + Found(f["injected"], f["found"], f["alerts"], f["right"])
    kinds = [[kind.replace("_", " "), str(f.injected), str(f.found), share(f.recall), str(f.alerts), share(f.precision)]
             for kind, f in sorted(sums.items())]
    return (f"## The demo `api_logs`\n\n`flinksql demo api_logs --duration {chosen.duration:g} --rate {chosen.rate:g}` for "
            f"{len(results)} seeds that the rules were not tuned on; the collector is killed after a third, the job restarted "
            "in the middle, and all parts share the machine.\n\n"
            + table(["seed", "written", "of them by the web API", "counted", "in windows", "late", "malformed", "dead letters",
                     "archived", "sent again", "balances", "ms until counted, p50, p95 (without the restart)",
                     "s of restart"], counts)
            + "\n\nAttacks of all of these seeds:\n\n"
            + table(["kind", "injected", "found", "recall", "alerts", "precision"], kinds)
            + "".join(f"\n\nWrong, seed {r['seed']}: {a['kind'].replace('_', ' ')} of {a['subject']}, {a['evidence']}."
                      for r in results for a in r["attacks"]["wrong"]))


def share(value: float | None) -> str:
    """As per cent."""
    return "-" if value is None else f"{value:.0%}"


if __name__ == "__main__":
    main()
