"""Locked files into the cache: in parallel, checked, without the network where they are there already."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import filelock
import httpx

from flinksql_runner.deps.cache import cache_folder, cached_path, is_cached, sha256_of
from flinksql_runner.deps.download import NotThere, client, disk_failure, download
from flinksql_runner.deps.registries import maven_repositories
from flinksql_runner.deps.values import LockedJar, Progress, repository_path
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


def cached_jars(jars: Iterable[LockedJar], env: Mapping[str, str] | None = None) -> Mapping[Coordinate, Path] | None:
    """The paths of all these jars if every one is in the cache, else None; asks no network, loads no HTTP client."""
    folder = cache_folder(env)
    paths = {jar.coordinate: cached_path(folder, jar.sha256, jar.file_name) for jar in jars}
    sizes = {jar.coordinate: jar.size for jar in jars}
    return paths if all(is_cached(path, sizes[c]) for c, path in paths.items()) else None


def fetch_jars(
    jars: Iterable[LockedJar], progress: Progress | None = None, env: Mapping[str, str] | None = None,
) -> Mapping[Coordinate, Path]:
    """Every jar's path in the cache, after downloading and checking those that are missing.

    :raises Failure: where one can't be had, or its bytes are not those of the lock.
    """
    wanted = {jar.coordinate: jar for jar in jars}
    folder = cache_folder(env)
    paths = {c: cached_path(folder, jar.sha256, jar.file_name) for c, jar in wanted.items()}
    missing = [jar for c, jar in wanted.items() if not is_cached(paths[c], jar.size)]
    if missing:
        meter = Meter(sum(jar.size for jar in missing), progress)
        bases = maven_repositories(env)
        with client() as http, ThreadPoolExecutor(PARALLEL, thread_name_prefix="fetch") as pool:
            for future in [pool.submit(_fetch, http, bases, jar, paths[jar.coordinate], meter) for jar in missing]:
                future.result()
    return paths


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
