"""What runs of all demos have in common: services that end with them, a job that is restarted, places that are cleared."""

from __future__ import annotations

import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from flinksql_runner.demo.places import Places, places
from flinksql_runner.demo.sending import Sender
from flinksql_runner.demo.values import DemoProgress, Page
from flinksql_runner.deploy.apply import resume
from flinksql_runner.deploy.ending import stop
from flinksql_runner.diagnostics import Failure
from flinksql_runner.pipeline import Build
from flinksql_runner.services.control import PROCESSES, down, status
from flinksql_runner.simulate.message import Tally
from flinksql_runner.state.store import FsspecStore
from flinksql_runner.workspace import Workspace, open_workspace

_COMMIT_SECONDS = 10.0
_LOOK_SECONDS, _LAST_LOOK_SECONDS = 1.0, 0.2     # while records flow, and once all are sent
_STALLED_SECONDS = 60.0     # without a new row: what is missing is lost


@contextmanager
def opened(built: Build, run: str, job: str, progress: DemoProgress, *, keep: bool) -> Iterator[tuple[Workspace, Places]]:
    """The workspace and the run's places, with the topic made. Services that were started for it are ended, unless ``keep``.

    :raises Failure: where the environment lacks something, or a job of this name runs already.
    """
    with _ended(built.project.root, progress, keep=keep):
        work = open_workspace(built, jobs=[job], progress=progress.message)
        if work.engine.find(job):
            raise Failure(f"a job `{job}` runs here already: `flinksql stop {job}` first")
        yield work, places(run, built.project, work.values)


@contextmanager
def _ended(root: Path, progress: DemoProgress, *, keep: bool) -> Iterator[None]:
    """Ends the services that were started for this run, whatever happens in between."""
    before = {s.name for s in status(root) if s.state == "running"}
    try:
        yield
    finally:
        with _uninterrupted():
            started = {s.name for s in status(root)} - before
            if started and not keep:
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


class Seen(NamedTuple):
    """What of ``wanted`` records, broken ones included, the database has, and what is told about it."""

    done: int
    wanted: int
    told: Mapping[str, int]


@dataclass(slots=True, kw_only=True)
class DemoRun:
    """One run. ``address`` is the page's. ``restart`` are the moments (ms since the epoch) between which the job was down or
    caught up."""

    job: str
    work: Workspace
    place: Places
    progress: DemoProgress
    began: float
    page: Page
    keep: bool
    address: str | None = None
    opening: threading.Thread | None = None
    is_going_on: bool = False
    restart: tuple[int, int] | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the run keeps its files."""
        return self.work.build.project.state_folder / "demo" / self.place.run

    @property
    def store(self) -> FsspecStore:
        """Releases of this run alone: a user's own job keeps its history."""
        return self.store_in(self.folder)

    def store_in(self, folder: Path) -> FsspecStore:
        """Releases in a folder, with the project's locks."""
        return FsspecStore(str(folder), lock_folder=self.work.build.project.state_folder / "locks")

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
            for job_id in self.work.engine.find(self.job):
                self.work.engine.cancel(job_id)
        if self.keep:
            self.progress.message(f"kept: topic and schema {self.place.run}, archive {self.place.archive}/{self.place.run}")
            return
        with suppress(Failure):
            self.place.remove()
        with suppress(OSError):
            shutil.rmtree(self.folder)

    def show(self) -> None:
        """Starts the page in a thread, while the first records flow; a run without one is as good."""
        self.opening = threading.Thread(target=self._open_page, name="page", daemon=True)
        self.opening.start()

    def _open_page(self) -> None:
        try:
            self.address = self.page()
        except Failure as failure:
            self.progress.message(f"no page: {failure}")
        if self.address is not None:
            self.progress.message(f"watch it: {self.address}")

    def follow(
        self, sender: Sender, look: Callable[[Tally], Seen],
        moments: Mapping[Callable[[], None], float | None],
    ) -> float:
        """Waits until everything that was sent has its row, or no row has come for a minute. Seconds from the first record to the
        last row.

        :param look: looks what of all that was sent has come.
        :param moments: what is done on the way, each when so many seconds are over; None: never.
        :raises Failure: where sending fails, or the job has ended by itself.
        """
        start, done, changed = sender.start_ms / 1000, -1, time.monotonic()
        to_do = sorted(((at, number, do) for number, (do, at) in enumerate(moments.items()) if at is not None), reverse=True)
        while True:
            while to_do and time.time() - start >= to_do[-1][0]:
                to_do.pop()[2]()
            is_sending = sender.is_sending
            sender.check()
            self.is_running()
            seen = look(sender.tally)
            self.progress.counts(time.time() - start, seen.told)
            if is_sending or seen.done != done:
                changed = time.monotonic()
            done = seen.done
            if not is_sending and (done >= seen.wanted or time.monotonic() - changed > _STALLED_SECONDS):
                return time.time() - start
            time.sleep(_LOOK_SECONDS if is_sending else _LAST_LOOK_SECONDS)

    def tell_kept(self, what: str) -> None:
        """Says what goes on."""
        shown = f": {self.address} shows them" if self.address is not None else ""
        self.progress.message(f"kept: {what}{shown}; topic and schema are {self.place.run}; `flinksql down` ends all")

    def is_running(self) -> None:
        """Looks whether the job still does.

        :raises Failure: where it has ended by itself.
        """
        if not self.work.engine.find(self.job):
            raise Failure(f"the job `{self.job}` has ended by itself: look at .flinksql/engine/logs", exit_code=1)

    def restart_job(self) -> None:
        """Stops the job with a savepoint and lets its stored plan go on from there."""
        began = time.time_ns() // 1_000_000
        stop(self.job, self.work.engine, self.store, progress=self.progress.message)
        resume(self.job, self.work.engine, self.store, self.work.around(self.job), progress=self.progress.message)
        ended = time.time_ns() // 1_000_000
        self.seconds["restart"] = round((ended - began) / 1000, 2)
        self.restart = (began - 1000, ended)

    def drain(self) -> None:
        """Ends the job as at the end of all input: windows close, and files are finished."""
        self.progress.message("draining: windows close, the archive's files are finished")
        stop(self.job, self.work.engine, self.store, drain=True, progress=self.progress.message)

    def consumed(self, sent: int) -> int:
        """What the job says to have read; it tells Kafka at each checkpoint, so one is asked for."""
        for job_id in self.work.engine.find(self.job):
            with suppress(Failure):
                self.work.engine.trigger_checkpoint(job_id)
        limit = time.monotonic() + _COMMIT_SECONDS
        while (consumed := self.place.consumed()) < sent and time.monotonic() < limit:
            time.sleep(0.2)
        return consumed
