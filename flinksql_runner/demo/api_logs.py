"""The demo ``api_logs``: simulated servers' log files through the collector, Kafka, Flink and PostgreSQL, with a killed collector
and a restart of the job on the way, all counted."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from flinksql_runner.demo.api_logs_tables import alerts, counted, fill_customers, in_windows, rows
from flinksql_runner.demo.api_logs_values import LogShipper, LogsResult, LogsSpec
from flinksql_runner.demo.attacks import compare, wrong_alerts
from flinksql_runner.demo.latency import CountProbe, percentiles
from flinksql_runner.demo.running import DemoRun, Seen, opened
from flinksql_runner.demo.sending import Sender
from flinksql_runner.demo.values import DemoProgress, Page
from flinksql_runner.demo.web_api import WebApi
from flinksql_runner.deploy.apply import deploy
from flinksql_runner.diagnostics import Failure
from flinksql_runner.pipeline import Build
from flinksql_runner.simulate.api_logs.addresses import AddressBook
from flinksql_runner.simulate.api_logs.attacks import Label
from flinksql_runner.simulate.api_logs.customers import owners
from flinksql_runner.simulate.api_logs.traffic import Traffic, messages
from flinksql_runner.simulate.api_logs.writers import LogFiles
from flinksql_runner.simulate.message import Message, Tally
from flinksql_runner.simulate.sinks import Writer

JOB = "api_logs"
_LEAD_MS = 1000             # between the decision to write and the first line: thinking out the first minutes takes a while


def run_api_logs(
    built: Build, run: str, spec: LogsSpec, book: AddressBook, progress: DemoProgress, page: Page, shipper: LogShipper,
) -> LogsResult:
    """Runs the whole demo of a project that was built with ``places.variables(run, JOB)``.

    Services that this call starts are ended, and the run's data are removed; with ``spec.keep`` all goes on.

    :param book: the addresses of clients.
    :raises Failure: where the environment lacks something, the job or the collector fails, or a job of its name runs already.
    """
    began = time.monotonic()
    with opened(built, run, JOB, progress, keep=spec.keep) as (work, place):
        demo = _ApiLogs(job=JOB, work=work, place=place, progress=progress, began=began, page=page, keep=spec.keep, spec=spec,
                        book=book, shipper=shipper)
        with demo.cleared():
            place.make_topic()
            result = demo.run()
            if spec.keep:
                demo.go_on()
            return result


class Noted:
    """Notes when each sound line was written, by the second of its request, as it hands lines on."""

    def __init__(self, writer: Writer) -> None:
        self.moments: defaultdict[int, list[int]] = defaultdict(list)
        self._writer = writer

    def write(self, message: Message) -> None:
        """Notes one line, and hands it on."""
        self._writer.write(message)
        if message.kind == "sound":
            self.moments[message.event_ms // 1000].append(time.time_ns() // 1_000_000)

    def close(self) -> None:
        """Closes what it hands on to."""
        self._writer.close()


@dataclass(frozen=True, slots=True)
class _Flow:
    """What runs while lines flow."""

    sender: Sender
    probe: CountProbe
    web: WebApi | None

    @property
    def logged(self) -> int:
        """Lines that the web API has written and the probe has read."""
        return self.web.lines if self.web else 0

    @property
    def answered(self) -> int:
        """Requests to the web API that have an answer."""
        return self.web.answers.answered if self.web else 0

    @property
    def is_calling(self) -> bool:
        """Whether clients call, or the API has answered what it has not logged yet."""
        return self.web is not None and (self.web.is_calling or self.logged < self.answered)

    def check(self) -> None:
        """Raises what went wrong with the web API's clients."""
        if self.web is not None:
            self.web.check()

    def stop(self) -> None:
        """Ends all."""
        self.sender.stop()
        if self.web is not None:
            self.web.stop()
        self.probe.stop()


@dataclass(slots=True, kw_only=True)
class _ApiLogs(DemoRun):
    """One run with log files."""

    spec: LogsSpec
    book: AddressBook
    shipper: LogShipper
    labels: list[Label] = field(default_factory=list)
    is_killed: bool = False

    @property
    def logs(self) -> Path:
        """The folder of the servers' log files."""
        return self.folder / "logs"

    def run(self) -> LogsResult:
        """Deploys, writes, kills, restarts, drains, counts. Lines are written as soon as all tasks run."""
        web = self._web()
        address = None if web is None else self._start_api(web)
        self._ship()
        flowing: list[_Flow] = []
        try:
            deploy(self.work.job(JOB), self.work.engine, self.store, self.work.around(JOB), progress=self.progress.message,
                   when_running=lambda: flowing.append(self._write(web, address)))
            (flow,) = flowing
            seconds = self.follow(flow.sender, lambda tally: self._look(tally, flow),
                                  {self._kill: self.spec.kill_at, self.restart_job: self.spec.restart_at})
            self.drain()
        finally:
            for started in flowing:
                started.stop()
        if flow.probe.problem is not None:
            raise Failure(f"latencies could not be measured: {flow.probe.problem}", exit_code=1)
        return self._measured(flow, seconds)

    def _web(self) -> WebApi | None:
        """The clients of the web API, with their keys; None where nobody is to call it."""
        return WebApi(self.spec.http, self.spec.duration, self.spec.seed, self.book, self.folder) if self.spec.http else None

    def _start_api(self, web: WebApi) -> str | None:
        self.folder.mkdir(parents=True, exist_ok=True)
        web.write_keys()
        address = self.shipper.api(str(web.logs), str(web.keys))
        self.progress.message("no web API here: all lines are simulated" if address is None else f"the web API is up: {address}")
        return address

    def _ship(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        self.shipper.start([str(self.logs / "*.log"), str(self.folder / "api" / "*.log")], self.place.run,
                           str(self.folder / "collector.json"))

    def _write(self, web: WebApi | None, address: str | None) -> _Flow:
        """Starts the servers, the clients of the web API, and the measuring of latencies."""
        traffic = Traffic(rate=self.spec.rate, duration=self.spec.duration, seed=self.spec.seed, attacks=self.spec.attacks)
        keys = {client.key for client in traffic.population(self.book).clients if client.key}
        fill_customers(self.place, owners(keys.union(web.key_ids if web else ()), self.spec.seed))
        traffic = replace(traffic, start_ms=time.time_ns() // 1_000_000 + _LEAD_MS)
        self.seconds["until_first_record"] = round(time.monotonic() - self.began + _LEAD_MS / 1000, 2)
        writer = Noted(LogFiles(self.logs))
        sender = Sender(messages(traffic, self.book, self.labels), traffic.start_ms, writer)
        calling = web if address is not None else None

        def written() -> Mapping[int, Sequence[int]]:
            if calling is not None:
                calling.read_lines(writer.moments)
            return writer.moments

        probe = CountProbe(self.place.connect, f'"{self.place.run}".line_counts', written)
        self.progress.message(f"{traffic.servers} servers log {self.spec.rate:,g} requests/s for {self.spec.duration:g} s (seed "
                              f"{self.spec.seed}); late lines take some seconds more")
        if calling is not None and address is not None:
            calling.call(address, traffic.start_ms)
        probe.start()
        sender.start()
        self.show()
        return _Flow(sender, probe, calling)

    def _kill(self) -> None:
        """Ends the collector as a crash would, and starts it again at once, as systemd would."""
        self.progress.message("killing the collector (kill -9), and starting it again")
        self.shipper.kill()
        self._ship()
        self.is_killed = True

    def _look(self, tally: Tally, flow: _Flow) -> Seen:
        self.shipper.check()
        flow.check()
        found = counted(self.place)
        wanted = tally.produced + tally.malformed + flow.logged + flow.is_calling     # while clients call, there is more to come
        told = {"written": tally.sent, **({"by the API": flow.logged} if flow.web else {}), "counted": found.lines,
                "dead letters": found.dead_letters, "alerts": found.alerts}
        return Seen(found.lines + found.dead_letters, wanted, told)

    def go_on(self) -> None:
        """Lets the job run anew, from the topic's beginning, and other lines come. (Why: see the demo ``vehicles``.)"""
        deploy(self.work.job(JOB), self.work.engine, self.store_in(self.folder / "kept"), self.work.around(JOB),
               progress=self.progress.message)
        self.shipper.more_lines(self.spec, str(self.logs))
        self.is_going_on = True
        self.tell_kept("job and servers go on")

    def _measured(self, flow: _Flow, seconds: float) -> LogsResult:
        tally, probe, found = flow.sender.tally, flow.probe, counted(self.place)
        produced = tally.produced + flow.logged
        told = alerts(self.place)
        archived, archived_distinct = self.place.archived("request_id")
        self.seconds["whole"] = round(time.monotonic() - self.began, 2)
        return LogsResult(
            produced=produced, duplicates=tally.duplicates, malformed=tally.malformed, in_kafka=self.place.in_kafka(),
            consumed=found.lines, in_windows=in_windows(self.place), late=found.late, archived=archived,
            archived_distinct=archived_distinct, dead_letter=found.dead_letters,
            sinks={**rows(self.place), "access_archive": archived}, attacks=compare(self.labels, told),
            wrong=wrong_alerts(self.labels, told),
            latency_ms=percentiles(probe.latencies()), latency_ms_undisturbed=percentiles(probe.latencies(self.restart)),
            records_per_second=round(produced / seconds, 1), restarted=self.restart is not None,
            killed=self.is_killed, answered=flow.answered, logged=flow.logged, spec=self.spec, seconds=self.seconds,
        )
