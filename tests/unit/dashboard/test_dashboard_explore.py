from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

from flinksql_runner.dashboard.explore import Batch, Explorer
from flinksql_runner.diagnostics import Failure


def told(chunk: bytes) -> tuple[str, Any]:
    name, data = chunk.decode().removeprefix(": \n\n").split("\n")[:2]
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


async def some(explorer: Explorer, node: str, n: int) -> list[tuple[str, Any]]:
    """The first events that are no sign of life."""
    found: list[tuple[str, Any]] = []
    stream = explorer.stream(node)
    async for chunk in stream:
        if told(chunk)[0] != "alive":
            found.append(told(chunk))
        if len(found) == n:
            break
    await stream.aclose()  # type: ignore[attr-defined]  # a generator
    return found


def test_one_query_serves_all_and_ends_with_the_last() -> None:
    asked: list[str] = []
    ended = threading.Event()
    go = threading.Event()

    def peek(node: str) -> Iterator[Batch]:
        asked.append(node)
        try:
            yield Batch(columns=(("id", "INT"),))
            yield Batch([("+I", 1), ("+I", 2)])
            go.wait(10)
            while True:
                yield Batch([("+I", 3)])
                ended.wait(0.01)
        finally:
            ended.set()

    async def both() -> None:
        explorer = Explorer(lambda: [], peek)
        first = asyncio.ensure_future(some(explorer, "n", 3))
        while not asked:
            await asyncio.sleep(0.01)
        second = asyncio.ensure_future(some(explorer, "n", 3))
        await asyncio.sleep(0)
        go.set()
        for events in (await first, await second):
            assert events[0] == ("columns", {"columns": [{"name": "id", "type": "INT"}]})
            assert events[1][1]["rows"][:2] == [["+I", 1], ["+I", 2]]
        assert await asyncio.to_thread(ended.wait, 10)

    asyncio.run(both())
    assert asked == ["n"]


def test_a_query_that_ends_or_fails_says_so() -> None:
    def fails(node: str) -> Iterator[Batch]:
        yield Batch(columns=(("id", "INT"),))
        raise Failure("Flink does not run here")

    def ends(node: str) -> Iterator[Batch]:
        yield Batch(columns=(("id", "INT"),))
        yield Batch([("+I", 1)], is_last=True)

    def breaks(node: str) -> Iterator[Batch]:
        yield Batch()
        raise ValueError("a bug\nwith lines")

    assert asyncio.run(some(Explorer(lambda: [], fails), "n", 2))[1] == ("trouble", {"message": "Flink does not run here"})
    assert asyncio.run(some(Explorer(lambda: [], ends), "n", 3))[2] == ("ended", {"seen": 1})
    assert asyncio.run(some(Explorer(lambda: [], breaks), "n", 1)) == [("trouble", {"message": "ValueError: a bug"})]


def test_only_a_few_nodes_at_a_time() -> None:
    ending = threading.Event()

    def peek(node: str) -> Iterator[Batch]:
        yield Batch(columns=(("id", "INT"),))
        while not ending.wait(0.01):
            yield Batch()

    async def look() -> None:
        explorer = Explorer(lambda: [], peek)
        streams = [explorer.stream(f"n{i}") for i in range(4)]
        for stream in streams:
            await stream.__anext__()
        assert explorer.can_open("n0")
        assert not explorer.can_open("n4")
        await streams[0].aclose()  # type: ignore[attr-defined]  # a generator
        assert explorer.can_open("n4")
        explorer.close()
        ending.set()

    asyncio.run(look())
