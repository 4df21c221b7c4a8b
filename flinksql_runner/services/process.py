"""Processes that we start and must never confuse with others.

A record on disk holds a process's id and start time. A process counts as ours only if both are right and its command
line names our engine folder: ids are used again, by anyone.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from flinksql_runner.diagnostics import Failure
from flinksql_runner.services.folders import Folders

STOP_SECONDS = 15.0
_SAME_TIME = 0.0 if sys.platform == "linux" else 1.0


@dataclass(frozen=True, slots=True)
class Record:
    """A process that we started.

    ``created`` is its start as the system counts it (see ``_created``), ``since`` in seconds since the epoch; ``ports``
    are by purpose.
    """

    name: str
    pid: int
    created: float
    since: float
    ports: Mapping[str, int] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)


def marker(folders: Folders) -> str:
    """With this ends a word in the command line of every process that we start for this folder."""
    return f"flinksql.engine={folders.engine}"


def start(
    folders: Folders, name: str, command: Sequence[str], *, env: Mapping[str, str], ports: Mapping[str, int],
    details: Mapping[str, str] | None = None, user: int | None = None, cwd: Path | None = None,
) -> Record:
    """Starts a process in a session of its own (so that Ctrl-C doesn't reach it) and records it.

    Its output goes to ``logs/<name>.out``. ``user`` is the id of the user to run as, where we are root.

    :raises Failure: where the program is not there, or there is no room.
    """
    log = folders.logs / f"{name}.out"
    as_user = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    try:
        with log.open("wb") as out:
            process = subprocess.Popen(
                list(command), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=dict(env),
                start_new_session=True, cwd=cwd or folders.engine, close_fds=True, **as_user,  # type: ignore[call-overload]
            )
    except OSError as problem:
        raise Failure(f"can't start {name} ({os.strerror(problem.errno or 0)}: {problem.filename or command[0]})") from None
    process.returncode = 0  # it outlives us on purpose: no warning, and nobody waits for it
    record = Record(name, process.pid, _created(process.pid) or 0.0, time.time(), dict(ports), dict(details or {}))
    try:
        write_record(folders, record)
    except Failure:
        end(folders, record, seconds=1)  # what stands in no record must not run
        raise
    return record


def write_record(folders: Folders, record: Record) -> None:
    """Writes a record beside and renames it in, readable by the owner alone."""
    path = folders.records / f"{record.name}.json"
    beside = path.with_suffix(f".{os.getpid()}")
    try:
        (folders.engine / f"{record.name}.ports").write_text(json.dumps(dict(record.ports)), encoding="utf-8")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(record), file)
        os.replace(beside, path)
    except OSError as problem:
        raise Failure(f"can't write {path} ({os.strerror(problem.errno or 0)}): free some space on its disk") from None


def read_record(folders: Folders, name: str) -> Record | None:
    """The record of a process, or None where there is none that can be read."""
    try:
        content = json.loads((folders.records / f"{name}.json").read_text(encoding="utf-8"))
        return Record(
            str(content["name"]), int(content["pid"]), float(content["created"]), float(content["since"]),
            content["ports"], content["details"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def last_ports(folders: Folders, name: str) -> Mapping[str, int]:
    """The ports of the last start of a process: taken again, so that jobs find a broker or database that was healed."""
    try:
        content = json.loads((folders.engine / f"{name}.ports").read_text(encoding="utf-8"))
        return {str(purpose): int(port) for purpose, port in content.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def forget_ports(folders: Folders, name: str) -> None:
    """Lets the next start of a process take other ports."""
    (folders.engine / f"{name}.ports").unlink(missing_ok=True)


def forget(folders: Folders, name: str) -> None:
    """Removes a process's record."""
    (folders.records / f"{name}.json").unlink(missing_ok=True)


def is_ours(folders: Folders, record: Record) -> bool:
    """Whether the recorded process still lives: same id, same start, and not a zombie."""
    created = _created(record.pid)
    return created is not None and abs(created - record.created) <= _SAME_TIME and _is_marked(folders, record.pid)


def end(folders: Folders, record: Record, seconds: float = STOP_SECONDS, first: signal.Signals = signal.SIGTERM) -> None:
    """Ends a process of ours and what it started (its session), politely, then by force; then forgets it.

    Does nothing to a process that merely has the same id. Python workers of a killed task manager still have its session.
    """
    members = _session(record) if is_ours(folders, record) or _created(record.pid) is None else []
    _signal(members, first)
    left = _wait(members, seconds)
    if left:
        _signal(left, signal.SIGKILL)
        _wait(left, 5)
    forget(folders, record.name)


def strays(folders: Folders, known: Iterable[int]) -> list[psutil.Process]:
    """Processes that carry our marker and stand in no record: left by a command that was killed while it started them."""
    known = set(known)
    mark = marker(folders)
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "status"]):
        words = process.info["cmdline"] or ()
        if process.info["pid"] not in known and process.info["pid"] != os.getpid() and any(w.endswith(mark) for w in words):
            found.append(process)
    return found


def end_strays(folders: Folders, known: Iterable[int]) -> None:
    """Ends them and all of their sessions by force: nobody knows their ports, so nobody uses them.

    Looks again until there are none: ``initdb`` starts children while it is looked at.
    """
    known = set(known)
    for _ in range(10):
        found = strays(folders, known)
        if not found:
            return
        members = [member for stray in found for member in (stray, *_same_session(stray.pid))]
        _signal(members, signal.SIGKILL)
        _wait(members, 5)


def _same_session(pid: int) -> list[psutil.Process]:
    """All processes of a process's session, unless it is ours: what we start has a session of its own."""
    with contextlib.suppress(OSError):
        session = os.getsid(pid)
        if session != os.getsid(0):
            return [p for p in psutil.process_iter() if _session_of(p.pid) == session]
    return []


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _created(pid: int) -> float | None:
    """When the process with this id started; None where there is none or it is a zombie.

    On Linux in clock ticks since the machine's start, since its wall clock (which psutil counts by) may be set back or
    forth meanwhile; elsewhere in seconds since the epoch.
    """
    try:
        if sys.platform == "linux":
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
            if fields[0] in (b"Z", b"X") and int(fields[17]) <= 1:  # with more, its other threads still hold its ports
                _reap(pid)
                return None
            return float(fields[19])
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            _reap(pid)
            return None
        return float(process.create_time())
    except (psutil.Error, OSError, IndexError):
        return None


def _reap(pid: int) -> None:
    """Takes a zombie off the list if it is a child of ours; doesn't wait, since it has ended."""
    with contextlib.suppress(OSError):
        os.waitpid(pid, 0)


def _is_marked(folders: Folders, pid: int) -> bool:
    """Whether the command line is one of ours; a process that just turns into its program shows none for a moment."""
    try:
        line = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
    return not line or any(word.endswith(marker(folders)) for word in line)


def _session(record: Record) -> list[psutil.Process]:
    """All processes of the session that the recorded process leads; its id can't be given to a new process while one lives."""
    return [p for p in psutil.process_iter()
            if _session_of(p.pid) == record.pid and (_created(p.pid) or -1) >= record.created - _SAME_TIME]


def _signal(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(number)


def _wait(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Waits for the end of processes that may be another's children (a zombie has ended); returns those that still live."""
    deadline = time.monotonic() + seconds
    starts = {process.pid: _created(process.pid) for process in processes}
    alive = list(processes)
    while alive := [p for p in alive if starts[p.pid] is not None and _created(p.pid) == starts[p.pid]]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)
    return alive
