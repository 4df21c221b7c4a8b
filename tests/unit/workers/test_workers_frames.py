"""Messages between a leader and a helper: whole, in order, however large, and both ways at once."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from flinksql_runner.workers.frames import Closed, Line, Pipe


@pytest.fixture
def echo() -> Iterator[Line]:
    """The line to a process that sends back each message, doubled, and ends at an empty one."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if not pid:
        ours.close()
        pipe = Pipe(theirs)
        try:
            while message := pipe.receive():
                pipe.send(message * 2)
        finally:
            os._exit(0)
    theirs.close()
    line = Line(ours)
    yield line
    line.close()
    os.waitpid(pid, 0)


def answers(line: Line, count: int) -> list[bytes]:
    found: list[bytes] = []
    while len(found) < count:
        found += line.messages(wait=True)
    return found


def test_large_messages_in_both_directions_at_once(echo: Line) -> None:
    sent = [bytes([n]) * size for n, size in enumerate((1, 3_000_000, 0x10000, 5, 2_000_000))]
    for message in sent:
        echo.send(message)      # more than both ends hold: whoever waited for the other would wait for ever
    assert answers(echo, len(sent)) == [m * 2 for m in sent]


def test_nothing_is_there_yet(echo: Line) -> None:
    assert list(echo.messages(wait=False)) == []


def test_an_end_is_told(echo: Line) -> None:
    echo.send(b"")
    with pytest.raises(Closed):
        list(echo.messages(wait=True))
    with pytest.raises(Closed):
        echo.send(b"x" * 10_000_000)


def test_a_helper_sees_that_more_is_there() -> None:
    ours, theirs = socket.socketpair()
    pipe = Pipe(theirs)
    assert not pipe.has_more
    ours.sendall(b"\x01\x00\x00\x00a\x01\x00\x00\x00b")
    assert pipe.has_more
    assert (pipe.receive(), pipe.has_more, pipe.receive(), pipe.has_more) == (b"a", True, b"b", False)
    ours.close()
    assert pipe.has_more    # the end, which is to be seen as well
    with pytest.raises(Closed):
        pipe.receive()
    theirs.close()


def test_a_helper_sees_the_end_of_its_leader() -> None:
    ours, theirs = socket.socketpair()
    ours.sendall(b"\x05\x00\x00\x00ab")     # cut off in the middle
    ours.close()
    with pytest.raises(Closed):
        Pipe(theirs).receive()
    with pytest.raises(Closed):
        Pipe(theirs).send(b"x" * 10_000_000)
    theirs.close()
