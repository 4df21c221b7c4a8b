"""deploy, stop and resume against an engine in memory: each way in which a step can end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flinksql_runner.deploy.apply import deploy, resume
from flinksql_runner.deploy.ending import stop
from flinksql_runner.deploy.values import JobFailed, Refused
from flinksql_runner.diagnostics import Failure

CRASH = "java.lang.RuntimeException: outer\nCaused by: java.io.IOException: Failed to deserialize JSON 'x'.\n\tat a.b.C(D.java:1)"


def states(store):
    return [(r.number, r.state) for r in store.releases("cars")]


def test_first_deployment_waits_for_a_triggered_checkpoint(engine, store, timing, make_job) -> None:
    release = deploy(make_job(), engine, store, timing=timing)
    assert (release.number, release.state, release.ran) == (1, "running", True)
    assert engine.calls.count("trigger_checkpoint") == 1
    assert engine.jobs[release.flink_job_id].plan == release.plan


def test_unchanged_job_is_left_alone(engine, store, timing, make_job) -> None:
    deploy(make_job(), engine, store, timing=timing)
    told = []
    again = deploy(make_job("INSERT INTO s  SELECT * -- why\nFROM t"), engine, store, timing=timing, progress=told.append)
    assert again.number == 1
    assert len(engine.jobs) == 1
    assert told == ["release 1 of cars runs already; nothing to do"]


def test_changed_job_is_refused_and_runs_on(engine, store, timing, make_job) -> None:
    deploy(make_job(), engine, store, timing=timing)
    with pytest.raises(Refused, match="--allow-state-loss"):
        deploy(make_job("INSERT INTO s SELECT a + 1 FROM t"), engine, store, timing=timing)
    assert states(store) == [(1, "running")]
    assert "stop_with_savepoint" not in engine.calls


def test_changed_job_starts_empty_when_allowed(engine, store, timing, make_job) -> None:
    deploy(make_job(), engine, store, timing=timing)
    release = deploy(make_job("INSERT INTO s SELECT a + 1 FROM t"), engine, store, timing=timing, allow_state_loss=True)
    assert release.restored_from is None
    assert states(store) == [(1, "superseded"), (2, "running")]
    assert store.releases("cars")[0].savepoint is not None


def test_changed_setting_restarts_with_the_stored_plan_and_state(engine, store, timing, make_job) -> None:
    first = deploy(make_job(), engine, store, timing=timing)
    second = deploy(make_job(parallelism="2"), engine, store, timing=timing)
    assert second.plan == first.plan
    assert second.restored_from is not None
    assert engine.plans == 1


def test_stop_then_deploy_goes_on_from_the_savepoint_by_the_stored_plan(engine, store, timing, make_job) -> None:
    first = deploy(make_job(), engine, store, timing=timing)
    stopped = stop("cars", engine, store, timing=timing)
    assert stopped.state == "stopped"
    second = deploy(make_job(), engine, store, timing=timing)
    assert (second.number, second.restored_from, second.plan) == (2, stopped.savepoint, first.plan)
    assert engine.plans == 1


def test_resume_needs_no_sql(engine, store, timing, make_job) -> None:
    deploy(make_job(), engine, store, timing=timing)
    stopped = stop("cars", engine, store, timing=timing)
    again = resume("cars", engine, store, timing=timing)
    running = engine.jobs[again.flink_job_id]
    assert running.restore == stopped.savepoint
    assert [d.sql for d in running.job.declarations] == [d.sql for d in make_job().declarations]
    # and the resumed release is the same job to a later deploy
    assert deploy(make_job(), engine, store, timing=timing).number == again.number


def test_resume_without_anything(engine, store, timing) -> None:
    with pytest.raises(Refused, match="never deployed"):
        resume("cars", engine, store, timing=timing)


def test_stop_without_savepoint_lets_a_changed_job_start(engine, store, timing, make_job) -> None:
    deploy(make_job(), engine, store, timing=timing)
    stop("cars", engine, store, savepoint=False, timing=timing)
    assert deploy(make_job("INSERT INTO s SELECT 2 FROM t"), engine, store, timing=timing).restored_from is None


def test_stop_of_a_crashing_job_keeps_its_checkpoint(engine, store, timing, make_job) -> None:
    release = deploy(make_job(), engine, store, timing=timing)
    engine.set(release.flink_job_id, state="failing", checkpoint_path="file:///chk-7")
    assert stop("cars", engine, store, timing=timing).savepoint == "file:///chk-7"
    assert "stop_with_savepoint" not in engine.calls


def test_failed_savepoint_leaves_the_job_running(engine, store, timing, make_job) -> None:
    deploy(make_job(), engine, store, timing=timing)
    engine.fails["stop_with_savepoint"] = Failure("the savepoint failed: no space left", exit_code=1)
    with pytest.raises(Failure, match="no space left"):
        stop("cars", engine, store, timing=timing)
    del engine.fails["stop_with_savepoint"]
    assert stop("cars", engine, store, timing=timing).state == "stopped"


def test_crash_in_a_loop_is_found_before_any_limit(engine, store, timing, make_job) -> None:
    engine.after_start = lambda o: replace(o, state="failing", restarts=1, error=CRASH)
    start = timing.now()
    with pytest.raises(JobFailed, match="`cars` does not run") as caught:
        deploy(make_job(), engine, store, timing=timing)
    assert caught.value.exit_code == 1
    assert "Failed to deserialize JSON 'x'" in caught.value.cause
    assert store.releases("cars")[0].error == caught.value.cause
    assert timing.now() - start < 5_000
    assert states(store) == [(1, "failed")]
    assert "cancel" in engine.calls
    # nothing was lost by it, so corrected SQL may start
    engine.after_start = lambda o: replace(o, state="running")
    assert deploy(make_job("INSERT INTO s SELECT 2 FROM t"), engine, store, timing=timing).state == "running"


def test_failing_upgrade_restores_what_ran(engine, store, timing, make_job) -> None:
    first = deploy(make_job(), engine, store, timing=timing)
    engine.after_start = lambda o: (
        replace(o, state="failed", error=CRASH) if len(engine.jobs) == 2 else replace(o, state="running"))
    with pytest.raises(JobFailed, match="release 1 was restored"):
        deploy(make_job("INSERT INTO s SELECT 2 FROM t"), engine, store, timing=timing, allow_state_loss=True)
    assert states(store) == [(1, "running"), (2, "failed")]
    restored = engine.jobs[store.releases("cars")[0].flink_job_id]
    assert (restored.plan, restored.restore) == (first.plan, store.releases("cars")[0].restored_from)


def test_failing_resume_keeps_the_savepoint(engine, store, timing, make_job) -> None:
    deploy(make_job(), engine, store, timing=timing)
    stopped = stop("cars", engine, store, timing=timing)
    engine.fails["submit"] = Failure("no slots")
    with pytest.raises(Failure, match="no slots"):
        deploy(make_job(), engine, store, timing=timing)
    del engine.fails["submit"]
    assert deploy(make_job(), engine, store, timing=timing).restored_from == stopped.savepoint


def test_bounded_job_that_finished_is_a_success_and_runs_again(engine, store, timing, make_job) -> None:
    engine.after_start = lambda o: replace(o, state="finished")
    assert deploy(make_job(), engine, store, timing=timing).state == "finished"
    assert deploy(make_job("INSERT INTO s SELECT 2 FROM t"), engine, store, timing=timing).number == 2


@pytest.mark.parametrize(("works", "state", "sentence"), [
    (True, "starting", "did not run after 30 s"), (False, "running", "first checkpoint")])
def test_limits(engine, store, timing, make_job, works, state, sentence) -> None:
    engine.checkpoint_works = works
    engine.after_start = lambda o: replace(o, state=state)
    with pytest.raises(JobFailed, match=sentence):
        deploy(make_job(), engine, store, timing=timing)
    assert states(store) == [(1, "failed")]


def test_ctrl_c_while_it_starts_cancels_it(engine, store, timing, make_job) -> None:
    engine.fails["trigger_checkpoint"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        deploy(make_job(), engine, store, timing=timing)
    assert [r.observed.state for r in engine.jobs.values()] == ["stopped"]
    assert states(store) == [(1, "failed")]


class Killed(BaseException):
    """The process ends here: no handler of ours runs."""


@pytest.mark.parametrize("where", ["compile_plan", "submit", "submit-after", "trigger_checkpoint"])
def test_command_killed_in_a_first_deployment_is_finished_by_the_next(engine, store, timing, make_job, where) -> None:
    engine.fails[where] = Killed()
    with pytest.raises(Killed):
        deploy(make_job(), engine, store, timing=timing)
    engine.fails.clear()
    release = deploy(make_job(), engine, store, timing=timing)
    assert release.state == "running"
    assert len(engine.find("cars")) == 1, "two jobs would write the same sinks"


@pytest.mark.parametrize("where", ["stop_with_savepoint", "submit", "submit-after", "trigger_checkpoint"])
def test_command_killed_in_an_upgrade_is_finished_by_the_next(engine, store, timing, make_job, where) -> None:
    deploy(make_job(), engine, store, timing=timing)
    engine.fails[where] = Killed()
    with pytest.raises(Killed):
        deploy(make_job(parallelism="2"), engine, store, timing=timing)
    engine.fails.clear()
    release = deploy(make_job(parallelism="2"), engine, store, timing=timing)
    assert release.state == "running"
    assert release.restored_from is not None, "the state must not be lost"
    assert len(engine.find("cars")) == 1


def test_stop_that_was_killed_after_the_savepoint_is_found(engine, store, timing, make_job) -> None:
    release = deploy(make_job(), engine, store, timing=timing)
    store.write(replace(release, state="stopping"))
    path = engine.stop_with_savepoint(release.flink_job_id)
    assert stop("cars", engine, store, timing=timing).savepoint == path


def test_engine_that_lost_a_job_with_state_is_no_silent_fresh_start(engine, store, timing, make_job) -> None:
    deploy(make_job(), engine, store, timing=timing)
    engine.jobs.clear()
    with pytest.raises(Refused, match="ended without a savepoint"):
        deploy(make_job(), engine, store, timing=timing)
    assert deploy(make_job(), engine, store, timing=timing, allow_state_loss=True).state == "running"


def test_second_command_at_once_is_refused(engine, store, timing, make_job) -> None:
    with store.lock("cars"), pytest.raises(Failure, match="another flinksql command"):
        deploy(make_job(), engine, store, timing=timing)
