"""One message on its way: what the generators make and the writers send."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Message(NamedTuple):
    """``due`` is the sending time in seconds after the start; ``event_ms`` and ``sent_ms`` are ms since the epoch."""

    due: float
    event_ms: int
    sent_ms: int
    key: bytes
    value: bytes
    kind: Literal["sound", "double", "malformed"]
