"""What single atoms are in their surroundings: signs before a number, stars, outputs of Jinja that stand alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flinksql_runner.format.values import COMMENTS, Atom, Gap, Kind
from flinksql_runner.format.words import OPERAND_WANTED

BINARY = frozenset({"=", "<", ">", "<=", ">=", "<>", "!=", "||", "+", "-", "*", "/", "%", "=>"})
_SIGNS = frozenset({"+", "-", "*"})
_TIGHT = frozenset({"+", "-", "*", "/", "%"})
_ENDS_VALUE = frozenset({")", "]", "}", ">"})


@dataclass(frozen=True, slots=True)
class Roles:
    """Atoms by their ``start``.

    ``alone`` are outputs of Jinja with a line of their own, that continue nothing before them. ``tight`` are operators that
    touch Jinja on both sides, as in ``{{ a }}-{{ b }}``: what they make together is not known, so they stay. ``prefix`` are
    signs before one operand, and stars that are operands.
    """

    alone: frozenset[int]
    tight: frozenset[int]
    prefix: frozenset[int]


def roles_of(atoms: Sequence[Atom]) -> Roles:
    """The roles of a template's atoms."""
    alone: set[int] = set()
    tight: set[int] = set()
    prefix: set[int] = set()
    before: Atom | None = None
    for number, atom in enumerate(atoms):
        behind = atoms[number + 1] if number + 1 < len(atoms) else None
        if atom.kind is Kind.EXPRESSION:
            if _is_alone(before, atom, behind):
                alone.add(atom.start)
        elif atom.kind is Kind.SYMBOL and atom.word in _TIGHT:
            if _wants_operand(before, prefix) and atom.word in _SIGNS:
                prefix.add(atom.start)
            elif _touches(atoms[number - 1] if number else None, atom, behind):
                tight.add(atom.start)
        if atom.kind not in COMMENTS and atom.kind is not Kind.TAG:
            before = atom
    return Roles(frozenset(alone), frozenset(tight), frozenset(prefix))


def _wants_operand(before: Atom | None, prefix: set[int]) -> bool:
    if before is None:
        return True
    if before.kind is Kind.SYMBOL:
        return before.word not in _ENDS_VALUE and not (before.word == "*" and before.start in prefix)
    return before.kind is Kind.WORD and before.word in OPERAND_WANTED


def _is_alone(before: Atom | None, atom: Atom, behind: Atom | None) -> bool:
    if atom.gap < Gap.LINE or (behind is not None and behind.gap < Gap.LINE):
        return False
    if before is not None and before.word != ";" and _wants_operand(before, set()):
        return False
    return behind is None or behind.kind is not Kind.SYMBOL


def _touches(left: Atom | None, atom: Atom, right: Atom | None) -> bool:
    if left is None or right is None or atom.gap is not Gap.NONE or right.gap is not Gap.NONE:
        return False
    return Kind.EXPRESSION in (left.kind, right.kind) or Kind.TAG in (left.kind, right.kind)
