"""The door from a job to a Flink that runs it.

An engine is small on purpose: what all of them do alike (plans, releases, waiting) lives in ``planner``, ``state`` and
``deploy``. Every engine passes the contract suite in ``tests/engines``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from flinksql_runner.compiler.job import Job

JobState = Literal["running", "starting", "failing", "stopped", "finished", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class CompiledPlan:
    """Flink's own compiled plan of a job: JSON text that ``EXECUTE PLAN`` takes, without options of tables (no secrets)."""

    json: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A job that Flink has accepted; ``job_id`` is Flink's (32 hexadecimal digits)."""

    job: str
    job_id: str


@dataclass(frozen=True, slots=True)
class VertexStatus:
    """One vertex of the job graph: state of its tasks and records so far."""

    name: str
    tasks: Mapping[str, int]
    records_in: int = 0
    records_out: int = 0


@dataclass(frozen=True, slots=True)
class Observed:
    """What Flink says of a job now.

    ``state`` is ``running`` only if all tasks run. ``checkpoints`` is how many are complete, ``last_checkpoint`` when the
    newest became so, in ms since the epoch. ``error`` is Flink's stack trace of the newest failure, scrubbed of secrets; None
    where the job has run well since. ``lag`` is the records that sources still have to read, None where unknown.
    ``records_in`` counts what sources read, ``records_out`` what was handed to sinks. ``last_savepoint`` is the path of the
    newest completed savepoint of this job, also after its end (a command that was cut off in the middle of a stop finds it
    here); ``checkpoint_path`` of its newest completed checkpoint, for a job that crashes and so can't make a savepoint (it is
    there after a cancel only if checkpoints are retained).
    """

    job_id: str
    state: JobState
    restarts: int = 0
    checkpoints: int = 0
    last_checkpoint: int | None = None
    records_in: int = 0
    records_out: int = 0
    lag: int | None = None
    error: str | None = None
    vertices: Sequence[VertexStatus] = field(default=())
    last_savepoint: str | None = None
    checkpoint_path: str | None = None


class Engine(Protocol):
    """A place where jobs run. All methods raise ``Failure`` where Flink or the way to it is missing."""

    name: str

    def compile_plan(self, job: Job) -> CompiledPlan:
        """Declares the job's tables and views and lets Flink compile its statement set."""

    def submit(self, job: Job, plan: CompiledPlan, restore: str | None) -> Submission:
        """Executes a stored plan, from a savepoint's path if given; returns when Flink has accepted it, not when it runs."""

    def observe(self, job_id: str) -> Observed:
        """What the job does now; state ``unknown`` where Flink doesn't know the id."""

    def trigger_checkpoint(self, job_id: str) -> None:
        """Asks for a checkpoint now; ``observe`` tells when it is complete."""

    def stop_with_savepoint(self, job_id: str, drain: bool = False) -> str:
        """Stops the job; returns the savepoint's path once it is complete. ``drain`` closes all windows first."""

    def find(self, job: str) -> tuple[str, ...]:
        """Flink's ids of all jobs of this name that have not ended, the newest first (after a command that was cut off)."""

    def cancel(self, job_id: str) -> None:
        """Cancels the job without a savepoint and waits until it has ended."""
