"""How a run of unit tests shows that it goes on: a bar on a terminal, or a line a test."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING

import click

from flinksql_runner.cli.params import Globals
from flinksql_runner.testing.report import as_line
from flinksql_runner.testing.values import Outcome

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class TestProgress:
    """Told of each outcome as it comes: ``verbose`` writes a line each to standard error; else a bar on a terminal."""

    __test__ = False  # no class of tests for pytest

    def __init__(self, count: int, texts: Mapping[str, str], options: Globals, *, verbose: bool = False) -> None:
        self._count, self._texts, self._verbose = count, texts, verbose
        self._seen: Counter[str] = Counter()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        if not verbose and not options.quiet and sys.stderr.isatty():
            self._bar = _bar(options)
            self._task = self._bar.add_task(_words(self._seen), total=count)

    def tell(self, outcome: Outcome) -> None:
        """One test is done; called from any thread."""
        self._seen[outcome.status] += 1
        if self._verbose:
            click.echo(as_line(outcome, self._texts), err=True)
        elif self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=1, description=_words(self._seen))

    def __enter__(self) -> TestProgress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()


def _words(seen: Mapping[str, int]) -> str:
    bad = seen.get("fail", 0) + seen.get("error", 0)
    return f"tests, {bad} failed" if bad else "tests"


def _bar(options: Globals) -> Progress:
    from rich.console import Console  # only who looks at a terminal waits for it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, no_color=options.colour is False)
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console,
                    transient=True)
