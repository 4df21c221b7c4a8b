"""``-- fmt: off`` to ``-- fmt: on``, and ``-- fmt: skip``: text that stays as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flinksql_runner.format.tree import tree_of
from flinksql_runner.format.values import COMMENTS, Atom, CannotFormat, Gap, Kind

_SAYS = re.compile(r"(?:--|//|/\*|\{#-?)\s*fmt:\s*(off|on|skip)\b")

_MACRO = re.compile(r"\{%[-+]?\s*macro\s+(\w+)")


def keep_verbatim(atoms: Sequence[Atom], text: str, macros: frozenset[str]) -> list[Atom]:
    """The atoms with each part that stays as it is made one atom; so do the macros of these names.

    :raises CannotFormat: where such a part opens a bracket or block that it does not close.
    """
    found: list[Atom] = []
    at = 0
    while at < len(atoms):
        said = _said(atoms[at])
        if said == "off":
            last = next((n for n in range(at, len(atoms)) if _said(atoms[n]) == "on"), len(atoms) - 1)
            found.append(_kept(atoms[at:last + 1], text, "fmt: off"))
            at = last
        elif said == "skip":
            start = text.rfind("\n", 0, atoms[at].start) + 1
            line = [atoms[at]]
            while found and found[-1].end > start and found[-1].kind is not Kind.VERBATIM:
                line.insert(0, found.pop())
                start = min(start, text.rfind("\n", 0, line[0].start) + 1)
            found.append(_kept(line, text, "fmt: skip"))
        elif macros and atoms[at].word == "macro" and _macro_name(atoms[at]) in macros:
            last = next((n for n in range(at, len(atoms)) if atoms[n].word == "endmacro"), len(atoms) - 1)
            found.append(_kept(atoms[at:last + 1], text, "macro"))
            at = last
        else:
            found.append(atoms[at])
        at += 1
    return found


def _macro_name(atom: Atom) -> str:
    found = _MACRO.match(atom.text)
    return found.group(1) if found else ""


def _said(atom: Atom) -> str:
    if atom.kind not in COMMENTS:
        return ""
    match = _SAYS.match(atom.text)
    return match.group(1) if match else ""


def _kept(atoms: Sequence[Atom], text: str, what: str) -> Atom:
    """These atoms as one, with the blanks before the first where it begins a line."""
    try:
        tree_of(atoms)
    except CannotFormat as unbalanced:
        raise CannotFormat(f"`{what}` keeps a part of a bracket or block only: {unbalanced.message}", atoms[0].start) from None
    first, last = atoms[0], atoms[-1]
    line = text.rfind("\n", 0, first.start) + 1
    start = line if not text[line:first.start].strip() else first.start
    gap = first.gap if start == line else max(first.gap, Gap.BLANK)
    return Atom(Kind.VERBATIM, text[start:last.end].rstrip(), "", gap, start, last.end, 0, 0)
