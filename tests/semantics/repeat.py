"""Runs the semantic cases many times in one engine, and counts the runs in which a case came out otherwise."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from flinksql_runner.flink.gateway import Gateway
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.control import ensure, remove
from flinksql_runner.testing.read import read_tests
from flinksql_runner.testing.run import THREADS, run_tests

HERE = Path(__file__).resolve().parent


def main(times: int) -> int:
    """Repeats the cases; 1 where any run differs."""
    project = load(HERE, env={})
    built, suite = build(project), read_tests(HERE)
    odd: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="semantics-") as folder:
        root = Path(folder)
        flink = ensure(root, frozenset({"flink"}))
        gateway = Gateway(flink.gateway_url)
        began = time.monotonic()
        try:
            for number in range(1, times + 1):
                outcomes = run_tests(suite.tests, built.graph, built.functions, built.jobs, gateway.open,
                                     threads=THREADS, rest_url=flink.rest_url)
                for outcome in outcomes:
                    if outcome.status != "pass":
                        odd[outcome.test.name] += 1
                        print(f"run {number}: {outcome.test.name}: {outcome.status}: {outcome.message}", flush=True)
        finally:
            remove(root)
            shutil.rmtree(root / ".flinksql", ignore_errors=True)
    runs = times * len(suite.tests)
    print(f"{len(suite.tests)} cases, {times} times: {runs} runs, {odd.total()} of them different, "
          f"{(time.monotonic() - began) / runs:.2f} s a run")
    return int(bool(odd))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
