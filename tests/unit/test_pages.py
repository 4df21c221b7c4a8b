"""The pages: links lead somewhere, every decision is listed, the README stays short and its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flinksql_runner.cli.main import VERBS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(p.relative_to(ROOT) for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("changes/*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_every_decision_is_listed_in_order() -> None:
    folder = ROOT / "docs" / "decisions"
    written = sorted(p.name for p in folder.glob("[0-9]*.md"))
    assert re.findall(r"\]\((\d[^)]+)\)", (folder / "README.md").read_text(encoding="utf-8")) == written
    assert [int(name[:4]) for name in written] == list(range(1, len(written) + 1))


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_the_readme_names_every_verb_and_none_that_is_not() -> None:
    verbs = {name for section in VERBS.values() for name in section}
    assert {v for v in verbs if not re.search(rf"`{v}\b|flinksql {v}\b|, `?{v}`?", README)} == set()
    called = set(re.findall(r"^flinksql ([a-z]+)", README, re.MULTILINE))
    assert called <= verbs


def test_every_make_target_that_pages_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    texts = [(ROOT / page).read_text(encoding="utf-8") for page in PAGES]
    named = {t for text in texts for t in re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)}
    assert named <= targets
