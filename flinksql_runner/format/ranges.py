"""Only some lines of a file: the changes of a formatted text that touch them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from flinksql_runner.diagnostics import LineIndex
from flinksql_runner.format.lexer import atoms_of
from flinksql_runner.format.values import Atom, Kind


def only_lines(before: str, after: str, lines: Sequence[tuple[int, int]]) -> str:
    """``before`` with those changes of ``after`` that belong to atoms of these lines (first and last, from 1).

    :raises CannotFormat: where one of the texts can't be cut into atoms.
    """
    old, new = atoms_of(before), atoms_of(after)
    if [_key(a) for a in old] != [_key(a) for a in new]:  # a comma went before a comment
        return _only_changed_lines(before, after, lines)
    index = LineIndex(before)
    parts: list[str] = []
    last_old = last_new = 0
    taken = True
    for was, now in zip(old, new, strict=True):
        line = index.position(was.start).line
        taken = any(first <= line <= last for first, last in lines)
        parts.append(after[last_new:now.end] if taken else before[last_old:was.end])
        last_old, last_new = was.end, now.end
    parts.append(after[last_new:] if taken else before[last_old:])
    return "".join(parts)


def _key(atom: Atom) -> tuple[Kind, str]:
    return atom.kind, atom.word or "".join(atom.text.split())


def _only_changed_lines(before: str, after: str, lines: Sequence[tuple[int, int]]) -> str:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    parts: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, _keys(old), _keys(new), autojunk=False).get_opcodes():
        wanted = kind != "equal" and any(first <= max(b, a + 1) and a + 1 <= last for first, last in lines)
        parts += new[c:d] if wanted else old[a:b]
    return "".join(parts)


def _keys(lines: Sequence[str]) -> list[str]:
    """Lines as they are compared; those that hold no word are never equal, or a bracket would be taken for another one."""
    return [line if any(c.isalnum() for c in line) else f"{number} {line}" for number, line in enumerate(lines)]
