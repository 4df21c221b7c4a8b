"""Our findings against what Flink's own factories said of the same tables: nothing refused that Flink takes."""

from __future__ import annotations

import pytest
from sample import Case, cases, recorded

from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.graph.resolve import resolve
from flinksql_runner.options.check import check_options
from flinksql_runner.project.values import SqlFile
from flinksql_runner.syntax.parse import parse
from flinksql_runner.templating.values import Rendered, SourceMap

SAID = recorded()
MISSED = "watermark-time-zone=Nowhere"  # names of time zones are Java's; the planner tells it


def check(case: Case) -> tuple[Diagnostic, ...]:
    ddl = case.ddl if case.side == "source" else f"{case.ddl};\nINSERT INTO it SELECT 1, 'b', TIMESTAMP '2026-01-01 00:00:00'"
    path = f"sql/{case.side}s/it.sql"
    file = SqlFile(path, ddl, "source" if case.side == "source" else "sink", "it")
    return check_options(resolve([parse(Rendered(file, ddl, SourceMap(path)))]), "2.3.0")


def test_every_case_is_recorded() -> None:
    names = [c.name for c in cases()]
    assert len(set(names)) == len(names)
    assert set(names) == set(SAID)


@pytest.mark.parametrize("case", cases(), ids=lambda c: c.name)
def test_refused_where_flink_refuses(case: Case) -> None:
    errors = [f"{d.code} {d.message}" for d in check(case) if d.is_error]
    refused = SAID[case.name] and MISSED not in case.name
    assert bool(errors) == bool(refused), f"Flink: {SAID[case.name] or 'plans it'}; we: {errors}"
