"""One message on its way: what the generators make and the writers send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple


class Message(NamedTuple):
    """``due`` is the sending time in seconds after the start; ``event_ms`` and ``sent_ms`` are ms since the epoch."""

    due: float
    event_ms: int
    sent_ms: int
    key: bytes
    value: bytes
    kind: Literal["sound", "double", "malformed"]


@dataclass(slots=True)
class Tally:
    """What was sent so far: distinct sound messages, doubles and malformed ones."""

    produced: int = 0
    duplicates: int = 0
    malformed: int = 0

    @property
    def sent(self) -> int:
        """All of them."""
        return self.produced + self.duplicates + self.malformed

    def add(self, message: Message) -> None:
        """Counts one message."""
        if message.kind == "sound":
            self.produced += 1
        elif message.kind == "double":
            self.duplicates += 1
        else:
            self.malformed += 1
