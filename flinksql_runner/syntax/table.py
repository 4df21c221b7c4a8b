"""CREATE TABLE, read from its tokens: columns as the user declared them, keys, WITH options, each with its place.

The parser's tree loses positions and rewrites types, so what must be kept word for word is read here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sqlglot import Token, TokenType

from flinksql_runner.syntax.statements import Mistake, Piece, word
from flinksql_runner.syntax.values import Column

_END_OF_TYPE = {"NOT", "NULL", "METADATA", "COMMENT", "PRIMARY", "UNIQUE", "CONSTRAINT", "DEFAULT", "CHECK"}
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Named:
    """A name (parts joined by dots) from ``start`` to ``end`` (exclusive) of the rendered text."""

    name: str
    start: int
    end: int
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of WITH; ``start`` and ``end`` are those of the value's literal with its quotes, ``key_...`` of the key's."""

    key: str
    value: str
    start: int
    end: int
    key_start: int = 0
    key_end: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A CREATE TABLE statement. ``watermark`` is the column of its WATERMARK, ``like`` the table of its LIKE."""

    named: Named
    columns: tuple[Column, ...] = ()
    primary_key: tuple[str, ...] = ()
    watermark: str = ""
    options: tuple[Option, ...] = ()
    like: Named | None = None
    has_with: bool = False
    as_query: Token | None = None
    mistakes: tuple[Mistake, ...] = field(default=())


def read_table(piece: Piece, text: str) -> Table | Mistake:
    """Reads ``CREATE [TEMPORARY] TABLE [IF NOT EXISTS] name (...) ... WITH (...) [LIKE ...]``."""
    tokens = piece.tokens
    at = next(i for i, t in enumerate(tokens) if word(t) == "TABLE") + 1
    if [word(t) for t in tokens[at:at + 3]] == ["IF", "NOT", "EXISTS"]:
        at += 3
    named, at = read_name(tokens, at)
    if named is None:
        last = tokens[min(at, len(tokens) - 1)]
        return Mistake("CREATE TABLE without a name", last.start, last.end + 1)
    mistakes: list[Mistake] = []
    columns: list[Column] = []
    key: tuple[str, ...] = ()
    watermark = ""
    if at < len(tokens) and tokens[at].token_type is TokenType.L_PAREN:
        close = closing(tokens, at)
        columns, key, watermark = _columns(tokens[at + 1:close], text, mistakes)
        at = close + 1
    options: tuple[Option, ...] = ()
    like: Named | None = None
    has_with = False
    as_query: Token | None = None
    while at < len(tokens):
        said = word(tokens[at])
        if said == "WITH" and _opens(tokens, at + 1):
            close = closing(tokens, at + 1)
            options, has_with = _options(tokens[at + 2:close], mistakes), True
            at = close
        elif said == "LIKE" and like is None:
            like, at = read_name(tokens, at + 1)
            at -= 1
        elif said == "AS":
            as_query = tokens[at]
            break
        elif tokens[at].token_type is TokenType.L_PAREN:
            at = closing(tokens, at)
        at += 1
    return Table(named, tuple(columns), key, watermark, options, like, has_with, as_query, tuple(mistakes))


def read_name(tokens: Sequence[Token], at: int) -> tuple[Named | None, int]:
    """A name with dots that starts at token ``at``, and the index of the token behind it."""
    parts: list[str] = []
    first = at
    while at < len(tokens) and (tokens[at].token_type is TokenType.IDENTIFIER or re.match(r"\w", tokens[at].text)):
        if tokens[at].token_type is TokenType.STRING:
            break
        parts.append(tokens[at].text)
        at += 1
        if at + 1 < len(tokens) and tokens[at].token_type is TokenType.DOT:
            at += 1
        else:
            break
    if not parts:
        return None, at
    return Named(".".join(parts), tokens[first].start, tokens[at - 1].end + 1, len(parts)), at


def closing(tokens: Sequence[Token], at: int) -> int:
    """The index of the parenthesis that closes the one at ``at``; the number of tokens where there is none."""
    depth = 0
    for i in range(at, len(tokens)):
        kind = tokens[i].token_type
        if kind is TokenType.L_PAREN:
            depth += 1
        elif kind is TokenType.R_PAREN:
            depth -= 1
            if not depth:
                return i
    return len(tokens)


def _opens(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].token_type is TokenType.L_PAREN


def _items(tokens: Sequence[Token]) -> list[list[Token]]:
    """The tokens cut at commas that stand in no parentheses and in no ``ROW<...>``."""
    items: list[list[Token]] = [[]]
    depth = angle = 0
    previous = ""
    for token in tokens:
        kind = token.token_type
        if kind is TokenType.COMMA and not depth and not angle:
            items.append([])
            previous = ""
            continue
        depth += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
        if kind is not TokenType.STRING and (angle or previous in ("ROW", "ARRAY", "MAP", "MULTISET", "STRUCT")):
            angle = max(0, angle + token.text.count("<") - token.text.count(">"))
        previous = word(token)
        items[-1].append(token)
    return [i for i in items if i]


def _columns(tokens: Sequence[Token], text: str, mistakes: list[Mistake]) -> tuple[list[Column], tuple[str, ...], str]:
    columns: list[Column] = []
    key: tuple[str, ...] = ()
    watermark = ""
    places: dict[str, Token] = {}
    for item in _items(tokens):
        heads = [word(t) for t in item]
        if heads[:2] == ["WATERMARK", "FOR"] and len(item) > 2:
            watermark = item[2].text
        elif heads[0] == "CONSTRAINT" or (heads[0].startswith(("PRIMARY", "UNIQUE")) and "(" in heads):
            if any(h.startswith("PRIMARY") for h in heads):
                key = _between_parens(item)
        else:
            column, inline_key = _column(item, heads, text)
            columns.append(column)
            key = (column.name,) if inline_key else key
            if column.name in places:
                mistakes.append(Mistake(f"the column `{column.name}` is declared twice", item[0].start, item[0].end + 1,
                                        "remove or rename one of the two"))
            places.setdefault(column.name, item[0])
    if key:
        columns = [Column(c.name, c.type, c.kind, False, c.comment) if c.name in key else c for c in columns]
    return columns, key, watermark


def _between_parens(item: Sequence[Token]) -> tuple[str, ...]:
    at = next((i for i, t in enumerate(item) if t.token_type is TokenType.L_PAREN), None)
    if at is None:
        return ()
    return tuple(t.text for t in item[at + 1:closing(item, at)] if t.token_type is not TokenType.COMMA)


def _column(item: Sequence[Token], heads: Sequence[str], text: str) -> tuple[Column, bool]:
    name = item[0].text
    comment = ""
    if len(item) > 2 and heads[-2] == "COMMENT" and item[-1].token_type is TokenType.STRING:
        comment = item[-1].text
    if len(item) > 1 and heads[1] == "AS":
        return Column(name, "", "computed", True, comment), False
    stop, depth = 1, 0
    while stop < len(item):
        kind = item[stop].token_type
        if not depth and heads[stop].split(" ")[0] in _END_OF_TYPE:
            break
        depth += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
        if kind is not TokenType.STRING:
            depth += item[stop].text.count("<") - item[stop].text.count(">")
        stop += 1
    kind_text = text[item[1].start:item[stop - 1].end + 1] if stop > 1 else ""
    type_text = " ".join(_COMMENTS.sub(" ", kind_text).split())
    rest = " ".join(heads[stop:]).split()
    not_null = ("NOT", "NULL") in pairwise(rest)
    column = Column(name, type_text, "metadata" if "METADATA" in rest else "physical", not not_null, comment)
    return column, "PRIMARY" in rest


def _options(tokens: Sequence[Token], mistakes: list[Mistake]) -> tuple[Option, ...]:
    options: dict[str, Option] = {}
    for item in _items(tokens):
        kinds = [t.token_type for t in item]
        if kinds != [TokenType.STRING, TokenType.EQ, TokenType.STRING]:
            wrong = next((t for t in item if t.token_type not in (TokenType.STRING, TokenType.EQ)), item[-1])
            mistakes.append(Mistake(f"an option of WITH must be 'key' = 'value', found `{wrong.text}`",
                                    wrong.start, wrong.end + 1,
                                    "write key and value in single quotes, with a comma between two options"))
            continue
        key, value = item[0], item[2]
        if key.text in options:
            mistakes.append(Mistake(f"the option '{key.text}' is given twice", key.start, key.end + 1,
                                    "remove one of the two: Flink takes the last", is_warning=True))
        options[key.text] = Option(key.text, value.text, value.start, value.end + 1, key.start, key.end + 1)
    return tuple(options.values())
