"""Calls of window functions in a node's trees."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from flinksql_runner.lint.trees import Trees

WINDOWS = frozenset({"TUMBLE", "HOP", "CUMULATE", "SESSION"})


def windows(trees: Trees) -> Iterator[exp.Anonymous]:
    """The calls of window functions in a node, of table functions and of groups."""
    for call in trees.all(exp.Anonymous):
        if call.name.upper() in WINDOWS and call.expressions:
            yield call
