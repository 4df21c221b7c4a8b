"""What to simulate, and the messages that come out, in the order in which they are sent.

The same ``Fleet`` gives the same bytes: every draw comes from one seeded generator, and all times count from ``start_ms``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from flinksql_runner.simulate.message import Message
from flinksql_runner.simulate.vehicles.drive import Floats, new_cars, step
from flinksql_runner.simulate.vehicles.faults import Episode, advance, new_faults, spoil
from flinksql_runner.simulate.vehicles.pids import PIDS, TROUBLE_CODES
from flinksql_runner.simulate.vehicles.records import key_of, malformed, quantised, record

_NETWORK = (0.01, 0.05)         # seconds from a reading to its sending
_DISORDERED = (0.5, 3.0)        # a short stay in a tunnel: within the job's watermark delay
_LATE = (7.0, 12.0)             # a long one: behind it


@dataclass(frozen=True, slots=True)
class Fleet:
    """What to simulate.

    ``duration`` and ``interval`` are seconds of event time. ``time_scale`` is how many seconds of driving pass in one second
    of event time: at 1 a fault takes minutes to build up, as in a real car; a short demo uses more, and each car then tells
    fewer moments of its drive. ``fault_rate`` is episodes per car and ten minutes of driving. ``malformed``, ``late``,
    ``disordered`` and ``doubled`` are shares of the records; malformed messages come on top. ``batch_seconds`` collects
    messages as a serverless function would: all of a minute are sent at its end.
    """

    cars: int = 200
    duration: float = 60.0
    seed: int = 1
    start_ms: int = 0
    interval: float = 3.0
    time_scale: float = 1.0
    fault_rate: float = 0.25
    malformed: float = 0.005
    late: float = 0.004
    disordered: float = 0.02
    doubled: float = 0.01
    batch_seconds: float | None = None

    @property
    def ticks(self) -> int:
        """Records per car."""
        return max(1, round(self.duration / self.interval))


@dataclass(frozen=True, slots=True)
class Label:
    """An injected fault in event time, ms since the epoch: what the alerts are measured against."""

    vehicle_id: str
    kind: str
    onset_ms: int
    full_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Tick:
    """One reading of all cars: values by field as they are sent, and the truth behind them.

    ``event_seconds`` count from the start; ``severity`` is 0 to 1 and ``kind`` an index into KINDS, of each car's fault now.
    """

    number: int
    event_seconds: Floats
    values: dict[str, Floats]
    codes: NDArray[np.str_]
    severity: Floats
    kind: NDArray[np.int64]
    begun: tuple[Episode, ...] = field(default=())


def vehicle_id(car: int) -> str:
    """``car-00001``."""
    return f"car-{car + 1:05d}"


def ticks(fleet: Fleet) -> Iterator[Tick]:
    """The readings of the fleet, one reading of all cars after the other."""
    random = np.random.default_rng([fleet.seed, 0])
    phase = _phases(fleet)
    cars = new_cars(fleet.cars, random)
    seconds = fleet.interval * fleet.time_scale
    faults = new_faults(fleet.cars, fleet.fault_rate, fleet.ticks * seconds, random)
    for _ in range(20):      # the cars are on the road already; a cold start stays cold
        heat = cars.heat.copy()
        step(cars, 3.0, random)
        cars.heat = heat
    for number in range(fleet.ticks):
        readings = step(cars, seconds, random)
        severity, begun = advance(faults, number * seconds, random)
        readings, stored = spoil(readings, faults, severity, seconds, random)
        codes = np.array([TROUBLE_CODES.get(kind, "") for kind in stored.tolist()])
        jitter = random.uniform(0.0, 0.1, fleet.cars) * fleet.interval
        yield Tick(number, number * fleet.interval + phase + jitter, quantised(readings), codes, severity, faults.kind.copy(),
                   tuple(begun))


def messages(fleet: Fleet, labels: list[Label] | None = None) -> Iterator[Message]:
    """All messages of the fleet in sending order: sound records, doubles, late ones, malformed ones.

    :param labels: where given, the faults are added to it as they begin.
    """
    random = np.random.default_rng([fleet.seed, 1])
    phase = _phases(fleet)
    first = int(fleet.start_ms // (fleet.interval * 1000))
    waiting: list[Message] = []
    for tick in ticks(fleet):
        if labels is not None:
            labels.extend(_label(fleet, episode, phase) for episode in tick.begun)
        waiting.extend(_sent(fleet, tick, first + tick.number, random))
        waiting.sort(key=_order)
        until = (tick.number + 1) * fleet.interval
        ready = next((i for i, m in enumerate(waiting) if m.due >= until), len(waiting))
        yield from waiting[:ready]
        del waiting[:ready]
    yield from waiting


def _order(message: Message) -> tuple[float, int]:
    return message.due, message.event_ms


def _phases(fleet: Fleet) -> Floats:
    return np.random.default_rng([fleet.seed, 2]).uniform(0.0, 0.9, fleet.cars) * fleet.interval


def _label(fleet: Fleet, episode: Episode, phase: Floats) -> Label:
    def moment(driven: float) -> int:
        return fleet.start_ms + round((driven / fleet.time_scale + float(phase[episode.car])) * 1000)

    return Label(vehicle_id(episode.car), episode.kind, moment(episode.onset), moment(episode.full), moment(episode.end))


def _sent(fleet: Fleet, tick: Tick, sequence: int, random: np.random.Generator) -> Iterator[Message]:
    count = fleet.cars
    delay = random.uniform(*_NETWORK, count)
    fate, wait = random.random(count), random.random(count)
    delay += np.where(fate < fleet.disordered, _DISORDERED[0] + wait * (_DISORDERED[1] - _DISORDERED[0]), 0.0)
    is_late = (fate >= fleet.disordered) & (fate < fleet.disordered + fleet.late)
    delay += np.where(is_late, _LATE[0] + wait * (_LATE[1] - _LATE[0]), 0.0)
    doubled, again = random.random(count) < fleet.doubled, random.uniform(0.0, 4.0, count)
    broken = random.random(count) < fleet.malformed
    due = tick.event_seconds + delay
    due_again, due_broken = due + again, due
    if fleet.batch_seconds:
        due, due_again = _at_end(due, fleet.batch_seconds), _at_end(due_again, fleet.batch_seconds)
        due_broken = due
    columns = [tick.values[p.field].tolist() for p in PIDS]
    codes, events, sends = tick.codes.tolist(), tick.event_seconds.tolist(), due.tolist()
    for car in range(count):
        name = vehicle_id(car)
        event_ms = fleet.start_ms + int(events[car] * 1000)
        sent_ms = fleet.start_ms + int(sends[car] * 1000)
        value = record(name, sequence, event_ms, sent_ms, [c[car] for c in columns], codes[car])
        key = key_of(name)
        yield Message(sends[car], event_ms, sent_ms, key, value, "sound")
        if doubled[car]:
            at = float(due_again[car])
            yield Message(at, event_ms, fleet.start_ms + int(at * 1000), key, value, "double")
        if broken[car]:
            at = float(due_broken[car])
            yield Message(at, event_ms, fleet.start_ms + int(at * 1000), key, malformed(value, random), "malformed")


def _at_end(due: Floats, seconds: float) -> Floats:
    ends: Floats = (np.floor(due / seconds) + 1.0) * seconds
    return ends
