"""Commands of our own that run on beside the services: they are seen by ``status`` and ended by ``down`` as those are."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from flinksql_runner.diagnostics import Failure
from flinksql_runner.services.folders import folders
from flinksql_runner.services.health import tail
from flinksql_runner.services.ports import free_ports
from flinksql_runner.services.process import end, is_ours, marker, read_record, start
from flinksql_runner.services.waiting import until_up

_SECONDS, _KILL_SECONDS = 60.0, 10.0
PORT = "{port}"
"""Stands in a command's words for the port that is found for it."""


def start_beside(
    project_root: Path, name: str, words: Sequence[str], env: Mapping[str, str], port: int | None = None, *,
    module: str = "flinksql_runner",
) -> int:
    """Starts ``flinksql WORDS`` in place of one of this name that runs, and gives its port (0 where it has none).

    :param module: another module of Python that is run with these words.
    :param port: the port that it would like to have; None for a command that listens on none.
    :raises Failure: where it does not start, with the end of its output as ``detail``.
    """
    place = folders(project_root)
    place.make()
    before = read_record(place, name)
    if before is not None and is_ours(place, before):
        end(place, before)
    ports = {} if port is None else free_ports((name,), {name: port})
    filled = [w.replace(PORT, str(ports.get(name, 0))) for w in words]
    # an option that Python does not know, and that tells the process as one of ours
    command = [sys.executable, "-X", marker(place), "-m", module, *filled]
    record = start(place, name, command, env=env, ports=ports, cwd=place.root)
    if ports:
        until_up(place, name, [record], _SECONDS)
    return ports.get(name, 0)


def kill_beside(project_root: Path, name: str) -> None:
    """Ends a command of this name as a crash would, with SIGKILL, and returns when it has gone; its record stays.

    :raises Failure: where none runs.
    """
    place = folders(project_root)
    check_beside(project_root, name)
    record = read_record(place, name)
    assert record is not None
    os.kill(record.pid, signal.SIGKILL)
    limit = time.monotonic() + _KILL_SECONDS
    while is_ours(place, record) and time.monotonic() < limit:
        time.sleep(0.01)


def check_beside(project_root: Path, name: str) -> None:
    """Looks whether a command of this name runs.

    :raises Failure: where it does not, with the end of its output as ``detail``.
    """
    place = folders(project_root)
    record = read_record(place, name)
    if record is None or not is_ours(place, record):
        log = place.logs / f"{name}.out"
        raise Failure(f"the {name} has ended by itself: see {log}", detail=tail(place, name), exit_code=1)
