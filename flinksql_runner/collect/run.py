"""The collector's loop: read, send, have it acknowledged, write down how far; nothing is kept but that."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from flinksql_runner.collect.follow import Follower
from flinksql_runner.collect.message import Packer
from flinksql_runner.collect.offsets import save

SCAN = 1.0    # seconds between two looks for new, renamed and emptied files
POLL = 0.05   # seconds between two looks for new lines where there were none


class Sends(Protocol):
    """Where messages go."""

    def send(self, messages: Iterable[tuple[bytes, bytes]]) -> bool:
        """Returns True when all of them are safe, False where it was stopped before that."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Since the start: lines and bytes that are safe in Kafka, batches, bytes that are still in files, files that were lost."""

    lines: int = 0
    bytes: int = 0
    batches: int = 0
    behind: int = 0
    lost_files: int = 0
    files: int = 0


class Collector:
    """Collects until it is told to stop. A kill at any moment loses nothing; the last batch may come twice."""

    def __init__(self, follower: Follower, sender: Sends, state: Path, host: str) -> None:
        self._follower, self._sender, self._state = follower, sender, state
        self._packer = Packer(host)
        self._host = host
        self._scanned = float("-inf")
        self._saved: tuple[object, ...] | None = None
        self.progress = Progress()

    def step(self) -> int:
        """One batch; how many lines it had.

        :raises Failure: where Kafka refuses messages for good, or the offsets can't be written.
        """
        if time.monotonic() - self._scanned >= SCAN:
            self._follower.scan()
            self._scanned = time.monotonic()
            self._save()  # a new file is known by its birth before a line of it goes out
        now = time.time_ns() // 1_000_000
        messages: list[tuple[bytes, bytes]] = []
        size = 0
        for file, lines in self._follower.read():
            id = file.identity.name
            key = f"{self._host}/{id}".encode()  # lines of a file stay in their order, in one partition
            messages.extend((key, self._packer.value(line, file.path, id, now)) for line in lines)
            size += sum(line.end - line.offset for line in lines)
        if messages and not self._sender.send(messages):
            return 0
        self._save()
        old = self.progress
        self.progress = Progress(old.lines + len(messages), old.bytes + size, old.batches + bool(messages), self._follower.behind,
                                 self._follower.lost, len(self._follower.names))
        return len(messages)

    def run(self, is_stopped: Callable[[], bool], wait: Callable[[float], object], *, once: bool = False) -> None:
        """Steps until ``is_stopped``; with ``once`` until no file has another whole line.

        :param wait: waits so many seconds, or less where it is told to stop.
        """
        while not is_stopped():
            if not self.step():
                if once:
                    return
                wait(POLL)

    def _save(self) -> None:
        state = self._follower.state()
        told = tuple((m.identity, m.offset, m.is_done) for m in state.marks)
        if told != self._saved:
            save(self._state, state)
            self._saved = told
