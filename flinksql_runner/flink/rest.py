"""Flink's REST API: what jobs do, checkpoints, savepoints, ends."""

from __future__ import annotations

import time
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from flinksql_runner.diagnostics import Failure
from flinksql_runner.flink.errors import ClusterGone, TimedOut, causes_of

_ANSWER = 20.0
_CONNECT = 5.0
_ENDED = ("FINISHED", "CANCELED", "FAILED", "SUSPENDED")


@dataclass(frozen=True, slots=True)
class JobRow:
    """A line of the list of jobs; ``started`` in ms since the epoch."""

    job_id: str
    name: str
    state: str
    started: int

    @property
    def has_ended(self) -> bool:
        """Whether it will do nothing any more."""
        return self.state in _ENDED


@dataclass(frozen=True, slots=True)
class Vertex:
    """A vertex of a job: tasks by state (only states that occur)."""

    vertex_id: str
    name: str
    tasks: Mapping[str, int]
    parallelism: int = 1


@dataclass(frozen=True, slots=True)
class JobDetail:
    """One job with its vertices."""

    job_id: str
    name: str
    state: str
    vertices: tuple[Vertex, ...] = ()


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Completed checkpoints of a job (savepoints left out of ``completed``), and where the newest ones are."""

    completed: int = 0
    last_completed: int | None = None
    checkpoint_path: str | None = None
    savepoint_path: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Records of one vertex.

    ``records_in`` is what it was sent or its sources read, ``records_out`` what it sent on or its sinks wrote; ``read`` and
    ``written`` count sources and sinks alone. ``lag`` is what its sources still have to read, None where they don't tell.
    """

    records_in: int = 0
    records_out: int = 0
    lag: int | None = None
    read: int = 0
    written: int = 0


@dataclass(eq=False)
class Rest:
    """The API at ``http://host:port``. Raises ``ClusterGone`` where nothing answers, ``Failure`` where Flink refuses."""

    url: str
    _client: httpx.Client = field(init=False, repr=False)
    _metric_names: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.url = self.url.rstrip("/")
        self._client = httpx.Client(base_url=self.url, timeout=httpx.Timeout(_ANSWER, connect=_CONNECT), trust_env=False)
        weakref.finalize(self, self._client.close)  # engines live as long as a command and have no end of their own

    def close(self) -> None:
        """Ends the connections."""
        self._client.close()

    def overview(self) -> Mapping[str, Any]:
        """The cluster: task managers, slots, Flink's version."""
        answer: Mapping[str, Any] = self._call("GET", "/overview")
        return answer

    def jobs(self) -> tuple[JobRow, ...]:
        """All jobs that the cluster remembers, the newest first."""
        found = [JobRow(j["jid"], j["name"], j["state"], j["start-time"]) for j in self._call("GET", "/jobs/overview")["jobs"]]
        return tuple(sorted(found, key=lambda j: -j.started))

    def job(self, job_id: str) -> JobDetail | None:
        """One job, None where Flink doesn't know it."""
        data = self._find(f"/jobs/{job_id}")
        if data is None:
            return None
        vertices = tuple(
            Vertex(v["id"], v["name"], {s: n for s, n in v["tasks"].items() if n}, v["parallelism"]) for v in data["vertices"])
        return JobDetail(data["jid"], data["name"], data["state"], vertices)

    def restarts(self, job_id: str) -> int:
        """How often the job was started again after a failure."""
        return int(self._metrics(f"/jobs/{job_id}/metrics", ("numRestarts",)).get("numRestarts", 0))

    def checkpoints(self, job_id: str) -> Checkpoints:
        """The job's checkpoints; none where Flink doesn't know the job."""
        data = self._find(f"/jobs/{job_id}/checkpoints")
        if data is None:
            return Checkpoints()
        latest = data.get("latest") or {}
        checkpoint, savepoint = latest.get("completed") or {}, latest.get("savepoint") or {}
        savepoints = sum(1 for h in data.get("history", ()) if h.get("is_savepoint") and h.get("status") == "COMPLETED")
        plain = checkpoint if not checkpoint.get("is_savepoint") else next(
            (h for h in data.get("history", ()) if not h.get("is_savepoint") and h.get("status") == "COMPLETED"), {})
        return Checkpoints(
            max(0, data["counts"]["completed"] - savepoints),
            plain.get("latest_ack_timestamp"),
            plain.get("external_path") if not plain.get("discarded") else None,
            savepoint.get("external_path"),
        )

    def exception(self, job_id: str) -> tuple[str, int] | None:
        """The newest failure as Java's stack trace with its time in ms since the epoch; None where there was none."""
        data = self._find(f"/jobs/{job_id}/exceptions?maxExceptions=1")
        entries = ((data or {}).get("exceptionHistory") or {}).get("entries") or ()
        return (str(entries[0].get("stacktrace", "")), int(entries[0].get("timestamp", 0))) if entries else None

    def counts(self, job_id: str, vertex: Vertex) -> Counts:
        """The vertex's records so far, summed over its tasks."""
        path = f"/jobs/{job_id}/vertices/{vertex.vertex_id}/subtasks/metrics"
        key = (job_id, vertex.vertex_id)
        listed_at, names = self._metric_names.get(key, (0.0, ()))
        if not names or time.monotonic() - listed_at > _LISTED:
            names = tuple(n for m in self._find(path) or () if (n := str(m["id"])).endswith(_WANTED))
            self._metric_names[key] = (time.monotonic(), names)
        if not names:
            return Counts()
        return _counted(self._metrics(path, names, "&agg=sum"))

    def trigger_checkpoint(self, job_id: str) -> None:
        """Asks for a checkpoint; whether it becomes complete, ``checkpoints`` tells.

        :raises Failure: where the job has ended or is unknown (Flink itself would take that without a word).
        """
        detail = self.job(job_id)
        if detail is None or detail.state in _ENDED:
            raise Failure(f"there is no running job {job_id}", exit_code=1)
        self._call("POST", f"/jobs/{job_id}/checkpoints", {})

    def stop_with_savepoint(self, job_id: str, *, drain: bool = False, timeout: float = 180.0) -> str:
        """Stops a job with a savepoint and returns its path.

        :raises Failure: where the savepoint fails (the job runs on) or isn't complete in time.
        """
        trigger = self._call("POST", f"/jobs/{job_id}/stop", {"drain": drain})["request-id"]
        deadline, wait = time.monotonic() + timeout, 0.02
        while time.monotonic() < deadline:
            answer = self._call("GET", f"/jobs/{job_id}/savepoints/{trigger}")
            if answer["status"]["id"] == "COMPLETED":
                path = _location(answer.get("operation") or {})
                self._await_end(job_id, deadline)
                seen = time.monotonic() + _STALE  # what is told of checkpoints is kept for a moment too
                while self.checkpoints(job_id).savepoint_path != path and time.monotonic() < seen:
                    time.sleep(0.05)
                return path
            time.sleep(wait)
            wait = min(wait * 1.5, 0.5)
        raise Failure(f"the savepoint was not complete after {timeout:g} s; it may still become so: see `flinksql status`",
                      exit_code=1)

    def checkpoint(self, job_id: str, *, deadline: float) -> None:
        """Takes a checkpoint and waits until it is complete; one that comes too early, before all tasks run, is tried again.

        :param deadline: of ``time.monotonic``.
        :raises TimedOut: where none is complete until then.
        """
        self._operation(f"/jobs/{job_id}/checkpoints", {}, f"/jobs/{job_id}/checkpoints", deadline)

    def stop(self, job_id: str, *, folder: str, drain: bool, deadline: float) -> str:
        """Stops a job of a test with a savepoint below ``folder`` (a URI) and returns its path; as ``checkpoint`` otherwise."""
        body = {"drain": drain, "targetDirectory": folder}
        return str(self._operation(f"/jobs/{job_id}/stop", body, f"/jobs/{job_id}/savepoints", deadline).get("location", ""))

    def _operation(self, path: str, body: Mapping[str, object], told: str, deadline: float) -> Mapping[str, Any]:
        """Starts something whose end Flink tells under an id, and waits for it; what fails for the moment is tried again."""
        wait = 0.01
        while True:
            trigger = self._call("POST", path, body)["request-id"]
            while (answer := self._call("GET", f"{told}/{trigger}"))["status"]["id"] != "COMPLETED":
                if time.monotonic() > deadline:
                    raise TimedOut("Flink did not answer in time", exit_code=1)
                time.sleep(0.01)
            operation: Mapping[str, Any] = answer.get("operation") or {}
            cause = operation.get("failureCause") or operation.get("failure-cause")
            if not cause:
                return operation
            text = str(cause.get("stack-trace") or "")
            if time.monotonic() > deadline or not any(words in text for words in _FOR_THE_MOMENT):
                causes = causes_of(text)
                raise Failure(f"Flink takes no checkpoint: {causes[0].message if causes else 'it gives no reason'}", exit_code=1)
            time.sleep(wait)
            wait = min(wait * 1.5, 0.2)

    def cancel(self, job_id: str, *, timeout: float = 60.0) -> None:
        """Cancels a job and waits until it has ended; one that has ended or is unknown is left as it is.

        :raises Failure: where it is still there after ``timeout`` seconds.
        """
        row = next((j for j in self.jobs() if j.job_id == job_id), None)
        if row is None:
            return
        self._call("PATCH", f"/jobs/{job_id}?mode=cancel", None, allow=(404, 409))
        if not self._await_end(job_id, time.monotonic() + timeout):
            raise Failure(f"the job was not cancelled within {timeout:g} s: a task hangs", exit_code=1)

    def _await_end(self, job_id: str, deadline: float) -> bool:
        """Waits until Flink says that the job has ended (or no longer knows it); what it says may be a moment old."""
        wait = 0.02
        while (detail := self.job(job_id)) is not None and detail.state not in _ENDED:
            if time.monotonic() > deadline:
                return False
            time.sleep(wait)
            wait = min(wait * 1.5, 0.3)
        return True

    def _metrics(self, path: str, names: Sequence[str], more: str = "") -> Mapping[str, float]:
        found: dict[str, float] = {}
        for at in range(0, len(names), 40):
            wanted = ",".join(quote(n, safe="") for n in names[at:at + 40])
            for metric in self._find(f"{path}?get={wanted}{more}") or ():
                value = metric.get("sum", metric.get("value"))
                try:
                    found[str(metric["id"])] = float(value)
                except (TypeError, ValueError):
                    continue
        return found

    def _find(self, path: str) -> Any:
        return self._call("GET", path, allow=(404,))

    def _call(self, method: str, path: str, body: object = None, allow: tuple[int, ...] = ()) -> Any:
        try:
            answer = self._client.request(method, path, json=body)
        except httpx.TimeoutException:
            raise ClusterGone(f"Flink at {self.url} hangs: `flinksql down`, then `flinksql up`") from None
        except httpx.TransportError:
            raise ClusterGone(f"no Flink answers at {self.url}: start it with `flinksql up`") from None
        if answer.status_code in allow:
            return None
        try:
            content = answer.json() if answer.content else {}
        except ValueError:
            raise ClusterGone(f"what answers at {self.url} is no Flink (HTTP {answer.status_code})") from None
        if not answer.is_success:
            errors = content.get("errors", ()) if isinstance(content, dict) else ()
            text = "\n".join(str(e) for e in errors)
            causes = causes_of(text)
            raise Failure(causes[0].message if causes else f"Flink refused (HTTP {answer.status_code})", exit_code=1, detail=text)
        return content


_WANTED = ("numRecordsIn", "numRecordsOut", "pendingRecords")
_FOR_THE_MOMENT = ("Not all required tasks are currently running", "is not being executed at the moment")
_STALE = 4.0  # seconds that Flink's answers about a job may be old
_LISTED = 5.0  # seconds that a vertex's list of metrics is taken for complete: sources add theirs when they start to read


def _counted(metrics: Mapping[str, float]) -> Counts:
    """From metrics of a vertex's operators: ``0.Source__orders[1].numRecordsIn`` and the like."""
    def total(mark: str, end: str) -> float:
        return sum(v for n, v in metrics.items() if mark in n and n.endswith(end))

    is_source = any("Source__" in n for n in metrics)
    read = max(total("Source__", ".numRecordsIn"), total("Source__", ".numRecordsOut"))
    written = total("__Writer", ".numRecordsIn") + total("Sink__", ".numRecordsIn")
    task_in, task_out = metrics.get("numRecordsIn", 0.0), metrics.get("numRecordsOut", 0.0)
    pending = [v for n, v in metrics.items() if n.endswith("pendingRecords")]
    return Counts(
        int(read if is_source else task_in), int(written or task_out), int(sum(pending)) if pending else None,
        int(read), int(written))


def _location(operation: Mapping[str, Any]) -> str:
    """The savepoint's path; a failed one is COMPLETED too, with a ``failure-cause``."""
    if operation.get("location"):
        return str(operation["location"])
    cause = operation.get("failure-cause") or {}
    text = str(cause.get("stack-trace") or cause.get("serialized-throwable") or cause.get("class") or "")
    causes = causes_of(text)
    raise Failure(f"the savepoint failed, the job runs on: {causes[0].message if causes else 'Flink gives no reason'}",
                  exit_code=1, detail=text)
