"""What nobody should write: the parser gives a tree or an error with a place, soon, and never anything else."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot.errors import ParseError, SqlglotError

from flinksql_runner.dialect.script import parse_script

COUNT = int(os.environ.get("FUZZ", "3000"))
_TOKENS = re.compile(r"'(?:[^']|'')*'|`[^`]*`|\w+|\s+|.", re.DOTALL)
_ODD = ["'", "`", '"', "(", ")", "<", ">", ";", "\0", "\ufeff", "\U0001f600", "é", "--", "/*", "*/", "{", "$", "\\", "U&'", "x'",
        "1e", "."]


@pytest.mark.parametrize("text", [
    "(" * 500 + "1" + ")" * 500, "ABS(" * 500 + "1" + ")" * 500, "NOT " * 5000 + "a", "- " * 5000 + "a",
    "CASE WHEN a THEN " * 500 + "1" + " END" * 500, "CAST(a AS " + "ARRAY<" * 500 + "INT" + ">" * 500 + ")", "(" * 100_000,
], ids=lambda text: text[:12])
def test_what_is_nested_too_deeply_is_an_error(text: str) -> None:
    with pytest.raises(ParseError, match="nested too deeply"):
        sqlglot.parse_one(f"SELECT {text}", read="flink")


@pytest.mark.parametrize("text", [
    "SELECT " + ", ".join(f"c{i}" for i in range(5000)) + " FROM t",
    "CREATE TABLE t (" + ", ".join(f"c{i} INT" for i in range(5000)) + ")",
    "SELECT a FROM t WHERE " + " AND ".join(f"c{i} = {i}" for i in range(5000)),
    " UNION ALL ".join(f"SELECT {i}" for i in range(2000)),
    "INSERT INTO t VALUES " + ", ".join(f"({i}, 'abcdefgh')" for i in range(10_000)),
    "SELECT '" + "x" * 1_000_000 + "'",
], ids=lambda text: text[:12])
def test_what_is_long_is_read_and_written_back(text: str) -> None:
    assert sqlglot.parse_one(text, read="flink").sql(dialect="flink").replace("\n", " ") == text


def statements() -> list[str]:
    """The dialect's own cases: lines of the tests beside this one that are statements."""
    words = re.compile(r"(?:SELECT|CREATE|ALTER|DROP|INSERT|SHOW|WITH|EXPLAIN|EXECUTE|SET|COMPILE|CALL|DESCRIBE)\b[^\n]{8,400}$",
                       re.MULTILINE)
    texts = [p.read_text(encoding="utf-8") for p in sorted(Path(__file__).parent.glob("test_dialect_*.py"))]
    return [found for text in texts for found in words.findall(text) if '"' not in found]


def mutants(count: int, seed: int) -> Iterator[str]:
    """Statements with tokens dropped, doubled, swapped or put in, cut off, or with odd characters."""
    sources, draw = statements(), random.Random(seed)
    assert len(sources) > 100
    for _ in range(count):
        tokens = _TOKENS.findall(draw.choice(sources))
        for _ in range(draw.randint(1, 3)):
            at = draw.randrange(len(tokens))
            match draw.randrange(6):
                case 0:
                    tokens.pop(at)
                case 1:
                    tokens.insert(at, tokens[at])
                case 2:
                    other = draw.randrange(len(tokens))
                    tokens[at], tokens[other] = tokens[other], tokens[at]
                case 3:
                    tokens = tokens[:at + 1]
                case 4:
                    tokens.insert(at, draw.choice(_ODD))
                case _:
                    tokens.insert(at, draw.choice(_TOKENS.findall(draw.choice(sources))))
            if not tokens:
                tokens = [" "]
        yield "".join(tokens)


def test_mutants_give_a_tree_or_an_error_in_the_text() -> None:
    for text in mutants(COUNT, seed=7):
        try:
            for tree in sqlglot.parse(text, read="flink"):
                if tree is not None:
                    tree.sql(dialect="flink")
        except SqlglotError:
            pass
        for statement in parse_script(text):
            assert 0 <= statement.start <= statement.end <= len(text), repr(text)
            if statement.error is not None:
                assert statement.start <= statement.error.start <= statement.error.end <= statement.end, repr(text)
