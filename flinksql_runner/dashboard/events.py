"""Server-sent events: made and compressed once, however many viewers get them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Begins a gzip stream. What follows are pieces that each stand for themselves (a compressor of its own, flushed), so the same
piece can be put into every viewer's stream."""
HEARTBEAT = ": \n\n"
RETRY = "retry: 2000\n\n"


def packed(data: bytes) -> bytes:
    """A piece of a gzip stream."""
    squeezer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return squeezer.compress(data) + squeezer.flush(zlib.Z_FULL_FLUSH)


@dataclass(frozen=True)
class Event:
    """One event as it is sent; ``name`` is its kind, ``plain`` its bytes."""

    name: str
    plain: bytes

    @cached_property
    def squeezed(self) -> bytes:
        """Its bytes as a piece of a gzip stream."""
        return packed(self.plain)


def event(name: str, value: Any) -> Event:
    """An event with JSON in it; JSON holds no line break, so it is one line of data."""
    return Event(name, b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(value) + b"\n\n")
