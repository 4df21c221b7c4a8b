"""Which file is which: a name may stand for another file tomorrow, and a number of the disk may be given again."""

from __future__ import annotations

import gzip
import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

HEAD = 256
"""Bytes at the start of a file by which it is known; of a shorter file all that it has."""


class Readable(Protocol):
    """What is needed of an open file."""

    def read(self, size: int = -1, /) -> bytes:
        """Bytes from where it stands."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Stands elsewhere then."""

    def fileno(self) -> int:
        """The number of the open file."""

    def close(self) -> None:
        """Lets it go."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a file from others on this machine.

    ``device`` and ``inode`` are those of the disk; both may be used again once a file is gone, hence ``head``, the BLAKE2b
    digest of its first ``head_bytes`` bytes (at most HEAD). ``born`` is when the collector found it, in milliseconds of the
    epoch; a file that was emptied in place is found anew.
    """

    device: int
    inode: int
    head: str
    head_bytes: int
    born: int

    @property
    def name(self) -> str:
        """A short name for messages. It stays the same when the file is renamed or packed, and while it grows."""
        return f"{self.inode:x}-{self.born:x}"

    @property
    def place(self) -> tuple[int, int]:
        """Where it is on the disk."""
        return self.device, self.inode

    def grown(self, stream: Readable) -> Identity:
        """The same with as much of its head as there is now."""
        if self.head_bytes >= HEAD:
            return self
        head, length = digest(stream)
        return replace(self, head=head, head_bytes=length)

    def is_head_of(self, stream: Readable) -> bool:
        """Whether a file begins with the bytes that this one began with; true of one that was empty."""
        return digest(stream, self.head_bytes) == (self.head, self.head_bytes)


def digest(stream: Readable, most: int = HEAD, at: int = 0) -> tuple[str, int]:
    """The digest of some of a stream's bytes, and how many they were. The stream stands behind them then."""
    stream.seek(at)
    data = stream.read(most)
    return digest_of(data), len(data)


def digest_of(data: bytes) -> str:
    """The digest of bytes."""
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def identity_of(stream: Readable, born: int) -> Identity:
    """The identity of an open file.

    :raises OSError: where it can't be read.
    """
    there = os.fstat(stream.fileno())
    return Identity(there.st_dev, there.st_ino, *digest(stream), born)


def opened(path: Path) -> Readable:
    """Opens a file to be read, through gzip where its name ends in ``.gz``.

    :raises OSError: where it is not there or can't be read.
    """
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    return path.open("rb", buffering=0)  # a buffer would give bytes that were there before the file was emptied
