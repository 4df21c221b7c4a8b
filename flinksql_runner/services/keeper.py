"""The keeper: a small process that ends the local services when nobody uses them.

Idle is: no job runs and nobody has called for ``FLINKSQL_IDLE_MINUTES`` (30). It ends itself when there is nothing left
to keep. Where the project's folder is gone it ends them by force: nobody could find them again.
"""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path

from flinksql_runner.services.control import PROCESSES, down
from flinksql_runner.services.folders import Folders, folders
from flinksql_runner.services.health import running_jobs
from flinksql_runner.services.process import end_strays, forget, is_ours, read_record

IDLE_MINUTES = 30.0


def main(arguments: list[str]) -> int:
    """``keeper ROOT MARK``: returns when its work is over."""
    place = folders(Path(arguments[0]))
    limit = 60 * float(os.environ.get("FLINKSQL_IDLE_MINUTES") or IDLE_MINUTES)
    pause = min(20.0, max(0.2, limit / 10))
    used = time.time()
    while True:
        time.sleep(pause)
        if not place.records.is_dir():
            end_strays(place, ())
            return 0
        alive = [n for n in PROCESSES[:-1] if (record := read_record(place, n)) and is_ours(place, record)]
        if not alive:
            forget_if_mine(place)
            return 0
        if _jobs(place):
            used = time.time()
        elif _is_idle(place, used, limit) and down(place.root, only_if=partial(_is_idle, place, used, limit)):
            return 0


def forget_if_mine(place: Folders) -> None:
    """Removes the keeper's record if it is about this process."""
    record = read_record(place, "keeper")
    if record is not None and record.pid == os.getpid():
        forget(place, "keeper")


def _is_idle(place: Folders, used: float, limit: float) -> bool:
    return time.time() - max(used, _last_call(place)) >= limit and not _jobs(place)


def _jobs(place: Folders) -> int:
    record = read_record(place, "jobmanager")
    return running_jobs(record.ports["rest"]) if record else 0


def _last_call(place: Folders) -> float:
    try:
        return place.last_call.stat().st_mtime
    except OSError:
        return 0.0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
