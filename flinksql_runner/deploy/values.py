"""What the stages of a deployment share: time, progress, and how a deployment that can't be ends.

::

    Failure
      Refused      nothing was touched: the deployment would lose state, or a table is in the way
      JobFailed    the job was started and does not work
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from flinksql_runner.diagnostics import Diagnostic, Failure
from flinksql_runner.engines.engine import Observed
from flinksql_runner.state.record import Release
from flinksql_runner.syntax.values import Node


class Progress(Protocol):
    """Called with one short line for each step."""

    def __call__(self, line: str) -> None:
        """Must not raise."""


def silent(line: str) -> None:
    """Progress for nobody."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Clock and patience. ``now`` gives ms since the epoch; all limits are in seconds."""

    now: Callable[[], int] = field(default=lambda: time.time_ns() // 1_000_000)
    sleep: Callable[[float], None] = time.sleep
    poll: float = 0.1
    start_limit: float = 120.0
    checkpoint_limit: float = 120.0
    first_records_limit: float = 1.0    # how long a job with Python functions may wait for a record before its checkpoint


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a deployment needs beside the job: its nodes (for tables and places of errors), the texts of its Python files by
    relative path (for places too), and values of placeholders.
    """

    nodes: tuple[Node, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    target: str = ""
    flink_version: str = ""


class Refused(Failure):
    """The deployment was not begun; ``diagnostics`` tell what stands against it, if more than the sentence."""

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message, exit_code=1)
        self.diagnostics = diagnostics


class JobFailed(Failure):
    """The job does not run; ``diagnostics`` hold the root cause in SQL terms, ``detail`` the engine's own words."""

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = (), detail: str | None = None) -> None:
        super().__init__(message, exit_code=1, detail=detail)
        self.diagnostics = diagnostics

    @property
    def cause(self) -> str:
        """The root cause as one sentence; the message where none is known."""
        return self.diagnostics[0].message if self.diagnostics else str(self)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is there before anything is done.

    ``current`` is the newest release that runs or has state; ``observed`` is what the engine says of it (None where it
    isn't on the engine any more). ``number`` is the newest number in use.
    """

    current: Release | None = None
    observed: Observed | None = None
    number: int = 0

    @property
    def is_alive(self) -> bool:
        """Whether the current release's job is on the engine and has not ended."""
        return self.observed is not None and self.observed.state in ("running", "starting", "failing")
