"""A coordinate into a locked jar: download it once, check it against the repository's own checksum, and hash it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import filelock
import httpx

from flinksql_runner.deps.cache import cache_folder, cached_path, sha256_of
from flinksql_runner.deps.download import NotThere, client, disk_failure, download
from flinksql_runner.deps.fetch import PARALLEL, Meter
from flinksql_runner.deps.registries import maven_repositories
from flinksql_runner.deps.values import LockedJar, Progress, file_name, repository_path
from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.values import Coordinate


def lock_jars(
    wanted: Mapping[Coordinate, Iterable[str]], known: Iterable[LockedJar] = (), progress: Progress | None = None,
    env: Mapping[str, str] | None = None,
) -> tuple[LockedJar, ...]:
    """Locks each coordinate of ``wanted`` (its values say what it provides); what ``known`` has locked keeps its hash.

    :raises Failure: where a jar can't be had.
    """
    by_coordinate = {jar.coordinate: jar for jar in known}
    missing = [c for c in wanted if c not in by_coordinate]
    hashes = {c: (jar.sha256, jar.size) for c, jar in by_coordinate.items()}
    if missing:
        meter = Meter(0, progress)
        with client() as http, ThreadPoolExecutor(PARALLEL, thread_name_prefix="lock") as pool:
            futures = {c: pool.submit(_lock_one, http, c, meter, env) for c in missing}
            hashes |= {c: future.result() for c, future in futures.items()}
    jars = (LockedJar(c, *hashes[c], tuple(sorted(set(provides)))) for c, provides in wanted.items())
    return tuple(sorted(jars, key=lambda jar: str(jar.coordinate)))


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
