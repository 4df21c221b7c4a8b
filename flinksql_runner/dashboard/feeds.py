"""One query for all who look at it: a feed asks while somebody listens, and hands each of them the same event."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from flinksql_runner.dashboard.events import Event

Publish = Callable[[tuple[Event, ...], tuple[Event, ...]], None]
"""Takes the events that tell all (for one who just came, or missed some), and those that tell what is new."""

_AFTER_A_BUG_SECONDS = 10.0
_LINGER_SECONDS = 5.0      # a page that is loaded again finds the values that it had


class Viewer:
    """One page that looks: for each feed the events that it has not got yet, never more than the newest."""

    def __init__(self) -> None:
        self._waiting: dict[Any, tuple[Event, ...]] = {}
        self._something = asyncio.Event()

    def offer(self, feed: Any, whole: tuple[Event, ...], news: tuple[Event, ...]) -> None:
        """Puts a feed's events into the mailbox; who has some of it unread gets all of it, in its newest state."""
        self._waiting[feed] = whole if feed in self._waiting else news
        self._something.set()

    def wake(self) -> None:
        """Lets ``take`` return at once."""
        self._something.set()

    async def take(self, seconds: float) -> tuple[Event, ...]:
        """All that waits; nothing where nothing came for so long."""
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._something.wait(), seconds)
        found = tuple(e for events in self._waiting.values() for e in events)
        self._waiting.clear()
        self._something.clear()
        return found


class Feed:
    """What is asked again and again while somebody listens.

    ``ask`` publishes by ``Feed.publish`` and gives the seconds until it is to be called again.
    """

    def __init__(self, key: tuple[Any, ...], ask: Callable[[Feed], Awaitable[float]], gone: Callable[[Feed], None]) -> None:
        self.key = key
        self._ask, self._gone = ask, gone
        self._viewers: set[Viewer] = set()
        self._whole: tuple[Event, ...] = ()
        self._task: asyncio.Task[None] | None = None
        self._end: asyncio.TimerHandle | None = None
        self.asked = asyncio.Event()

    def join(self, viewer: Viewer) -> None:
        """A viewer begins to look: it gets what is known at once, without a query."""
        if self._end is not None:
            self._end.cancel()
            self._end = None
        self._viewers.add(viewer)
        if self._whole:
            viewer.offer(self.key, self._whole, self._whole)
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def leave(self, viewer: Viewer) -> None:
        """A viewer has gone; after the last one the asking ends."""
        self._viewers.discard(viewer)
        if not self._viewers and self._end is None:
            self._end = asyncio.get_running_loop().call_later(_LINGER_SECONDS, self.stop)

    def publish(self, whole: tuple[Event, ...], news: tuple[Event, ...]) -> None:
        """Tells all viewers."""
        self._whole = whole
        for viewer in self._viewers:
            viewer.offer(self.key, whole, news)

    def stop(self) -> None:
        """Ends the asking; a query that is under way is given up."""
        if self._task is not None:
            self._task.cancel()
        self._gone(self)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                pause = await self._ask(self)
            except Exception:  # who asks tells what is wrong; what it did not foresee must not end the asking
                pause = _AFTER_A_BUG_SECONDS
            self.asked.set()
            await asyncio.sleep(max(0.05, began + pause - loop.time()))
