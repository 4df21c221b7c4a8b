"""What the tables of statements have in common: how one is written back, and how one is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError


@pytest.fixture
def kept() -> Callable[[str], None]:
    """Holds a statement to be written back as it was: from the tree, from its copy, and from its pretty text."""
    def check(sql: str) -> None:
        tree = sqlglot.parse_one(sql, read="flink")
        assert not tree.find(exp.Command)
        assert tree.sql(dialect="flink") == sql
        assert tree.copy().sql(dialect="flink") == sql
        assert sqlglot.parse_one(tree.sql(dialect="flink", pretty=True), read="flink").sql(dialect="flink") == sql

    return check


@pytest.fixture
def refused() -> Callable[[str], None]:
    """Holds a statement to be refused, at a place inside of it."""
    def check(sql: str) -> None:
        with pytest.raises(SqlglotError) as caught:
            sqlglot.parse(sql, read="flink")
        errors = getattr(caught.value, "errors", [])
        assert all(1 <= error["line"] <= 1 + sql.count("\n") and error["col"] <= len(sql) + 1 for error in errors)

    return check
