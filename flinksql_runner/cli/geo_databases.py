"""The databases of addresses that a project locks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flinksql_runner.deps.assets import fetch_assets
from flinksql_runner.deps.lockfile import read_lock
from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.values import Project


def geo_databases(project: Project) -> Sequence[Path]:
    """Its locked files in MaxMind's format, downloaded where they are missing; or the one that it holds itself in udfs/assets.

    :raises Failure: where it has none.
    """
    own = project.root / "udfs" / "assets" / "geo.mmdb"
    if own.is_file():
        return (own,)
    lock = read_lock(project.root)
    wanted = [asset for asset in (lock.assets if lock is not None else ()) if asset.name.endswith(".mmdb")]
    if not wanted:
        raise Failure("the project has no database of addresses: name one under dependencies.assets in project.yml, and run "
                      "`flinksql deps`")
    return tuple(fetch_assets(wanted, project.env).values())
