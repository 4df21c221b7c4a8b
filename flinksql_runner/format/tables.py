"""Layout of CREATE and ALTER: columns and options one a line, types of columns below each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from flinksql_runner.format.clauses import core_of, is_query, split_at
from flinksql_runner.format.doc import HARD, NOTHING, SPACE, Doc, Text, concat, group, indent
from flinksql_runner.format.expressions import LINE, Page, arguments, element_doc, expression, opens_before, run
from flinksql_runner.format.tree import Bracket, Element, first_atom, word_of
from flinksql_runner.format.values import Atom, Kind

_PARTS = frozenset({"COMMENT", "DISTRIBUTED", "PARTITIONED", "WITH", "LIKE", "FRESHNESS", "REFRESH_MODE", "INPUT", "OUTPUT"})
_NO_COLUMNS = frozenset({"PRIMARY", "WATERMARK", "CONSTRAINT", "UNIQUE", "LIKE", "FOREIGN", "PERIOD"})
_HOLDS_TABLE = frozenset({"TABLE"})


def create(page: Page, elements: Sequence[Element], query: Callable[[Sequence[Element]], Doc]) -> Doc:
    """A statement that declares or changes something; ``query`` lays out the query behind its AS."""
    end = next((n for n, e in enumerate(elements) if word_of(e) == "AS" and is_query(elements[n + 1:])), len(elements))
    is_create = word_of(elements[0]) != "ALTER"
    starts = [0, *(n for n, e in enumerate(elements[:end]) if n > 1 and word_of(e) in _PARTS and is_create), end]
    parts: list[Doc] = []
    for at, stop in pairwise(starts):
        piece = elements[at:stop]
        if not piece:
            continue
        if at:
            parts.append(group(page.gap(elements[at - 1], piece[0], LINE, empty=False)))
        parts.append(_part(page, piece, is_table=not at and is_create and any(word_of(e) == "TABLE" for e in piece)))
    if end < len(elements):
        rest = elements[end + 1:]
        parts += [group(page.gap(elements[end - 1], elements[end], LINE)), page.text(first_atom(elements[end])),
                  page.gap(elements[end], rest[0], HARD), query(rest)]
    return concat(*parts)


def _part(page: Page, elements: Sequence[Element], *, is_table: bool) -> Doc:
    """The name with its columns, or one of the clauses behind it."""
    place = next((n for n, e in enumerate(elements) if isinstance(e, Bracket) and e.kind == "("), None)
    word = word_of(elements[0])
    if place is None or not place or not (is_table or word == "WITH"):
        return expression(page, elements, names="declared")
    bracket = elements[place]
    assert isinstance(bracket, Bracket)
    if is_table and all(len(core_of(item)[1]) < 2 for item, _ in split_at(bracket.items, ",")):
        inner = arguments(page, bracket)
    else:
        inner = _one_a_line(page, bracket, aligned=is_table and page.style.align_columns)
    behind = elements[place + 1:]
    return concat(run(page, elements[:place]), page.gap(elements[place - 1], bracket, SPACE), inner,
                  *([page.gap(bracket, behind[0], SPACE), run(page, behind)] if behind else []))


def _one_a_line(page: Page, bracket: Bracket, *, aligned: bool) -> Doc:
    if not bracket.items:
        return concat(page.text(bracket.open), page.text(bracket.close))
    items = split_at(bracket.items, ",")
    width = max((len(name.text) for item, _ in items if (name := _name(item)) is not None), default=0) if aligned else 0
    parts: list[Doc] = []
    comma: Atom | None = None
    for number, (item, sign) in enumerate(items):
        if comma is not None and item:
            parts.append(page.gap(comma, item[0], SPACE if opens_before(items, number) else HARD))
        if item:
            parts.append(_item(page, item, width))
        if sign is not None:
            parts += [page.gap(item[-1], sign, NOTHING) if item else NOTHING, page.text(sign)]
        comma = sign
    return concat(page.text(bracket.open), indent(page.gap(bracket.open, bracket.items[0], HARD, empty=False), *parts),
                  page.gap(bracket.items[-1], bracket.close, HARD, empty=False), page.text(bracket.close))


def _name(item: Sequence[Element]) -> Atom | None:
    """The name of the column that an item declares; None for constraints, and for what Jinja writes."""
    _, core, _ = core_of(item)
    if len(core) < 2 or not isinstance(core[0], Atom) or not isinstance(core[1], Atom):
        return None
    plain = core[0].kind is Kind.QUOTED or (core[0].kind is Kind.WORD and core[0].word not in _NO_COLUMNS)
    return core[0] if plain and core[1].kind in (Kind.WORD, Kind.EXPRESSION) else None


def _item(page: Page, item: Sequence[Element], width: int) -> Doc:
    name = _name(item)
    if name is None or not width:
        return expression(page, item)
    leading, core, trailing = core_of(item)
    parts: list[Doc] = []
    for element, behind in zip(leading, [*leading, name][1:], strict=True):
        parts += [element_doc(page, element, None), page.gap(element, behind, SPACE)]
    padded = Text(page.text(name).text.ljust(width), name)
    rest = [*core[1:], *trailing]
    return concat(*parts, padded, page.gap(name, rest[0], SPACE), expression(page, rest))
