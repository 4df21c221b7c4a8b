"""One contract for all engines: the one in memory and the real local one."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from flinksql_runner.compiler.job import Job, JobStatement
from flinksql_runner.diagnostics import Failure
from flinksql_runner.engines.engine import Engine, Observed
from flinksql_runner.engines.fake import FakeEngine
from flinksql_runner.engines.local import LocalEngine

SOURCE = ("CREATE TEMPORARY TABLE t (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '20', 'fields.a.min' = '0', "
          "'fields.a.max' = '9')")
SINK = "CREATE TEMPORARY TABLE s (a INT, n BIGINT) WITH ('connector' = 'blackhole')"
SECRET = "FLINKSQL_SECRET_CONTRACT"
UNKNOWN = "f" * 32
LIMIT = 90.0


def job_of(name: str, query: str = "SELECT a, COUNT(*) FROM t GROUP BY a", source: str = SOURCE) -> Job:
    declarations = (JobStatement("table", source, "t"), JobStatement("table", SINK, "s"))
    return Job(name, declarations, (JobStatement("insert", f"INSERT INTO s {query}", "s"),), ("t", "s"), ("s",), {})


@pytest.fixture(params=["fake", pytest.param("local", marks=pytest.mark.engine)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine; jobs that a test left behind are cancelled."""
    if request.param == "fake":
        yield FakeEngine()
        return
    running = request.getfixturevalue("flink")
    made = LocalEngine(running.gateway_url, running.rest_url, values={SECRET: "hush-hush"})
    yield made
    for row in made._rest.jobs():
        if not row.has_ended:
            made.cancel(row.job_id)


def until(engine: Engine, job_id: str, is_so: Callable[[Observed], bool]) -> Observed:
    """The first observation that fits."""
    deadline = time.monotonic() + LIMIT
    while not is_so(observed := engine.observe(job_id)):
        assert time.monotonic() < deadline, f"never came: {observed}"
        time.sleep(0.05)
    return observed


def started(engine: Engine, name: str, restore: str | None = None, job: Job | None = None) -> str:
    job = job or job_of(name)
    submission = engine.submit(job, engine.compile_plan(job), restore)
    assert submission.job == name
    assert len(submission.job_id) == 32
    return submission.job_id


def test_plan_is_json_and_names_no_options(engine: Engine) -> None:
    plan = json.loads(engine.compile_plan(job_of("planned")).json)
    assert plan["nodes"]
    assert "rows-per-second" not in json.dumps(plan)


def test_submitted_job_runs_and_reads(engine: Engine) -> None:
    job_id = started(engine, "runs")
    observed = until(engine, job_id, lambda o: o.state == "running" and o.records_in > 0)
    assert observed.job_id == job_id
    assert observed.restarts == 0
    assert observed.error is None
    assert all(v.tasks == {"RUNNING": sum(v.tasks.values())} for v in observed.vertices)


def test_triggered_checkpoint_is_seen(engine: Engine) -> None:
    job_id = started(engine, "checkpointed")
    before = until(engine, job_id, lambda o: o.state == "running").checkpoints
    engine.trigger_checkpoint(job_id)
    seen = until(engine, job_id, lambda o: o.checkpoints > before)
    assert seen.last_checkpoint is not None
    assert seen.checkpoint_path


def test_stop_gives_a_savepoint_that_the_same_plan_goes_on_from(engine: Engine) -> None:
    job = job_of("stopped")
    plan = engine.compile_plan(job)
    first = engine.submit(job, plan, None).job_id
    until(engine, first, lambda o: o.state == "running" and o.records_in > 0)
    path = engine.stop_with_savepoint(first)
    ended = engine.observe(first)
    assert (ended.state, ended.last_savepoint) == ("finished", path)
    assert engine.find("stopped") == ()
    second = engine.submit(job, plan, path).job_id
    assert second != first
    assert until(engine, second, lambda o: o.state == "running").error is None


def test_find_names_live_jobs_newest_first(engine: Engine) -> None:
    assert engine.find("twins") == ()
    first = started(engine, "twins")
    until(engine, first, lambda o: o.state == "running")
    second = started(engine, "twins")
    assert engine.find("twins") == (second, first)
    engine.cancel(second)
    assert engine.find("twins") == (first,)


def test_cancel_ends_a_job_before_it_returns(engine: Engine) -> None:
    job_id = started(engine, "cancelled")
    until(engine, job_id, lambda o: o.state == "running")
    engine.cancel(job_id)
    assert engine.observe(job_id).state == "stopped"
    engine.cancel(job_id)
    engine.cancel(UNKNOWN)


def test_unknown_job(engine: Engine) -> None:
    assert engine.observe(UNKNOWN) == Observed(UNKNOWN, "unknown")
    with pytest.raises(Failure):
        engine.stop_with_savepoint(UNKNOWN)
    with pytest.raises(Failure):
        engine.trigger_checkpoint(UNKNOWN)


def test_savepoint_that_is_not_there(engine: Engine) -> None:
    told = []
    with suppress(Failure):
        job_id = started(engine, "orphan", restore="file:///nowhere/savepoint-1")
        told.append(until(engine, job_id, lambda o: o.state == "failed").error)
    assert all("nowhere" in (t or "") for t in told)
    assert engine.find("orphan") == ()


@pytest.mark.engine
class TestLocal:
    """What only a real Flink can do wrong."""

    @pytest.fixture
    def engine(self, flink) -> LocalEngine:
        return LocalEngine(flink.gateway_url, flink.rest_url, values={SECRET: "hush-hush"})

    def test_crash_in_a_loop_is_failing_with_its_cause(self, engine) -> None:
        source = SOURCE.replace("t (a INT)", "t (a INT, b AS CAST('x' || CAST(a AS STRING) AS INT))")
        job_id = started(engine, "crashes", job=job_of("crashes", "SELECT b, COUNT(*) FROM t GROUP BY b", source))
        observed = until(engine, job_id, lambda o: o.restarts > 0 and o.error is not None)
        assert observed.state != "finished"
        assert "NumberFormatException" in observed.error
        engine.cancel(job_id)
        assert engine.observe(job_id).state == "stopped"

    def test_bounded_job_finishes(self, engine) -> None:
        source = SOURCE.replace("'rows-per-second' = '20'", "'number-of-rows' = '30'")
        job_id = started(engine, "bounded", job=job_of("bounded", source=source))
        assert until(engine, job_id, lambda o: o.state == "finished").error is None

    def test_error_of_flink_holds_no_secret(self, engine) -> None:
        source = SOURCE.replace("'datagen'", "'datagen', 'wrong' = '${" + SECRET + "}'")
        with pytest.raises(Failure) as caught:
            engine.compile_plan(job_of("secret", source=source))
        assert "wrong" in str(caught.value)
        assert "hush-hush" not in str(caught.value) + (caught.value.detail or "")
        assert "${" + SECRET + "}" in caught.value.detail

    def test_secret_in_a_query_is_no_part_of_the_plan_and_still_arrives(self, engine) -> None:
        job = job_of("literal", "SELECT a, COUNT(*) FROM t WHERE CAST(a AS STRING) <> '${" + SECRET + "}' GROUP BY a")
        plan = engine.compile_plan(job)
        assert "hush-hush" not in plan.json
        job_id = engine.submit(job, plan, None).job_id
        until(engine, job_id, lambda o: o.state == "running")
        engine.cancel(job_id)

    def test_missing_secret_is_named(self, engine) -> None:
        with pytest.raises(Failure, match="FLINKSQL_SECRET_OTHER is not set"):
            engine.compile_plan(job_of("missing", "SELECT a, COUNT(*) FROM t WHERE '${FLINKSQL_SECRET_OTHER}' = '' GROUP BY a"))

    def test_lost_cluster_says_how_to_start_it(self, flink) -> None:
        gone = LocalEngine("http://127.0.0.1:9", "http://127.0.0.1:9")
        with pytest.raises(Failure, match="flinksql up"):
            gone.observe(UNKNOWN)
        with pytest.raises(Failure, match="flinksql up"):
            gone.compile_plan(job_of("gone"))
