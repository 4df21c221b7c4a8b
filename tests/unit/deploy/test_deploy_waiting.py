"""When a started job counts as one that works."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from flinksql_runner.deploy.values import Surroundings, Timing, silent
from flinksql_runner.deploy.waiting import await_running
from flinksql_runner.engines.engine import Observed


@dataclass
class Clocked:
    """An engine whose job runs at once and gives its first record out at ``first_record`` ms; time passes by waiting."""

    first_record: int
    time: int = 0
    triggered: list[int] = field(default_factory=list)

    def observe(self, job_id: str) -> Observed:
        seen = Observed(job_id, "running", records_out=int(self.time >= self.first_record))
        return replace(seen, checkpoints=len(self.triggered))

    def trigger_checkpoint(self, job_id: str) -> None:
        self.triggered.append(self.time)

    def sleep(self, seconds: float) -> None:
        self.time += int(seconds * 1000)


@pytest.mark.parametrize(("runs_python", "first_record", "earliest", "latest"), [
    (False, 10_000, 0, 0),          # nothing to prove: at once
    (True, 500, 500, 700),          # the function has worked on something before the checkpoint
    (True, 10_000, 1_000, 1_200),   # no record comes: not for ever
])
def test_the_checkpoint_comes_behind_a_record(runs_python: bool, first_record: int, earliest: int, latest: int) -> None:
    engine = Clocked(first_record)
    timing = Timing(now=lambda: engine.time, sleep=engine.sleep)
    await_running(engine, "a" * 32, "job", timing, silent, Surroundings(), runs_python=runs_python)  # type: ignore[arg-type]
    assert len(engine.triggered) == 1
    assert earliest <= engine.triggered[0] <= latest


def test_it_is_told_once_that_all_tasks_run_and_before_the_checkpoint() -> None:
    engine, told = Clocked(first_record=300), []
    timing = Timing(now=lambda: engine.time, sleep=engine.sleep)
    await_running(engine, "a" * 32, "job", timing, silent, Surroundings(), runs_python=True,  # type: ignore[arg-type]
                  when_running=lambda: told.append((engine.time, len(engine.triggered))))
    assert told == [(0, 0)]
