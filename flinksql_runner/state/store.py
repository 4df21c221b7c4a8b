"""Where releases are kept: one JSON file per release, in a local folder or at any fsspec URL.

Layout: ``<root>/<job>/<number>.json``, numbers with six digits. A file is written beside and renamed, so it is whole or
not there; an unreadable one is named to the user and never skipped, since skipping it could lose a savepoint.
"""

from __future__ import annotations

import dataclasses
import json
import posixpath
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import fsspec
from filelock import FileLock, Timeout
from fsspec.core import url_to_fs

from flinksql_runner.diagnostics import Failure
from flinksql_runner.state.record import Release

SCHEMA_VERSION = 1
_NAME = re.compile(r"(\d{6})\.json\Z")
_JOB = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\Z")
_REQUIRED: Mapping[str, type] = {
    "job": str, "number": int, "state": str, "created_at": int, "sql": str, "hash": str, "plan": str,
}
_STATES = {"wished", "submitted", "running", "stopping", "stopped", "finished", "failed", "superseded"}


class Store(Protocol):
    """Releases of jobs. All methods raise ``Failure`` where the place can't be read or written."""

    def releases(self, job: str) -> tuple[Release, ...]:
        """All releases of a job, the oldest first."""

    def jobs(self) -> tuple[str, ...]:
        """Names of all jobs that have a release, sorted."""

    def write(self, release: Release) -> None:
        """Writes a release, over the one of the same number if there is one, wholly or not at all."""

    def lock(self, job: str) -> Any:
        """A context manager that keeps other commands from changing this job; Failure where one is at work already."""


def latest(store: Store, job: str) -> Release | None:
    """The newest release of a job, or None."""
    found = store.releases(job)
    return found[-1] if found else None


class FsspecStore:
    """Releases at an fsspec URL (``s3://...``) or in a local folder.

    The lock is a file lock for a local folder. For a remote URL it is a local file lock too, which keeps commands of one
    machine apart; fsspec has no lock that all its stores share.
    """

    def __init__(self, url: str | Path, lock_folder: Path | None = None) -> None:
        try:
            self._fs: fsspec.AbstractFileSystem
            self._fs, self._root = url_to_fs(str(url))
        except (ImportError, ValueError) as problem:
            raise Failure(f"the release store {url} can't be opened: {problem}") from None
        self._local = Path(self._root) if "file" in _protocols(self._fs) else None
        self._locks = lock_folder or (self._local or Path.cwd() / ".flinksql" / "releases") / ".locks"

    def jobs(self) -> tuple[str, ...]:
        """Names of all jobs that have a release, sorted."""
        with self._told(self._root):
            if not self._fs.isdir(self._root):
                return ()
            names = [posixpath.basename(str(e["name"]).rstrip("/")) for e in self._fs.ls(self._root, detail=True, refresh=True)
                     if e["type"] == "directory"]
        return tuple(sorted(n for n in names if _JOB.match(n) and self._numbers(n)))

    def releases(self, job: str) -> tuple[Release, ...]:
        """All releases of a job, the oldest first.

        :raises Failure: where a record is corrupt, or was written by a newer flinksql; the file is named.
        """
        return tuple(self._read(job, number) for number in self._numbers(job))

    def write(self, release: Release) -> None:
        """Writes a release, wholly or not at all."""
        path = self._path(release.job, release.number)
        text = json.dumps({"schema_version": SCHEMA_VERSION, **dataclasses.asdict(release)}, indent=1, sort_keys=True) + "\n"
        beside = f"{posixpath.dirname(path)}/.{uuid.uuid4().hex}.part"
        with self._told(path):
            self._fs.makedirs(posixpath.dirname(path), exist_ok=True)
            if self._local is None:  # object stores write a key wholly or not at all
                self._fs.pipe_file(path, text.encode())
                return
            try:
                with Path(beside).open("w", encoding="utf-8", newline="") as target:
                    target.write(text)
                Path(beside).replace(path)
            finally:
                Path(beside).unlink(missing_ok=True)

    @contextmanager
    def lock(self, job: str) -> Iterator[None]:
        """Keeps other commands of this machine from changing the job meanwhile.

        :raises Failure: where another command holds it.
        """
        with self._told(str(self._locks)):
            self._locks.mkdir(parents=True, exist_ok=True)
            held = FileLock(self._locks / f"{_checked(job)}.lock")
            try:
                held.acquire(timeout=0)
            except Timeout:
                raise Failure(f"another flinksql command is changing the job `{job}`; wait until it has ended") from None
        try:
            yield
        finally:
            held.release()

    def _path(self, job: str, number: int) -> str:
        return f"{self._root}/{_checked(job)}/{number:06d}.json"

    def _numbers(self, job: str) -> tuple[int, ...]:
        folder = f"{self._root}/{_checked(job)}"
        with self._told(folder):
            if not self._fs.isdir(folder):
                return ()
            found = (_NAME.match(posixpath.basename(str(n))) for n in self._fs.ls(folder, detail=False, refresh=True))
            return tuple(sorted(int(m.group(1)) for m in found if m))

    def _read(self, job: str, number: int) -> Release:
        path = self._path(job, number)
        with self._told(path):
            raw = self._fs.cat_file(path)
        try:
            return _release(json.loads(raw))
        except (ValueError, TypeError, KeyError) as problem:
            raise Failure(f"the release record {path} can't be read ({problem}); restore it from a copy, or move it away "
                          "to forget that release") from None

    @contextmanager
    def _told(self, place: str) -> Iterator[None]:
        """What goes wrong with the store as one sentence."""
        try:
            yield
        except OSError as problem:
            raise Failure(f"the release store fails at {place}: {problem.strerror or problem}") from None


def _protocols(fs: fsspec.AbstractFileSystem) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)


def _checked(job: str) -> str:
    if not _JOB.match(job):
        raise Failure(f"`{job}` can't be a job's name: use letters, digits, _, - and .")
    return job


def _release(record: Any) -> Release:
    """A Release from its JSON; ValueError tells what is wrong. Fields that a newer version added are left out."""
    if not isinstance(record, dict):
        raise ValueError("it is no JSON object")
    version = record.pop("schema_version", None)
    if not isinstance(version, int):
        raise ValueError("it has no schema_version")
    if version > SCHEMA_VERSION:
        raise ValueError(f"its schema version is {version}, this flinksql knows {SCHEMA_VERSION}; upgrade flinksql")
    for name, kind in _REQUIRED.items():
        if not isinstance(record.get(name), kind):
            raise ValueError(f"`{name}` is missing or is no {kind.__name__}")
    if record["state"] not in _STATES:
        raise ValueError(f"the state `{record['state']}` is unknown")
    known = {f.name for f in dataclasses.fields(Release)}
    fields = {k: v for k, v in record.items() if k in known}
    fields["declarations"] = tuple(fields.get("declarations", ()))
    return Release(**fields)
