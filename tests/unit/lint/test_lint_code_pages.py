"""Pages of codes that are no rules: each example fires its code alone, its repair is silent, Flink's words are kept.

What ``lint`` prints of each example, its line and column with it, is kept in ``tests/golden/lint_codes``; ``UPDATE_GOLDEN=1``
writes it anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from flinksql_runner.boards.read import read_boards
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.diagnostics.codes import PAGES
from flinksql_runner.diagnostics.render import Renderer
from flinksql_runner.lint.code_pages import FOLDER, RECORD, digest, flink_says, page_of_code, paged_codes, repaired
from flinksql_runner.pipeline import Build
from flinksql_runner.project.load import ProjectUnusable

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "lint_codes"
ALL = [code for group in PAGES for code in paged_codes(group)]
NO_EXAMPLE = {
    "FS538",  # no option that lint knows has a name that is given up
    "FS001", "FS109",  # no text shows bytes that are none
    "FS150", "FS151",  # told by `format`
    "FS922", "FS924",  # told by the database
}
CODES = [code for code in ALL if code not in NO_EXAMPLE]
FORETOLD = [code for group in PAGES for code in paged_codes(group) if group.foretells(code) and code in CODES]
WARNINGS = {"FS536", "FS010", "FS919", "FS921", "FS923"}
BESIDE = {"FS311": "FS301", "FS205": "FS311", "FS206": "FS311"}  # a job that can't be compiled, and why
Make = Callable[[Mapping[str, str]], Build]


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert {p.stem for p in FOLDER.glob("*.txt")} == set(ALL)
    assert {p.stem for p in GOLDEN.glob("*.txt")} == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_the_example_fires_its_code_alone(code: str, make_build: Make) -> None:
    page = page_of_code(code)
    assert page.why
    found, texts = _told(make_build, page.fires)
    assert [d.code for d in found if d.code != BESIDE.get(code)] == [code]
    finding = next(d for d in found if d.code == code)
    assert finding.is_error == (code not in WARNINGS)
    text = Renderer(texts).text(finding) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        (GOLDEN / f"{code}.txt").write_text(text, encoding="utf-8")
    assert text == (GOLDEN / f"{code}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", CODES)
def test_the_repair_is_silent(code: str, make_build: Make) -> None:
    page = page_of_code(code)
    assert page.instead
    assert _told(make_build, repaired(page))[0] == ()


def test_what_flink_says_is_recorded_of_these_examples() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    assert {code: r["example"] for code, r in record.items()} == {code: digest(page_of_code(code)) for code in FORETOLD}, (
        "run `make analyser-proofs`")
    assert {code for code in FORETOLD if not flink_says(code)} == WARNINGS & set(FORETOLD)


def _told(make_build: Make, files: Mapping[str, str]) -> tuple[tuple[Diagnostic, ...], Mapping[str, str]]:
    """What is told of a project, also of one that can't be loaded, and the texts that it stands in."""
    try:
        built = make_build(files)
    except ProjectUnusable as unusable:
        return unusable.diagnostics, unusable.texts
    return (*built.findings, *read_boards(built.project, built.graph).diagnostics), built.project.texts
