"""The key that signs caches: random, made once, readable by its user alone, outside of all projects."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import platformdirs

NAME = "cache.key"
_BYTES = 32


def seal(env: Mapping[str, str]) -> bytes | None:
    """The key of this user, made if there is none; None where it can't be had or others could have written it."""
    given = env.get("FLINKSQL_CACHE")
    folder = Path(given).expanduser() if given else platformdirs.user_cache_path("flinksql", appauthor=False)
    path = folder / NAME
    try:
        return _read(path) or _make(path)
    except OSError:
        return None


def _read(path: Path) -> bytes | None:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        mine = found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o077
        key = file.read(_BYTES + 1)
    if not mine or len(key) != _BYTES:
        raise PermissionError(path)
    return key


def _make(path: Path) -> bytes | None:
    """A new key, moved to its place in one step; where another process was quicker its key is taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{NAME}.{secrets.token_hex(8)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        with suppress(FileExistsError):
            os.link(partial, path)
    finally:
        partial.unlink()
    return _read(path)
