"""A session cluster with an SQL Gateway on this machine: the engine of ``local`` and ``session`` targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from flinksql_runner.compiler.job import Job
from flinksql_runner.diagnostics import Failure
from flinksql_runner.engines.engine import CompiledPlan, JobState, Observed, Submission, VertexStatus
from flinksql_runner.flink.errors import SqlError
from flinksql_runner.flink.gateway import Gateway, Session
from flinksql_runner.flink.rest import Checkpoints, JobDetail, Rest
from flinksql_runner.planner.compiled import SETTINGS, compile_plan, declare, execute_plan
from flinksql_runner.project.placeholders import scrub

_RESTORE = "execution.state-recovery.path"
_PYTHON_FILES = "python.files"


@dataclass
class LocalEngine:
    """``gateway_url`` and ``rest_url`` are ``http://host:port``.

    ``jars`` are added to each session; ``bundle`` is the folder of the Python functions for sessions that have no other one
    in their settings. ``values`` are what placeholders stand for. ``cluster`` are settings that name the cluster where the
    gateway's own configuration does not.
    """

    gateway_url: str
    rest_url: str
    jars: tuple[Path, ...] = ()
    bundle: Path | None = None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    cluster: Mapping[str, str] = field(default_factory=dict)
    name: str = "local"
    _rest: Rest = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._rest = Rest(self.rest_url)

    @contextmanager
    def session(self, settings: Mapping[str, str] | None = None) -> Iterator[Session]:
        """A session with our jars and these settings; it is closed afterwards. Errors of Flink come out without secrets."""
        wanted = {**SETTINGS, **self.cluster, **(settings or {})}
        if self.bundle is not None:
            wanted.setdefault(_PYTHON_FILES, str(self.bundle))
        with self._clean(), Gateway(self.gateway_url).open(wanted) as session:
            for jar in self.jars:
                session.run(f"ADD JAR '{str(jar).replace(chr(39), chr(39) * 2)}'")
            yield session

    def compile_plan(self, job: Job) -> CompiledPlan:
        """Declares the job's tables and views and lets Flink compile its statement set."""
        with self.session(job.settings) as session:
            declare(job, session, self.values)
            return CompiledPlan(compile_plan(job, session, self.values))

    def submit(self, job: Job, plan: CompiledPlan, restore: str | None) -> Submission:
        """Executes a stored plan, from a savepoint's path if given; returns when Flink has accepted it, not when it runs.

        A plan knows tables and functions only: views are in it, and each with a Python function would cost most of a second.
        """
        settings = {"pipeline.name": job.name, **job.settings, **({_RESTORE: restore} if restore else {})}
        with self.session(settings) as session:
            declare(replace(job, declarations=tuple(s for s in job.declarations if s.kind != "view")), session, self.values)
            return Submission(job.name, execute_plan(plan.json, session, self.values))

    def observe(self, job_id: str) -> Observed:
        """What the job does now; state ``unknown`` where Flink doesn't know the id."""
        detail = self._rest.job(job_id)
        if detail is None:
            return Observed(job_id, "unknown")
        restarts, checkpoints = self._rest.restarts(job_id), self._rest.checkpoints(job_id)
        counts = [self._rest.counts(job_id, v) for v in detail.vertices]
        lags = [c.lag for c in counts if c.lag is not None]
        failure = self._rest.exception(job_id)
        return Observed(
            job_id, _state(detail, restarts), restarts, checkpoints.completed, checkpoints.last_completed,
            sum(c.read for c in counts), sum(c.written for c in counts), sum(lags) if lags else None,
            self._error(failure, checkpoints, detail),
            tuple(VertexStatus(v.name, v.tasks, c.records_in, c.records_out)
                  for v, c in zip(detail.vertices, counts, strict=True)),
            checkpoints.savepoint_path, checkpoints.checkpoint_path,
        )

    def trigger_checkpoint(self, job_id: str) -> None:
        """Asks for a checkpoint now; ``observe`` tells when it is complete."""
        with self._clean():
            self._rest.trigger_checkpoint(job_id)

    def stop_with_savepoint(self, job_id: str, drain: bool = False) -> str:
        """Stops the job; returns the savepoint's path once it is complete. ``drain`` closes all windows first."""
        with self._clean():
            return self._rest.stop_with_savepoint(job_id, drain=drain)

    def find(self, job: str) -> tuple[str, ...]:
        """Flink's ids of all jobs of this name that have not ended, the newest first."""
        return tuple(row.job_id for row in self._rest.jobs() if row.name == job and not row.has_ended)

    def cancel(self, job_id: str) -> None:
        """Cancels the job without a savepoint and waits until it has ended."""
        with self._clean():
            self._rest.cancel(job_id)

    def _error(self, failure: tuple[str, int] | None, checkpoints: Checkpoints, detail: JobDetail) -> str | None:
        """Flink's words on the newest failure, unless the job has run well since: a complete checkpoint is newer."""
        if failure is None:
            return None
        text, when = failure
        is_over = detail.state in ("RUNNING", "FINISHED") and (checkpoints.last_completed or 0) > when
        return None if is_over else scrub(text, self.values)

    @contextmanager
    def _clean(self) -> Iterator[None]:
        """Errors of Flink without the values of secrets."""
        try:
            yield
        except SqlError as problem:
            raise self.scrubbed(problem) from None
        except Failure as failure:
            failure.args = (scrub(str(failure), self.values),)
            failure.detail = scrub(failure.detail, self.values) if failure.detail else None
            raise

    def scrubbed(self, problem: SqlError) -> SqlError:
        """The same error with each secret's value put back to its placeholder."""
        causes = tuple(type(c)(c.kind, scrub(c.message, self.values)) for c in problem.causes)
        return SqlError(scrub(problem.message, self.values), causes, detail=scrub(problem.detail or "", self.values))


def _state(detail: JobDetail, restarts: int) -> JobState:
    """Ours for Flink's: ``running`` only if every task runs (or is done, for a source that has an end)."""
    ended: Mapping[str, JobState] = {"FINISHED": "finished", "CANCELED": "stopped", "SUSPENDED": "stopped", "FAILED": "failed"}
    if detail.state in ended:
        return ended[detail.state]
    if detail.state in ("RESTARTING", "FAILING", "CANCELLING"):
        return "failing"
    tasks = {state for v in detail.vertices for state in v.tasks}
    if detail.state == "RUNNING" and tasks and tasks <= {"RUNNING", "FINISHED"}:
        return "running"
    return "failing" if restarts or tasks & {"FAILED", "CANCELING", "CANCELED"} else "starting"
