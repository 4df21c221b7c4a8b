"""Brings a job to run: observe, decide, then act stage by stage, each recorded before it is tried."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from flinksql_runner.compiler.job import Job
from flinksql_runner.deploy.ending import stop_release
from flinksql_runner.deploy.identity import job_of, logic_of
from flinksql_runner.deploy.settle import note, settle
from flinksql_runner.deploy.stages import (
    Adopt,
    AwaitRunning,
    CompilePlan,
    CreateTables,
    RecordWished,
    Stage,
    StopCurrent,
    Submit,
    UseStoredPlan,
    decide,
)
from flinksql_runner.deploy.values import JobFailed, Progress, Refused, Surroundings, Timing, silent
from flinksql_runner.deploy.waiting import await_running
from flinksql_runner.diagnostics import Failure, has_errors
from flinksql_runner.engines.engine import CompiledPlan, Engine
from flinksql_runner.state.record import Release, ReleaseState
from flinksql_runner.state.store import Store
from flinksql_runner.tables.physical import is_physical


def deploy(
    job: Job, engine: Engine, store: Store, around: Surroundings | None = None, *, allow_state_loss: bool = False,
    timing: Timing | None = None, progress: Progress = silent, when_running: Callable[[], None] | None = None,
) -> Release:
    """Makes ``job`` run on ``engine`` and returns its release; does nothing where it runs already.

    A job that was stopped with a savepoint goes on from there, by its stored plan. Success means that all tasks run and a
    checkpoint is complete, or that a bounded job has finished. Else what was started is cancelled, the release that ran
    before is restored from its savepoint, and the root cause is raised.

    :param when_running: called once all tasks run, before the first checkpoint; not where the job runs already.
    :raises Refused: where state would be lost, or a physical table does not fit.
    :raises JobFailed: where the job does not work, with the root cause.
    :raises Failure: where the engine, the store or a database can't be reached, or another command is at work.
    """
    timing, around = timing or Timing(), around or Surroundings()
    with store.lock(job.name):
        situation = settle(job.name, engine, store, timing)
        stages = decide(job, situation, allow_state_loss=allow_state_loss)
        if not stages:
            assert situation.current is not None
            progress(f"release {situation.current.number} of {job.name} runs already; nothing to do")
            return situation.current
        return _Deployment(job, engine, store, around, timing, progress, when_running=when_running).run(stages)


def resume(
    name: str, engine: Engine, store: Store, around: Surroundings | None = None, *, timing: Timing | None = None,
    progress: Progress = silent,
) -> Release:
    """Starts a stopped job again from its last savepoint, exactly as it was recorded; no SQL is read.

    :raises Refused: where there is no savepoint to go on from, or the job runs.
    """
    timing, around = timing or Timing(), around or Surroundings()
    with store.lock(name):
        situation = settle(name, engine, store, timing)
        current = situation.current
        if current is None or situation.is_alive or not current.savepoint:
            raise Refused(f"there is nothing to resume: `{name}` " + (
                "runs" if situation.is_alive else "was never deployed" if current is None else "has no savepoint"))
        stages = (UseStoredPlan(current), CreateTables(), RecordWished(situation.number + 1), Submit(current.savepoint),
                  AwaitRunning())
        return _Deployment(job_of(current), engine, store, around, timing, progress, current.logic).run(stages)


@dataclass(slots=True)
class _Deployment:
    """One run of stages. ``release`` is what was recorded last, ``stopped`` the release that was stopped for it."""

    job: Job
    engine: Engine
    store: Store
    around: Surroundings
    timing: Timing
    progress: Progress
    logic: str = ""
    plan: CompiledPlan | None = None
    release: Release | None = None
    stopped: Release | None = None
    when_running: Callable[[], None] | None = None

    def run(self, stages: tuple[Stage, ...]) -> Release:
        """Runs the stages; on any failure cancels, records it, restores what ran before, and raises it again."""
        try:
            for stage in stages:
                self._act(stage)
        except KeyboardInterrupt:
            self._abandon("interrupted")
            raise
        except Failure as problem:
            self._abandon(problem.cause if isinstance(problem, JobFailed) else str(problem))
            self._restore(problem)
            raise
        assert self.release is not None
        return self.release

    def _act(self, stage: Stage) -> None:
        match stage:
            case CompilePlan():
                self.progress(f"compiling {self.job.name}")
                self.plan = self.engine.compile_plan(self.job)
            case UseStoredPlan(release):
                self.plan = CompiledPlan(release.plan)
            case CreateTables():
                self._create_tables()
            case RecordWished(number, replaces):
                self._wish(number, replaces)
            case StopCurrent(release, with_savepoint):
                self._stop(release, with_savepoint)
            case Submit(restore, from_stopped):
                self._submit(self.stopped.savepoint if from_stopped and self.stopped else restore)
            case Adopt(release):
                self.progress(f"finishing release {release.number} of {self.job.name}, which was cut off")
                self.release = release
                if release.replaces is not None:
                    self.stopped = next((r for r in self.store.releases(release.job) if r.number == release.replaces), None)
            case AwaitRunning():
                self._await()

    def _create_tables(self) -> None:
        nodes = [n for n in self.around.nodes if is_physical(n)]
        if not nodes:
            return
        from flinksql_runner.tables.create import create_tables  # the database's driver takes a tenth of a second to load

        tables = create_tables(nodes, self.around.values)
        if has_errors(tables.diagnostics):
            raise Refused(f"`{self.job.name}` is not started: a table of the database does not fit", tables.diagnostics)
        if tables.created:
            self.progress(f"created {', '.join(tables.created)}")

    def _wish(self, number: int, replaces: int | None) -> None:
        assert self.plan is not None
        self.release = note(self.store, Release(
            job=self.job.name, number=number, state="wished", created_at=self.timing.now(), sql=self.job.text, hash=self.job.hash,
            plan=self.plan.json, declarations=tuple(s.sql for s in self.job.declarations), settings=dict(self.job.settings),
            flink_version=self.around.flink_version, target=self.around.target, logic=self.logic or logic_of(self.job),
            replaces=replaces), self.timing)

    def _stop(self, release: Release, with_savepoint: bool) -> None:
        assert release.flink_job_id is not None
        if not with_savepoint:
            self.engine.cancel(release.flink_job_id)
            note(self.store, replace(release, state="superseded"), self.timing)
            return
        self.stopped = stop_release(release, self.engine, self.store, timing=self.timing, progress=self.progress)

    def _submit(self, restore: str | None) -> None:
        assert self.plan is not None
        assert self.release is not None
        self.progress(f"starting {self.job.name}" + (" from its savepoint" if restore else ""))
        self.release = note(self.store, replace(self.release, restored_from=restore), self.timing)
        submission = self.engine.submit(self.job, self.plan, restore)
        self.release = note(self.store, replace(self.release, state="submitted", flink_job_id=submission.job_id), self.timing)

    def _await(self) -> None:
        assert self.release is not None
        assert self.release.flink_job_id is not None
        observed = await_running(
            self.engine, self.release.flink_job_id, self.job.name, self.timing, self.progress, self.around,
            runs_python=bool(self.job.functions), when_running=self.when_running)
        state: ReleaseState = "finished" if observed.state == "finished" else "running"
        self.release = note(self.store, replace(self.release, state=state, ran=True, error=None), self.timing)
        if self.stopped is not None:
            note(self.store, replace(self.stopped, state="superseded"), self.timing)

    def _abandon(self, reason: str) -> None:
        """Cancels what was started and records the failure; a release that ran before this call is left alone."""
        if self.release is None or self.release.ran:
            return
        if self.release.flink_job_id is not None:
            with suppress(Failure):
                self.engine.cancel(self.release.flink_job_id)
        self.release = note(self.store, replace(self.release, state="failed", error=reason), self.timing)

    def _restore(self, problem: Failure) -> None:
        """Starts the release that ran before from its savepoint; adds to ``problem`` what became of it."""
        old = self.stopped
        if old is None or not old.savepoint or old.state != "stopped":
            return
        self.progress(f"restoring release {old.number}")
        try:
            submission = self.engine.submit(job_of(old), CompiledPlan(old.plan), old.savepoint)
            old = note(self.store, replace(old, state="submitted", flink_job_id=submission.job_id), self.timing)
            await_running(self.engine, submission.job_id, old.job, self.timing, self.progress, self.around)
            note(self.store, replace(old, state="running", restored_from=old.savepoint, savepoint=None), self.timing)
            outcome = f"release {old.number} was restored from its savepoint and runs"
        except Failure as second:
            outcome = f"release {old.number} could not be restored ({second}); its savepoint is {old.savepoint}"
        problem.args = (f"{problem}; {outcome}",)
