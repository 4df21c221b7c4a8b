"""``flinksql.lock``: read and written; and the lock of the engine's own jars inside the package."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from flinksql_runner.deps.values import Lock, LockedAsset, LockedJar, parse_coordinate
from flinksql_runner.diagnostics import Failure

LOCK_NAME = "flinksql.lock"
ENGINE_LOCK = Path(__file__).with_name("engine.lock")
_VERSION = 1


def read_lock(root: Path) -> Lock | None:
    """The project's lock, or None where there is none yet.

    :raises Failure: where the file is not a lock that this version reads.
    """
    path = root / LOCK_NAME
    return parse_lock(path.read_text(encoding="utf-8")) if path.is_file() else None


def engine_lock() -> Lock:
    """The jars that the tool itself needs to run services (gateway, Kafka's broker), as locked with this version."""
    return parse_lock(ENGINE_LOCK.read_text(encoding="utf-8"))


def engine_jars(part: str) -> tuple[LockedJar, ...]:
    """The jars of the engine's lock that are there for ``part`` (``gateway``, ``kafka``)."""
    return tuple(jar for jar in engine_lock().jars if part in jar.provides)


def write_lock(root: Path, lock: Lock) -> bool:
    """Writes the lock if it differs; the same lock gives the same bytes. Returns whether the file changed."""
    path, text = root / LOCK_NAME, render_lock(lock)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    beside = path.with_name(f".{LOCK_NAME}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise Failure(f"can't write {path} ({os.strerror(problem.errno or 0)})") from None
    return True


def render_lock(lock: Lock) -> str:
    """The lock as JSON text, one entry a line group, sorted."""
    jars = [
        {"coordinate": str(jar.coordinate), "provides": sorted(jar.provides), "sha256": jar.sha256, "size": jar.size}
        for jar in sorted(lock.jars, key=lambda j: str(j.coordinate))
    ]
    assets = [
        {name: getattr(asset, name) for name in LockedAsset.__slots__ if getattr(asset, name) != ""}
        for asset in sorted(lock.assets, key=lambda a: a.name)
    ]
    content = {"version": _VERSION, "flink": lock.flink_version, "jars": jars, "assets": assets}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def parse_lock(text: str) -> Lock:
    """A lock from its text.

    :raises Failure: where the text is no such lock.
    """
    try:
        content: dict[str, Any] = json.loads(text)
        if content["version"] != _VERSION:
            raise Failure(f"{LOCK_NAME} is of version {content['version']}, this flinksql reads {_VERSION}: update flinksql")
        jars = tuple(
            LockedJar(parse_coordinate(j["coordinate"]), str(j["sha256"]), int(j["size"]), tuple(j.get("provides", ())))
            for j in content["jars"]
        )
        return Lock(str(content["flink"]), jars, tuple(LockedAsset(**asset) for asset in content.get("assets", ())))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise Failure(f"{LOCK_NAME} can't be read ({problem}): delete it and run `flinksql deps`") from None
