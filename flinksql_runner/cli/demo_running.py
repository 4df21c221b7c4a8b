"""What all verbs below ``flinksql demo`` do alike: choose moments, run with progress, and tell the result."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import click

from flinksql_runner.cli.demo_progress import DemoLine
from flinksql_runner.cli.jobs import placed
from flinksql_runner.cli.output import message, print_json, print_table
from flinksql_runner.cli.verb import Globals
from flinksql_runner.project.values import Project


class Measured(Protocol):
    """What the results of all demos have."""

    @property
    def mistakes(self) -> tuple[str, ...]:
        """What does not balance, in words."""

    def to_json(self) -> dict[str, Any]:
        """The stable form."""


Result = TypeVar("Result", bound=Measured)


def moment_of(
    at_name: str, at: float | None, no_name: str, is_never: bool, duration: float, part: int,
) -> float | None:
    """When something is done: at the moment asked for, by default when the ``part``-th part of the duration is over.

    :raises click.UsageError: where the options contradict each other.
    """
    if at is not None and at >= duration:
        raise click.UsageError(f"{at_name} must be less than --duration")
    if at is not None and is_never:
        raise click.UsageError(f"{at_name} and {no_name} contradict each other")
    return None if is_never else duration / part if at is None else at


def run_demo(
    options: Globals, project: Project, output: str, run: Callable[[DemoLine], Result],
    rows: Callable[[Result], Sequence[tuple[str, str]]], title: str,
) -> int:
    """Runs a demo, prints what it measured, and gives the exit code: 1 where something does not balance."""
    line = DemoLine(is_quiet=options.quiet)
    signal.signal(signal.SIGTERM, signal.default_int_handler)     # `kill` ends it as Ctrl-C does: with everything it started
    with placed(project):
        try:
            result = run(line)
        finally:
            line.close()
    if output == "json":
        print_json(result.to_json())
    else:
        print_table((title, ""), rows(result), options)
    for mistake in result.mistakes:
        message(f"does not balance: {mistake}", options)
    return 1 if result.mistakes else 0


def latencies(found: Mapping[str, int | None]) -> str:
    """Percentiles in words."""
    return f"p50 {found['p50']} ms, p95 {found['p95']} ms, p99 {found['p99']} ms"


def rows_of_sinks(sinks: Mapping[str, int]) -> list[tuple[str, str]]:
    """A line for each sink."""
    return [(f"rows in {sink}", f"{count:,}") for sink, count in sinks.items()]


def share(value: float | None) -> str:
    """As per cent; ``-`` where there is none."""
    return "-" if value is None else f"{value:.0%}"
