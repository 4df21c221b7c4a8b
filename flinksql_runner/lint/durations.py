"""Lengths of time as Flink's options and hints write them: ``30 s``, ``1h``, ``500 ms``, ``1 d 2 h`` is none."""

from __future__ import annotations

import re
from collections.abc import Mapping

_UNITS: Mapping[str, int] = {
    **dict.fromkeys(("ms", "milli", "millis", "millisecond", "milliseconds", ""), 1),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1000),
    **dict.fromkeys(("min", "m", "minute", "minutes"), 60_000),
    **dict.fromkeys(("h", "hour", "hours"), 3_600_000),
    **dict.fromkeys(("d", "day", "days"), 86_400_000),
}
_DURATION = re.compile(r"(\d+)\s*([a-z]*)\s*", re.IGNORECASE)


def milliseconds(text: str | None) -> int | None:
    """A length of time in milliseconds; None where it is none that can be read (smaller units are zero)."""
    match = _DURATION.fullmatch((text or "").strip())
    if match is None:
        return None
    unit = match[2].lower()
    if unit in ("ns", "nano", "nanos", "nanosecond", "nanoseconds", "us", "µs", "micro", "micros", "microsecond", "microseconds"):
        return 0
    return int(match[1]) * _UNITS[unit] if unit in _UNITS else None


def spoken(length: int) -> str:
    """Milliseconds in the largest unit that fits: ``90 s``, ``15 min``."""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)):
        if length >= size and not length % size:
            return f"{length // size} {unit}"
    return f"{length} ms"
