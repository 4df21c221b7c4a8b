"""Atoms put into their brackets: round, square and pointed ones, CASE ... END, statement sets, and bodies of macros."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flinksql_runner.format.values import BODIES, COMMENTS, MIDDLES, OPENERS, Atom, CannotFormat, Gap, Kind

CLOSERS = {"(": ")", "[": "]", "{": "}", "<": ">", "CASE": "END", "BEGIN": "END"}
_TYPES = frozenset({"ARRAY", "MAP", "ROW", "MULTISET", "STRUCTURED", "RAW", "STRUCT"})
_NO_TYPES = frozenset({
    "AND", "OR", "THEN", "WHEN", "ELSE", "FROM", "WHERE", "ON", "SELECT", "AS", "IS", "IN", "LIKE", "BETWEEN", "CASE", "ORDER",
    "GROUP", "LIMIT", "UNION", "HAVING"})

_LONGEST_TYPE = 10_000  # atoms


@dataclass(slots=True)
class Bracket:
    """What stands between an opener and its closer; ``kind`` is the opener (``(``, ``CASE``, ``macro`` ...).

    Filled while the atoms are read, and not changed afterwards.
    """

    kind: str
    open: Atom
    items: list[Element] = field(default_factory=list)
    close: Atom = field(init=False)


Element = Atom | Bracket


@dataclass(slots=True)
class _Branch:
    """An ``if`` or ``for`` that is open: the bracket that it stands in."""

    tag: Atom
    inside: Bracket


def tree_of(atoms: Sequence[Atom]) -> list[Element]:
    """The elements of a template.

    :raises CannotFormat: where brackets do not close, or close in another branch of the template than they open in.
    """
    return _Builder(atoms).read()


def first_atom(element: Element) -> Atom:
    """The atom that an element begins with."""
    return element if isinstance(element, Atom) else element.open


def last_atom(element: Element) -> Atom:
    """The atom that an element ends with."""
    return element if isinstance(element, Atom) else element.close


def word_of(element: Element | None) -> str:
    """The word or sign that an element is; empty for brackets and all that is no keyword."""
    return element.word if isinstance(element, Atom) and element.kind in (Kind.WORD, Kind.SYMBOL) else ""


def is_comment(element: Element) -> bool:
    """Whether an element is a comment of SQL or of Jinja."""
    return isinstance(element, Atom) and element.kind in COMMENTS


class _Builder:
    def __init__(self, atoms: Sequence[Atom]) -> None:
        self.atoms = _commas_first(atoms)
        self.root = Bracket("", Atom(Kind.VERBATIM, "", "", Gap.NONE, 0, 0))
        self.stack = [self.root]
        self.branches: list[_Branch] = []
        self.pointed = _pointed(self.atoms)

    def read(self) -> list[Element]:
        for number, atom in enumerate(self.atoms):
            if atom.kind is Kind.TAG:
                self._tag(atom)
            elif atom.kind in (Kind.WORD, Kind.SYMBOL):
                self._word(atom, number)
            else:
                self.stack[-1].items.append(atom)
        if len(self.stack) > 1:
            opened = self.stack[-1].open
            raise CannotFormat(f"`{opened.text}` is never closed", opened.start)
        if self.branches:
            raise CannotFormat("this tag is never closed", self.branches[-1].tag.start)
        return self.root.items

    def _word(self, atom: Atom, number: int) -> None:
        inside = self.stack[-1]
        if atom.word in "([{" or number in self.pointed or self._opens(atom, number):
            self._push(Bracket(atom.word, atom))
        elif atom.word == CLOSERS.get(inside.kind):
            self._pop(atom)
        elif atom.word in ")]}":
            raise CannotFormat(f"`{atom.text}` closes nothing", atom.start)
        else:
            inside.items.append(atom)

    def _opens(self, atom: Atom, number: int) -> bool:
        if atom.word == "CASE":
            return True
        return atom.word == "BEGIN" and [a.word for a in self.atoms[max(0, number - 2):number]] == ["STATEMENT", "SET"]

    def _tag(self, atom: Atom) -> None:
        if atom.word in BODIES:
            self.branches.append(_Branch(atom, self.stack[-1]))
            self._push(Bracket(atom.word, atom))
        elif atom.word in OPENERS:
            self.branches.append(_Branch(atom, self.stack[-1]))
            self.stack[-1].items.append(atom)
        elif atom.word in MIDDLES or atom.word.startswith("end"):
            if not self.branches:
                raise CannotFormat("this tag closes nothing", atom.start)
            branch = self.branches[-1] if atom.word in MIDDLES else self.branches.pop()
            if atom.word.startswith("end") and branch.tag.word in BODIES:
                if self.stack[-1].open is not branch.tag:
                    raise CannotFormat("a bracket that opens in this block does not close in it", branch.tag.start)
                self._pop(atom)
                return
            if self.stack[-1] is not branch.inside:
                raise CannotFormat("a bracket opens in one branch of the template and closes in another", branch.tag.start)
            self.stack[-1].items.append(atom)
        else:
            self.stack[-1].items.append(atom)

    def _push(self, bracket: Bracket) -> None:
        self.stack[-1].items.append(bracket)
        self.stack.append(bracket)
        if len(self.stack) > 120:
            raise CannotFormat("this is nested too deeply", bracket.open.start)

    def _pop(self, atom: Atom) -> None:
        bracket = self.stack.pop()
        if any(b.inside is bracket for b in self.branches):
            raise CannotFormat("a bracket opens outside of a branch of the template and closes in it", atom.start)
        bracket.close = atom


def _commas_first(atoms: Sequence[Atom]) -> list[Atom]:
    """The atoms with commas and semicolons before the comments to the end of the line that precede them."""
    found: list[Atom] = []
    for atom in atoms:
        found.append(atom)
        if atom.word not in (",", ";") or len(found) < 2 or found[-2].kind is not Kind.COMMENT:
            continue
        at = len(found) - 1
        while at > 0 and found[at - 1].kind in (Kind.COMMENT, Kind.REMARK):
            at -= 1
        if at == 0 or found[at - 1].kind in (Kind.TAG, Kind.NOTE):
            continue
        del found[-1]
        found.insert(at, Atom(atom.kind, atom.text, atom.word, Gap.NONE, atom.start, atom.end, atom.indent, atom.column))
    return found


def _pointed(atoms: Sequence[Atom]) -> frozenset[int]:
    """The places of ``<`` that open the arguments of a type, as in ``ARRAY<ROW<a INT>>``."""
    return frozenset(_pointed_at(atoms))


def _pointed_at(atoms: Sequence[Atom]) -> Iterator[int]:
    for number, atom in enumerate(atoms):
        if atom.word == "<" and number and atoms[number - 1].word in _TYPES and _closes(atoms, number):
            yield number


def _closes(atoms: Sequence[Atom], start: int) -> bool:
    """Whether only what a type can hold stands between a ``<`` and its ``>``."""
    depth = rounds = 0
    for number in range(start, min(len(atoms), start + _LONGEST_TYPE)):
        atom = atoms[number]
        if atom.word == "<":
            depth += 1
        elif atom.word == ">":
            depth -= 1
            if not depth:
                return not rounds
        elif atom.word == "(":
            rounds += 1
        elif atom.word == ")":
            rounds -= 1
            if rounds < 0:
                return False
        elif not _in_type(atom, rounds):
            return False
    return False


def _in_type(atom: Atom, rounds: int) -> bool:
    """Whether an atom other than a bracket may stand in a type; numbers stand in round brackets."""
    if atom.kind is Kind.NUMBER:
        return rounds > 0
    return atom.word not in _NO_TYPES and (atom.kind is not Kind.SYMBOL or atom.word in ",:")
