"""Whether a text is a value of an option's type, by the rules by which Flink reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_NUMBER = re.compile(r"[+-]?\d+")
_FLOAT = re.compile(
    r"\s*[+-]?(nan|infinity|((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|0x([0-9a-f]+\.?[0-9a-f]*|\.[0-9a-f]+)p[+-]?\d+)[fd]?)\s*",
    re.ASCII | re.IGNORECASE)
_LONG = 2**63
_AMOUNT = re.compile(r"(\d+)\s*(.*)", re.ASCII | re.DOTALL)
_ISO = re.compile(
    r"[+-]?P(?=.)(?:[+-]?\d+D)?(?:T(?=.)(?:[+-]?\d+H)?(?:[+-]?\d+M)?(?:[+-]?\d+(?:[.,]\d{0,9})?S)?)?", re.ASCII | re.IGNORECASE)

DURATIONS: Mapping[str, int] = {
    **dict.fromkeys(("ns", "nano", "nanos", "nanosecond", "nanoseconds"), 1),
    **dict.fromkeys(("µs", "micro", "micros", "microsecond", "microseconds"), 10**3),
    **dict.fromkeys(("", "ms", "milli", "millis", "millisecond", "milliseconds"), 10**6),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 10**9),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60 * 10**9),
    **dict.fromkeys(("h", "hour", "hours"), 3600 * 10**9),
    **dict.fromkeys(("d", "day", "days"), 86400 * 10**9),
}
"""Flink's units of time in nanoseconds; a number alone is milliseconds."""
SIZES = frozenset((
    "", "b", "bytes", "k", "kb", "kibibytes", "m", "mb", "mebibytes", "g", "gb", "gibibytes", "t", "tb", "tebibytes",
))
"""Flink's units of memory; a number alone is bytes."""


def mistake(value: str, kind: str) -> tuple[str, str] | None:
    """What is wrong with ``value`` as one of the type ``kind``, and what to write; None where Flink can read it."""
    if "|" in kind:
        known = kind.split("|")
        if value.lower() in (k.lower() for k in known):
            return None
        return f"is none of {', '.join(known)}", "write one of them"
    if kind.startswith("list<"):
        return None  # lists are of strings, and any text is one
    check = _CHECKS.get(kind)
    return check(value) if check is not None else None


def nanoseconds(value: str) -> int | None:
    """A duration as Flink reads it (ISO-8601 aside), or None."""
    found = _AMOUNT.fullmatch(value.strip())
    unit = DURATIONS.get(found.group(2).strip().lower()) if found else None
    return int(found.group(1)) * unit if found and unit is not None else None


def _integer(bits: int) -> Callable[[str], tuple[str, str] | None]:
    limit = 2 ** (bits - 1)

    def check(value: str) -> tuple[str, str] | None:
        if not _NUMBER.fullmatch(value):
            return "is no whole number", "write digits alone, without blanks and units"
        if not -limit <= int(value) < limit:
            return f"is too large for {bits} bits", f"write a number below {limit}"
        return None

    return check


def _duration(value: str) -> tuple[str, str] | None:
    value = value.strip()
    found = _AMOUNT.fullmatch(value)
    if found is None:
        is_iso = _ISO.fullmatch(value) is not None
        return None if is_iso else ("is no duration", "write a number and a unit: '10 s', '500 ms', '5 min', '1 h'")
    unit = DURATIONS.get(found.group(2).strip().lower())
    if unit is None:
        return f"has no unit of time: `{found.group(2).strip()}`", "units are ns, µs, ms, s, min, h and d"
    return None if int(found.group(1)) * unit < _LONG else ("is too long", "Flink counts in nanoseconds: 292 years at most")


def _size(value: str) -> tuple[str, str] | None:
    found = _AMOUNT.fullmatch(value.strip())
    if found is None:
        return "is no size", "write a number and a unit: '64 mb', '1 gb'"
    if found.group(2).strip().lower() not in SIZES:
        return f"has no unit of memory: `{found.group(2).strip()}`", "units are b, kb, mb, gb and tb"
    return None if int(found.group(1)) < _LONG else ("is too large", "write it in a larger unit")


def _boolean(value: str) -> tuple[str, str] | None:
    return None if value.upper() in ("TRUE", "FALSE") else ("is neither true nor false", "write 'true' or 'false'")


def _float(value: str) -> tuple[str, str] | None:
    return None if _FLOAT.fullmatch(value) else ("is no number", "write a number: '0.5'")


_CHECKS: Mapping[str, Callable[[str], tuple[str, str] | None]] = {
    "integer": _integer(32), "long": _integer(64), "boolean": _boolean, "float": _float, "double": _float,
    "duration": _duration, "memorysize": _size,
}
