"""The runtime dependencies of a Maven artifact, for the few jars that are not self-contained."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import requests
from jgo.maven import MavenContext

from flinksql_runner.deps.cache import cache_folder
from flinksql_runner.deps.registries import maven_repositories
from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.values import Coordinate


def runtime_closure(
    roots: Iterable[Coordinate], exclude: Iterable[str] = (), env: Mapping[str, str] | None = None,
) -> tuple[Coordinate, ...]:
    """The roots and all that they need at run time, without ``exclude`` (``group:artifact``), sorted.

    :raises Failure: where a POM can't be read.
    """
    env = os.environ if env is None else env
    repositories = {f"r{n}": base for n, base in enumerate(maven_repositories(env))}
    context = MavenContext(repo_cache=cache_folder(env) / "poms", remote_repos=repositories, timeout=30)
    roots = tuple(roots)
    excluded = [context.project(*name.split(":")) for name in exclude]
    dependencies = [context.create_dependency(str(root), excluded) for root in roots]
    try:
        _, found = context.resolver.resolve(dependencies)
    except (RuntimeError, ValueError, OSError, requests.RequestException) as problem:
        raise Failure(f"can't resolve what {', '.join(map(str, roots))} needs ({problem})") from None
    needed = {
        Coordinate(d.groupId, d.artifactId, d.version, d.classifier or "") for d in found if d.scope in ("compile", "runtime")
    }
    skip = set(exclude)
    return tuple(sorted({*roots, *(c for c in needed if f"{c.group}:{c.artifact}" not in skip)}, key=str))
