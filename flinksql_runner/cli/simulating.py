"""What all verbs below ``flinksql simulate`` do alike: begin, send, tell how far they are, and write labels down."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click

from flinksql_runner.cli.output import message
from flinksql_runner.cli.verb import Globals
from flinksql_runner.project.files import write_text_atomic
from flinksql_runner.simulate.message import Message, Tally
from flinksql_runner.simulate.sinks import Writer, closing, paced

FOREVER = 86_400.0 * 365
"""Seconds of a simulation that Ctrl-C ends."""
START = click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"])
_TELL_SECONDS = 10.0


def start_ms(start: datetime | None) -> int:
    """The chosen start, read as UTC, or now: ms since the epoch."""
    return int(start.replace(tzinfo=timezone.utc).timestamp() * 1000) if start else time.time_ns() // 1_000_000


def send(
    stream: Iterator[Message], writer: Writer, tally: Tally, options: Globals, progress: Callable[[Tally], str],
    clock_from: int | None,
) -> bool:
    """Sends all, and counts it in ``tally``. False where Ctrl-C ended it.

    :param progress: what is told now and then.
    :param clock_from: the start in ms since the epoch where messages wait for their time; None sends them as fast as it goes.
    """
    try:
        with closing(writer) as open_writer:
            for item in _told(stream if clock_from is None else paced(stream, clock_from), tally, options, progress):
                open_writer.write(item)
    except KeyboardInterrupt:
        message("stopped", options)
        return False
    return True


def _told(
    stream: Iterable[Message], tally: Tally, options: Globals, progress: Callable[[Tally], str],
) -> Iterator[Message]:
    """Counts what goes by, and tells it now and then."""
    last = time.monotonic()
    for item in stream:
        yield item
        tally.add(item)
        if time.monotonic() - last > _TELL_SECONDS:
            last = time.monotonic()
            message(progress(tally), options)


def write_labels(path: Path, labels: Iterable[Any]) -> None:
    """Labels, which are dataclasses, as a JSON value a line."""
    write_text_atomic(path, "".join(json.dumps(asdict(label)) + "\n" for label in labels))
