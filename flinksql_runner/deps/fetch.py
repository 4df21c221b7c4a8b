"""Locked jars as files: out of the cache, and from the network where they are not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from flinksql_runner.deps.cache import cache_folder, cached_path, is_cached
from flinksql_runner.deps.values import LockedJar, Progress
from flinksql_runner.project.values import Coordinate


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
    missing = {paths[c]: jar for c, jar in wanted.items() if not is_cached(paths[c], jar.size)}
    if missing:
        from flinksql_runner.deps.transfer import fetch_missing  # the one door to the network: mostly all is cached

        fetch_missing(missing, progress, env)
    return paths
