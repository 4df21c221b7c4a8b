"""Starting, healing, looking at and ending the local services of one project folder."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import filelock

import flinksql_runner.services.flink as flink
import flinksql_runner.services.kafka as kafka
import flinksql_runner.services.keeper_start as keeper_start
import flinksql_runner.services.postgres as postgres
from flinksql_runner.deps.fetch import cached_jars, fetch_jars
from flinksql_runner.deps.lockfile import engine_jars
from flinksql_runner.diagnostics import Failure
from flinksql_runner.services.describe import running, statuses
from flinksql_runner.services.folders import Folders, folders
from flinksql_runner.services.health import answers, tail
from flinksql_runner.services.java import java_home
from flinksql_runner.services.ports import LOOPBACK
from flinksql_runner.services.process import Record, end, end_strays, forget, forget_ports, is_ours, read_record
from flinksql_runner.services.values import WANTED, Progress, Running, ServiceStatus
from flinksql_runner.services.waiting import until_up
from flinksql_runner.services.warm_up import warm_up

FLINK = ("jobmanager", "taskmanager", "gateway")
BESIDE = ("simulator", "api", "collector", "dashboard")
PROCESSES = (*FLINK, "kafka", "postgres", *BESIDE, "keeper")
LOCK_SECONDS = 180.0
TRIES = 3


def ensure(project_root: Path, wanted: frozenset[str], *, progress: Progress | None = None) -> Running:
    """Makes the wanted services (of ``flink``, ``kafka``, ``postgres``) run and answer; what runs already is kept.

    Dead, hanging and half-started ones are cleared away and started anew; if Flink's job manager is gone, its task
    manager and gateway go with it. Two calls at once start things once. Ten to thirty milliseconds when all is up.

    :raises Failure: where a service can't be started; the sentence says which and what to do, ``detail`` has its log.
    """
    unknown = wanted - WANTED
    if unknown:
        raise ValueError(f"unknown services: {sorted(unknown)}")
    place, java = folders(project_root), java_home()
    place.make()
    touch(project_root)
    with _locked(place):
        wells = {name: record for name in PROCESSES if (record := _well(place, name))}
        started = _start_missing(place, wanted, wells, java, progress or _silent)
    return running(place, wanted, java, started)


def status(project_root: Path) -> tuple[ServiceStatus, ...]:
    """Every process of ours that was started and not ended by ``down``, in a fixed order; changes nothing."""
    return statuses(folders(project_root), PROCESSES[:-1])


def down(
    project_root: Path, *, names: Iterable[str] = PROCESSES, only_if: Callable[[], bool] | None = None,
) -> tuple[str, ...]:
    """Ends our processes of this folder, and only those; returns the names of those that lived.

    Data stay: savepoints, topics, tables. ``only_if`` is asked once nobody else can start or end services any more.
    """
    place = folders(project_root)
    if not place.records.is_dir():
        return ()
    with _locked(place):
        if only_if is not None and not only_if():
            return ()
        return _end_all(place, [name for name in PROCESSES if name in set(names)])


def remove(project_root: Path) -> bool:
    """Ends the services and removes ``.flinksql`` with all data in it; returns whether there was any.

    Where root's database had to live outside of the project folder, that goes too.
    """
    place = folders(project_root)
    down(project_root)
    state = place.engine.parent
    if not state.is_dir():
        return False
    for link in (place.data / "postgres", place.data / "postgres.programs"):
        if link.is_symlink() and link.resolve().name.startswith("flinksql-"):
            shutil.rmtree(link.resolve(), ignore_errors=True)
    shutil.rmtree(state, ignore_errors=True)
    return True


def touch(project_root: Path) -> None:
    """Says that the services are in use, which puts off their shutdown when idle. Cheap; call it at each use."""
    path = folders(project_root).last_call
    try:
        path.touch()
    except OSError:
        return  # no such folder yet, or a full disk: neither is this call's business


def _silent(line: str) -> None:
    del line


@contextmanager
def _locked(place: Folders) -> Iterator[None]:
    lock = filelock.FileLock(place.lock, timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise Failure(
            f"another flinksql has been starting or ending services of {place.root} for {LOCK_SECONDS:.0f} s: "
            "wait for it or end it, then run `flinksql down`") from None
    try:
        yield
    finally:
        lock.release()


def _well(place: Folders, name: str) -> Record | None:
    record = read_record(place, name)
    return record if record is not None and is_ours(place, record) and answers(place, record) else None


def _start_missing(
    place: Folders, wanted: frozenset[str], wells: dict[str, Record], java: Path, progress: Progress,
) -> tuple[str, ...]:
    names: set[str] = {n for n in ("kafka", "postgres") if n in wanted and n not in wells}
    if "flink" in wanted:
        names |= set(FLINK) if "jobmanager" not in wells else {n for n in FLINK if n not in wells}
    if not names and "keeper" in wells:
        return ()
    _clear(place, names, wells)
    _fetch(names, progress)
    try:
        work: list[Callable[[], None]] = []
        if names & set(FLINK):
            work.append(lambda: _start_flink(place, names & set(FLINK), wells, java, progress))
        if "kafka" in names:
            work.append(lambda: _start_one(place, "Kafka", lambda: kafka.start_process(place, java), progress))
        if "postgres" in names:
            work.append(lambda: _start_one(place, "PostgreSQL", lambda: postgres.start_process(place), progress))
        with ThreadPoolExecutor(max(1, len(work))) as pool:
            futures = [pool.submit(item) for item in work]
            problems = [future.exception() for future in futures]
        for problem in problems:
            if problem is not None:
                raise problem
    except KeyboardInterrupt:
        _end_all(place, sorted(names))
        raise
    if "keeper" not in wells:
        keeper_start.start_process(place)
    return tuple(sorted(names))


def _clear(place: Folders, names: Iterable[str], wells: dict[str, Record]) -> None:
    """Ends what is left of processes that are not well, and those that no record knows."""
    for name in names:
        record = read_record(place, name)
        if record is not None:
            end(place, record, seconds=3)
    known = [record.pid for name in PROCESSES if (record := read_record(place, name))]
    end_strays(place, [*known, *(r.pid for r in wells.values())])


def _fetch(names: set[str], progress: Progress) -> None:
    parts = [part for part, needs in (("gateway", "gateway"), ("kafka", "kafka")) if needs in names]
    jars = [jar for part in parts for jar in engine_jars(part)]
    if jars and cached_jars(jars) is None:
        progress(f"downloading {len(jars)} jars ({sum(jar.size for jar in jars) / 1e6:.0f} MB)")
        fetch_jars(jars)


def _start_flink(place: Folders, names: set[str], wells: dict[str, Record], java: Path, progress: Progress) -> None:
    """All three at once: the task manager and the gateway wait for the job manager themselves."""
    for attempt in range(TRIES):
        began = time.monotonic()
        fresh = "jobmanager" in names
        ports = flink.prepare(place) if fresh else dict(wells["jobmanager"].ports)
        progress("starting Flink" if fresh else f"starting Flink's {' and '.join(sorted(names))}")
        records = [flink.start_process(place, name, ports, java) for name in FLINK if name in names]
        if "gateway" in names:
            warm_up(f"http://{LOOPBACK}:{ports['gateway']}")
        try:
            until_up(place, "Flink", records)
        except Failure:
            for record in reversed(records):
                end(place, record, seconds=2)
            if attempt == TRIES - 1 or not _port_taken(place, records):
                raise
            forget_ports(place, "jobmanager")
            continue
        progress(f"Flink is up ({time.monotonic() - began:.1f} s)")
        return


def _start_one(place: Folders, title: str, start: Callable[[], Record], progress: Progress) -> None:
    for attempt in range(TRIES):
        began = time.monotonic()
        progress(f"starting {title}")
        record = start()
        try:
            until_up(place, title, [record])
        except Failure:
            end(place, record, seconds=2)
            if attempt == TRIES - 1 or not _port_taken(place, [record]):
                raise
            forget_ports(place, record.name)
            continue
        progress(f"{title} is up ({time.monotonic() - began:.1f} s)")
        return


def _port_taken(place: Folders, records: Iterable[Record]) -> bool:
    words = ("Address already in use", "BindException", "could not bind", "Could not start rest endpoint")
    return any(word in tail(place, record.name, 40_000) for record in records for word in words)


def _end_all(place: Folders, names: Iterable[str]) -> tuple[str, ...]:
    """The keeper first (but never itself), then what uses others before what is used."""
    order = ("keeper", *BESIDE, "gateway", "taskmanager", "jobmanager", "kafka", "postgres")
    lived = []
    records = [r for n in order if n in set(names) and (r := read_record(place, n)) and r.pid != os.getpid()]
    with ThreadPoolExecutor(max(1, len(records))) as pool:
        alive = [is_ours(place, record) for record in records]
        first = {"postgres": signal.SIGINT}  # PostgreSQL's fast shutdown: ends sessions, loses nothing
        list(pool.map(lambda r: end(place, r, first=first.get(r.name, signal.SIGTERM)), records))
        lived = [record.name for record, was in zip(records, alive, strict=True) if was and record.name != "keeper"]
    own = read_record(place, "keeper")
    if own is not None and own.pid == os.getpid():
        forget(place, "keeper")
    if set(PROCESSES) <= {*names, "keeper"}:
        end_strays(place, ())
    return tuple(sorted(lived))
