"""How long something takes until a reader of the database can see it: a thread that looks again and again."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_LOOK_SECONDS = 0.05
_WINDOW_SECONDS = 90
_CARS = 100
# rows of transactions that were not over at the last look: the database filters, so that looking often costs little
_QUERY = """
SELECT record_id, (extract(epoch FROM sent_time) * 1000)::bigint FROM {table}
WHERE vehicle_id = ANY(%s) AND sent_time >= to_timestamp(%s) AT TIME ZONE 'UTC' AND xmin::text::bigint >= %s
"""
_OLDEST_OPEN = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint & 4294967295"


class Probe(ABC):
    """Looks every 50 ms. A latency is the time of the end of the first look that found something, less its sending time: at most
    one look too long, never too short."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._told: list[tuple[int, int]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="latency", daemon=True)
        self.problem: BaseException | None = None

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the look that goes on."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=10)

    def latencies(self, without: tuple[int, int] | None = None) -> list[int]:
        """Milliseconds of all that was seen; ``without`` leaves out what was sent between two moments (ms)."""
        return [spent for sent, spent in self._told if without is None or not without[0] <= sent <= without[1]]

    def _run(self) -> None:
        try:
            with self._connect() as connection:
                while not self._stop.is_set():
                    self._look(connection)
                    self._stop.wait(_LOOK_SECONDS)
        except BaseException as problem:  # told by the thread that reads the result
            self.problem = problem

    @abstractmethod
    def _look(self, connection: Any) -> None:
        """Looks once, and adds to ``_told`` when each new thing was sent and how long it took (ms)."""


class RecordProbe(Probe):
    """Follows the records of up to a hundred cars, evenly chosen, in a table with a row for each record."""

    def __init__(self, connect: Callable[[], Any], table: str, vehicles: Sequence[str]) -> None:
        super().__init__(connect)
        self._query = _QUERY.format(table=table)
        self._vehicles = list(vehicles[:: max(1, len(vehicles) // _CARS)])
        self._seen: set[str] = set()
        self._open_from = 0

    def _look(self, connection: Any) -> None:
        oldest_open = int(connection.execute(_OLDEST_OPEN).fetchone()[0])
        rows = connection.execute(self._query, (self._vehicles, time.time() - _WINDOW_SECONDS, self._open_from)).fetchall()
        now = time.time_ns() // 1_000_000
        self._open_from = oldest_open
        for record_id, sent_ms in rows:
            if record_id not in self._seen:
                self._seen.add(record_id)
                self._told.append((sent_ms, now - sent_ms))


class CountProbe(Probe):
    """Follows counts by second, where no row tells which lines are in it: the n-th line written of a second is seen when its row
    says n or more. Whatever their order was, the sum of these latencies is the true one."""

    def __init__(self, connect: Callable[[], Any], table: str, written: Callable[[], Mapping[int, Sequence[int]]]) -> None:
        """
        :param written: asked after each look; by second of the epoch, when its lines were written (ms of the epoch), each second
            growing at its end.
        """
        super().__init__(connect)
        self._query = (f"SELECT extract(epoch FROM second)::bigint, lines FROM {table} "
                       "WHERE second >= to_timestamp(%s) AT TIME ZONE 'UTC'")
        self._written = written
        self._counted: dict[int, int] = {}

    def _look(self, connection: Any) -> None:
        rows = connection.execute(self._query, (time.time() - _WINDOW_SECONDS,)).fetchall()
        now = time.time_ns() // 1_000_000
        written = self._written()
        for second, lines in rows:
            before, moments = self._counted.get(second, 0), written.get(second, ())
            self._told += ((sent, now - sent) for sent in moments[before:lines])
            self._counted[second] = min(max(before, lines), len(moments))


def percentiles(values: Sequence[int]) -> Mapping[str, int | None]:
    """``{"p50": ..., "p95": ..., "p99": ...}``, None without values; the nearest rank."""
    ordered = sorted(values)
    return {
        f"p{p}": ordered[min(len(ordered) - 1, -(-len(ordered) * p // 100) - 1)] if ordered else None for p in (50, 95, 99)
    }
