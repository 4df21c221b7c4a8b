"""An engine in memory that keeps the contract: for tests of what uses engines, and of the contract suite itself."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

from flinksql_runner.compiler.job import Job
from flinksql_runner.diagnostics import Failure
from flinksql_runner.engines.engine import CompiledPlan, Observed, Submission, VertexStatus

_ENDED = ("finished", "stopped", "failed")


@dataclass
class FakeEngine:
    """Jobs start at their first look and run until they are ended; each run reads ten more records at each look."""

    name: str = "fake"
    jobs: dict[str, Observed] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    savepoints: set[str] = field(default_factory=set)
    _plans: int = 0

    def compile_plan(self, job: Job) -> CompiledPlan:
        """A plan with new ids each time, as Flink's."""
        if not job.inserts:
            raise Failure("there is nothing to compile: the job has no INSERT", exit_code=1)
        self._plans += 1
        nodes = [{"id": self._plans * 100 + at, "sink": i.node} for at, i in enumerate(job.inserts)]
        return CompiledPlan(json.dumps({"nodes": nodes}))

    def submit(self, job: Job, plan: CompiledPlan, restore: str | None) -> Submission:
        """Starts the plan; a savepoint must be one that this engine made."""
        json.loads(plan.json)
        if restore is not None and restore not in self.savepoints:
            raise Failure(f"there is no savepoint at {restore}", exit_code=1)
        job_id = f"{len(self.jobs) + 1:032x}"
        self.jobs[job_id] = Observed(job_id, "starting")
        self.names[job_id] = job.name
        return Submission(job.name, job_id)

    def observe(self, job_id: str) -> Observed:
        """What the job does now."""
        found = self.jobs.get(job_id)
        if found is None:
            return Observed(job_id, "unknown")
        if found.state in ("starting", "running"):
            read = found.records_in + 10
            vertex = VertexStatus("source", {"RUNNING": 1}, read, read)
            found = replace(found, state="running", records_in=read, records_out=read, vertices=(vertex,))
            self.jobs[job_id] = found
        return found

    def trigger_checkpoint(self, job_id: str) -> None:
        """Completes a checkpoint at once."""
        found = self._live(job_id)
        number = found.checkpoints + 1
        path = f"memory:{job_id}/{number}"
        self.jobs[job_id] = replace(found, checkpoints=number, last_checkpoint=number, checkpoint_path=path)

    def stop_with_savepoint(self, job_id: str, drain: bool = False) -> str:
        """Ends the job; its savepoint can be restored from."""
        path = f"memory:savepoint-{job_id}"
        self.jobs[job_id] = replace(self._live(job_id), state="finished", last_savepoint=path, vertices=())
        self.savepoints.add(path)
        return path

    def find(self, job: str) -> tuple[str, ...]:
        """Ids of the jobs of this name that have not ended, the newest first."""
        return tuple(i for i in reversed(self.jobs) if self.names[i] == job and self.jobs[i].state not in _ENDED)

    def cancel(self, job_id: str) -> None:
        """Ends the job; one that has ended or is unknown is left as it is."""
        found = self.jobs.get(job_id)
        if found is not None and found.state not in _ENDED:
            self.jobs[job_id] = replace(found, state="stopped", vertices=())

    def _live(self, job_id: str) -> Observed:
        found = self.jobs.get(job_id)
        if found is None or found.state in _ENDED:
            raise Failure(f"the job {job_id} does not run", exit_code=1)
        return found
