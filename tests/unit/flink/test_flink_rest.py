"""Flink's REST API: counts, checkpoints, and savepoints that fail although they are complete."""

from __future__ import annotations

import httpx
import pytest

from flinksql_runner.diagnostics import Failure
from flinksql_runner.flink.errors import ClusterGone
from flinksql_runner.flink.rest import Checkpoints, Counts, Rest, _counted

JOB = "a" * 32
DETAIL = {"jid": JOB, "name": "cars", "state": "FINISHED", "vertices": []}
SAVED = {"is_savepoint": True, "status": "COMPLETED", "external_path": "file:/s/1"}
PLAIN = {"is_savepoint": False, "status": "COMPLETED", "external_path": "file:/c/2", "latest_ack_timestamp": 5,
         "discarded": False}


def rest(routes: dict[str, object], asked: list[str] | None = None) -> Rest:
    """An API that answers by path; what is missing is 404."""
    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if asked is not None:
            asked.append(f"{request.method} {path}")
        return httpx.Response(200, json=routes[path]) if path in routes else httpx.Response(404, json={"errors": ["gone"]})

    made = Rest("http://flink")
    made._client.close()
    made._client = httpx.Client(base_url="http://flink", transport=httpx.MockTransport(answer))
    return made


def test_savepoint_that_is_complete_and_failed_is_a_failure() -> None:
    trace = "x.CompletionException: x.Wrap: outer\n\tat a.b(C.java:1)\nCaused by: x.Disk: no space left\n"
    trap = {"status": {"id": "COMPLETED"}, "operation": {"failure-cause": {"class": "x.Y", "stack-trace": trace}}}
    api = rest({f"/jobs/{JOB}/stop": {"request-id": "r"}, f"/jobs/{JOB}/savepoints/r": trap})
    with pytest.raises(Failure, match="the job runs on: no space left"):
        api.stop_with_savepoint(JOB)


def test_stop_waits_for_the_end() -> None:
    done = {"status": {"id": "COMPLETED"}, "operation": {"location": "file:/s/1"}}
    asked: list[str] = []
    api = rest({
        f"/jobs/{JOB}/stop": {"request-id": "r"}, f"/jobs/{JOB}/savepoints/r": done, f"/jobs/{JOB}": DETAIL,
        f"/jobs/{JOB}/checkpoints": {"counts": {"completed": 1}, "latest": {"savepoint": SAVED}, "history": [SAVED]},
    }, asked)
    assert api.stop_with_savepoint(JOB) == "file:/s/1"
    assert asked[-1] == f"GET /jobs/{JOB}/checkpoints"


def test_savepoints_are_no_checkpoints() -> None:
    api = rest({f"/jobs/{JOB}/checkpoints": {
        "counts": {"completed": 2}, "latest": {"completed": PLAIN, "savepoint": SAVED}, "history": [SAVED, PLAIN]}})
    assert api.checkpoints(JOB) == Checkpoints(1, 5, "file:/c/2", "file:/s/1")


def test_discarded_checkpoint_has_no_path() -> None:
    gone = {**PLAIN, "discarded": True}
    api = rest({f"/jobs/{JOB}/checkpoints": {"counts": {"completed": 1}, "latest": {"completed": gone}, "history": [gone]}})
    assert api.checkpoints(JOB).checkpoint_path is None


def test_job_that_is_unknown() -> None:
    api = rest({"/jobs/overview": {"jobs": []}})
    assert api.job(JOB) is None
    assert api.checkpoints(JOB) == Checkpoints()
    assert api.exception(JOB) is None
    api.cancel(JOB)
    with pytest.raises(Failure, match="no running job"):
        api.trigger_checkpoint(JOB)


def test_nothing_answers() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    api = rest({})
    api._client = httpx.Client(base_url="http://flink", transport=httpx.MockTransport(refuse))
    with pytest.raises(ClusterGone, match="flinksql up"):
        api.jobs()


def test_records_are_counted_at_sources_and_sinks_only() -> None:
    chained = {
        "Source__t[1].numRecordsIn": 7.0, "Source__t[1].numRecordsOut": 7.0, "Calc[2].numRecordsIn": 7.0,
        "Sink__s[3].numRecordsIn": 5.0, "numRecordsIn": 0.0, "numRecordsOut": 0.0, "Source__t[1].pendingRecords": 12.0,
    }
    assert _counted(chained) == Counts(7, 5, 12, read=7, written=5)
    assert _counted({"numRecordsIn": 4.0, "numRecordsOut": 3.0, "GroupAggregate[5].numRecordsIn": 4.0}) == Counts(4, 3)
    assert _counted({"numRecordsIn": 4.0, "s1[7]__Writer.numRecordsIn": 4.0}) == Counts(4, 4, None, 0, 4)
