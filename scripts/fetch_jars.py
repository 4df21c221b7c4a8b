"""Brings the jars of the engine and of flinksql.lock into the user's cache; silent where they are all there."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from flinksql_runner.deps.cache import cache_folder
from flinksql_runner.deps.fetch import cached_jars, fetch_jars
from flinksql_runner.deps.lockfile import engine_lock, read_lock
from flinksql_runner.diagnostics import Failure

ROOT = Path(__file__).resolve().parent.parent


class Lines:
    """A line a second while bytes arrive."""

    def __init__(self) -> None:
        self._began, self._next, self._lock = time.monotonic(), 1.0, threading.Lock()

    def __call__(self, done: int, total: int, what: str) -> None:
        """Prints if a second has gone by."""
        with self._lock:
            passed = time.monotonic() - self._began
            if passed >= self._next:
                self._next = passed + 1.0
                print(f"[{passed:5.1f} s] {done / 1e6:.0f} of {total / 1e6:.0f} MB ({what})", file=sys.stderr, flush=True)


def main() -> int:
    """Returns 0, or 2 with one sentence."""
    try:
        project = read_lock(ROOT)
        jars = (*engine_lock().jars, *(project.jars if project else ()))
        if cached_jars(jars) is None:
            print(f"fetching {len(jars)} jars ({sum(j.size for j in jars) / 1e6:.0f} MB) into {cache_folder()}", file=sys.stderr)
            fetch_jars(jars, Lines())
    except Failure as failure:
        print(f"make setup: {failure}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
