"""Files over the network into the cache, several at once. Loaded only when something is missing: HTTP clients are heavy."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import filelock
import httpx

from flinksql_runner.deps.cache import cache_folder, cached_path, disk_failure, is_cached, sha256_of
from flinksql_runner.deps.download import NotThere, client, download
from flinksql_runner.deps.registries import maven_repositories
from flinksql_runner.deps.values import LockedJar, Progress, file_name, repository_path
from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.values import Coordinate

PARALLEL = 6


class Meter:
    """Counts the bytes of several files that arrive at once, and tells a ``Progress``."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total, self._progress, self._done, self._lock = total, progress, 0, threading.Lock()

    def add(self, amount: int, what: str) -> None:
        """``amount`` more bytes of the file ``what`` are here."""
        with self._lock:
            self._done += amount
            done = self._done
        if self._progress is not None:
            self._progress(done, max(self._total, done), what)


def fetch_missing(
    missing: Mapping[Path, LockedJar], progress: Progress | None = None, env: Mapping[str, str] | None = None,
) -> None:
    """Downloads each jar to its path and checks it.

    :raises Failure: where one can't be had, or its bytes are not those of the lock.
    """
    meter = Meter(sum(jar.size for jar in missing.values()), progress)
    bases = maven_repositories(env)
    with client() as http, ThreadPoolExecutor(PARALLEL, thread_name_prefix="fetch") as pool:
        for future in [pool.submit(_fetch, http, bases, jar, path, meter) for path, jar in missing.items()]:
            future.result()


def lock_missing(
    missing: Iterable[Coordinate], progress: Progress | None = None, env: Mapping[str, str] | None = None,
) -> dict[Coordinate, tuple[str, int]]:
    """Downloads jars whose hash nobody knows yet; returns SHA-256 and size of each.

    :raises Failure: where one can't be had.
    """
    meter = Meter(0, progress)
    with client() as http, ThreadPoolExecutor(PARALLEL, thread_name_prefix="lock") as pool:
        futures = {c: pool.submit(_lock_one, http, c, meter, env) for c in missing}
        return {c: future.result() for c, future in futures.items()}


def _fetch(http: httpx.Client, bases: tuple[str, ...], jar: LockedJar, path: Path, meter: Meter) -> None:
    partial = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(path.with_name(path.name + ".lock"), timeout=600):
            if is_cached(path, jar.size):
                meter.add(jar.size, jar.file_name)
                return
            _from_first(http, bases, jar, partial, meter)
            found = sha256_of(partial)
            if found != jar.sha256:
                partial.unlink()
                raise Failure(
                    f"{jar.coordinate} is not the file of the lock (SHA-256 {found[:12]}, locked {jar.sha256[:12]}): "
                    "the repository serves another file; don't use it before you know why")
            os.replace(partial, path)
    except OSError as problem:
        raise disk_failure(problem, path.parent) from None


def _from_first(http: httpx.Client, bases: tuple[str, ...], jar: LockedJar, partial: Path, meter: Meter) -> None:
    for number, base in enumerate(bases):
        try:
            download(http, f"{base}/{repository_path(jar.coordinate)}", partial,
                     lambda n: meter.add(n, jar.file_name), jar.size)
            return
        except NotThere:
            if number == len(bases) - 1:
                raise


def _lock_one(http: httpx.Client, coordinate: Coordinate, meter: Meter, env: Mapping[str, str] | None) -> tuple[str, int]:
    folder, name = cache_folder(env), file_name(coordinate)
    partial = folder / "new" / coordinate.group / f"{name}.part"
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(partial.with_name(name + ".lock"), timeout=600):
            base = _download(http, coordinate, partial, meter, env)
            _check_sha1(http, f"{base}/{repository_path(coordinate)}", partial)
            sha256, size = sha256_of(partial), partial.stat().st_size
            path = cached_path(folder, sha256, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(partial, path)
            return sha256, size
    except OSError as problem:
        raise disk_failure(problem, partial.parent) from None


def _download(
    http: httpx.Client, coordinate: Coordinate, partial: Path, meter: Meter, env: Mapping[str, str] | None,
) -> str:
    problem: NotThere | None = None
    for base in maven_repositories(env):
        try:
            download(http, f"{base}/{repository_path(coordinate)}", partial, lambda n: meter.add(n, file_name(coordinate)))
            return base
        except NotThere as missing:
            problem = missing
    raise Failure(f"no repository has {coordinate} ({problem}): check the coordinate, or set FLINKSQL_MAVEN_MIRROR")


def _check_sha1(http: httpx.Client, url: str, partial: Path) -> None:
    """A file that the network damaged must not be locked; a repository without checksums is taken as it is."""
    try:
        answer = http.get(f"{url}.sha1")
    except httpx.HTTPError:
        return
    words = answer.text.split()
    if answer.status_code != 200 or not words or len(words[0]) != 40:
        return
    found = hashlib.sha1(partial.read_bytes(), usedforsecurity=False).hexdigest()
    if found != words[0].lower():
        partial.unlink()
        raise Failure(f"{url.rsplit('/', 1)[1]} came damaged (SHA-1 {found[:12]}, published {words[0][:12]}): try again")
