"""run: watched until it ends, is stopped, is cancelled or crashes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flinksql_runner.deploy.attached import run
from flinksql_runner.deploy.values import JobFailed


def test_bounded_job_ends_by_itself(engine, store, timing, make_job) -> None:
    def tick(_):
        engine.set(next(iter(engine.jobs)), state="finished")

    assert run(make_job(), engine, store, timing=timing, tick=tick).state == "finished"


def test_ctrl_c_stops_with_a_savepoint_and_the_next_run_goes_on(engine, store, timing, make_job) -> None:
    ticks = []
    ended = run(make_job(), engine, store, timing=timing, tick=ticks.append, is_stopping=lambda: len(ticks) >= 2)
    assert ended.state == "stopped"
    assert ended.savepoint
    ticks.clear()
    again = run(make_job(), engine, store, timing=timing, tick=ticks.append, is_stopping=lambda: len(ticks) >= 1)
    assert again.restored_from == ended.savepoint


def test_second_ctrl_c_cancels(engine, store, timing, make_job) -> None:
    engine.fails["stop_with_savepoint"] = KeyboardInterrupt()
    ended = run(make_job(), engine, store, timing=timing, is_stopping=lambda: True)
    assert ended.state == "stopped"
    assert "cancel" in engine.calls
    assert store.releases("cars")[-1].state == "stopped"


def test_rates_are_per_second(engine, store, timing, make_job) -> None:
    ticks = []

    def tick(item):
        ticks.append(item)
        only = next(iter(engine.jobs))
        engine.set(only, records_in=engine.jobs[only].observed.records_in + 500)

    run(make_job(), engine, store, timing=timing, tick=tick, is_stopping=lambda: len(ticks) >= 3)
    assert [round(t.records_in_per_second) for t in ticks[1:]] == [500, 500]


def test_crash_in_a_loop_later_on_ends_it_and_keeps_the_checkpoint(engine, store, timing, make_job) -> None:
    def tick(item):
        engine.set(item.observed.job_id, state="failing", restarts=item.observed.restarts + 1, checkpoint_path="file:///chk-3",
                   error="Caused by: org.postgresql.util.PSQLException: ERROR: relation \"x\" does not exist")

    with pytest.raises(JobFailed) as caught:
        run(make_job(), engine, store, timing=timing, tick=tick)
    assert 'relation "x" does not exist' in caught.value.cause
    last = store.releases("cars")[-1]
    assert (last.state, last.savepoint) == ("stopped", "file:///chk-3")


def test_one_restart_that_recovers_is_no_crash(engine, store, timing, make_job) -> None:
    ticks = []

    def tick(item):
        ticks.append(item)
        engine.set(item.observed.job_id, restarts=len(ticks), checkpoints=len(ticks) + 1, error="java.net.SocketException: reset")
        if len(ticks) == 6:
            engine.set(item.observed.job_id, state="finished")

    assert run(make_job(), engine, store, timing=timing, tick=tick).state == "finished"
    assert replace(ticks[-1]).observed.restarts > 3
