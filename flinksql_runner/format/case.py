"""The letter case of keywords; names keep theirs, and so does every word that touches Jinja."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flinksql_runner.dialect.reserved import VALUES
from flinksql_runner.format.values import Atom, Gap, Kind, Style
from flinksql_runner.format.words import ALWAYS, CONTEXTUAL, FIRST, UNITS

# words that are values by themselves: a column that they make is named as they are written
_NAMES_COLUMN = (VALUES - {"UNKNOWN"}) | {"CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP"}
_LOOKED_BACK = 500  # atoms: words that lie further behind what makes them keywords keep their case
_JINJA = frozenset({Kind.EXPRESSION, Kind.TAG, Kind.NOTE})


def cased(atoms: Sequence[Atom], style: Style) -> Mapping[int, str]:
    """The text of each keyword that is written anew, by the keyword's ``start``."""
    if style.keyword_case == "keep":
        return {}
    found: dict[int, str] = {}
    plain = [a for a in atoms if a.kind not in (Kind.COMMENT, Kind.REMARK)]
    sets = False
    for number, atom in enumerate(plain):
        if not number or plain[number - 1].word == ";":
            sets = atom.word in ("SET", "RESET")
        elif sets:
            continue  # keys and values without quotes
        if atom.kind is not Kind.WORD or not is_keyword(plain, number):
            continue
        text = atom.word if style.keyword_case == "upper" else atom.text.lower()
        if text != atom.text and len(text) == len(atom.text) and not _touches_jinja(plain, number):
            found[atom.start] = text
    return found


def is_keyword(atoms: Sequence[Atom], number: int) -> bool:
    """Whether a word is a keyword, or a function that Flink's grammar knows, for certain (``atoms`` without comments)."""
    atom = atoms[number]
    before = atoms[number - 1] if number else None
    behind = atoms[number + 1] if number + 1 < len(atoms) else None
    if (before is not None and before.word == ".") or (behind is not None and behind.word == "."):
        return False
    if atom.word in ALWAYS:
        return atom.word not in _NAMES_COLUMN
    last, following = before.word if before else "", behind.word if behind else ""
    if atom.word in CONTEXTUAL:
        befores, behinds = CONTEXTUAL[atom.word]
        if last in befores or following in behinds:
            return True
    if atom.word in FIRST and (before is None or last == ";"):
        return True
    if before is None:
        return False
    check = _BY_PLACE.get(atom.word)
    return check is not None and check(atoms, number, before, following)


def _is_unit(atoms: Sequence[Atom], number: int, before: Atom, following: str) -> bool:
    return number > 1 and before.kind is Kind.STRING and atoms[number - 2].word == "INTERVAL"


def _ends_frame(atoms: Sequence[Atom], number: int, before: Atom, following: str) -> bool:
    return before.kind in (Kind.STRING, Kind.NUMBER, Kind.EXPRESSION)


def _is_map(atoms: Sequence[Atom], number: int, before: Atom, following: str) -> bool:
    return following == "<"


def _is_virtual(atoms: Sequence[Atom], number: int, before: Atom, following: str) -> bool:
    return [a.word for a in atoms[max(0, number - 3):number]] == ["METADATA", "FROM", ""] and before.kind is Kind.STRING


def _in_json(atoms: Sequence[Atom], number: int, before: Atom, following: str) -> bool:
    """Whether a word stands behind the path of JSON_VALUE or JSON_QUERY."""
    opened = next((n for n in range(number - 1, 0, -1) if atoms[n].word == "("), 0)
    return before.kind is Kind.STRING and atoms[opened - 1].word in ("JSON_VALUE", "JSON_QUERY")


def _on_error(atoms: Sequence[Atom], number: int, before: Atom, following: str) -> bool:
    return before.word == "ON" and following == ")"


def _last_of(atoms: Sequence[Atom], number: int, before: Atom, following: str) -> bool:
    return number > 1 and before.word == "TO" and atoms[number - 2].word == "SKIP" and following.isidentifier()


def _alters(atoms: Sequence[Atom], number: int, before: Atom, following: str) -> bool:
    """Whether the word says what an ALTER does: the statement begins with it, and the word begins no item."""
    if before.word in ("(", ",", ".", "TABLE", "TO"):
        return False
    begin = max(0, number - _LOOKED_BACK)
    start = next((n + 1 for n in range(number - 1, begin - 1, -1) if atoms[n].word == ";"), begin)
    return atoms[start].word == "ALTER"


def _in_order(atoms: Sequence[Atom], number: int, before: Atom, following: str) -> bool:
    """Whether ASC or DESC ends an item of ORDER BY."""
    if before.word in (",", "(", "BY", "AS", "SELECT"):
        return False
    depth = 0
    for at in range(number - 1, max(0, number - _LOOKED_BACK), -1):
        word = atoms[at].word
        depth += (word == ")") - (word == "(")
        if depth < 0 or (not depth and word in ("SELECT", "FROM", "WHERE", ";")):
            return False
        if not depth and word == "BY":
            return atoms[at - 1].word == "ORDER"
    return False


_Check = Callable[[Sequence[Atom], int, Atom, str], bool]
# words that Flink does not reserve -> whether one is a keyword where it stands
_BY_PLACE: Mapping[str, _Check] = {
    **dict.fromkeys(UNITS, _is_unit), "PRECEDING": _ends_frame, "FOLLOWING": _ends_frame, "MAP": _is_map, "ASC": _in_order,
    "DESC": _in_order, "VIRTUAL": _is_virtual, "RETURNING": _in_json, "ERROR": _on_error, "LAST": _last_of,
    "ADD": _alters, "AFTER": _alters, "FIRST": _alters,
}


def _touches_jinja(atoms: Sequence[Atom], number: int) -> bool:
    """Whether Jinja stands so close to a word that it may write a part of it.

    An ``if`` or ``endif`` may touch it where something else than a word stands on its other side.
    """
    left, right = number, number + 1
    while left > 0 and atoms[left].gap is Gap.NONE and atoms[left - 1].kind in _JINJA:
        left -= 1
        if atoms[left].word != "if":
            return True
    while right < len(atoms) and atoms[right].gap is Gap.NONE and atoms[right].kind in _JINJA:
        if atoms[right].word != "endif":
            return True
        right += 1
    if left < number and _joins(atoms[left - 1] if left else None, atoms[left]):
        return True
    if right > number + 1 and right < len(atoms) and _joins(atoms[right - 1], atoms[right]):
        return True
    return _trimmed(atoms, number)


def _joins(left: Atom | None, right: Atom) -> bool:
    return left is not None and left.kind is not Kind.SYMBOL and right.gap is Gap.NONE


def _trimmed(atoms: Sequence[Atom], number: int) -> bool:
    """Whether Jinja takes away the white space between it and the word."""
    before = atoms[number - 1] if number else None
    behind = atoms[number + 1] if number + 1 < len(atoms) else None
    return bool((before is not None and before.trims[1] and before.kind is Kind.EXPRESSION)
                or (behind is not None and behind.trims[0] and behind.kind is Kind.EXPRESSION))
