"""Sections of docs/performance.md: each benchmark replaces its own, between two marker comments."""

from __future__ import annotations

import os
import platform
import re
from datetime import date
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


def machine() -> str:
    """Cores, memory, system and Python, in a few words (no name of a host)."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {system}, Python {platform.python_version()}"


def write_section(name: str, text: str) -> None:
    """Puts a section into the page; one of the same name is replaced, a new one goes to the end."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Performance\n"
    body = f"<!-- {name} -->\n{text.strip()}\n\n*Measured {date.today().isoformat()}: {machine()}.*\n<!-- /{name} -->"
    pattern = re.compile(rf"<!-- {re.escape(name)} -->.*?<!-- /{re.escape(name)} -->", re.DOTALL)
    page = pattern.sub(lambda _: body, page) if pattern.search(page) else page.rstrip() + "\n\n" + body + "\n"
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page, encoding="utf-8")


def table(columns: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
