"""docs/diagnostics.md and docs/rules are what the codes and the docstrings of rules say."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
import yaml

from flinksql_runner.lint.pages import page_of
from flinksql_runner.lint.registry import all_rules

ROOT = Path(__file__).resolve().parents[3]


def test_the_pages_are_fresh() -> None:
    spec = importlib.util.spec_from_file_location("make_rule_pages", ROOT / "scripts" / "make_rule_pages.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    stale = [name for name, text in script.pages().items() if not (ROOT / "docs" / name).is_file()
             or (ROOT / "docs" / name).read_text(encoding="utf-8") != text]
    assert not stale, "these pages are behind diagnostics/codes.py and the rules: run `make docs`"
    assert {f"rules/{p.name}" for p in (ROOT / "docs" / "rules").glob("*.md")} == set(script.pages()) - {"diagnostics.md"}


@pytest.mark.parametrize("code", all_rules())
def test_every_rule_has_a_whole_page(code: str) -> None:
    rule = all_rules()[code]
    page = page_of(rule)
    assert page.title
    assert page.why
    assert page.fires
    assert page.instead
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.about.name)


def test_every_proof_has_a_result_that_holds() -> None:
    folder = ROOT / "tests" / "lint_proofs"
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    claims = {p.stem: yaml.safe_load(p.read_text(encoding="utf-8"))["claim"] for p in folder.glob("FS*.yml")}
    assert {name.partition("-")[0] for name in claims} <= set(all_rules())  # a rule that says two things has two
    hazards = {code for code in all_rules() if code < "FS870"}  # the others are about files, and Flink knows none
    assert hazards <= {name.partition("-")[0] for name in claims}
    assert {code: r["claim"] for code, r in results.items()} == claims, "run `make lint-proofs`"
    assert [code for code, r in results.items() if not r["holds"]] == []
