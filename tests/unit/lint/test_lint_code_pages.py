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

from flinksql_runner.diagnostics.codes import PAGES
from flinksql_runner.diagnostics.render import Renderer
from flinksql_runner.lint.code_pages import FOLDER, RECORD, digest, flink_says, page_of_code, paged_codes, repaired
from flinksql_runner.pipeline import Build

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "lint_codes"
ALL = [code for group in PAGES for code in paged_codes(group)]
NO_EXAMPLE = {"FS538"}  # no option that lint knows has a name that is given up
CODES = [code for code in ALL if code not in NO_EXAMPLE]
WARNINGS = {"FS536"}
Make = Callable[[Mapping[str, str]], Build]


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert {p.stem for p in FOLDER.glob("*.txt")} == set(ALL)
    assert {p.stem for p in GOLDEN.glob("*.txt")} == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_the_example_fires_its_code_alone(code: str, make_build: Make) -> None:
    page = page_of_code(code)
    assert page.why
    built = make_build(page.fires)
    found = built.findings
    assert [d.code for d in found] == [code]
    assert found[0].is_error == (code not in WARNINGS)
    text = Renderer(built.project.texts).text(found[0]) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        (GOLDEN / f"{code}.txt").write_text(text, encoding="utf-8")
    assert text == (GOLDEN / f"{code}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", CODES)
def test_the_repair_is_silent(code: str, make_build: Make) -> None:
    page = page_of_code(code)
    assert page.instead
    assert make_build(repaired(page)).findings == ()


def test_what_flink_says_is_recorded_of_these_examples() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    assert {code: r["example"] for code, r in record.items()} == {code: digest(page_of_code(code)) for code in CODES}, (
        "run `make analyser-proofs`")
    assert {code for code in CODES if not flink_says(code)} == WARNINGS
