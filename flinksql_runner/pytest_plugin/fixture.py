"""Tests of nodes written in Python; what they say is read as if it stood in a YAML file, so that all its keys work."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from flinksql_runner.diagnostics import Failure
from flinksql_runner.testing.read import tests_in
from flinksql_runner.testing.report import body

if TYPE_CHECKING:
    from flinksql_runner.pytest_plugin.runs import ProjectRun

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class FlinkSql:
    """The fixture. ``name`` is the test's, for messages."""

    run: ProjectRun
    name: str

    def node(self, node: str, **keys: object) -> NodeTest:
        """A test of a node; ``keys`` are those of a test in YAML: ``now``, ``udfs``, ``order``, ``shuffle`` and the like."""
        return NodeTest(self, {"name": self.name, "node": node, "given": [], **keys})


@dataclass(frozen=True, slots=True)
class NodeTest:
    """A test that is being written; each step gives a new one, so that a half of it can be used twice."""

    flinksql: FlinkSql
    entry: Mapping[str, Any]

    def given(self, input: str, rows: Iterable[Mapping[str, object]] | str = (), **keys: object) -> NodeTest:
        """Rows of one input: mappings, among them ``{"watermark": "2026-01-01 00:01:00"}``, or the text of a CSV."""
        entry = {"input": input, "rows": rows if isinstance(rows, str) else list(rows), **keys}
        return replace(self, entry={**self.entry, "given": [*self.entry["given"], entry]})

    def expect(self, rows: Iterable[Mapping[str, object]] | str | None = None, **keys: object) -> None:
        """Runs the test. ``keys`` are those of ``expect:`` in YAML: ``changelog``, ``late``, ``columns`` and the like.

        :raises AssertionError: with the difference, where something else comes.
        """
        __tracebackhide__ = True
        named = {} if rows is None else {"rows": rows if isinstance(rows, str) else list(rows)}
        self._run({**self.entry, "expect": {**named, **keys}})

    def expect_error(self, text: str = "", **keys: object) -> None:
        """Runs the test, which must end in an error with this text (or ``matches=``, ``code=``).

        :raises AssertionError: where it does not.
        """
        __tracebackhide__ = True
        self._run({**self.entry, "expect_error": {"text": text, **keys} if text else keys})

    def _run(self, entry: Mapping[str, Any]) -> None:
        __tracebackhide__ = True
        run = self.flinksql.run
        text = yaml.safe_dump({"unit_tests": [_plain(entry)]}, sort_keys=False, default_flow_style=None, width=120,
                              allow_unicode=True)
        suite = tests_in(run.root, f"{self.flinksql.name} (as YAML)", text)
        renderer = run.renderer(suite.texts)
        if suite.diagnostics:
            pytest.fail("\n".join(renderer.text(d) for d in suite.diagnostics), pytrace=False)
        try:
            (outcome,) = run.run(suite.tests)
        except Failure as failure:
            pytest.fail(str(failure), pytrace=False)
        if outcome.status == "skipped":
            pytest.skip(outcome.message)
        if outcome.status != "pass":
            raise AssertionError(f"{outcome.message or 'it could not run'}\n{body(outcome, renderer, _WIDTH)}")


def _plain(value: object) -> object:
    """A value of Python as YAML would have it."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, datetime.datetime):
        return str(value.astimezone(datetime.timezone.utc).replace(tzinfo=None) if value.tzinfo else value)
    if isinstance(value, (datetime.date, datetime.time, Decimal)):
        return str(value)
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return value
