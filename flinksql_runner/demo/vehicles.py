"""The demo ``vehicles``: simulated cars through Kafka, Flink and PostgreSQL, with a restart in the middle, all counted."""

from __future__ import annotations

import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from flinksql_runner.demo.episodes import compare
from flinksql_runner.demo.latency import LatencyProbe, percentiles
from flinksql_runner.demo.places import Places, places
from flinksql_runner.demo.sending import Sender
from flinksql_runner.demo.values import Beside, DemoProgress, DemoResult, DemoSpec
from flinksql_runner.deploy.apply import deploy, resume
from flinksql_runner.deploy.ending import stop
from flinksql_runner.diagnostics import Failure
from flinksql_runner.pipeline import Build
from flinksql_runner.services.control import PROCESSES, down, status
from flinksql_runner.simulate.sinks import KafkaWriter
from flinksql_runner.simulate.vehicles.fleet import Fleet, vehicle_id
from flinksql_runner.state.store import FsspecStore
from flinksql_runner.workspace import Workspace, open_workspace

JOB = "vehicles"
_LEAD_MS = 300              # between the decision to send and the first record
_LOOK_SECONDS, _LAST_LOOK_SECONDS = 1.0, 0.2     # while records flow, and once all are sent
_STALLED_SECONDS = 60.0     # without a new row: what is missing is lost
_COMMIT_SECONDS = 10.0


def run_vehicles(built: Build, run: str, spec: DemoSpec, progress: DemoProgress, beside: Beside) -> DemoResult:
    """Runs the whole demo of a project that was built with ``places.variables(run)``.

    Services that this call starts are ended, and the run's data are removed; with ``spec.keep`` all goes on: services, job,
    cars and page.

    :raises Failure: where the environment lacks something, the job fails, or one of its name runs already.
    """
    began = time.monotonic()
    with _ended(built.project.root, spec, progress):
        work = open_workspace(built, jobs=[JOB], progress=progress.message)
        if work.engine.find(JOB):
            raise Failure(f"a job `{JOB}` runs here already: `flinksql stop {JOB}` first")
        place = places(run, built.project, work.values)
        demo = _Demo(work, place, spec, progress, began, beside)
        with demo.cleared():
            place.make_topic()
            result = demo.run()
            if spec.keep:
                demo.go_on()
            return result


@contextmanager
def _ended(root: Path, spec: DemoSpec, progress: DemoProgress) -> Iterator[None]:
    """Ends the services that were started for this run, whatever happens in between."""
    before = {s.name for s in status(root) if s.state == "running"}
    try:
        yield
    finally:
        with _uninterrupted():
            started = {s.name for s in status(root)} - before
            if started and not spec.keep:
                progress.message("ending the services")
                down(root, names=sorted(started) if before else PROCESSES)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Lets Ctrl-C wait: an impatient second one must not leave half of the things behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(slots=True)
class _Demo:
    """One run. ``address`` is the page's. ``restart`` are the moments (ms since the epoch) between which the job was down or
    caught up."""

    work: Workspace
    place: Places
    spec: DemoSpec
    progress: DemoProgress
    began: float
    beside: Beside
    address: str | None = None
    opening: threading.Thread | None = None
    is_going_on: bool = False
    restart: tuple[int, int] | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def store(self) -> FsspecStore:
        """Releases of this run alone: a user's own `vehicles` job keeps its history."""
        return FsspecStore(str(self._releases), lock_folder=self.work.build.project.state_folder / "locks")

    @contextmanager
    def cleared(self) -> Iterator[None]:
        """Ends the job if it still runs, and removes what the run has left."""
        try:
            yield
        finally:
            with _uninterrupted():
                self._clear()

    def _clear(self) -> None:
        if self.opening is not None:
            self.opening.join()  # what it has started is ended with the rest
        if self.is_going_on:
            return
        with suppress(Failure):
            for job_id in self.work.engine.find(JOB):
                self.work.engine.cancel(job_id)
        if self.spec.keep:
            self.progress.message(f"kept: topic and schema {self.place.run}, archive {self.place.archive}/{self.place.run}")
            return
        with suppress(Failure):
            self.place.remove()
        with suppress(OSError):
            shutil.rmtree(self._releases)

    @property
    def _releases(self) -> Path:
        return self.work.build.project.state_folder / "demo" / self.place.run

    def run(self) -> DemoResult:
        """Deploys, sends, restarts, drains, counts. Cars drive as soon as all tasks run, so that the first checkpoint has records
        behind it."""
        driving: list[tuple[Sender, LatencyProbe]] = []
        try:
            deploy(self.work.job(JOB), self.work.engine, self.store, self.work.around(JOB), progress=self.progress.message,
                   when_running=lambda: driving.append(self._drive()))
            sender, probe = driving[0]
            flowing = self._follow(sender)
            consumed = self._consumed(sender.sent)
            self.progress.message("draining: windows close, the archive's files are finished")
            stop(JOB, self.work.engine, self.store, drain=True, progress=self.progress.message)
        finally:
            for started in driving:
                for part in started:
                    part.stop()
        if probe.problem is not None:
            raise Failure(f"latencies could not be measured: {probe.problem}", exit_code=1)
        return self._measured(sender, probe, consumed, flowing)

    def _drive(self) -> tuple[Sender, LatencyProbe]:
        """Starts the cars, and the measuring of latencies."""
        fleet = Fleet(cars=self.spec.cars, duration=self.spec.duration, seed=self.spec.seed, time_scale=self.spec.scale,
                      start_ms=time.time_ns() // 1_000_000 + _LEAD_MS)
        self.seconds["until_first_record"] = round(time.monotonic() - self.began + _LEAD_MS / 1000, 2)
        sender = Sender(fleet, KafkaWriter(self.place.servers, self.place.run))
        probe = LatencyProbe(self.place.connect, f'"{self.place.run}".engine_scores',
                             [vehicle_id(car) for car in range(self.spec.cars)])
        self.progress.message(f"{self.spec.cars:,} cars drive for {self.spec.duration:g} s (seed {self.spec.seed}; one second "
                              f"shows {self.spec.scale:g} s of driving)")
        probe.start()
        sender.start()
        self.opening = threading.Thread(target=self._open_page, name="page", daemon=True)
        self.opening.start()
        return sender, probe

    def _open_page(self) -> None:
        """Starts the page, while the first records flow; a run without one is as good."""
        try:
            self.address = self.beside.page()
        except Failure as failure:
            self.progress.message(f"no page: {failure}")
        if self.address is not None:
            self.progress.message(f"watch it: {self.address}")

    def go_on(self) -> None:
        """Lets the job run anew, and other cars drive. The drained state would take each new record for a late one, so the job
        starts without it, from the topic's beginning: its tables have a key, so nothing stands in them twice."""
        store = FsspecStore(str(self._releases / "kept"), lock_folder=self.work.build.project.state_folder / "locks")
        deploy(self.work.job(JOB), self.work.engine, store, self.work.around(JOB), progress=self.progress.message)
        self.beside.cars(self.spec, self.place.run)
        self.is_going_on = True
        shown = f": {self.address} shows them" if self.address is not None else ""
        self.progress.message(f"kept: job and cars go on{shown}; topic and schema are {self.place.run}; `flinksql down` ends all")

    def _follow(self, sender: Sender) -> float:
        """Waits until everything that was sent has its row; restarts the job on the way. Seconds from the first record to the
        last row."""
        start, done, changed = sender.fleet.start_ms / 1000, -1, time.monotonic()
        to_restart = self.spec.restart_at
        while True:
            now = time.time() - start
            if to_restart is not None and now >= to_restart:
                to_restart = None
                self._restart()
            is_sending = sender.is_sending
            sender.check()
            if not self.work.engine.find(JOB):
                raise Failure(f"the job `{JOB}` has ended by itself: look at .flinksql/engine/logs", exit_code=1)
            rows = self.place.rows()
            self.progress.counts(now, sender.sent, rows["engine_scores"], rows["alerts"])
            total = rows["engine_scores"] + rows["dead_letters"]
            if is_sending or total != done:
                changed = time.monotonic()
            done = total
            wanted = sender.tally.produced + sender.tally.malformed
            if not is_sending and (done >= wanted or time.monotonic() - changed > _STALLED_SECONDS):
                return time.time() - start
            time.sleep(_LOOK_SECONDS if is_sending else _LAST_LOOK_SECONDS)

    def _restart(self) -> None:
        """Stops the job with a savepoint and lets its stored plan go on from there."""
        began = time.time_ns() // 1_000_000
        engine, around = self.work.engine, self.work.around(JOB)
        stop(JOB, engine, self.store, progress=self.progress.message)
        resume(JOB, engine, self.store, around, progress=self.progress.message)
        ended = time.time_ns() // 1_000_000
        self.seconds["restart"] = round((ended - began) / 1000, 2)
        self.restart = (began - 1000, ended)

    def _consumed(self, sent: int) -> int:
        """What the job says to have read; it tells Kafka at each checkpoint, so one is asked for."""
        for job_id in self.work.engine.find(JOB):
            with suppress(Failure):
                self.work.engine.trigger_checkpoint(job_id)
        limit = time.monotonic() + _COMMIT_SECONDS
        while (consumed := self.place.consumed()) < sent and time.monotonic() < limit:
            time.sleep(0.2)
        return consumed

    def _measured(self, sender: Sender, probe: LatencyProbe, consumed: int, flowing: float) -> DemoResult:
        tally, rows = sender.tally, self.place.rows()
        archived, archived_distinct = self.place.archived()
        scored, late = self.place.scored()
        self.seconds["whole"] = round(time.monotonic() - self.began, 2)
        return DemoResult(
            produced=tally.produced, duplicates=tally.duplicates, malformed=tally.malformed, in_kafka=self.place.in_kafka(),
            consumed=consumed, archived=archived, archived_distinct=archived_distinct, scored=scored, late=late,
            dead_letter=rows["dead_letters"], sinks={**rows, "telemetry_archive": archived},
            faults=compare(sender.labels, self.place.alerts()),
            latency_ms=percentiles(probe.latencies()), latency_ms_undisturbed=percentiles(probe.latencies(self.restart)),
            records_per_second=round(tally.produced / flowing, 1), restarted=self.restart is not None, spec=self.spec,
            seconds=self.seconds,
        )
