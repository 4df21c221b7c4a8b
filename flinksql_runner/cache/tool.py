"""Who is asking: results of another version of the tool, of Python or of a library are no results."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

LIBRARIES = ("sqlglot", "jinja2", "yaml", "msgspec")


@cache
def fingerprint() -> str:
    """A word that changes with every file of the tool, with Python, and with the libraries that results hang on.

    Files are told by size and time: who works on the tool itself has another one with each save. Asked once in a process, whose
    code stays what it was when it was loaded.
    """
    digest = hashlib.blake2b(sys.version.encode(), digest_size=16)
    for line in _files(Path(__file__).resolve().parents[1]):
        digest.update(line.encode())
    for name in LIBRARIES:
        found = find_spec(name)
        origin = found.origin if found is not None else None
        if origin is not None:
            digest.update("".join(sorted(_files(Path(origin).parent, deep=False))).encode())
    return digest.hexdigest()


def _files(folder: Path, deep: bool = True) -> Iterator[str]:
    entries = sorted(os.scandir(folder), key=lambda e: e.name)
    for entry in entries:
        if entry.is_dir():
            if deep and entry.name != "__pycache__":
                yield from _files(Path(entry.path))
        elif entry.name.endswith((".py", ".so", ".json", ".yml", ".txt", ".tsv", ".csv")):
            found = entry.stat()
            yield f"{entry.path}\0{found.st_size}\0{found.st_mtime_ns}\n"
