"""The stages of a deployment as values, and the decision which of them are needed; nothing here acts."""

from __future__ import annotations

from dataclasses import dataclass

from flinksql_runner.compiler.job import Job
from flinksql_runner.deploy.identity import is_same_run, logic_of
from flinksql_runner.deploy.values import Refused, Situation
from flinksql_runner.state.record import Release


@dataclass(frozen=True, slots=True)
class CompilePlan:
    """Let Flink compile the job's statement set."""


@dataclass(frozen=True, slots=True)
class UseStoredPlan:
    """Take the plan of an earlier release, since only its ids find the state again."""

    release: Release


@dataclass(frozen=True, slots=True)
class CreateTables:
    """Make the physical tables of jdbc sinks, or find that one is in the way."""


@dataclass(frozen=True, slots=True)
class RecordWished:
    """Write down what is wanted before it is tried. ``replaces`` is the release that runs now."""

    number: int
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class StopCurrent:
    """Stop the release that runs: with a savepoint, or cancel one that never had any state."""

    release: Release
    with_savepoint: bool = True


@dataclass(frozen=True, slots=True)
class Submit:
    """Start the job. ``restore`` is a savepoint's path; ``from_stopped`` means the one that StopCurrent just made."""

    restore: str | None = None
    from_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Adopt:
    """Go on with a release that a command which was cut off has submitted."""

    release: Release


@dataclass(frozen=True, slots=True)
class AwaitRunning:
    """Wait until every task runs and the first checkpoint is complete (or a bounded job is done)."""


Stage = CompilePlan | UseStoredPlan | CreateTables | RecordWished | StopCurrent | Submit | Adopt | AwaitRunning


def decide(job: Job, situation: Situation, *, allow_state_loss: bool = False) -> tuple[Stage, ...]:
    """The stages that lead from what is there to the job; none where it runs already.

    :raises Refused: where state would be lost and that was not allowed.
    """
    current, number = situation.current, situation.number + 1
    if current is None:
        return _start(CompilePlan(), number, Submit())
    if situation.is_alive:
        return _onto_running(job, situation, current, number, allow_state_loss)
    same = logic_of(job) == current.logic
    if current.savepoint and same and current.state != "finished":
        return _start(UseStoredPlan(current), number, Submit(restore=current.savepoint))
    nothing_to_lose = not current.ran or current.state == "finished" or (current.state == "stopped" and not current.savepoint)
    if nothing_to_lose or allow_state_loss:
        return _start(CompilePlan(), number, Submit())
    if current.savepoint:
        raise Refused(_changed(job, current))
    raise Refused(
        f"release {current.number} of `{job.name}` ended without a savepoint ({current.error or current.state}), so its state is "
        f"lost; use --allow-state-loss to start `{job.name}` anew with empty state")


def _start(plan: Stage, number: int, submit: Submit) -> tuple[Stage, ...]:
    return (plan, CreateTables(), RecordWished(number), submit, AwaitRunning())


def _onto_running(
    job: Job, situation: Situation, current: Release, number: int, allow_state_loss: bool,
) -> tuple[Stage, ...]:
    if is_same_run(job, current):
        is_well = situation.observed is not None and situation.observed.state == "running"
        if current.state != "running" or not current.ran or not is_well:
            return (Adopt(current), AwaitRunning())
        return ()
    if not current.ran:
        return (CompilePlan(), CreateTables(), RecordWished(number), StopCurrent(current, with_savepoint=False), Submit(),
                AwaitRunning())
    if logic_of(job) == current.logic:
        return (UseStoredPlan(current), CreateTables(), RecordWished(number, current.number), StopCurrent(current),
                Submit(from_stopped=True), AwaitRunning())
    if allow_state_loss:
        return (CompilePlan(), CreateTables(), RecordWished(number, current.number), StopCurrent(current), Submit(),
                AwaitRunning())
    raise Refused(_changed(job, current))


def _changed(job: Job, current: Release) -> str:
    return (f"the SQL of `{job.name}` is not that of release {current.number}, whose state it can't take over yet; use "
            f"--allow-state-loss to start the new SQL with empty state, or bring back the SQL of release {current.number}")
