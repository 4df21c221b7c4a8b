"""What the page loads of other people's work: chart library, map, typeface; locked with this version, fetched once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flinksql_runner.deps.assets import fetch_assets
from flinksql_runner.deps.lockfile import parse_lock
from flinksql_runner.deps.values import LockedAsset

ASSETS_LOCK = Path(__file__).with_name("assets.lock")


def locked_assets() -> tuple[LockedAsset, ...]:
    """The assets as this version locks them."""
    return parse_lock(ASSETS_LOCK.read_text(encoding="utf-8")).assets


def asset_files(env: Mapping[str, str] | None = None) -> Mapping[str, Path]:
    """File names (as the page asks for them below ``lib/``) and where they lie; fetches what the cache lacks.

    :raises Failure: where an asset can't be had; it tells the way out.
    """
    return fetch_assets(locked_assets(), env)
