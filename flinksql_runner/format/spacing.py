"""What stands between two elements: nothing, a blank, a line end, or the place for one."""

from __future__ import annotations

from dataclasses import replace

from flinksql_runner.dialect.reserved import RESERVED
from flinksql_runner.format.doc import NOTHING, SPACE, Doc, Line, Text
from flinksql_runner.format.roles import BINARY, Roles
from flinksql_runner.format.tree import Bracket, Element, first_atom, last_atom, word_of
from flinksql_runner.format.values import COMMENTS, MIDDLES, OPENERS, Atom, Gap, Kind
from flinksql_runner.format.words import APART

_AS_WRITTEN = frozenset({Kind.TAG, Kind.NOTE, Kind.VERBATIM})
_LETTERS = frozenset({Kind.WORD, Kind.NUMBER, Kind.STRING, Kind.QUOTED})


def between(left: Atom, right: Atom, wanted: Doc, roles: Roles, *, empty: bool = True) -> Doc:
    """What stands between two atoms: ``wanted``, unless comments or Jinja say otherwise.

    ``empty`` says whether an empty line of the source may stay.
    """
    hard = Line(hard=True, empty=empty and right.gap is Gap.EMPTY_LINE)
    if left.kind is Kind.COMMENT:
        return hard
    if left.kind in _AS_WRITTEN or right.kind in _AS_WRITTEN or left.trims[1] or right.trims[0]:
        if isinstance(wanted, Line) and wanted.hard and _may_break(left, right, wanted):
            return replace(wanted, empty=wanted.empty or hard.empty)
        return (NOTHING, SPACE, hard, hard)[right.gap]
    if left.kind in COMMENTS or right.kind in COMMENTS:
        if right.word in (",", ";") and right.gap < Gap.LINE:
            return NOTHING
        return hard if right.gap >= Gap.LINE else SPACE
    if right.gap >= Gap.LINE and (left.start in roles.alone or right.start in roles.alone):
        return hard
    if isinstance(wanted, Line) and empty and right.gap is Gap.EMPTY_LINE:
        return replace(wanted, empty=True)
    return wanted


def _may_break(left: Atom, right: Atom, wanted: Line) -> bool:
    """Whether a line may end beside Jinja where the source has no line end: it has a blank there, or a bracket."""
    if right.gap is Gap.NONE:
        return left.word == "(" or right.word == ")"
    opens = left.kind is Kind.TAG and (left.word in OPENERS or left.word in MIDDLES)
    return wanted.firm or not (opens or right.kind is Kind.TAG)


def spaced(left: Element, right: Element, roles: Roles, *, name: bool = False) -> Text:
    """A blank or nothing between two elements of one line; ``name`` where a word before a bracket is no function."""
    before, behind = word_of(left), word_of(right)
    last, first = last_atom(left), first_atom(right)
    if behind in (",", ";", ".") or before == ".":
        return NOTHING
    if last.start in roles.tight or first.start in roles.tight:
        return NOTHING
    if isinstance(left, Atom) and left.start in roles.prefix and before != "*":
        return _as_written(first)
    if isinstance(right, Bracket):
        return _before_bracket(left, right, name)
    if (isinstance(left, Atom) and left.kind is Kind.SYMBOL and before not in BINARY and before != ",") or (
            isinstance(right, Atom) and right.kind is Kind.SYMBOL and behind not in BINARY):
        return _as_written(first)
    if isinstance(left, Atom) and isinstance(right, Atom) and first.gap is Gap.NONE and {left.kind, right.kind} <= _LETTERS:
        return SPACE if left.kind is Kind.STRING or left.word in RESERVED else NOTHING
    return SPACE


def _as_written(atom: Atom) -> Text:
    return NOTHING if atom.gap is Gap.NONE else SPACE


def _before_bracket(left: Element, right: Bracket, name: bool) -> Text:
    if right.kind == "<":
        return NOTHING
    if right.kind == "{":
        return _as_written(right.open)
    if right.kind not in ("(", "["):
        return SPACE
    if isinstance(left, Bracket):
        return SPACE if right.kind == "(" else NOTHING
    if left.kind is Kind.EXPRESSION:
        return _as_written(right.open)
    if left.kind is Kind.SYMBOL:
        return SPACE if left.word in BINARY or left.word == "," else _as_written(right.open)
    if left.kind in (Kind.STRING, Kind.NUMBER):
        return SPACE if right.kind == "(" else NOTHING
    if left.word in APART:
        return SPACE
    return SPACE if name and right.kind == "(" and left.word not in RESERVED else NOTHING
