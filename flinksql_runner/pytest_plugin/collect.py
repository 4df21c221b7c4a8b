"""Files of SQL unit tests as pytest's files, each test as an item with its name, place, tags and difference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from flinksql_runner.diagnostics import Failure
from flinksql_runner.diagnostics.render import Renderer
from flinksql_runner.pytest_plugin.names import DEALS, DEALT, MARKER
from flinksql_runner.testing.report import as_text, line_of
from flinksql_runner.testing.values import Outcome, UnitTest

if TYPE_CHECKING:
    from flinksql_runner.pytest_plugin.runs import ProjectRun

_MISTAKES = "mistakes_of_this_file"
_WIDTH = 100


class TestFailed(Exception):
    """A test's outcome is not what it should be."""

    __test__ = False

    def __init__(self, text: str, message: str) -> None:
        super().__init__(message)
        self.text, self.message = text, message


class SqlFile(pytest.File):
    """One file below tests/sql."""

    def __init__(self, *, run: ProjectRun, **rest: Any) -> None:
        super().__init__(**rest)
        self.run = run

    def collect(self) -> Iterator[pytest.Item]:
        """Its tests; what is wrong with the file is one more item, which fails, so that the sound tests run."""
        name = self.path.relative_to(self.run.root).as_posix()
        for test in self.run.suite.tests:
            if test.span.file == name:
                yield SqlTest.from_parent(self, name=test.name, test=test, run=self.run)
        if any(d.span is not None and d.span.file == name for d in self.run.suite.diagnostics):
            yield Mistakes.from_parent(self, name=_MISTAKES, run=self.run, file=name)


class _Item(pytest.Item):
    """What both kinds of item have: the marker, and a failure that is told by its text alone."""

    line = 1

    def __init__(self, *, run: ProjectRun, **rest: Any) -> None:
        super().__init__(**rest)
        self.run = run
        self.add_marker(getattr(pytest.mark, MARKER))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The text of the difference in place of a traceback."""
        if isinstance(excinfo.value, TestFailed):
            return _Told(excinfo.value.text, _Crash(str(self.path), self.line, excinfo.value.message))
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Any, int, str]:
        """File, line from 0, and name."""
        return self.path, self.line - 1, self.name


class SqlTest(_Item):
    """One SQL unit test. ``sql_seconds`` is its share of the job that ran it."""

    sql_seconds: float | None = None

    def __init__(self, *, test: UnitTest, **rest: Any) -> None:
        super().__init__(**rest)
        self.test = test
        self.line = line_of(Outcome(test, "pass"), self.run.suite.texts)
        for tag in (*test.tags, *self._node_tags()):
            marker = re.sub(r"\W", "_", tag)
            if marker.isidentifier():
                self.config.addinivalue_line("markers", f"{marker}: a tag of SQL unit tests")
                self.add_marker(getattr(pytest.mark, marker))

    def runtest(self) -> None:
        """Takes the outcome of the session's run of all selected tests, which the first item begins."""
        dist = getattr(self.config, "workerinput", {}).get(DEALT, DEALS[0])
        if dist not in DEALS:
            pytest.fail(f"SQL unit tests share their jobs, which `--dist {dist}` takes apart: use -n with --dist load",
                        pytrace=False)
        selected = [i.test for i in self.session.items if isinstance(i, SqlTest) and i.run is self.run]
        try:
            outcome = self.run.outcome(self.test.name, selected or [self.test])
        except Failure as failure:
            raise TestFailed(_failure_text(failure, self.run), str(failure)) from None
        self.sql_seconds = outcome.seconds
        if outcome.status == "skipped":
            pytest.skip(outcome.message)
        if outcome.status != "pass":
            text = as_text(outcome, self.run.renderer(), self.run.texts, _WIDTH)
            raise TestFailed(text, outcome.message)

    def _node_tags(self) -> tuple[str, ...]:
        try:
            nodes = self.run.built.graph.nodes
        except Failure:  # told by each test that runs
            return ()
        return nodes[self.test.node].tags if self.test.node in nodes else ()


class Mistakes(_Item):
    """What the user wrote wrong in a file of tests."""

    def __init__(self, *, file: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.file = file

    def runtest(self) -> None:
        """Fails with the diagnostics of the file."""
        found = [d for d in self.run.suite.diagnostics if d.span is not None and d.span.file == self.file]
        renderer = self.run.renderer()
        raise TestFailed("\n".join(renderer.text(d) + "\n" for d in found), found[0].message)


@dataclass(frozen=True, slots=True)
class _Crash:
    """Where a failure is, in pytest's names."""

    path: str
    lineno: int
    message: str


@dataclass(frozen=True, slots=True)
class _Told:
    """A failure's text, as pytest writes it; ``reprcrash`` is what its short summary shows."""

    text: str
    reprcrash: _Crash

    def toterminal(self, tw: Any) -> None:
        """Writes the text as it is."""
        tw.line(self.text)

    def __str__(self) -> str:
        return self.text


def _failure_text(failure: Failure, run: ProjectRun) -> str:
    """Its sentence behind the diagnostics that it carries (of an unusable project.yml, of functions that do not import)."""
    found = getattr(failure, "diagnostics", ())
    texts = getattr(failure, "texts", None) or (run.texts if found else {})
    return "\n".join([*map(Renderer(texts).text, found), str(failure)])
