"""Elements cut up: statements at semicolons, queries at their clauses, lists at commas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flinksql_runner.format.tree import Bracket, Element, first_atom, is_comment, word_of
from flinksql_runner.format.values import OPENERS, Atom, Gap, Kind
from flinksql_runner.format.words import CLAUSES, QUERY_FIRST

Heads = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
_FRAGMENT = frozenset({"FROM", "WHERE", "JOIN", "CROSS", "INNER", "LEFT", "RIGHT", "FULL", "GROUP", "ORDER", "HAVING", "UNION"})


@dataclass(slots=True)
class Clause:
    """A clause: comments on lines of their own before it, its words, and what follows; ``kind`` as in ``words.CLAUSES``."""

    kind: str
    leading: list[Element] = field(default_factory=list)
    head: list[Atom] = field(default_factory=list)
    body: list[Element] = field(default_factory=list)

    @property
    def first(self) -> Atom:
        """The first atom, comments aside."""
        return self.head[0] if self.head else first_atom(self.body[0])


def is_outside(element: Element) -> bool:
    """Whether an element is no part of the SQL around it: a tag, a comment, the body of a macro."""
    if isinstance(element, Bracket):
        return element.open.kind is Kind.TAG
    return element.kind is Kind.TAG or is_comment(element)


def significant(elements: Sequence[Element]) -> Element | None:
    """The first element that is SQL or writes some."""
    return next((e for e in elements if not is_outside(e)), None)


def is_query(elements: Sequence[Element]) -> bool:
    """Whether elements are a query, or clauses of one."""
    first = significant(elements)
    if first is None:
        return False
    word = word_of(first)
    if word in QUERY_FIRST:
        return True
    if isinstance(first, Bracket) and first.kind == "(":
        words = {word_of(e) for e in elements}
        return is_query(first.items) and bool(words & {"UNION", "INTERSECT", "EXCEPT", "MINUS", "ORDER", "LIMIT"})
    if isinstance(first, Atom) and first.kind is Kind.EXPRESSION:
        return any(word_of(e) == "SELECT" for e in elements)
    return word in _FRAGMENT and _head_at(elements, list(elements).index(first), CLAUSES) is not None


def split_clauses(elements: Sequence[Element], heads: Heads = CLAUSES, *, update: bool = False) -> list[Clause]:
    """The clauses of one level; what stands before the first head is a clause without one (kind ``plain``)."""
    clauses = [Clause("plain")]
    first = significant(elements)
    open_start = isinstance(first, Atom) and first.kind is Kind.EXPRESSION
    selected = open_start or word_of(first) in _FRAGMENT
    at = 0
    while at < len(elements):
        found = _head_at(elements, at, heads)
        word = word_of(elements[at])
        if word == "WITH" and heads is CLAUSES and _begins(clauses, elements, at):
            found = (1, "ctes")
        elif word == "SET" and update and len(clauses) == 2:
            found = (1, "list")
        if found is not None and word == "FROM" and heads is CLAUSES and (not selected or _is_distinct(elements, at)):
            found = None
        if found is None:
            clauses[-1].body.append(elements[at])
            at += 1
            continue
        selected = selected or word in ("SELECT", "DELETE")
        length, kind = found
        clause = Clause(kind, _take_leading(clauses[-1], first_atom(elements[at])))
        clause.head = [e for e in elements[at:at + length] if isinstance(e, Atom)]
        clauses.append(clause)
        at += length
        while word == "SELECT" and at < len(elements) and first_atom(elements[at]).kind is Kind.HINT:
            clause.head.append(first_atom(elements[at]))
            at += 1
    return [c for c in clauses if c.head or c.body or c.leading]


def _begins(clauses: Sequence[Clause], elements: Sequence[Element], at: int) -> bool:
    """Whether a WITH opens a query: at the start, or behind INSERT INTO."""
    behind = elements[at + 1] if at + 1 < len(elements) else None
    if isinstance(behind, Bracket):
        return False
    only = all(is_outside(e) for e in clauses[-1].body)
    return (len(clauses) == 1 and only) or (clauses[-1].head[:1] != [] and clauses[-1].head[0].word == "INSERT")


def _is_distinct(elements: Sequence[Element], at: int) -> bool:
    return at > 1 and word_of(elements[at - 1]) == "DISTINCT" and word_of(elements[at - 2]) != "SELECT"


def _head_at(elements: Sequence[Element], at: int, heads: Heads) -> tuple[int, str] | None:
    """How many elements the head of a clause takes that begins here, and its kind."""
    known = heads.get(word_of(elements[at]))
    if known is None or (at and word_of(elements[at - 1]) == "."):
        return None
    for words, kind in known:
        if all(at + i < len(elements) and word_of(elements[at + i]) == word for i, word in enumerate(words)):
            return len(words), kind
    return None


def _take_leading(clause: Clause, head: Atom) -> list[Element]:
    """Comments at the end of a clause that belong to the next one: on lines of their own, not further right than its head."""
    body = clause.body
    start = len(body)
    while start > 0 and (is_comment(body[start - 1]) or _opens(body[start - 1])):
        start -= 1
    while start < len(body) and not (first_atom(body[start]).gap >= Gap.LINE
                                     and (_opens(body[start]) or first_atom(body[start]).column <= head.column)):
        start += 1
    taken = body[start:]
    del body[start:]
    return taken


def _opens(element: Element) -> bool:
    return isinstance(element, Atom) and element.kind is Kind.TAG and element.word in OPENERS


def split_at(elements: Sequence[Element], sign: str) -> list[tuple[list[Element], Atom | None]]:
    """The parts between the signs of one level, each with the sign behind it; an empty last part is left out."""
    parts: list[tuple[list[Element], Atom | None]] = []
    current: list[Element] = []
    for element in elements:
        if word_of(element) == sign and isinstance(element, Atom):
            parts.append((current, element))
            current = []
        else:
            current.append(element)
    if current:
        parts.append((current, None))
    return parts


def core_of(elements: Sequence[Element]) -> tuple[list[Element], list[Element], list[Element]]:
    """Tags and comments before, the SQL, tags and comments behind it."""
    start, end = 0, len(elements)
    while start < end and is_outside(elements[start]):
        start += 1
    while end > start and is_outside(elements[end - 1]):
        end -= 1
    return list(elements[:start]), list(elements[start:end]), list(elements[end:])
