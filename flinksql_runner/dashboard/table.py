"""The rows of a tile as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from flinksql_runner.dashboard.cells import Cells

_FORMULA = ("=", "+", "-", "@", "\t", "\r")     # a spreadsheet would run such a text
_TOGETHER = 500


def as_csv(cells: Cells) -> Iterator[str]:
    """The text, piece by piece: a line of names, then the rows; NULL is an empty cell."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([_text(name) for name, _ in cells.columns])
    for start in range(0, len(cells.rows), _TOGETHER):
        writer.writerows([_cell(v) for v in row] for row in cells.rows[start:start + _TOGETHER])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    if not cells.rows:
        yield buffer.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, Sequence)) else value


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
