"""The cases of code_cases.yml: mistakes that Flink would refuse, each told alone and at its place, and texts that are right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.diagnostics.codes import PAGES
from flinksql_runner.lint.code_pages import paged_codes
from flinksql_runner.pipeline import Build

READ: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "code_cases.yml").read_text(encoding="utf-8"))
TABLES: Mapping[str, str] = READ.pop("tables")
CASES = [(code, case) for code, cases in READ.items() for case in cases]
ELSEWHERE = {
    "FS342", "FS353",  # tests/unit/analyse/mistakes.yml
    "FS360", "FS361", "FS362", "FS363", "FS364", "FS365", "FS366", "FS367",  # tests/unit/analyse/stream_cases.yml
    "FS536",  # a warning
    "FS538",  # none of today's options can fire it
}
QUERY = "sql/transforms/q.sql"
Make = Callable[[Mapping[str, str]], Build]


def files_of(case: str | Mapping[str, str]) -> tuple[Mapping[str, str], str]:
    """The files that a case adds, marks and all, and its text after its fix (empty where it says nothing of one)."""
    if isinstance(case, str):
        return {QUERY: case}, ""
    if "text" in case:
        return {QUERY: case["text"]}, case.get("fixed", "")
    return case, ""


def told(build: Build) -> list[tuple[str, str, int]]:
    return [(d.code, d.span.file, d.span.start) for d in build.findings if d.span is not None and d.code != "FS311"]


def applied(text: str, found: Diagnostic) -> str:
    for edit in sorted(found.fix, key=lambda e: -e.span.start):
        text = text[:edit.span.start] + edit.text + text[edit.span.end:]
    return text


@pytest.mark.parametrize(("code", "case"), CASES, ids=lambda part: str(part)[:70])
def test_case(code: str, case: str | Mapping[str, str], make_build: Make) -> None:
    files, fixed = files_of(case)
    built = make_build(TABLES | {path: text.replace("»", "") for path, text in files.items()})
    assert told(built) == [(code, path, text.index("»")) for path, text in files.items() if "»" in text]
    if fixed:
        found = next(d for d in built.findings if d.code == code)
        assert applied(files[QUERY].replace("»", ""), found) == fixed


def test_a_word_is_not_put_into_backticks_where_the_statement_can_not_be_read_then(make_build: Make) -> None:
    files = TABLES | {QUERY: "SELECT id AS user FROM orders WHERE (id = 1"}
    (found,) = [d for d in make_build(files).findings if d.code == "FS209"]
    assert not found.fix


def test_every_code_that_flink_refuses_too_has_cases_of_both_kinds() -> None:
    foretold = {code for group in PAGES for code in paged_codes(group) if group.foretells(code)}
    assert set(READ) == foretold - ELSEWHERE
    for code, cases in READ.items():
        marked = ["»" in "".join(files_of(case)[0].values()) for case in cases]
        assert any(marked), f"no case fires {code}"
        assert not all(marked), f"no case of {code} is silent"
