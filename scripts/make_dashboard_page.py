"""Writes the tables of all keys in docs/dashboards.md from the JSON Schema of dashboards. ``make docs`` runs it."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flinksql_runner.boards.layout import keys_of
from flinksql_runner.project.shape import schema

PAGE = Path(__file__).resolve().parents[1] / "docs" / "dashboards.md"
_PARTS = (("parameter", "A parameter (`parameters: NAME:`)"), ("tile", "A tile (an entry of `tiles:`)"),
          ("column", "A column (`columns: NAME:` of a tile)"))
_LEAD = re.compile(r"^(?:(?:number|line|bar|table|grid|map|feed|of a text tile)(?:, )?)+: ")
_TYPES = ("number", "line", "bar", "table", "grid", "map", "feed", "text")


def keys() -> str:
    """The tables."""
    whole = schema("dashboard")
    defs = whole["$defs"]
    parts = [("The file", whole), *((title, defs[name]) for name, title in _PARTS),
             ("A threshold (an entry of `thresholds:`)", defs["thresholds"]["items"])]
    return "\n\n".join(f"**{title}**\n\n{_table(part, defs)}" for title, part in parts)


def _table(part: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    is_tile = part is defs["tile"]
    lines = ["| key | tiles | what |\n|---|---|---|" if is_tile else "| key | what |\n|---|---|"]
    for key, told in part["properties"].items():
        reference = defs[told["$ref"].rsplit("/", 1)[1]] if "$ref" in told else {}
        text = told.get("description") or reference["description"]
        if key in part.get("required", ()):
            text += "; must be there"
        if is_tile:
            lines.append(f"| `{key}` | {_types(key)} | {_LEAD.sub('', text)} |")
        else:
            lines.append(f"| `{key}` | {text} |")
    return "\n".join(lines)


def _types(key: str) -> str:
    """The types of tile that know a key, in words."""
    known = [t for t in _TYPES if key in keys_of(t)]
    lacking = [t for t in _TYPES if t not in known]
    return "all" if not lacking else "all but text" if lacking == ["text"] else ", ".join(known)


def page(text: str) -> str:
    """The page with its tables anew."""
    return re.sub(r"<!-- keys -->.*?<!-- /keys -->", lambda _: f"<!-- keys -->\n{keys()}\n<!-- /keys -->", text, flags=re.DOTALL)


if __name__ == "__main__":
    written = page(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(written, encoding="utf-8")
    print(f"wrote the keys of {PAGE.name}")
    sys.exit(0)
