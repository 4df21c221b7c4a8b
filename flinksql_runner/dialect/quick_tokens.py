"""Tokens of plain SQL by one regular expression: the same as from the tokenizer of sqlglot, which takes each character by itself.

Plain means words, numbers, strings, quoted names, common signs, comments that are not nested. A text with anything else (hints,
doubled quotes, ``1e5``, ``x'ff'``, letters that are not ASCII outside of strings) is left to sqlglot as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import Token, TokenType

_TOKEN = re.compile(r"""[ \t\n]*(?:
    (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<two>\|\||>=|<=|<>|=>)
    | (?P<one>[(),.*=;+])
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?![0-9A-Za-z_.]))
    | (?P<string>'[^']*'(?!'))
    | (?P<name>`[^`]+`(?!`))
    | (?P<line>--[^\n]*)
    | (?P<block>/\*(?!\+)(?:(?!/\*)[^*]|\*(?!/))*\*/)
    | (?P<sign>[<>\[\]%-]|/(?![/*]))
    | (?P<end>\Z)
    )""", re.VERBOSE)
_SECOND = re.compile(r"[ \t]+(?P<word>[A-Za-z]+)(?![A-Za-z0-9_])")
_SPLIT = re.compile(r"[ \t]*\n[ \t\n]*[A-Za-z]")
_PREFIXES = {"N": ("'",), "X": ("'",), "U": ("&",), "USER": ("-",)}     # what is more than a word with a sign behind it
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
        add, keywords, signs, match = found.add, self._keywords, self._signs, _TOKEN.match
        at = 0
        while (token := match(text, at)) is not None:
            kind = token.lastgroup
            start, end = token.span(kind or 0)
            if start > at + 1 or text[at:start] == "\n":
                found.newlines(at, start)
            at = end
            if kind == "word":
                word = token[kind]
                upper = word.upper()
                if upper in _PREFIXES and text[end:end + 1] in _PREFIXES[upper]:
                    return None
                if upper in self._first:
                    second = _SECOND.match(text, end)
                    pair = self._pairs.get((upper, second["word"].upper())) if second is not None else None
                    if second is not None and pair is not None:
                        at = second.end()
                        add(pair, f"{upper} {second['word'].upper()}", start, at)
                        continue
                    if _SPLIT.match(text, end) is not None:
                        return None     # maybe the two words of a keyword on two lines
                add(keywords.get(upper, _VAR), word, start, end)
            elif kind == "one" or kind == "sign":
                add(signs[token[kind]], token[kind], start, end)
            elif kind == "number":
                add(_NUMBER, token[kind], start, end)
            elif kind == "two":
                add(keywords[token[kind]], token[kind], start, end)
            elif kind == "string" or kind == "name":
                found.newlines(start, end)
                add(_PLAIN_STRING if kind == "string" else _NAME, text[start + 1:end - 1], start, end)
            elif kind == "end":
                return found.all()
            else:
                found.comment(start, end, text[start + 2:end - (2 if kind == "block" else 0)])
        return None


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

    def add(self, kind: TokenType, text: str, start: int, end: int) -> None:
        """A token."""
        line = self._line_of_last = self._line
        if not self._comments:
            self._tokens.append(Token(kind, text, line, end - self._newline - 1, start, end - 1))
            return
        if kind is TokenType.SEMICOLON and self._tokens:
            self._tokens[-1].comments.extend(self._comments)
            self._comments = []
        self._tokens.append(Token(kind, text, line, end - self._newline - 1, start, end - 1, self._comments))
        self._comments = []

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
