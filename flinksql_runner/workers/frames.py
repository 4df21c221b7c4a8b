"""Messages between two processes over a pair of sockets: four bytes of length, then the bytes."""

from __future__ import annotations

import select
import socket
import struct
from collections.abc import Iterator

_HEAD = struct.Struct("<I")
_PART = 1 << 16


class Closed(Exception):
    """The other process has ended."""


class Pipe:
    """The end of a helper: it does nothing but wait, work and answer, so it may block."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def send(self, message: bytes) -> None:
        """Sends one message.

        :raises Closed: where nobody reads it.
        """
        try:
            self._end.sendall(_HEAD.pack(len(message)) + message)
        except OSError:
            raise Closed from None

    def receive(self) -> bytes:
        """The next message.

        :raises Closed: where none will come.
        """
        (length,) = _HEAD.unpack(self._exactly(_HEAD.size))
        return self._exactly(length)

    @property
    def has_more(self) -> bool:
        """Whether a message is there, or the beginning of one, or the end of all."""
        return bool(select.select([self._end], [], [], 0)[0])

    def _exactly(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            try:
                got = self._end.recv(min(_PART, count - len(parts)))
            except OSError:
                raise Closed from None
            if not got:
                raise Closed
            parts += got
        return bytes(parts)


class Line:
    """The end of the process that leads: it never blocks while it sends, so two that send at once don't wait for each other."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end
        self._out, self._in = bytearray(), bytearray()

    def send(self, message: bytes) -> None:
        """Takes one message; what the other process has no room for is sent later (see ``messages``)."""
        self._out += _HEAD.pack(len(message)) + message
        self._push()

    def messages(self, wait: bool) -> Iterator[bytes]:
        """All messages that are there; with ``wait`` at least one.

        :raises Closed: where the other process has ended.
        """
        found = False
        while True:
            self._push()
            self._pull()
            while (message := self._next()) is not None:
                found = True
                yield message
            if found or not wait:
                return
            select.select([self._end], [self._end] if self._out else [], [])

    def fileno(self) -> int:
        """For ``select``."""
        return self._end.fileno()

    @property
    def is_full(self) -> bool:
        """Whether something waits for room at the other end."""
        return bool(self._out)

    def close(self) -> None:
        """Tells the other process that nothing more comes."""
        self._end.close()

    def _push(self) -> None:
        while self._out:
            try:
                sent = self._end.send(self._out)
            except BlockingIOError:
                return
            except OSError:
                raise Closed from None
            del self._out[:sent]

    def _pull(self) -> None:
        while True:
            try:
                got = self._end.recv(_PART)
            except BlockingIOError:
                return
            except OSError:
                raise Closed from None
            if not got:
                raise Closed
            self._in += got
            if len(got) < _PART:
                return

    def _next(self) -> bytes | None:
        if len(self._in) < _HEAD.size:
            return None
        (length,) = _HEAD.unpack_from(self._in)
        end = _HEAD.size + length
        if len(self._in) < end:
            return None
        message = bytes(self._in[_HEAD.size:end])
        del self._in[:end]
        return message
