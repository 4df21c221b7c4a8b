"""Records of a node as they pass: one query of Flink a node, however many look, and only while somebody looks."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from flinksql_runner.dashboard.events import HEARTBEAT, event
from flinksql_runner.diagnostics import Failure

MAX_NODES = 4              # each is a job of Flink, and its slots are few
_KEPT = 500                # rows that one who joins sees at once
_MOST = 2_000              # rows of one event: what comes faster is counted, not shown
_HEARTBEAT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that came together, each with its kind of change (+I, -U, +U, -D) before its values; ``columns`` of the first one."""

    rows: Sequence[Sequence[Any]] = ()
    columns: tuple[tuple[str, str], ...] = ()
    is_last: bool = False


Peek = Callable[[str], Iterator[Batch]]
"""Asks Flink for a node's rows; gives a batch, empty too, at least once a second, so that it can be ended between two.

Raises ``Failure`` where there is no engine, or the node can't be asked.
"""


class Looked:
    """One node that is looked at: a thread that reads, and the viewers' mailboxes."""

    def __init__(self, node: str, peek: Peek, loop: asyncio.AbstractEventLoop) -> None:
        self._node, self._peek, self._loop = node, peek, loop
        self._mailboxes: set[asyncio.Queue[bytes]] = set()
        self._head: list[bytes] = []
        self._kept: deque[Sequence[Any]] = deque(maxlen=_KEPT)
        self._seen = 0
        self._ending = threading.Event()
        self.is_over = False
        threading.Thread(target=self._read, name=f"explore {node}", daemon=True).start()

    def join(self) -> asyncio.Queue[bytes]:
        """A mailbox, with what is known already in it."""
        box: asyncio.Queue[bytes] = asyncio.Queue()
        known = [event("rows", {"rows": list(self._kept), "seen": self._seen}).plain] if self._kept else []
        for told in (*self._head[:1], *known, *self._head[1:]):
            box.put_nowait(told)
        self._mailboxes.add(box)
        return box

    def leave(self, box: asyncio.Queue[bytes]) -> bool:
        """Whether that was the last one; the reading ends then."""
        self._mailboxes.discard(box)
        if not self._mailboxes:
            self._ending.set()
        return not self._mailboxes

    def _read(self) -> None:
        try:
            with closing(self._peek(self._node)) as batches:  # type: ignore[type-var]  # a generator, as all of them are
                for batch in batches:
                    self._loop.call_soon_threadsafe(self._tell, batch)
                    if self._ending.is_set():
                        return
        except Failure as failure:
            self._loop.call_soon_threadsafe(self._trouble, str(failure))
        except Exception as problem:  # whatever it was, the viewer hears of it and the server goes on
            self._loop.call_soon_threadsafe(self._trouble, f"{type(problem).__name__}: {problem}".splitlines()[0])

    def _tell(self, batch: Batch) -> None:
        if batch.columns:
            self._say("columns", {"columns": [{"name": n, "type": t} for n, t in batch.columns]}, head=True)
        self._seen += len(batch.rows)
        self._kept.extend(batch.rows)
        if batch.rows:
            self._say("rows", {"rows": list(batch.rows[-_MOST:]), "seen": self._seen})
        if batch.is_last:
            self.is_over = True
            self._say("ended", {"seen": self._seen}, head=True)

    def _trouble(self, message: str) -> None:
        self.is_over = True
        self._say("trouble", {"message": message}, head=True)

    def _say(self, name: str, content: Mapping[str, Any], head: bool = False) -> None:
        told = event(name, content).plain
        if head:
            self._head.append(told)
        for box in self._mailboxes:
            box.put_nowait(told)


class Explorer:
    """The nodes that can be looked at, and those that are."""

    def __init__(self, nodes: Callable[[], Sequence[Mapping[str, Any]]], peek: Peek) -> None:
        self.nodes = nodes
        self._peek = peek
        self._looked: dict[str, Looked] = {}
        self._is_closing = asyncio.Event()

    def can_open(self, node: str) -> bool:
        """Whether one more query may run for it."""
        return node in self._looked or len(self._looked) < MAX_NODES

    async def stream(self, node: str) -> AsyncIterator[bytes]:
        """Server-sent events: ``columns`` once, ``rows`` as they come, at the end ``ended`` or ``trouble``."""
        looked = self._looked.get(node)
        if looked is None or looked.is_over:
            looked = self._looked[node] = Looked(node, self._peek, asyncio.get_running_loop())
        box = looked.join()
        try:
            while not self._is_closing.is_set():
                try:
                    yield await asyncio.wait_for(box.get(), _HEARTBEAT_SECONDS)
                except asyncio.TimeoutError:
                    yield HEARTBEAT.encode() + event("alive", {}).plain
        finally:
            if looked.leave(box) and self._looked.get(node) is looked:
                del self._looked[node]

    def close(self) -> None:
        """Ends all streams within a heartbeat."""
        self._is_closing.set()
