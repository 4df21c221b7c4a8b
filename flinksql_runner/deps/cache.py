"""The user's cache of downloaded files, addressed by their SHA-256, shared by all projects."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from flinksql_runner.diagnostics import Failure


def cache_folder(env: Mapping[str, str] | None = None) -> Path:
    """``FLINKSQL_CACHE`` or the user's cache folder of the platform; it may not exist yet."""
    given = (os.environ if env is None else env).get("FLINKSQL_CACHE")
    return Path(given).expanduser() if given else platformdirs.user_cache_path("flinksql", appauthor=False)


def cached_path(folder: Path, sha256: str, name: str) -> Path:
    """Where a file of this content stands; it keeps its own name, for logs and class paths."""
    return folder / "files" / sha256[:2] / sha256 / name


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def is_cached(path: Path, size: int) -> bool:
    """Whether the file is there in full; its content was checked when it came in (it is renamed in only then)."""
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def disk_failure(problem: OSError, folder: Path) -> Failure:
    """An error of the file system as a sentence."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure(f"no space left in {folder}: free some, or set FLINKSQL_CACHE to a folder on another disk")
    return Failure(f"can't write in {folder} ({os.strerror(problem.errno or 0)}): set FLINKSQL_CACHE to a folder that you own")
