"""Which files there are and whether they are as they were, without reading them where that is safe.

A file counts as unchanged if its size, times and number on the disk are the same. That is not safe for one that was written just
before it was looked at: it may have been written again within the same tick of the clock (git calls its index racy then). So a
file that young is told by its content.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

YOUNG = 2_000_000_000
"""Nanoseconds: the coarsest clock of the file systems in use (FAT) ticks once in two seconds."""

Stamp = tuple[int | str, ...]
"""Size, times of content and of entry in ns, number; the digest of the content of a young file; empty for a folder or nothing."""


def survey(root: Path, folders: Iterable[str], files: Iterable[Path], now: int) -> dict[str, Stamp]:
    """All files below ``folders`` (relative to ``root``, hidden ones left out), and ``files``, each with its stamp.

    ``now`` is the time in ns since the epoch at which the survey began.
    """
    found: dict[str, Stamp] = {}
    for folder in folders:
        _walk(root / folder, folder, found, now, set())
    for file in files:
        found[str(file)] = _stamp(file, now)
    return found


def same(root: Path, before: Mapping[str, Stamp], now: Mapping[str, Stamp]) -> bool:
    """Whether nothing changed between two surveys."""
    if before.keys() != now.keys():
        return False
    return all(stamp == now[path] or _same_content(root / path, stamp) for path, stamp in before.items())


def _walk(folder: Path, relative: str, found: dict[str, Stamp], now: int, above: set[str]) -> None:
    try:
        real = os.path.realpath(folder)
        entries = list(os.scandir(folder))
    except OSError:
        return
    if real in above:
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        child = f"{relative}/{entry.name}"
        try:
            if entry.is_dir():
                found[child] = ()
                _walk(folder / entry.name, child, found, now, above | {real})
            else:
                found[child] = _of(entry.stat(), Path(entry.path), now)
        except OSError:
            found[child] = ("unreadable",)


def _stamp(file: Path, now: int) -> Stamp:
    try:
        return _of(file.stat(), file, now)
    except OSError:
        return ()


def _of(found: os.stat_result, file: Path, now: int) -> Stamp:
    if max(found.st_mtime_ns, found.st_ctime_ns) > now - YOUNG:
        return (_content(file),)
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _same_content(file: Path, stamp: Stamp) -> bool:
    return len(stamp) == 1 and isinstance(stamp[0], str) and stamp[0] == _content(file)


def _content(file: Path) -> str:
    try:
        return hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return "unreadable"
