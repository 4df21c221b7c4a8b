"""Lengths of INTERVAL literals."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

_UNITS: Mapping[str, int] = {
    "SECOND": 1000, "MINUTE": 60_000, "HOUR": 3_600_000, "DAY": 86_400_000, "WEEK": 604_800_000,
}


def milliseconds_of(interval: exp.Expr | None) -> int | None:
    """The length of ``INTERVAL '10' SECOND``; None where it is no such literal."""
    if not isinstance(interval, exp.Interval) or not isinstance(interval.this, exp.Literal):
        return None
    unit = interval.args.get("unit")
    size = _UNITS.get(unit.name.upper()) if isinstance(unit, exp.Var) else None
    try:
        return None if size is None else round(float(interval.this.name) * size)
    except ValueError:
        return None
