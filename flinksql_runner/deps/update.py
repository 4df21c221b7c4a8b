"""Brings ``flinksql.lock`` in line with what the project needs, and its files into the cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flinksql_runner.deps.assets import lock_assets
from flinksql_runner.deps.factories import clashes
from flinksql_runner.deps.fetch import cached_jars, fetch_jars
from flinksql_runner.deps.lockfile import read_lock, write_lock
from flinksql_runner.deps.locking import lock_jars
from flinksql_runner.deps.resolve import resolve
from flinksql_runner.deps.values import Lock, LockedJar, Need, Progress
from flinksql_runner.diagnostics import Diagnostic, has_errors
from flinksql_runner.project.values import Coordinate, Dependencies


@dataclass(frozen=True, slots=True)
class Updated:
    """The lock as it is now, its jars in the cache, what is wrong, and whether the file changed.

    Where ``diagnostics`` has errors ``lock`` is the old one (or an empty one) and nothing was written.
    """

    lock: Lock
    jars: Mapping[Coordinate, Path]
    diagnostics: tuple[Diagnostic, ...] = ()
    changed: bool = False


def update(
    root: Path, needs: Iterable[Need], dependencies: Dependencies, flink_version: str, *,
    progress: Progress | None = None, upgrade: bool = False, env: Mapping[str, str] | None = None,
) -> Updated:
    """Resolves, downloads what is new, checks for two providers of one factory, writes ``flinksql.lock``.

    A jar that is locked keeps its hash unless ``upgrade``. Without anything new no network is asked.

    :raises Failure: where a file can't be had or written.
    """
    old = read_lock(root) or Lock(flink_version)
    wanted, diagnostics = resolve(needs, dependencies, flink_version)
    if has_errors(diagnostics):
        return Updated(old, {}, diagnostics)
    jars = lock_jars(wanted, () if upgrade else old.jars, progress, env)
    paths = fetch_jars(jars, progress, env)
    diagnostics += clashes(paths)
    if has_errors(diagnostics):
        return Updated(old, {}, diagnostics)
    assets = lock_assets(dependencies.assets, () if upgrade else old.assets, env)
    lock = Lock(flink_version, jars, assets)
    return Updated(lock, paths, diagnostics, write_lock(root, lock))


def jars_of(
    lock: Lock, needs: Iterable[Need], dependencies: Dependencies, *, progress: Progress | None = None,
    env: Mapping[str, str] | None = None,
) -> tuple[tuple[Path, ...] | None, tuple[Diagnostic, ...]]:
    """The files of the jars that these needs (of one job, of one node) ask for, in a fixed order.

    None where the lock has not all of them: call ``update`` first. Quick where all is cached.
    """
    wanted, diagnostics = resolve(needs, dependencies, lock.flink_version)
    locked = {jar.coordinate: jar for jar in lock.jars}
    if has_errors(diagnostics) or not set(wanted) <= set(locked):
        return None, diagnostics
    chosen: list[LockedJar] = [locked[c] for c in sorted(wanted, key=str)]
    paths = cached_jars(chosen, env) or fetch_jars(chosen, progress, env)
    return tuple(paths[jar.coordinate] for jar in chosen), diagnostics
