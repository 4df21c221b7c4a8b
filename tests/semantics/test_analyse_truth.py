"""The analyser tells what Flink's planner tells: columns and types of its cases and of all views here, and the refusals."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flinksql_runner.compiler.declare import declare_table, declare_view
from flinksql_runner.dialect.types import parse_type
from flinksql_runner.flink.errors import SqlError
from flinksql_runner.flink.gateway import Gateway, Session
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.values import Running

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "unit" / "analyse"))
from cases import cases, tables  # noqa: E402  (beside the unit tests)

pytestmark = pytest.mark.engine
OPTIONS = re.compile(r"WITH \(\s*'connector' = 'kafka'.*\Z", re.DOTALL)


@pytest.fixture
def session(flink: Running) -> Iterator[Session]:
    with Gateway(flink.gateway_url).open() as opened:
        for statement in tables().values():
            opened.run(statement)
        yield opened


def described(session: Session, name: str) -> tuple[str, ...]:
    """The columns that Flink tells, written as the analyser writes them."""
    return tuple(f"{r.values[0]} {_type(r.values[1] + ('' if r.values[2] is True else ' NOT NULL'))}"
                 for r in session.run(f"DESCRIBE `{name}`"))


def _type(text: str) -> str:
    return text if text.startswith("INTERVAL") else str(parse_type(text))


def test_columns_are_those_of_describe(session: Session) -> None:
    wrong = []
    for case in cases("types.yml", "columns"):
        session.run(f"CREATE TEMPORARY VIEW case_ AS {case.sql}")
        found = described(session, "case_")
        if found != case.expected:
            wrong.append(f"{case.sql}: {found}")
        session.run("DROP TEMPORARY VIEW case_")
    assert not wrong, "\n".join(wrong)


def test_what_is_told_is_refused(session: Session) -> None:
    taken = [case.sql for case in cases("mistakes.yml", "tells") if not _refused(session, case.sql)]
    assert not taken, "\n".join(taken)


def _refused(session: Session, sql: str) -> bool:
    try:
        if not sql.upper().startswith("INSERT"):
            session.run(f"CREATE TEMPORARY VIEW case_ AS {sql}")
            session.run("DROP TEMPORARY VIEW case_")
        session.run(f"EXPLAIN {sql}")
    except SqlError:
        return True
    return False


def test_views_of_the_project_have_the_columns_that_flink_tells(flink: Running) -> None:
    built = build(load(HERE, env={}))
    assert not built.types
    wrong = []
    with Gateway(flink.gateway_url).open() as session:
        for name in built.graph.order:
            node = built.graph.nodes[name]
            statement = declare_view(node) if node.kind == "transform" else declare_table(node)
            # a connector that the bare distribution has: this is about types
            session.run(OPTIONS.sub("WITH ('connector' = 'datagen')", statement.sql))
            found = described(session, name)
            ours = tuple(f"{c.name} {c.type}" for c in built.analysis.nodes[name].columns)
            if found != ours:
                wrong.append(f"{name}: {found} {ours}")
    assert not wrong, "\n".join(wrong)
