"""Commands of our own that run on beside the services: they are seen by ``status`` and ended by ``down`` as those are."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from flinksql_runner.services.folders import folders
from flinksql_runner.services.ports import free_ports
from flinksql_runner.services.process import end, is_ours, marker, read_record, start
from flinksql_runner.services.waiting import until_up

_SECONDS = 60.0
PORT = "{port}"
"""Stands in a command's words for the port that is found for it."""


def start_beside(project_root: Path, name: str, words: Sequence[str], env: Mapping[str, str], port: int | None = None) -> int:
    """Starts ``flinksql WORDS`` in place of one of this name that runs, and gives its port (0 where it has none).

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
    command = [sys.executable, "-X", marker(place), "-m", "flinksql_runner", *filled]
    record = start(place, name, command, env=env, ports=ports, cwd=place.root)
    if ports:
        until_up(place, name, [record], _SECONDS)
    return ports.get(name, 0)
