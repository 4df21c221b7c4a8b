"""Waiting until processes that were just started do their work."""

from __future__ import annotations

import time
from collections.abc import Sequence

from flinksql_runner.diagnostics import Failure
from flinksql_runner.services.folders import Folders
from flinksql_runner.services.health import is_up, tail
from flinksql_runner.services.process import Record, is_ours

START_SECONDS = 120.0
_PAUSE = 0.05


def until_up(folders: Folders, title: str, records: Sequence[Record], seconds: float = START_SECONDS) -> None:
    """Returns when all of them are up.

    :raises Failure: when one has died, or time is over; ``detail`` is the end of its log.
    """
    deadline = time.monotonic() + seconds
    waiting = list(records)
    while waiting:
        record = waiting[0]
        if is_up(folders, record):
            waiting.pop(0)
            continue
        dead = next((r for r in waiting if not is_ours(folders, r)), None)
        if dead is not None:
            raise _failure(folders, title, dead, "ended at once")
        if time.monotonic() > deadline:
            raise _failure(folders, title, record, f"doesn't answer after {seconds:.0f} s")
        time.sleep(_PAUSE)


def _failure(folders: Folders, title: str, record: Record, what: str) -> Failure:
    text = tail(folders, record.name)
    known = {
        "No space left on device": "there is no space left on the disk of .flinksql: free some",
        "Address already in use": "its port is in use: try again",
        "BindException": "its port is in use: try again",
        "insufficient memory": "there is too little memory: end other programs",
        "Cannot allocate memory": "there is too little memory: end other programs",
    }
    why = next((sentence for word, sentence in known.items() if word in text), None)
    log = folders.logs / (f"{record.name}.log" if (folders.logs / f"{record.name}.log").is_file() else f"{record.name}.out")
    return Failure(f"{title} can't be started: {record.name} {what}; {why or f'see {log}'}", detail=text)
