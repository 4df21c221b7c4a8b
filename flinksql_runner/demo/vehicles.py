"""The demo ``vehicles``: simulated cars through Kafka, Flink and PostgreSQL, with a restart in the middle, all counted."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from flinksql_runner.demo.episodes import compare
from flinksql_runner.demo.latency import RecordProbe, percentiles
from flinksql_runner.demo.running import DemoRun, Seen, opened
from flinksql_runner.demo.sending import Sender
from flinksql_runner.demo.values import DemoProgress, DemoResult, DemoSpec, MoreCars, Page
from flinksql_runner.demo.vehicles_tables import alerts, rows, scored
from flinksql_runner.deploy.apply import deploy
from flinksql_runner.diagnostics import Failure
from flinksql_runner.pipeline import Build
from flinksql_runner.simulate.message import Tally
from flinksql_runner.simulate.sinks import KafkaWriter
from flinksql_runner.simulate.vehicles.fleet import Fleet, Label, messages, vehicle_id

JOB = "vehicles"
_LEAD_MS = 300              # between the decision to send and the first record


def run_vehicles(
    built: Build, run: str, spec: DemoSpec, progress: DemoProgress, page: Page, more_cars: MoreCars,
) -> DemoResult:
    """Runs the whole demo of a project that was built with ``places.variables(run)``.

    Services that this call starts are ended, and the run's data are removed; with ``spec.keep`` all goes on: services, job,
    cars and page.

    :raises Failure: where the environment lacks something, the job fails, or one of its name runs already.
    """
    began = time.monotonic()
    with opened(built, run, JOB, progress, keep=spec.keep) as (work, place):
        demo = _Vehicles(job=JOB, work=work, place=place, progress=progress, began=began, page=page, keep=spec.keep, spec=spec)
        with demo.cleared():
            place.make_topic()
            result = demo.run()
            if spec.keep:
                demo.go_on(more_cars)
            return result


@dataclass(slots=True, kw_only=True)
class _Vehicles(DemoRun):
    """One run with cars."""

    spec: DemoSpec
    labels: list[Label] = field(default_factory=list)

    def run(self) -> DemoResult:
        """Deploys, sends, restarts, drains, counts. Cars drive as soon as all tasks run, so that the first checkpoint has records
        behind it."""
        driving: list[tuple[Sender, RecordProbe]] = []
        try:
            deploy(self.work.job(JOB), self.work.engine, self.store, self.work.around(JOB), progress=self.progress.message,
                   when_running=lambda: driving.append(self._drive()))
            sender, probe = driving[0]
            flowing = self.follow(sender, self._look, {self.restart_job: self.spec.restart_at})
            consumed = self.consumed(sender.tally.sent)
            self.drain()
        finally:
            for started in driving:
                for part in started:
                    part.stop()
        if probe.problem is not None:
            raise Failure(f"latencies could not be measured: {probe.problem}", exit_code=1)
        return self._measured(sender, probe, consumed, flowing)

    def _drive(self) -> tuple[Sender, RecordProbe]:
        """Starts the cars, and the measuring of latencies."""
        fleet = Fleet(cars=self.spec.cars, duration=self.spec.duration, seed=self.spec.seed, time_scale=self.spec.scale,
                      start_ms=time.time_ns() // 1_000_000 + _LEAD_MS)
        self.seconds["until_first_record"] = round(time.monotonic() - self.began + _LEAD_MS / 1000, 2)
        sender = Sender(messages(fleet, self.labels), fleet.start_ms, KafkaWriter(self.place.servers, self.place.run))
        probe = RecordProbe(self.place.connect, f'"{self.place.run}".engine_scores',
                             [vehicle_id(car) for car in range(self.spec.cars)])
        self.progress.message(f"{self.spec.cars:,} cars drive for {self.spec.duration:g} s (seed {self.spec.seed}; one second "
                              f"shows {self.spec.scale:g} s of driving)")
        probe.start()
        sender.start()
        self.show()
        return sender, probe

    def go_on(self, more_cars: MoreCars) -> None:
        """Lets the job run anew, and other cars drive. The drained state would take each new record for a late one, so the job
        starts without it, from the topic's beginning: its tables have a key, so nothing stands in them twice."""
        deploy(self.work.job(JOB), self.work.engine, self.store_in(self.folder / "kept"), self.work.around(JOB),
               progress=self.progress.message)
        more_cars(self.spec, self.place.run)
        self.is_going_on = True
        self.tell_kept("job and cars go on")

    def _look(self, tally: Tally) -> Seen:
        found = rows(self.place)
        return Seen(found["engine_scores"] + found["dead_letters"], tally.produced + tally.malformed,
                    {"sent": tally.sent, "scored": found["engine_scores"], "alerts": found["alerts"]})

    def _measured(self, sender: Sender, probe: RecordProbe, consumed: int, flowing: float) -> DemoResult:
        tally, found = sender.tally, rows(self.place)
        archived, archived_distinct = self.place.archived("record_id")
        records, late = scored(self.place)
        self.seconds["whole"] = round(time.monotonic() - self.began, 2)
        return DemoResult(
            produced=tally.produced, duplicates=tally.duplicates, malformed=tally.malformed, in_kafka=self.place.in_kafka(),
            consumed=consumed, archived=archived, archived_distinct=archived_distinct, scored=records, late=late,
            dead_letter=found["dead_letters"], sinks={**found, "telemetry_archive": archived},
            faults=compare(self.labels, alerts(self.place)),
            latency_ms=percentiles(probe.latencies()), latency_ms_undisturbed=percentiles(probe.latencies(self.restart)),
            records_per_second=round(tally.produced / flowing, 1), restarted=self.restart is not None, spec=self.spec,
            seconds=self.seconds,
        )
