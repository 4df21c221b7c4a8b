"""How far each file was sent: one small JSON file, replaced as a whole and brought to the disk before anything counts as sent."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from flinksql_runner.collect.identity import Identity, Readable, digest
from flinksql_runner.diagnostics import Failure

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one file was sent.

    ``path`` is its name when it was found, which later messages keep; ``seen`` is when it was last there, in seconds of the
    epoch; ``tail`` is the digest of the ``tail_bytes`` bytes before the offset. ``is_done``: it was renamed or packed, and read
    to its end.
    """

    identity: Identity
    path: str
    offset: int
    seen: float
    tail: str = ""
    tail_bytes: int = 0
    is_done: bool = False

    def is_of(self, stream: Readable) -> bool:
        """Whether a file begins as this one did and has the same bytes before the offset: it is this one, or a copy."""
        if not self.identity.is_head_of(stream):
            return False
        before = digest(stream, self.tail_bytes, self.offset - self.tail_bytes) if self.tail_bytes else ("", 0)
        return before == (self.tail if self.tail_bytes else "", self.tail_bytes)


@dataclass(frozen=True, slots=True)
class State:
    """All marks, and when the first run began, in seconds of the epoch; None before it."""

    marks: tuple[Mark, ...] = ()
    began: float | None = None


def load(path: Path) -> State:
    """The state of an earlier run; an empty one where there was none.

    :raises Failure: where the file is there and can't be understood: to begin anew would send everything again.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return State()
    except OSError as problem:
        raise Failure(f"the offsets in {path} can't be read ({os.strerror(problem.errno or 0).lower()}).") from None
    try:
        value = json.loads(text)
        if value["version"] != _VERSION:
            raise Failure(f"the offsets in {path} are another version's; move the file away to send all lines again.")
        marks = tuple(Mark(Identity(**entry.pop("identity")), **entry) for entry in value["files"])
        return State(marks, float(value["began"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Failure(f"the offsets in {path} are damaged; move the file away to send all lines again.") from None


def save(path: Path, state: State) -> None:
    """Replaces the state; it is on the disk when this returns.

    :raises Failure: where they can't be written: going on would send lines twice after the next start.
    """
    told = {"version": _VERSION, "began": state.began, "files": [asdict(m) for m in state.marks]}
    text = json.dumps(told, separators=(",", ":"))
    handle, name = -1, ""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, path)
        _sync_folder(path.parent)
    except OSError as problem:
        with suppress(OSError):
            os.unlink(name)
        raise Failure(f"the offsets can't be written to {path} ({os.strerror(problem.errno or 0).lower()}): make room, or name "
                      "another folder with --state.") from None


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not every file system lets a folder be synchronised
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
