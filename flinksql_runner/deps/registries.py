"""Where packages come from: a mirror of the environment, else what the registries' own client libraries know."""

from __future__ import annotations

import os
from collections.abc import Mapping

from jgo.maven import MavenContext


def maven_repositories(env: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Base addresses of Maven repositories, without a slash at the end, in the order in which they are asked.

    ``FLINKSQL_MAVEN_MIRROR`` (one or more, separated by blanks) replaces the default one.
    """
    given = (os.environ if env is None else env).get("FLINKSQL_MAVEN_MIRROR", "").split()
    return tuple(base.rstrip("/") for base in given or MavenContext().remote_repos.values())
