"""Where Jinja stands in a template, by Jinja's own lexer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment

from flinksql_runner.format.values import CannotFormat, Kind
from flinksql_runner.templating.marks import RawToken, raw_tokens

_ANY = re.compile(r"\{[{%#]")
_SHORT_SET = re.compile(r"\{%[-+]?\s*set\s+[\w.,()\s]+=")
_ENDS = {"variable_begin": "variable_end", "block_begin": "block_end", "comment_begin": "comment_end", "raw_begin": "raw_end"}
_KINDS = {"variable_begin": Kind.EXPRESSION, "block_begin": Kind.TAG, "comment_begin": Kind.NOTE, "raw_begin": Kind.EXPRESSION}


@dataclass(frozen=True, slots=True)
class Hole:
    """A piece of Jinja from ``start`` to ``end``: an output, a tag, a comment, or a raw block as a whole (an output too)."""

    kind: Kind
    text: str
    name: str
    start: int
    end: int
    trims: tuple[bool, bool]


@cache
def _environment() -> Environment:
    return Environment(keep_trailing_newline=True, autoescape=False)


def holes(text: str) -> tuple[Hole, ...]:
    """All pieces of Jinja in a text, in order.

    :raises CannotFormat: where Jinja can't read it.
    """
    if not _ANY.search(text):
        return ()
    tokens, failed = raw_tokens(_environment(), text, "")
    if failed is not None:
        at = tokens[-1].start if tokens else 0
        raise CannotFormat(f"Jinja can't read the template ({failed.message})", at)
    return tuple(_holes(text, tokens))


def _holes(text: str, tokens: Sequence[RawToken]) -> Iterator[Hole]:
    at = 0
    while at < len(tokens):
        opened = tokens[at]
        if opened.type not in _ENDS:
            at += 1
            continue
        last = at + 1
        while last < len(tokens) - 1 and tokens[last].type != _ENDS[opened.type]:
            last += 1
        closed = tokens[last]
        if closed.type != _ENDS[opened.type]:
            raise CannotFormat("this is never closed", opened.start)
        start, end = opened.start, closed.start + len(closed.value.rstrip())
        name = next((t.value for t in tokens[at + 1:last] if t.type == "name"), "") if opened.type == "block_begin" else ""
        if name == "set" and _SHORT_SET.match(text, start):
            name = "set =="  # the short form, which nothing closes
        trims = (text[start + 2] == "-", text[end - 3] == "-")
        piece = text[start:end]
        if opened.type in ("variable_begin", "block_begin"):
            piece = _padded(piece)
        yield Hole(_KINDS[opened.type], piece, name, start, end, trims)
        at = last + 1


def _padded(piece: str) -> str:
    """A tag or output with one blank inside its braces; line ends there stay."""
    head = 3 if piece[2] in "-+" else 2
    tail = 3 if piece[-3] in "-+" else 2
    inner = piece[head:-tail]
    left = inner[:len(inner) - len(inner.lstrip())]
    right = inner[len(inner.rstrip()):]
    return "".join((
        piece[:head], left if "\n" in left else " ", inner.strip(), right if "\n" in right else " ", piece[-tail:]))
