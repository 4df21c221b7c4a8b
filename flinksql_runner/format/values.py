"""What the formatter works on: atoms of a template, and how the result should look.

An *atom* is a piece of a template that is never taken apart: a word, a quoted text with the Jinja in it, a comment, a tag. The
formatter only chooses what stands between two atoms, and the letter case of keywords.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum


class Kind(Enum):
    """What an atom is."""

    WORD = "word"
    QUOTED = "quoted name"
    STRING = "string"
    NUMBER = "number"
    SYMBOL = "symbol"
    HINT = "hint"
    COMMENT = "comment to the end of the line"
    REMARK = "comment between /* and */"
    EXPRESSION = "output of Jinja, with what touches it"
    TAG = "tag of Jinja"
    NOTE = "comment of Jinja"
    VERBATIM = "text that stays as it is"


class Gap(IntEnum):
    """What stood before an atom in the source."""

    NONE = 0
    BLANK = 1
    LINE = 2
    EMPTY_LINE = 3


@dataclass(frozen=True, slots=True)
class Atom:
    """One piece of a template.

    ``text`` is what is printed, ``word`` what decides (upper case for words, the sign for symbols, the name of a tag, else
    empty). ``start`` and ``end`` are offsets in the source. ``indent`` is the indentation of the source line that the atom
    starts in, ``column`` its own, both from 0. ``trims`` says whether Jinja takes away the white space left and right of it.
    """

    kind: Kind
    text: str
    word: str
    gap: Gap
    start: int
    end: int
    indent: int = 0
    column: int = 0
    trims: tuple[bool, bool] = (False, False)


@dataclass(frozen=True, slots=True)
class Style:
    """How the result looks: ``line_length`` in characters, ``keyword_case`` upper, lower or keep."""

    line_length: int = 100
    keyword_case: str = "upper"
    align_columns: bool = True


class CannotFormat(Exception):
    """A template that the formatter does not understand well enough to touch it: why, and the offset where."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


COMMENTS = frozenset({Kind.COMMENT, Kind.REMARK, Kind.NOTE})
OPENERS = frozenset({"if", "for", "macro", "call", "filter", "with", "block", "autoescape", "raw", "set"})
"""Tags that a closing tag may follow (``set`` only in its long form)."""
BODIES = frozenset({"macro", "call", "filter", "set", "block", "with"})
"""Openers whose inside stands for itself and further right."""
MIDDLES = frozenset({"else", "elif"})
