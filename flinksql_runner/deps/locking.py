"""A coordinate into a locked jar: download it once, check it against the repository's own checksum, and hash it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flinksql_runner.deps.values import LockedJar, Progress
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
        from flinksql_runner.deps.transfer import lock_missing  # the one door to the network: mostly all is locked

        hashes |= lock_missing(missing, progress, env)
    jars = (LockedJar(c, *hashes[c], tuple(sorted(set(provides)))) for c, provides in wanted.items())
    return tuple(sorted(jars, key=lambda jar: str(jar.coordinate)))
