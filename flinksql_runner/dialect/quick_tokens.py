"""Tokens of plain SQL by one regular expression: the same as from the tokenizer of sqlglot, which takes each character by itself.

Plain means words, numbers, strings, quoted names, common signs, comments that are not nested. A text with anything else (hints,
doubled quotes, ``1e5``, ``x'ff'``, letters that are not ASCII outside of strings) is left to sqlglot as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import Token, TokenType

_TOKEN = re.compile(r"""
    (?P<space>[ \t\n]+)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<two>\|\||>=|<=|<>|=>)
    | (?P<one>[(),.*=;+])
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?![0-9A-Za-z_.]))
    | (?P<string>'[^']*'(?!'))
    | (?P<name>`[^`]+`(?!`))
    | (?P<line>--[^\n]*)
    | (?P<block>/\*(?!\+)(?:(?!/\*)[^*]|\*(?!/))*\*/)
    | (?P<sign>[<>\[\]%-]|/(?![/*]))
    """, re.VERBOSE)
_SECOND = re.compile(r"[ \t]+(?P<word>[A-Za-z]+)(?![A-Za-z0-9_])")
_SPLIT = re.compile(r"[ \t]*\n[ \t\n]*[A-Za-z]")
_PREFIXES = frozenset({("N", "'"), ("X", "'"), ("U", "&"), ("USER", "-")})     # what is more than a word with a sign behind it
_PLAIN_STRING, _NAME, _NUMBER, _VAR = TokenType.STRING, TokenType.IDENTIFIER, TokenType.NUMBER, TokenType.VAR


class QuickTokens:
    """Made from the tables of a tokenizer: ``keywords`` in upper case, ``signs`` of one character."""

    def __init__(self, keywords: Mapping[str, TokenType], signs: Mapping[str, TokenType]) -> None:
        self._keywords, self._signs = keywords, signs
        self._pairs = {tuple(k.split(" ")): kind for k, kind in keywords.items() if k.count(" ") == 1}
        self._first = frozenset(first for first, _ in self._pairs)

    def read(self, text: str) -> list[Token] | None:
        """The tokens of a plain text; None where it is not plain."""
        if "\r" in text:
            return None
        found = _Reading(text)
        keywords, signs, match = self._keywords, self._signs, _TOKEN.match
        at, size = 0, len(text)
        while at < size:
            token = match(text, at)
            if token is None:
                return None
            kind, end = token.lastgroup, token.end()
            if kind == "space":
                found.newlines(at, end)
            elif kind == "word":
                word = text[at:end]
                upper = word.upper()
                if (upper, text[end:end + 1]) in _PREFIXES:
                    return None
                if upper in self._first:
                    second = _SECOND.match(text, end)
                    pair = self._pairs.get((upper, second["word"].upper())) if second is not None else None
                    if second is not None and pair is not None:
                        at = found.add(pair, f"{upper} {second['word'].upper()}", at, second.end())
                        continue
                    if _SPLIT.match(text, end) is not None:
                        return None     # maybe the two words of a keyword on two lines
                found.add(keywords.get(upper, _VAR), word, at, end)
            elif kind == "one" or kind == "sign":
                found.add(signs[text[at]], text[at], at, end)
            elif kind == "two":
                found.add(keywords[token.group()], token.group(), at, end)
            elif kind == "number":
                found.add(_NUMBER, text[at:end], at, end)
            elif kind == "string":
                found.newlines(at, end)
                found.add(_PLAIN_STRING, text[at + 1:end - 1], at, end)
            elif kind == "name":
                found.newlines(at, end)
                found.add(_NAME, text[at + 1:end - 1], at, end)
            else:
                found.comment(at, end, text[at + 2:end - (2 if kind == "block" else 0)])
            at = end
        return found.all()


class _Reading:
    """The tokens so far, the place in lines, and comments that wait for a token."""

    __slots__ = ("_comments", "_line", "_line_of_last", "_newline", "_text", "_tokens")

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[Token] = []
        self._comments: list[str] = []
        self._line, self._newline, self._line_of_last = 1, -1, -1

    def newlines(self, start: int, end: int) -> None:
        """Counts the lines that end in a part of the text."""
        count = self._text.count("\n", start, end)
        if count:
            self._line += count
            self._newline = self._text.rindex("\n", start, end)

    def add(self, kind: TokenType, text: str, start: int, end: int) -> int:
        """A token; gives its end."""
        if self._comments and kind is TokenType.SEMICOLON and self._tokens:
            self._tokens[-1].comments.extend(self._comments)
            self._comments = []
        self._tokens.append(Token(kind, text, self._line, end - self._newline - 1, start, end - 1, self._comments))
        self._comments = []
        self._line_of_last = self._line
        return end

    def comment(self, start: int, end: int, text: str) -> None:
        """A comment: of the token before it on the same line, else of the token behind it."""
        line = self._line
        self.newlines(start, end)
        self._comments.append(text)
        if line == self._line_of_last:
            self._tokens[-1].comments.extend(self._comments)
            self._comments = []
            self._line_of_last = self._line

    def all(self) -> list[Token]:
        """All tokens; what is left of comments belongs to the last one."""
        if self._tokens and self._comments:
            self._tokens[-1].comments.extend(self._comments)
        return self._tokens
