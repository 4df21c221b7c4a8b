"""Runs a job whose inputs come in steps, and starts it again from a savepoint between two of them.

Each source watches a folder. A step's files are put there; each ends with a mark, which comes out of the job's result as soon as
the source has read that far. Then a checkpoint is asked for: its barriers stand behind the step's rows in every channel, so that
once it is complete all operators have worked through the step. Nothing waits for a time.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flinksql_runner.compiler.declare import literal
from flinksql_runner.diagnostics import Failure
from flinksql_runner.flink.errors import SqlError, TimedOut
from flinksql_runner.flink.gateway import Result, Session
from flinksql_runner.flink.rest import Rest
from flinksql_runner.flink.rows import Row
from flinksql_runner.testing.compare import Found
from flinksql_runner.testing.prepare import MARK, Prepared
from flinksql_runner.testing.steps import Step

_RESTORE = "execution.state-recovery.path"
_UNCLAIMED = "execution.state-recovery.ignore-unclaimed-state"  # what the first job still owed its client has been read
Changes = dict[tuple[int, str], list[Found]]


@dataclass
class SteppedJob:
    """One job over tests that come in steps, all with a restart or none. ``folder`` is for its savepoints, ``deadline`` is of
    ``time.monotonic``."""

    ready: Sequence[Prepared]
    session: Session
    rest: Rest
    folder: Path
    deadline: float
    found: Changes = field(default_factory=dict)
    _marks: set[tuple[int, str, int]] = field(default_factory=set)

    def run(self) -> Changes:
        """All changes by test and table.

        :raises TimedOut: where it does not end in time.
        :raises flinksql_runner.flink.errors.SqlError: where the job fails.
        """
        self._clear()
        restarts = any(p.test.restart for p in self.ready)
        savepoint = self._job([_parts(p)[0] for p in self.ready], 0, is_last=not restarts)
        if restarts:
            self.session.run(f"SET {literal(_RESTORE)} = {literal(savepoint)}")
            self.session.run(f"SET {literal(_UNCLAIMED)} = 'true'")
            try:
                self._job([_parts(p)[1] for p in self.ready], 1, is_last=True)
            finally:
                for option in (_RESTORE, _UNCLAIMED):
                    self.session.run(f"RESET {literal(option)}")
        return self.found

    def _job(self, parts: Sequence[Sequence[Step]], run: int, *, is_last: bool) -> str:
        """Runs the query over these steps of each test and stops it; the savepoint's path. The last job is drained."""
        query = "\nUNION ALL\n".join(q for p in self.ready for q in p.queries)
        rounds = max(map(len, parts))
        self._put(parts, 0, run)
        with self.session.execute(query, timeout=self._left()) as result:
            rows = result.rows_until(self.deadline)
            try:
                for number in range(rounds):
                    if number:
                        self._put(parts, number, run)
                    self._read(rows, self._expected(parts, number))
                    if number < rounds - 1:
                        self._settled(result)
                path = self.rest.stop(_job_id(result), folder=self.folder.as_uri(), drain=is_last, deadline=self.deadline)
                self._read(rows, None)
            except Failure as failure:
                if not isinstance(failure, (SqlError, TimedOut)):
                    self._read(rows, None)  # a job that has failed says why
                raise
            finally:
                if not result.is_ended:
                    result.cancel()
            if not result.is_ended:
                raise TimedOut("the job did not end")
        return path

    def _put(self, parts: Sequence[Sequence[Step]], number: int, run: int) -> None:
        """Puts a step's files into place, each at once: a source never sees half of one, nor files that start with a dot."""
        for prepared, steps in zip(self.ready, parts, strict=True):
            for name, text in (steps[number] if number < len(steps) else {}).items():
                place = prepared.folder / name
                beside = place / f".{run}-{number}.json"
                beside.write_text(text, encoding="utf-8")
                os.replace(beside, place / f"{run}-{number}.json")

    def _expected(self, parts: Sequence[Sequence[Step]], number: int) -> set[tuple[int, str, int]]:
        """The marks that end a step."""
        return {(p.number, name, at) for p, steps in zip(self.ready, parts, strict=True) if number < len(steps)
                for name, text in steps[number].items() for at in (_mark_of(text),)}

    def _read(self, rows: Iterator[Row], until: set[tuple[int, str, int]] | None) -> None:
        """Takes rows until all these marks have come, or to the end."""
        while until is None or not until <= self._marks:
            row = next(rows, None)
            if row is None:
                if until is not None:
                    raise TimedOut("a step did not come through")
                return
            number, what, cells = row.values
            if what == MARK:
                self._marks.add((number, cells[0], int(cells[1])))
            else:
                self.found.setdefault((number, what), []).append((row.kind, tuple(cells)))

    def _settled(self, result: Result) -> None:
        """Waits until all operators have worked through what was sent: a checkpoint is complete."""
        self.rest.checkpoint(_job_id(result), deadline=self.deadline)

    def _left(self) -> float:
        return max(1.0, self.deadline - time.monotonic())

    def _clear(self) -> None:
        """Takes away the files of a try before."""
        for prepared in self.ready:
            for path in prepared.folder.glob("*/*"):
                path.unlink()


def _parts(prepared: Prepared) -> tuple[Sequence[Step], Sequence[Step]]:
    """A test's steps before and after its restart."""
    course = prepared.course
    assert course is not None
    cut = course.cut if prepared.test.restart else len(course.steps)
    return course.steps[:cut], course.steps[cut:]


def _mark_of(text: str) -> int:
    """The number in a step's last line."""
    line = json.loads(text.splitlines()[-1])
    return int(line.get("after", line)[MARK])


def _job_id(result: Result) -> str:
    if result.job_id is None:
        raise Failure("Flink took the query but named no job", exit_code=1)
    return result.job_id
