"""Writes flinksql_runner/dashboard/assets.lock: what the page loads of other people's work. Run it when a version changes."""

from __future__ import annotations

import os

from flinksql_runner.dashboard.assets import ASSETS_LOCK
from flinksql_runner.deps.assets import lock_assets
from flinksql_runner.deps.lockfile import render_lock
from flinksql_runner.deps.values import Lock
from flinksql_runner.project.values import AssetSpec

FLINK = "2.3.0"
# charts: 42 kB compressed, where ECharts has 370 kB; it draws a new chart in a few milliseconds
UPLOT = ("uplot", "1.6.32", "MIT")
# borders of countries after Natural Earth (public domain), and the reader of their format
ATLAS = ("world-atlas", "2.0.2", "ISC")
TOPOJSON = ("topojson-client", "3.1.0", "ISC")
# one typeface on every screen, with figures of equal width
INTER = ("@fontsource-variable/inter", "5.3.0", "OFL-1.1")
WANTED = (
    (UPLOT, "dist/uPlot.esm.js"), (UPLOT, "dist/uPlot.min.css"), (ATLAS, "countries-110m.json"),
    (TOPOJSON, "dist/topojson-client.min.js"), (INTER, "files/inter-latin-wght-normal.woff2"),
)


def main() -> None:
    """Downloads, hashes, writes beside and renames."""
    specs = [
        AssetSpec(file.rsplit("/", 1)[-1], "npm", package, version, file, licence)
        for (package, version, licence), file in WANTED
    ]
    lock = Lock(FLINK, (), lock_assets(specs))
    beside = ASSETS_LOCK.with_suffix(".new")
    beside.write_text(render_lock(lock), encoding="utf-8")
    os.replace(beside, ASSETS_LOCK)
    print(f"{len(lock.assets)} assets, {sum(asset.size for asset in lock.assets) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
