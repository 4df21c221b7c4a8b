"""Codes of diagnostics: one meaning each, and a line on the page that lists them."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "flinksql_runner"
PAGE = ROOT / "docs" / "diagnostics.md"


def used() -> dict[str, set[str]]:
    """Code -> rooms that give it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        for code in re.findall(r'"(FS\d{3})"', path.read_text(encoding="utf-8")):
            found[code].add(path.relative_to(PACKAGE).parts[0])
    return found


def test_a_code_belongs_to_one_room() -> None:
    shared = {"FS101", "FS103"}  # a template and a value of profiles.yml can lack the same
    assert {code: rooms for code, rooms in used().items() if len(rooms) > 1 and code not in shared} == {}


def test_the_page_lists_every_code_and_no_other() -> None:
    listed = set(re.findall(r"^\| (FS\d{3}) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == set(used())
