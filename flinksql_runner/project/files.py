"""Files that the tool writes: whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from flinksql_runner.diagnostics import Failure

_SAID = {
    "ENOSPC": "there is no space left on the device; make room and run again",
    "EDQUOT": "the disk quota is used up; make room and run again",
    "EACCES": "permission denied; make the folder writable, or name another with --target-path",
    "EPERM": "permission denied; make the folder writable, or name another with --target-path",
    "EROFS": "the file system is read-only; name another folder with --target-path",
    "ENOTDIR": "a part of its path is a file, not a folder; move that file away",
    "EEXIST": "a part of its path is a file, not a folder; move that file away",
    "EISDIR": "a folder of that name stands there; move it away",
}


def write_text_atomic(path: Path, text: str, mode: int = 0o644) -> bool:
    """Writes a file beside its place and moves it there, so that nobody sees half of it; True where its content changed.

    A file that holds the same text already stays untouched (its time too), unless its permissions are others than ``mode``
    (which is cut by the process's umask). Folders above it are made. The file is never, not for a moment, readable by more
    than ``mode`` allows.

    :raises Failure: where the disk is full, the folder can't be written, or the like.
    """
    data = text.encode()
    try:
        if _same(path, data, mode):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data, mode)
    except OSError as failed:
        raise Failure(f"Can't write {path}: {explain(failed)}.") from failed
    return True


def explain(failed: OSError) -> str:
    """What an error of the file system means for the user, as the end of a sentence without its full stop."""
    name = os.strerror(failed.errno).lower() if failed.errno else str(failed)
    code = next((c for c in _SAID if getattr(errno, c, None) == failed.errno), None)
    return _SAID[code] if code else name


def _same(path: Path, data: bytes, mode: int) -> bool:
    if path.is_symlink() or not path.is_file() or (path.stat().st_mode & 0o077) & ~mode:
        return False
    return path.stat().st_size == len(data) and path.read_bytes() == data


def _replace(path: Path, data: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, mode & ~umask)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
