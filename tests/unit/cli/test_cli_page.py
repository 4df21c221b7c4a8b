"""docs/cli.md is what --help says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from flinksql_runner.cli.main import VERBS

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "cli.md"


def test_the_page_is_fresh() -> None:
    spec = importlib.util.spec_from_file_location("make_cli_page", ROOT / "scripts" / "make_cli_page.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert PAGE.read_text(encoding="utf-8") == script.page(), "docs/cli.md is behind --help: run `make docs`"


@pytest.mark.parametrize("name", [n for section in VERBS.values() for n in section])
def test_every_verb_has_a_section(name: str) -> None:
    assert f"\n### {name}\n" in PAGE.read_text(encoding="utf-8")
