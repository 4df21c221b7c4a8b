"""The page of the dialect tells all classes, and its sample parses and is written back with the same meaning."""

from __future__ import annotations

import inspect
from pathlib import Path

from sqlglot import exp

from flinksql_runner.dialect import expressions
from flinksql_runner.dialect.script import parse_script

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "dialect.md").read_text(encoding="utf-8")


def test_each_class_has_its_line() -> None:
    ours = [name for name, kind in inspect.getmembers(expressions, inspect.isclass) if kind.__module__ == expressions.__name__]
    assert len(ours) > 50
    assert [name for name in ours if f"| `{name}` |" not in PAGE] == []


def test_the_sample_is_read() -> None:
    sample = PAGE.partition("```sql\n")[2].partition("```")[0]
    statements = parse_script(sample)
    assert len(statements) == 11
    for statement in statements:
        assert statement.error is None, statement.error
        assert isinstance(statement.tree, exp.Expr)
        (again,) = parse_script(statement.tree.sql(dialect="flink"))
        assert again.tree == statement.tree
