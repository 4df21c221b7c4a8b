"""Statements of public repositories: formatted twice alike, and the same tokens and trees.

``FORMAT_CORPUS=all`` (``make format-corpus``) takes every statement, else one of twelve.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from flinksql_runner.format.layout import format_text
from flinksql_runner.format.values import Style
from flinksql_runner.format.verify import differs_as_sql, differs_as_template

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "flink-sql.jsonl"
pytestmark = pytest.mark.skipif(not CORPUS.is_file(), reason="the corpus of Flink SQL is not beside this repository")


@pytest.mark.parametrize("style", [Style(), Style(line_length=40, keyword_case="lower", align_columns=False)], ids=["100", "40"])
def test_each_statement_keeps_its_tree_and_its_layout(style: Style) -> None:
    step = 1 if os.environ.get("FORMAT_CORPUS") == "all" else 12
    lines = CORPUS.read_text(encoding="utf-8").splitlines()[::step]
    wrong: list[tuple[str, object]] = []
    for entry in map(json.loads, lines):
        result = format_text(entry["sql"], style)
        if not isinstance(result, str):
            wrong.append((entry["id"], result))
            continue
        if format_text(result, style) != result:
            wrong.append((entry["id"], "not the same again"))
        different = differs_as_template(entry["sql"], result) or differs_as_sql(entry["sql"], result)
        if different is not None:
            wrong.append((entry["id"], different))
    assert not wrong
    print(f"{len(lines)} statements")
