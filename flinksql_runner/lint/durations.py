"""Lengths of time as Flink's options and hints write them, in milliseconds and in words."""

from __future__ import annotations

from flinksql_runner.options.types import nanoseconds


def milliseconds(text: str | None) -> int | None:
    """A length of time in whole milliseconds (shorter ones are zero); None where it is none that Flink can read."""
    found = nanoseconds(text or "")
    return found // 10**6 if found is not None else None


def spoken(length: int) -> str:
    """Milliseconds in the largest unit that fits: ``90 s``, ``15 min``."""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)):
        if length >= size and not length % size:
            return f"{length // size} {unit}"
    return f"{length} ms"
