"""Rows of a database as what JSON can hold and a page can show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from flinksql_runner.boards.layout import Column

LONGEST = 2_000        # characters of a text in a cell
_EXACT = 2**53         # beyond it a browser's numbers lose digits: such a number is sent as text


@dataclass(frozen=True, slots=True)
class Cells:
    """Columns and rows as the page gets them; ``nan`` are row and column of cells that hold no number (NaN, Infinity)."""

    columns: tuple[Column, ...]
    rows: list[list[Any]]
    nan: list[list[int]]


def cells_of(columns: tuple[Column, ...], rows: Sequence[Sequence[Any]]) -> Cells:
    """Each value as text, number, bool, null or (of JSON and arrays) as it is."""
    nan: list[list[int]] = []
    made = []
    for r, row in enumerate(rows):
        cells = []
        for c, value in enumerate(row):
            if isinstance(value, (float, Decimal)) and not math.isfinite(value):
                nan.append([r, c])
                value = None
            cells.append(value if value is None else _cell(value))
        made.append(cells)
    return Cells(columns, made, nan)


def newest_of(columns: tuple[Column, ...], rows: Sequence[Sequence[Any]], name: str | None) -> str | None:
    """The newest value of a time column, as ISO text in UTC; None without any."""
    at = next((i for i, (column, _) in enumerate(columns) if column == name), None)
    if at is None:
        return None
    moments = [_utc(row[at]) for row in rows if isinstance(row[at], date)]
    return iso(max(moments)) if moments else None


def iso(moment: datetime) -> str:
    """A moment as ISO text in UTC, to the millisecond."""
    return _utc(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _utc(value: date) -> datetime:
    """A moment in UTC; one without a zone is UTC already, as Flink's TIMESTAMP is here."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=timezone.utc)
    return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


def _cell(value: Any) -> Any:
    if isinstance(value, (bool, float)):
        return value
    if isinstance(value, str):
        return value if len(value) <= LONGEST else value[:LONGEST] + "…"
    if isinstance(value, int):
        return value if -_EXACT <= value <= _EXACT else str(value)
    if isinstance(value, Decimal):
        return _cell(int(value)) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "\\x" + bytes(value[:LONGEST // 2]).hex()
    if isinstance(value, dict):
        return {str(k): _nested(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_nested(v) for v in value]
    return str(value)[:LONGEST]


def _nested(value: Any) -> Any:
    if value is None or (isinstance(value, (float, Decimal)) and not math.isfinite(value)):
        return None
    return _cell(value)
