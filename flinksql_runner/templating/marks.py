"""Marks that travel through Jinja with the text, so that each rendered character can be led back to its place.

Before each run of literal text and around each ``{{ ... }}`` the token stream gets a mark: characters of a private-use
plane around an index into a table of places. After rendering the marks are taken out again, which leaves the text and a
sorted list of pieces. Loops, macros, includes and captured blocks need no special care, since a mark goes where its text
goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from jinja2 import Environment, TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from flinksql_runner.diagnostics import Span
from flinksql_runner.templating.values import Piece

OPEN, CLOSE, END = "\U000f0000", "\U000f0001", "\U000f0002"
FORBIDDEN = re.compile(f"[{OPEN}{CLOSE}{END}]")
_MARK = re.compile(f"{OPEN}(\\d+){CLOSE}|{END}")


def clean(text: str) -> str:
    """``text`` without marks."""
    return _MARK.sub("", text) if OPEN in text or END in text else text


class RawToken(NamedTuple):
    """A token of a template as it stands in the file: ``start`` is its offset from 0, ``line`` from 1."""

    type: str
    value: str
    start: int
    line: int


def raw_tokens(environment: Environment, source: str, name: str) -> tuple[tuple[RawToken, ...], TemplateSyntaxError | None]:
    """All tokens of a template with their offsets (Jinja keeps lines alone), and Jinja's error where its lexer gives up.

    White space that a ``{%-`` takes away is in no token, so it is passed over.
    """
    found: list[RawToken] = []
    at = 0
    try:
        for line, kind, value in environment.lexer.tokeniter(source, name, name):
            while not source.startswith(value, at) and at < len(source):
                at += 1
            found.append(RawToken(kind, value, at, line))
            at += len(value)
    except TemplateSyntaxError as failed:
        return tuple(found), failed
    return tuple(found), None


class Places:
    """The table behind the marks of one environment: an index for each marked place, and the tokens of each file."""

    def __init__(self) -> None:
        self.spans: list[tuple[Span, bool]] = []
        self.tokens: dict[str, tuple[RawToken, ...]] = {}
        self.sources: dict[str, str] = {}

    def mark(self, span: Span, literal: bool) -> str:
        """A new mark for a place."""
        self.spans.append((span, literal))
        return f"{OPEN}{len(self.spans) - 1}{CLOSE}"

    def read(self, rendered: str) -> tuple[str, tuple[Piece, ...]]:
        """The rendered text without its marks, and the pieces that it is made of."""
        first, *parts = _MARK.split(rendered)
        text, pieces, calls = [first], list[Piece](), list[Span]()
        length = len(first)
        begun: tuple[int, Span, bool, tuple[Span, ...]] | None = None   # a piece without text is none, unless it is the last one
        for index, output in zip(parts[::2], parts[1::2], strict=True):
            if index is not None:
                span, literal = self.spans[int(index)]
                begun = (length, span, literal, tuple(calls))
                if not literal:
                    calls.append(span)
            elif calls:
                begun = (length, calls.pop(), False, tuple(calls))
            if output:
                if begun is not None:
                    pieces.append(Piece(*begun))
                    begun = None
                text.append(output)
                length += len(output)
        if begun is not None:
            pieces.append(Piece(*begun))
        plain = "".join(text)
        ends = [p.start for p in pieces[1:]] + [len(plain)]
        return plain, tuple(p if p.literal or not p.calls else self._given(p, plain[p.start:end])
                            for p, end in zip(pieces, ends, strict=False))  # a template without output has no piece

    def _given(self, piece: Piece, output: str) -> Piece:
        """What came into a macro by an argument stands at the call, as far as it stands there word for word."""
        call = piece.calls[-1]
        if not output.strip() or output != output.strip():
            return piece
        written = self.sources.get(call.file, "")[call.start:call.end]
        found = re.search(rf"(?<!\w){re.escape(output)}(?!\w)", written)
        if found is None:
            return piece
        start = call.start + found.start()
        return Piece(piece.start, Span(call.file, start, start + len(output)), True, piece.calls[:-1])


_OUTER = frozenset(["data", "variable_begin", "variable_end", "block_begin", "block_end"])


class MarkExtension(Extension):
    """Puts the marks into the token stream; the environment has its ``Places`` under ``places``."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The stream with a mark before each literal text and around each output, call and include."""
        places: Places = self.environment.places  # type: ignore[attr-defined]
        name = stream.name or ""
        outer = [t for t in places.tokens[name] if t.type in _OUTER]
        at = 0
        tokens = list(stream)
        open_blocks: list[str] = []
        for index, token in enumerate(tokens):
            if token.type not in _OUTER:
                yield token
                continue
            while outer[at].type != token.type:
                at += 1
            raw = outer[at]
            at += 1
            if token.type == "data":
                span = Span(name, raw.start, raw.start + len(raw.value))
                yield Token(token.lineno, "data", places.mark(span, True) + token.value)
            elif token.type == "variable_begin":
                yield Token(token.lineno, "data", places.mark(Span(name, raw.start, _end(outer, at, "variable_end")), False))
                yield token
            elif token.type == "variable_end":
                yield token
                yield Token(token.lineno, "data", END)
            elif token.type == "block_begin":
                word = tokens[index + 1].value if index + 1 < len(tokens) else ""
                open_blocks.append(word)
                if word in ("call", "include"):
                    yield Token(token.lineno, "data", places.mark(Span(name, raw.start, _end(outer, at, "block_end")), False))
                yield token
            else:
                yield token
                if open_blocks and open_blocks.pop() in ("include", "endcall"):
                    yield Token(token.lineno, "data", END)


def _end(outer: list[RawToken], at: int, kind: str) -> int:
    for i in range(at, len(outer)):
        token = outer[i]
        if token.type == kind:
            return token.start + len(token.value.rstrip())
    return outer[-1].start + len(outer[-1].value)
