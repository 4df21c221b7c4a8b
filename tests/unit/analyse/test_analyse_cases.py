"""Columns and types as Flink's DESCRIBE tells them, mistakes as the planner refuses them, each at its place."""

from __future__ import annotations

import pytest
from cases import Case, analysed, cases

TYPES = cases("types.yml", "columns")
MISTAKES = cases("mistakes.yml", "tells")


@pytest.mark.parametrize("case", TYPES, ids=lambda c: c.sql[:60])
def test_columns(case: Case) -> None:
    found, _ = analysed(case.sql)
    assert not found.diagnostics
    assert tuple(f"{c.name} {c.type}" for c in found.columns) == case.expected


@pytest.mark.parametrize("case", MISTAKES, ids=lambda c: c.sql[:60])
def test_mistakes(case: Case) -> None:
    found, text = analysed(case.sql)
    told = tuple(f"{d.code} | {text[d.span.start:d.span.end]} | {d.message}" for d in found.diagnostics if d.span is not None)
    assert told == case.expected


def test_the_cases_are_many() -> None:
    assert len(TYPES) >= 150
    assert len(MISTAKES) >= 140
