"""The dialect on SQL that people wrote: read, written back and read again, the same tree. Skipped where the corpus is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

CORPUS = Path(__file__).resolve().parents[3] / ".." / "shared" / "corpus"
OTHER_TREE = {"940d8d59c2f7": "VALUES 1 is written as VALUES (1)"}      # known failures: these two lists may only shrink
OTHER_TEXT = 64     # statements whose comments wander once more when written back twice

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of Flink SQL is not beside this repository")


def lines(name: str) -> Iterator[tuple[str, str]]:
    """Id and text of each statement."""
    for line in (CORPUS / name).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["id"], row["sql"]


def trees(sql: str) -> list[exp.Expr]:
    return [tree for tree in sqlglot.parse(sql, read="flink") if tree is not None]


def test_what_flink_accepts_is_read_and_keeps_its_tree() -> None:
    unread, changed, other_text = [], [], []
    for key, sql in lines("flink-sql.jsonl"):
        try:
            first = trees(sql)
            if any(tree.find(exp.Command) for tree in first):
                unread.append(key)
                continue
            text = ";\n".join(tree.sql(dialect="flink") for tree in first)
            again = trees(text)
            pretty = trees(";\n".join(tree.sql(dialect="flink", pretty=True) for tree in first))
        except SqlglotError:
            unread.append(key)
            continue
        if first != again or first != pretty:
            changed.append(key)
        if text != ";\n".join(tree.sql(dialect="flink") for tree in again):
            other_text.append(key)
    assert unread == []
    assert changed == list(OTHER_TREE)
    assert len(other_text) <= OTHER_TEXT


def test_what_flink_refuses_is_refused() -> None:
    taken = []
    for key, sql in lines("rejected.jsonl"):
        try:
            trees(sql)
            taken.append(key)
        except SqlglotError:
            continue
    assert taken == []
