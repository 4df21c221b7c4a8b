"""The quick way to tokens gives those of sqlglot's tokenizer, or nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlglot import Token
from sqlglot.errors import TokenError
from sqlglot.tokens import Tokenizer

from flinksql_runner.dialect.flink import Flink
from flinksql_runner.dialect.quick_tokens import QuickTokens

ROOT = Path(__file__).resolve().parents[3]
QUICK = QuickTokens(Flink.Tokenizer.KEYWORDS, Flink.Tokenizer.SINGLE_TOKENS)
SLOW = Flink.Tokenizer(dialect=Flink())
PIECES = (
    "GROUP", " ", "BY", "  ", "\n", "\t", "ORDER", "'a'", "''", "`x`", "--c\n", "--", "/*c*/", "/* \n */", "/**/", "/*",
    "*/", "/*+",
    ",", ".", ";", "1", "1.5", "x", "N", "U", "&", "-", "=>", "<=", ">", "=", "||", "|", "<>", "USER", "DEFINED",
    "PARTITION", "CHAR",
    "VARYING", "(", ")", "é", "_", "$", "%", "{", "[", "]", "DOUBLE", "PRECISION", "SELECT", "+", "*", "/", "//", "\r", "0", "e",
    "'a\nb'", "'é'", "KEY", "PRIMARY", "`a\nb`", "\u00a0", "!", "?", ":",
)


def slowly(text: str) -> list[Token]:
    return Tokenizer.tokenize(SLOW, text)


def row(token: Token) -> tuple[object, ...]:
    return token.token_type, token.text, token.line, token.col, token.start, token.end, token.comments


def same(text: str) -> bool:
    """Whether the quick way took the text; what it gives must be right."""
    found = QUICK.read(text)
    if found is None:
        return False
    try:
        expected = slowly(text)
    except TokenError:
        pytest.fail(f"sqlglot refuses {text!r}")
    assert list(map(row, found)) == list(map(row, expected)), text
    return True


@pytest.mark.parametrize("text", [
    "SELECT a.b, `c d`, 'x y' FROM t -- all\nWHERE a <= 1.5 AND b <> c /* two\nlines */ GROUP BY a ORDER  BY b;",
    "-- first\n/* second */ SELECT 1 -- behind\n-- last\n", "", "  \n ", "/* alone */", "a;-- c\n;", "SELECT x.y.z [1] % 2 - -1",
    "CREATE TABLE t (a DOUBLE PRECISION, PRIMARY KEY (a) NOT ENFORCED) WITH ('k' = 'é\nü')",
    "GROUPBY GROUP BYE PARTITION_BY group by",
    "f(a => 1) || 'b'", "CASE\n  WHEN a THEN b\nEND",
])
def test_plain_texts_are_taken(text: str) -> None:
    assert same(text)


@pytest.mark.parametrize("text", [
    "'it''s'", "1e5", "1.", "0x1F", "12ab", "x'ff'", "U&'a'", "n'a'", "SELECT /*+ hint */ 1", "/* /* */ */", "a // b",
    "größe", "a\r\nb",
    "'open", "`open", "/* open", "GROUP\nBY a", "a != b", "{fn f()}", "user-defined", "a$b",
])
def test_what_is_not_plain_is_left_alone(text: str) -> None:
    assert QUICK.read(text) is None


def test_the_repository_and_random_texts() -> None:
    texts = [p.read_text(encoding="utf-8") for folder in ("sql", "tests",
    "flinksql_runner") for p in sorted((ROOT / folder).rglob("*.sql"))]
    assert sum(map(same, texts)) > 20
    chance = random.Random(1)
    assert sum(same("".join(chance.choices(PIECES, k=chance.randrange(1, 14)))) for _ in range(10_000)) > 1_000


def test_the_dialect_goes_the_quick_way() -> None:
    assert list(map(row, Flink().tokenize("SELECT 'it''s'"))) == list(map(row, slowly("SELECT 'it''s'")))
    assert list(map(row, Flink().tokenize("SELECT 1"))) == list(map(row, slowly("SELECT 1")))
