"""Brings data files of the dashboards' page and of this project's functions into the cache; silent where all is there."""

from __future__ import annotations

import sys
from pathlib import Path

from flinksql_runner.dashboard.assets import locked_assets
from flinksql_runner.deps.assets import fetch_assets, missing_assets
from flinksql_runner.deps.cache import cache_folder
from flinksql_runner.deps.lockfile import read_lock
from flinksql_runner.diagnostics import Failure

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Returns 0, or 2 with one sentence."""
    try:
        lock = read_lock(ROOT)
        missing = missing_assets((*locked_assets(), *(lock.assets if lock else ())))
        if missing:
            sizes = {(a.package, a.version): a.archive_size for a in missing}
            print(f"fetching {len(missing)} data files ({sum(sizes.values()) / 1e6:.0f} MB) into {cache_folder()}",
                  file=sys.stderr)
            fetch_assets(missing)
    except Failure as failure:
        print(f"make setup: {failure}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
