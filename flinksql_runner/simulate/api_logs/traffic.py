"""What to simulate, and the lines that come out, in the order in which gateways write them.

The same ``Traffic`` and addresses give the same bytes: every draw comes from the seed, and all times count from ``start_ms``.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from flinksql_runner.simulate.api_logs.addresses import AddressBook
from flinksql_runner.simulate.api_logs.attacks import Label, schedule
from flinksql_runner.simulate.api_logs.clients import Population, new_population, request_of
from flinksql_runner.simulate.api_logs.lines import Request, broken, line
from flinksql_runner.simulate.api_logs.look_alikes import look_alikes
from flinksql_runner.simulate.message import Message

_WRITTEN = 0.02                 # seconds, at most, from the end of a request to its line
_LATE = (14.0, 25.0)            # a server whose disk hangs
_AGAIN = (0.0, 4.0)
_RENEWED = 60.0                 # seconds after which it is looked anew who is awake
_CHAPTER = 600.0                # seconds whose attacks and look-alikes are thought out at once, however long all lasts


@dataclass(frozen=True, slots=True)
class Traffic:
    """What to simulate: ``rate`` lines a second on average for ``duration`` seconds of event time, attacks not counted.

    ``clients`` None takes ten a line and second, at least 200. ``attacks`` are so many a minute (0: none), each kind in turn,
    and at least one of each. ``malformed``, ``doubled`` and ``late`` are shares of all lines; the first two come on top.
    """

    rate: float = 200.0
    duration: float = 60.0
    seed: int = 1
    start_ms: int = 0
    clients: int | None = None
    attacks: float = 14.0
    servers: int = 3
    malformed: float = 0.005
    doubled: float = 0.005
    late: float = 0.001

    def population(self, book: AddressBook) -> Population:
        """Who calls."""
        return new_population(self.clients or max(200, round(self.rate * 10)), book, random.Random(f"clients {self.seed}"))


def requests(traffic: Traffic, book: AddressBook, labels: list[Label] | None = None) -> Iterator[Request]:
    """All requests in the order in which they end.

    :param labels: where given, the attacks of the next minutes are added to it before their first request.
    """
    people = traffic.population(book)
    begin = 0.0
    while begin < traffic.duration:
        length = _CHAPTER if traffic.duration - begin > 1.5 * _CHAPTER else traffic.duration - begin
        special = look_alikes(people, book, length, random.Random(f"look-alikes {traffic.seed} {begin}"))
        if traffic.attacks:
            sent, injected = schedule(length, traffic.attacks, traffic.rate, people, book, traffic.start_ms + int(begin * 1000),
                                      random.Random(f"attacks {traffic.seed} {begin}"))
            special += sent
            if labels is not None:
                labels.extend(injected)
        special.sort()
        after = [request._replace(at=request.at + begin) for request in special]
        yield from heapq.merge(_usual(traffic, people, begin, length), after)
        begin += length


def messages(traffic: Traffic, book: AddressBook, labels: list[Label] | None = None) -> Iterator[Message]:
    """All lines in the order in which they are written, each with its server as key: sound, doubled, late and malformed ones.

    :param labels: where given, the attacks of the next minutes are added to it before their first line.
    """
    chance = random.Random(f"lines {traffic.seed}")
    waiting: list[tuple[float, int, Message]] = []
    for number, request in enumerate(requests(traffic, book, labels)):
        for item in _written(traffic, request, chance):
            heapq.heappush(waiting, (item.due, number, item))
        while waiting and waiting[0][0] <= request.at:
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]


def _usual(traffic: Traffic, people: Population, begin: float, length: float) -> Iterator[Request]:
    """Requests of those who mean well, second by second."""
    numbers, chance = np.random.default_rng([traffic.seed, int(begin)]), random.Random(f"usual {traffic.seed} {begin}")
    at, end = begin, begin + length
    while at < end:
        if (at - begin) % _RENEWED == 0.0:
            shares = np.cumsum(people.weights(traffic.start_ms, at, traffic.rate))
        step = min(1.0, end - at)
        count = int(numbers.poisson(traffic.rate * step))
        chosen = np.minimum(np.searchsorted(shares, numbers.random(count)), len(people.clients) - 1)
        moments = np.sort(at + numbers.random(count) * step)
        for moment, client in zip(moments.tolist(), chosen.tolist(), strict=True):
            yield request_of(people.clients[client], moment, chance)
        at += 1.0


def _written(traffic: Traffic, request: Request, chance: random.Random) -> Iterator[Message]:
    """The lines of one request."""
    event_ms = traffic.start_ms + int(request.at * 1000)
    server = f"gw-{chance.randrange(traffic.servers) + 1}"
    value = line(request, chance.getrandbits(128), server, event_ms)
    due = request.at + chance.random() * _WRITTEN + (chance.uniform(*_LATE) if chance.random() < traffic.late else 0.0)

    def message(due: float, value: bytes, kind: Literal["sound", "double", "malformed"]) -> Message:
        return Message(due, event_ms, traffic.start_ms + int(due * 1000), server.encode(), value, kind)

    yield message(due, value, "sound")
    if chance.random() < traffic.doubled:
        yield message(due + chance.uniform(*_AGAIN), value, "double")
    if chance.random() < traffic.malformed:
        yield message(due, broken(value, chance), "malformed")
