"""How long a record takes until a reader of the database can see it: a thread that looks again and again."""

from __future__ import annotations

import threading
import time
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


class LatencyProbe:
    """Follows the records of up to a hundred cars, evenly chosen. A latency is the time of the end of the first look that
    found a record, less its sending time: at most one look (50 ms) too long, never too short."""

    def __init__(self, connect: Callable[[], Any], table: str, vehicles: Sequence[str]) -> None:
        self._connect, self._query = connect, _QUERY.format(table=table)
        self._vehicles = list(vehicles[:: max(1, len(vehicles) // _CARS)])
        self._seen: dict[str, tuple[int, int]] = {}
        self._open_from = 0
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

    def _run(self) -> None:
        try:
            with self._connect() as connection:
                while not self._stop.is_set():
                    self._look(connection)
                    self._stop.wait(_LOOK_SECONDS)
        except BaseException as problem:  # told by the thread that reads the result
            self.problem = problem

    def _look(self, connection: Any) -> None:
        oldest_open = int(connection.execute(_OLDEST_OPEN).fetchone()[0])
        rows = connection.execute(self._query, (self._vehicles, time.time() - _WINDOW_SECONDS, self._open_from)).fetchall()
        now = time.time_ns() // 1_000_000
        self._open_from = oldest_open
        for record_id, sent_ms in rows:
            self._seen.setdefault(record_id, (sent_ms, now - sent_ms))

    def latencies(self, without: tuple[int, int] | None = None) -> list[int]:
        """Milliseconds of each record that was seen; ``without`` leaves out those sent between two moments (ms)."""
        return [spent for sent, spent in self._seen.values() if without is None or not without[0] <= sent <= without[1]]


def percentiles(values: Sequence[int]) -> Mapping[str, int | None]:
    """``{"p50": ..., "p95": ..., "p99": ...}``, None without values; the nearest rank."""
    ordered = sorted(values)
    return {
        f"p{p}": ordered[min(len(ordered) - 1, -(-len(ordered) * p // 100) - 1)] if ordered else None for p in (50, 95, 99)
    }
