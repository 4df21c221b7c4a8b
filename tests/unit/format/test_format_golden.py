"""Templates and what becomes of them: ``tests/golden/format/*.sql``, the source above the line, the result below it.

``GOLDEN=write`` writes the results anew; the review reads the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flinksql_runner.format.layout import format_text
from flinksql_runner.format.values import Style
from flinksql_runner.format.verify import differs_as_template

FOLDER = Path(__file__).resolve().parents[2] / "golden" / "format"
LINE = "-- formatted:\n"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sql")), ids=lambda p: p.stem)
def test_the_result_is_as_reviewed(path: Path) -> None:
    source, _, expected = path.read_text(encoding="utf-8").partition(LINE)
    result = format_text(source, Style())
    assert isinstance(result, str), result
    if os.environ.get("GOLDEN") == "write":
        path.write_text(source + LINE + result, encoding="utf-8")
        expected = result
    assert result == expected
    assert format_text(result, Style()) == result
    assert differs_as_template(source, result) is None


def test_there_are_golden_files() -> None:
    assert len(list(FOLDER.glob("*.sql"))) > 20
