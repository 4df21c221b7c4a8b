"""A whole engine in memory: a test says what goes wrong by setting one field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from flinksql_runner.compiler.job import Job, JobStatement
from flinksql_runner.deploy.values import Timing
from flinksql_runner.diagnostics import Failure
from flinksql_runner.engines.engine import CompiledPlan, Observed, Submission
from flinksql_runner.state.store import FsspecStore


@dataclass
class Running:
    """One job on the fake engine."""

    job: Job
    plan: str
    restore: str | None
    observed: Observed
    looks: int = 0


@dataclass
class MemoryEngine:
    """``after_start`` is what a started job becomes at its second look; ``fails`` maps a method to what it raises."""

    name: str = "memory"
    after_start: Callable[[Observed], Observed] = lambda o: replace(o, state="running")
    checkpoint_works: bool = True
    fails: dict[str, BaseException] = field(default_factory=dict)
    jobs: dict[str, Running] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    plans: int = 0

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.fails:
            raise self.fails[name]

    def compile_plan(self, job: Job) -> CompiledPlan:
        self._call("compile_plan")
        self.plans += 1
        return CompiledPlan(f'{{"ids": {self.plans}}}')

    def submit(self, job: Job, plan: CompiledPlan, restore: str | None) -> Submission:
        self._call("submit")
        job_id = f"{len(self.jobs) + 1:032x}"
        self.jobs[job_id] = Running(job, plan.json, restore, Observed(job_id, "starting"))
        if "submit-after" in self.fails:
            raise self.fails["submit-after"]
        return Submission(job.name, job_id)

    def observe(self, job_id: str) -> Observed:
        self._call("observe")
        found = self.jobs.get(job_id)
        if found is None:
            return Observed(job_id, "unknown")
        found.looks += 1
        if found.looks == 2 and found.observed.state == "starting":
            found.observed = self.after_start(found.observed)
        return found.observed

    def trigger_checkpoint(self, job_id: str) -> None:
        self._call("trigger_checkpoint")
        found = self.jobs[job_id]
        if self.checkpoint_works:
            found.observed = replace(found.observed, checkpoints=found.observed.checkpoints + 1, last_checkpoint=1)

    def stop_with_savepoint(self, job_id: str, drain: bool = False) -> str:
        self._call("stop_with_savepoint")
        path = f"file:///savepoints/{job_id[-4:]}"
        self.set(job_id, state="finished", last_savepoint=path)
        return path

    def find(self, job: str) -> tuple[str, ...]:
        live = [i for i, r in self.jobs.items() if r.job.name == job and r.observed.state in ("running", "starting", "failing")]
        return tuple(reversed(live))

    def cancel(self, job_id: str) -> None:
        self._call("cancel")
        self.set(job_id, state="stopped")

    def set(self, job_id: str, **changes: object) -> None:
        """Changes what the engine says of a job."""
        self.jobs[job_id].observed = replace(self.jobs[job_id].observed, **changes)  # type: ignore[arg-type]


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine()


@pytest.fixture
def store(tmp_path: Path) -> FsspecStore:
    return FsspecStore(tmp_path / "releases")


@pytest.fixture
def timing() -> Timing:
    """A clock that only sleeping moves."""
    clock = [1_000_000]

    def sleep(seconds: float) -> None:
        clock[0] += int(seconds * 1000)

    return Timing(now=lambda: clock[0], sleep=sleep, poll=0.5, start_limit=30, checkpoint_limit=30)


def job_with(sql: str = "INSERT INTO s SELECT * FROM t", **settings: str) -> Job:
    """A job of one source, one sink and one INSERT."""
    declarations = tuple(JobStatement("table", f"CREATE TEMPORARY TABLE {name} (a INT)", name) for name in "ts")
    inserts = (JobStatement("insert", sql, "s"),)
    return Job("cars", declarations, inserts, ("t", "s"), ("s",), settings, text=sql, hash=str(hash(sql)))


@pytest.fixture
def make_job() -> Callable[..., Job]:
    return job_with


GONE = Failure("the gateway is gone")
