"""Complete lines of one open file, with their offsets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flinksql_runner.collect.identity import HEAD, Readable

BLOCK = 1 << 18
LONGEST = 900_000
"""Bytes of a line that are sent; the rest of a longer one is left out (Kafka's brokers take messages of 1 MB)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end. ``offset`` is where it begins in the file, ``end`` where the next one does.

    ``is_cut``: it was longer than LONGEST. ``is_open``: it had no end, and nothing more will come.
    """

    offset: int
    end: int
    data: bytes
    is_cut: bool = False
    is_open: bool = False


class Lines:
    """Reads a file from an offset on, block by block; what stands behind the last end of a line waits for its rest."""

    def __init__(self, stream: Readable, offset: int) -> None:
        self._stream = stream
        self.offset = offset
        """Where the first byte stands that has not been given yet."""
        self.tail = b""
        """The last bytes before it, at most HEAD."""
        self._rest = bytearray()
        self._skipped = 0  # bytes of a line that is too long, read and let go

    @property
    def waiting(self) -> int:
        """Bytes that were read and are no whole line yet."""
        return len(self._rest) + self._skipped

    def read(self, most: int) -> Iterator[Line]:
        """Whole lines of about so many bytes; none where the file has no more of them yet."""
        left = most
        while left > 0:
            self._stream.seek(self.offset + self.waiting)
            block = self._stream.read(min(BLOCK, left))
            if not block:
                return
            left -= len(block)
            yield from self._cut(block)

    def close(self) -> Iterator[Line]:
        """What stands without an end at the end of a file that nobody writes any more."""
        if self.waiting:
            line = Line(self.offset, self.offset + self.waiting, bytes(self._rest), bool(self._skipped), is_open=True)
            self.offset, self.tail = line.end, (self.tail + line.data)[-HEAD:]
            self._rest.clear()
            self._skipped = 0
            yield line

    def _cut(self, block: bytes) -> Iterator[Line]:
        *whole, rest = block.split(b"\n")
        if whole:
            self.tail = (self.tail + bytes(self._rest[-HEAD:]) + block[:len(block) - len(rest)])[-HEAD:]
        for part in whole:
            first, skipped = bool(self._rest or self._skipped), self._skipped
            data = bytes(self._rest) + part if first else part
            self._rest.clear()
            self._skipped = 0
            end = self.offset + len(data) + skipped + 1
            is_cut = skipped > 0 or len(data) > LONGEST
            yield Line(self.offset, end, data[:LONGEST].rstrip(b"\r"), is_cut)
            self.offset = end
        self._rest += rest
        if len(self._rest) > LONGEST:
            self._skipped += len(self._rest) - LONGEST
            del self._rest[LONGEST:]
