"""Outcomes of tests as they come, those of a test and of its other runs put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from flinksql_runner.testing.values import Outcome, UnitTest
from flinksql_runner.testing.ways import Variant, merged

Tell = Callable[[Outcome], None]


class Kept:
    """Outcomes as they come, those of a test and its variants as one. Called from several threads.

    ``note`` is added to each; ``why`` is what an engine that died said last.
    """

    def __init__(self, tell: Tell | None, fail_fast: bool = False) -> None:
        self.known: dict[str, Outcome] = {}
        self.note = self.why = ""
        self.is_stopped = False
        self._tell, self._fail_fast = tell, fail_fast
        self._lock = Lock()
        self._parts: dict[str, dict[str, Outcome]] = {}
        self._variants: dict[str, tuple[Variant, ...]] = {}
        self._base: dict[str, UnitTest] = {}

    def expect(self, test: UnitTest, others: tuple[Variant, ...]) -> None:
        """Notes that these variants belong to a test."""
        self._variants[test.name] = others
        self._base |= {v.test.name: test for v in others} | {test.name: test}

    def variants(self, test: UnitTest) -> tuple[Variant, ...]:
        """The variants of a test."""
        return self._variants.get(test.name, ())

    def __call__(self, outcome: Outcome) -> None:
        """Keeps what came of a test, or of one of its other runs; once all of a test are there it is told."""
        with self._lock:
            test = self._base.get(outcome.test.name, outcome.test)
            parts = self._parts.setdefault(test.name, {})
            parts[outcome.test.name] = replace(outcome, notes=(*outcome.notes, self.note)) if self.note else outcome
            others = self.variants(test)
            if len(parts) <= len(others):
                return
            whole = merged(parts[test.name], [(v, parts[v.test.name]) for v in others])
            self.known[test.name] = replace(whole, test=test)
            self.is_stopped |= self._fail_fast and whole.status in ("fail", "error")
            if self._tell is not None:
                self._tell(self.known[test.name])
