"""The table of rooms in docs/architecture.md is the one that the imports are held to."""

from __future__ import annotations

import re
from pathlib import Path

from test_house import PACKAGE, ROOMS, TOP

PAGE = Path(__file__).resolve().parents[2] / "docs" / "architecture.md"
ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def _told() -> dict[str, set[str]]:
    text = PAGE.read_text(encoding="utf-8").split("## The rooms", 1)[1].split("\n## ", 1)[0]
    return {room: set() if names == "nothing of ours" else set(names.split(", ")) for room, names in ROW.findall(text)}


def test_the_page_tells_the_table() -> None:
    told = _told()
    assert {room: told.get(room) for room in ROOMS} == ROOMS
    assert set(told) - set(ROOMS) == TOP


def test_every_room_of_the_table_exists() -> None:
    assert [r for r in ROOMS if not (PACKAGE / r).is_dir() and not (PACKAGE / f"{r}.py").is_file()] == []
