"""Layout of expressions: chains of operators, calls and other brackets, CASE."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from flinksql_runner.format.clauses import core_of, is_query, significant, split_at
from flinksql_runner.format.doc import FIRM, NOTHING, SPACE, Doc, Line, Text, concat, group, indent
from flinksql_runner.format.roles import Roles
from flinksql_runner.format.spacing import between, spaced
from flinksql_runner.format.tree import Bracket, Element, first_atom, is_comment, last_atom, word_of
from flinksql_runner.format.values import OPENERS, Atom, Gap, Kind, Style

_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"OR"}), frozenset({"AND"}), frozenset({"=", "<", ">", "<=", ">=", "<>", "!=", "=>"}), frozenset({"||"}),
    frozenset({"+", "-"}), frozenset({"*", "/", "%"}))
_CONDITIONS, _COMPARISONS = 2, 2
_BEFORE_NAMES = ("INTO", "TABLE", "VIEW", "EXISTS", "OVERWRITE", "MODEL", "LIKE")
Names = Literal["", "declared", "read"]
"""What a name before a bracket is: a function; a table (in CREATE, INSERT, WITH); in FROM either, by what stands before it."""
_WINDOW_FIRST = frozenset({"PARTITION", "ORDER", "ROWS", "RANGE"})
LINE, SOFT = Line(), Line("")


@dataclass(frozen=True, slots=True)
class Page:
    """What all parts of the layout need: the style, the roles of atoms, keywords as they are to be written.

    ``clauses`` lays out what stands in brackets and is made of clauses: a query, a window, MATCH_RECOGNIZE.
    """

    style: Style
    roles: Roles
    cased: Mapping[int, str]
    clauses: Callable[[Page, Sequence[Element], str], Doc]
    fragment: Callable[[Page, Sequence[Element]], Doc]

    def text(self, atom: Atom) -> Text:
        """An atom as it is printed."""
        return Text(self.cased.get(atom.start, atom.text), atom)

    def gap(self, left: Element | Atom, right: Element | Atom, wanted: Doc, *, empty: bool = True) -> Doc:
        """What stands between two elements; ``wanted`` if nothing else must."""
        return between(last_atom(left), first_atom(right), wanted, self.roles, empty=empty)


def expression(page: Page, elements: Sequence[Element], *, hang: bool = True, names: Names = "") -> Doc:
    """An expression, or whatever else stands between two commas; broken lines stand further right where ``hang``."""
    leading, core, trailing = core_of(elements)
    if not (leading or trailing):
        return _operators(page, core, 0, hang, names)
    parts: list[Doc] = []
    last: Element | None = None
    for element in leading:
        parts += [page.gap(last, element, SPACE) if last else NOTHING, element_doc(page, element, None)]
        last = element
    if core:
        parts += [page.gap(last, core[0], SPACE) if last else NOTHING, _operators(page, core, 0, hang, names)]
        last = core[-1]
    for element in trailing:
        parts += [page.gap(last, element, SPACE) if last else NOTHING, element_doc(page, element, None)]
        last = element
    return concat(*parts)


def _operators(page: Page, elements: Sequence[Element], level: int, hang: bool, names: Names) -> Doc:
    """A chain of the loosest operators of these elements, its operands laid out the same way."""
    while level < len(_LEVELS) and len(elements) > 1:
        places = _places(page, elements, level)
        if places:
            return _chain(page, elements, places, level, hang, names)
        level += 1
    return run(page, elements, names=names)


def _chain(page: Page, elements: Sequence[Element], places: Sequence[int], level: int, hang: bool, names: Names) -> Doc:
    bounds = [*places, len(elements)]
    cut = _comments_behind(elements, places[0])
    first = _operand(page, elements[:cut], level, hang, names)
    rest: list[Doc] = []
    for number in range(cut, places[0]):  # comments before the first operator stand as far right as it does
        before = elements[number - 1] if number else None
        rest += [page.gap(before, elements[number], LINE) if before else NOTHING, element_doc(page, elements[number], None)]
    broken = False
    for at, end in zip(places, bounds[1:], strict=True):
        sign, operand = elements[at], elements[at + 1:end]
        joint = LINE if level != _COMPARISONS else SPACE
        rest.append(page.gap(elements[at - 1], sign, joint if at else NOTHING))
        rest.append(page.text(first_atom(sign)))
        if operand:
            rest += [page.gap(sign, operand[0], SPACE), _operand(page, operand, level, hang, names)]
            broken = broken or first_atom(operand[0]).gap >= Gap.LINE
        broken = broken or first_atom(sign).gap >= Gap.LINE
    if level == _COMPARISONS:
        return concat(first, *rest)
    return group(first, indent(*rest) if hang else concat(*rest), broken=broken and level < _CONDITIONS)


def _comments_behind(elements: Sequence[Element], end: int) -> int:
    """Where the comments on lines of their own begin that end at ``end``."""
    start = end
    while start > 1 and is_comment(elements[start - 1]) and first_atom(elements[start - 1]).gap >= Gap.LINE:
        start -= 1
    return start


def _operand(page: Page, elements: Sequence[Element], level: int, hang: bool, names: Names) -> Doc:
    if not elements:
        return NOTHING
    leading, core, trailing = core_of(elements)
    if leading or trailing:
        return expression(page, elements, hang=hang, names=names)
    return _operators(page, core, level + 1, hang, names)


def _places(page: Page, elements: Sequence[Element], level: int) -> list[int]:
    """Where the operators of a level stand; the AND of BETWEEN is none."""
    found: list[int] = []
    ranges = 0
    for number, element in enumerate(elements):
        word = word_of(element)
        if word == "BETWEEN":
            ranges += 1
        elif word == "AND" and ranges:
            ranges -= 1
        elif word in _LEVELS[level] and isinstance(element, Atom):
            roles = page.roles
            if element.start not in roles.prefix and element.start not in roles.tight:
                found.append(number)
    return found


def run(page: Page, elements: Sequence[Element], *, names: Names = "") -> Doc:
    """Elements side by side."""
    parts: list[Doc] = []
    for number, element in enumerate(elements):
        before = elements[number - 1] if number else None
        if before is not None:
            name = bool(names) and _is_name(elements, number - 1, names)
            parts.append(page.gap(before, element, spaced(before, element, page.roles, name=name)))
        parts.append(element_doc(page, element, before))
    return concat(*parts)


def _is_name(elements: Sequence[Element], number: int, names: Names) -> bool:
    """Whether the element before a bracket is a name with columns behind it, and no function."""
    before = elements[number - 1] if number else None
    if isinstance(before, Bracket) or word_of(before) == "AS":
        return True
    return names == "declared" and (before is None or word_of(before) in ("", ".", *_BEFORE_NAMES))


def element_doc(page: Page, element: Element, before: Element | None) -> Doc:
    """One atom or bracket; ``before`` is what stands before it."""
    if isinstance(element, Atom):
        return page.text(element)
    if element.open.kind is Kind.TAG:
        return _body(page, element)
    if element.kind == "CASE":
        return _case(page, element)
    if element.kind == "BEGIN":
        return _statement_set(page, element)
    if element.kind == "(":
        word = word_of(before)
        first = word_of(significant(element.items))
        if word == "MATCH_RECOGNIZE":
            return _enclosed(page, element, page.clauses(page, element.items, "match"), broken=True)
        if word in ("PATTERN", "PERMUTE"):
            return _pattern(page, element)
        if word == "OVER" or (first in _WINDOW_FIRST and word in ("OVER", "AS", "GROUP")):
            return _enclosed(page, element, page.clauses(page, element.items, "window"))
        if first == "WHERE" or is_query(element.items):
            opened = _opened(element) and first != "WHERE"
            most = page.style.line_length * 3 // 5
            return _enclosed(page, element, page.clauses(page, element.items, "query"), broken=opened, most=most)
    if element.kind == "{":
        return _pattern(page, element)
    return arguments(page, element)


def _opened(bracket: Bracket) -> bool:
    """Whether what a bracket holds begins on a line of its own."""
    return bool(bracket.items) and first_atom(bracket.items[0]).gap >= Gap.LINE


def arguments(page: Page, bracket: Bracket) -> Doc:
    """A bracket whose items are separated by commas."""
    lone = len(bracket.items) == 1 and first_atom(bracket.items[0]).kind is Kind.EXPRESSION
    return _enclosed(page, bracket, listed(page, bracket.items), broken=lone and _opened(bracket))


def _enclosed(page: Page, bracket: Bracket, inner: Doc, *, broken: bool = False, most: int = 0) -> Doc:
    opened, closed = page.text(bracket.open), page.text(bracket.close)
    if not bracket.items:
        return concat(opened, closed)
    head = page.gap(bracket.open, bracket.items[0], SOFT, empty=False)
    tail = page.gap(bracket.items[-1], bracket.close, SOFT, empty=False)
    return group(opened, indent(head, inner), tail, closed, broken=broken, most=most)


def listed(page: Page, elements: Sequence[Element], *, names: Names = "", line: Line = LINE) -> Doc:
    """Items with commas between them, each on a line of its own where the group around them is broken."""
    parts: list[Doc] = []
    items = split_at(elements, ",")
    comma: Atom | None = None
    for number, (item, sign) in enumerate(items):
        if comma is not None and item:
            parts.append(page.gap(comma, item[0], SPACE if opens_before(items, number) else line))
        if item:
            parts.append(expression(page, item, hang=number > 0 or len(items) > 1 or len(item) > 1, names=names))
        if sign is not None:
            parts += [page.gap(item[-1], sign, NOTHING) if item else NOTHING, page.text(sign)]
        comma = sign
    return concat(*parts)


def opens_before(items: Sequence[tuple[list[Element], Atom | None]], number: int) -> bool:
    """Whether the comma before an item is the first thing in a block of Jinja, as in ``{% if not loop.last %}, {% endif %}``.

    The item stays on the comma's line then, if it stands there.
    """
    if first_atom(items[number][0][0]).gap >= Gap.LINE:
        return False
    before = items[number - 1][0] if number else []
    last = last_atom(before[-1]) if before else None
    return last is not None and last.kind is Kind.TAG and last.word in OPENERS


def _pattern(page: Page, bracket: Bracket) -> Doc:
    """A pattern of rows: blanks where they stood."""
    items = bracket.items
    tail = page.gap(items[-1], bracket.close, NOTHING) if items else NOTHING
    return concat(page.text(bracket.open), as_written(page, items), tail, page.text(bracket.close))


def as_written(page: Page, elements: Sequence[Element]) -> Doc:
    """Elements with a blank between them where white space stood, and nothing where none did."""
    parts: list[Doc] = []
    last: Element | None = None
    for element in elements:
        if last is not None:
            parts.append(page.gap(last, element, NOTHING if first_atom(element).gap is Gap.NONE else SPACE))
        parts.append(_pattern(page, element) if isinstance(element, Bracket) else page.text(element))
        last = element
    return concat(*parts)


def _case(page: Page, bracket: Bracket) -> Doc:
    """CASE with its branches: one line where it fits, else each branch on its own."""
    places = [n for n, e in enumerate(bracket.items) if word_of(e) in ("WHEN", "ELSE")]
    operand = bracket.items[:places[0]] if places else bracket.items
    head: list[Doc] = [page.text(bracket.open)]
    if operand:
        head += [page.gap(bracket.open, operand[0], SPACE), expression(page, operand)]
    parts: list[Doc] = []
    last: Element = operand[-1] if operand else bracket.open
    for at, end in zip(places, [*places, len(bracket.items)][1:], strict=True):
        parts += [page.gap(last, bracket.items[at], LINE, empty=at > 0), _branch(page, bracket.items[at:end])]
        last = bracket.items[end - 1]
    broken = any(first_atom(bracket.items[n]).gap >= Gap.LINE for n in places)
    return group(*head, indent(*parts), page.gap(last, bracket.close, LINE, empty=False), page.text(bracket.close), broken=broken)


def _branch(page: Page, elements: Sequence[Element]) -> Doc:
    """``WHEN condition THEN value``, or ``ELSE value``."""
    place = next((n for n, e in enumerate(elements) if word_of(e) == "THEN"), 0)
    condition: list[Doc] = []
    if place:
        inner = elements[1:place]
        condition = [page.text(first_atom(elements[0])), page.gap(elements[0], elements[1], SPACE), expression(page, inner),
                     page.gap(elements[place - 1], elements[place], SPACE)] if inner else []
    _, value, trailing = core_of(elements[place + 1:])
    lead = elements[place + 1:len(elements) - len(value) - len(trailing)]
    parts: list[Doc] = [*condition, page.text(first_atom(elements[place]))]
    body = [*lead, *value]
    if body:
        parts.append(group(indent(page.gap(elements[place], body[0], LINE), expression(page, body))))
    last: Element = body[-1] if body else elements[place]
    for element in trailing:
        parts += [page.gap(last, element, SPACE), element_doc(page, element, None)]
        last = element
    return concat(*parts)


def _statement_set(page: Page, bracket: Bracket) -> Doc:
    """``BEGIN ... END`` with its statements."""
    opened, closed = page.text(bracket.open), page.text(bracket.close)
    if not bracket.items:
        return concat(opened, page.gap(bracket.open, bracket.close, FIRM), closed)
    head = page.gap(bracket.open, bracket.items[0], FIRM, empty=False)
    tail = page.gap(bracket.items[-1], bracket.close, FIRM, empty=False)
    return concat(opened, indent(head, page.fragment(page, bracket.items)), tail, closed)


def _body(page: Page, block: Bracket) -> Doc:
    """A macro or another block that stands for itself: its tags, and what is in it further right."""
    opened, closed = page.text(block.open), page.text(block.close)
    if not block.items:
        return concat(opened, page.gap(block.open, block.close, NOTHING), closed)
    head = page.gap(block.open, block.items[0], SPACE)
    return concat(opened, indent(head, page.fragment(page, block.items)), page.gap(block.items[-1], block.close, SPACE), closed)
