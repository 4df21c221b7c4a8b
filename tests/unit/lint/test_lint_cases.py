"""The cases of each rule, one YAML file a rule: what fires where, what is silent, and what the text is after its fix.

A file of a case may be taken out of ``base.yml`` by naming it under ``with``. The printed text of the cases that fire is
kept in ``tests/golden/lint``; ``UPDATE_GOLDEN=1`` writes it anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from flinksql_runner.diagnostics import Diagnostic, LineIndex
from flinksql_runner.diagnostics.render import Renderer
from flinksql_runner.lint.pages import page_of
from flinksql_runner.lint.registry import all_rules
from flinksql_runner.linting.built import lint_built
from flinksql_runner.pipeline import Build

CASES = Path(__file__).parent / "cases"
GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "lint"
BASE: Mapping[str, str] = yaml.safe_load((CASES / "base.yml").read_text(encoding="utf-8"))
ALL = [(path.stem, case) for path in sorted(CASES.glob("FS*.yml")) for case in yaml.safe_load(path.read_text(encoding="utf-8"))]
Make = Callable[[Mapping[str, str]], Build]


def found(built: Build, code: str) -> list[Diagnostic]:
    """What a rule finds in a project, which has no errors."""
    diagnostics = lint_built(built, others=built.diagnostics)
    assert [d for d in diagnostics if d.is_error and d.code != code] == []
    return [d for d in diagnostics if d.code == code]


def place(built: Build, diagnostic: Diagnostic) -> str:
    assert diagnostic.span is not None
    at = LineIndex(built.project.texts[diagnostic.span.file]).position(diagnostic.span.start)
    return f"{diagnostic.span.file}:{at.line}:{at.column}"


def fixed(built: Build, diagnostics: list[Diagnostic]) -> dict[str, str]:
    """The files after all fixes."""
    texts = dict(built.project.texts)
    edits = sorted({e for d in diagnostics for e in d.fix}, key=lambda e: (e.span.file, -e.span.start))
    for edit in edits:
        text = texts[edit.span.file]
        texts[edit.span.file] = text[:edit.span.start] + edit.text + text[edit.span.end:]
    return {p: t for p, t in texts.items() if t != built.project.texts[p]}


@pytest.mark.parametrize(("code", "case"), ALL, ids=[f"{code} {case['name']}" for code, case in ALL])
def test_case(code: str, case: dict[str, Any], make_build: Make) -> None:
    files = {path: BASE[path] for path in case.get("with", ())} | case.get("files", {})
    built = make_build(files)
    told = found(built, code)
    assert [place(built, d) for d in told] == case.get("fires", [])
    if "fixed" in case or any(d.fix for d in told):
        assert fixed(built, told) == case["fixed"]
        left = found(make_build(files | case["fixed"]), code)
        assert len(left) == sum(not d.fix for d in told), "it still fires after its fix"


@pytest.mark.parametrize("code", all_rules())
def test_the_printed_text(code: str, make_build: Make) -> None:
    """The example of the page fires, and what it prints is what the golden file holds; the repair is silent."""
    page = page_of(all_rules()[code])
    built = make_build(page.fires)
    told = found(built, code)
    assert told, "the example of the docstring does not fire"
    text = "\n\n".join(Renderer(built.project.texts).text(d) for d in told) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        (GOLDEN / f"{code}.txt").write_text(text, encoding="utf-8")
    assert text == (GOLDEN / f"{code}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", all_rules())
def test_the_repair_is_silent(code: str, make_build: Make) -> None:
    page = page_of(all_rules()[code])
    built = make_build(page.instead)
    assert found(built, code) == []
    assert not built.findings


def test_every_rule_has_two_cases_and_every_golden_file_a_rule() -> None:
    counts = {code: sum(c == code for c, _ in ALL) for code in all_rules()}
    assert {code: n for code, n in counts.items() if n < 2} == {}
    assert {p.stem for p in GOLDEN.glob("*.txt")} == set(all_rules())
    assert {c for c, _ in ALL} <= set(all_rules())
