"""Statements that Flink's own parser accepts: none gets a finding from what we read of tokens ourselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from flinksql_runner.syntax.gaps import first_gap
from flinksql_runner.syntax.parse import statement_kind
from flinksql_runner.syntax.statements import Piece, split
from flinksql_runner.syntax.table import Table, read_table

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "flink-sql.jsonl"
pytestmark = pytest.mark.skipif(not CORPUS.is_file(), reason="the corpus of Flink SQL is not beside this repository")


def pieces() -> Iterator[tuple[str, str, Piece]]:
    with CORPUS.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            found, mistake = split(entry["sql"])
            assert mistake is None, (entry["id"], mistake)
            for piece in found:
                yield entry["id"], entry["sql"], piece


def test_no_gap_in_a_sound_statement() -> None:
    wrong = [(name, text[gap.start - 30:gap.end + 30]) for name, text, piece in pieces() if (gap := first_gap(piece))]
    assert not wrong


def test_each_create_table_can_be_read() -> None:
    tables = 0
    for name, text, piece in pieces():
        if statement_kind(piece) == "create_table":
            table = read_table(piece, text)
            assert isinstance(table, Table), (name, table)
            # Flink's parser alone does not mind a column that is declared twice; its planner does
            assert not [m for m in table.mistakes if "declared twice" not in m.message], (name, table.mistakes)
            assert all(c.type or c.kind == "computed" or table.as_query for c in table.columns), (name, table.columns)
            tables += 1
    assert tables > 600
