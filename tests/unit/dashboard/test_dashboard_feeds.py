"""One query for all who look, and a viewer that never gets more than the newest."""

from __future__ import annotations

import asyncio
import zlib

from flinksql_runner.dashboard.events import GZIP_HEAD, Event, event, packed
from flinksql_runner.dashboard.feeds import Feed, Viewer


def test_pieces_of_gzip_stand_for_themselves() -> None:
    first, second = event("tile", {"id": "a"}), event("same", {"id": "ü"})
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert reader.decompress(GZIP_HEAD + first.squeezed + packed(b": \n\n") + second.squeezed) == (
        first.plain + b": \n\n" + second.plain)


def test_a_slow_viewer_gets_the_newest_alone() -> None:
    async def look() -> tuple[Event, ...]:
        viewer = Viewer()
        old, new, same = event("tile", 1), event("tile", 2), event("same", 2)
        viewer.offer("a", (old,), (old,))
        viewer.offer("b", (old,), (old,))
        viewer.offer("a", (new,), (new,))
        viewer.offer("a", (new, same), (same,))
        return await viewer.take(1)

    assert [e.plain for e in asyncio.run(look())] == [event("tile", 2).plain, event("same", 2).plain, event("tile", 1).plain]


def test_many_viewers_cost_one_query() -> None:
    async def look() -> tuple[int, int]:
        asked = 0
        gone: list[Feed] = []

        async def ask(feed: Feed) -> float:
            nonlocal asked
            asked += 1
            told = (event("tile", asked),)
            feed.publish(told, told)
            return 3600

        feed = Feed(("t",), ask, gone.append)
        viewers = [Viewer() for _ in range(200)]
        for viewer in viewers:
            feed.join(viewer)
        found = [await viewer.take(5) for viewer in viewers]
        late = Viewer()
        feed.join(late)
        found.append(await late.take(5))
        feed.stop()
        assert gone == [feed]
        return asked, sum(len(f) for f in found)

    assert asyncio.run(look()) == (1, 201)
