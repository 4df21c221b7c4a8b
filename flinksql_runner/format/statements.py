"""Layout of statements: queries by their clauses, CREATE by its parts, scripts by their statements."""

from __future__ import annotations

from collections.abc import Sequence

from flinksql_runner.format.clauses import (
    Clause,
    core_of,
    is_outside,
    is_query,
    significant,
    split_at,
    split_clauses,
)
from flinksql_runner.format.doc import FIRM, HARD, NOTHING, SPACE, Doc, Line, breaks, concat, group, indent
from flinksql_runner.format.expressions import LINE, Names, Page, as_written, element_doc, expression, listed, run
from flinksql_runner.format.tables import create
from flinksql_runner.format.tree import Bracket, Element, first_atom, is_comment, word_of
from flinksql_runner.format.values import Atom, Gap, Kind
from flinksql_runner.format.words import CLAUSES, MATCH_CLAUSES, WINDOW_CLAUSES

_TABLES = {"query": CLAUSES, "match": MATCH_CLAUSES, "window": WINDOW_CLAUSES}
_CREATES = frozenset({"CREATE", "ALTER", "REPLACE"})
_PREFIXES = frozenset({"EXPLAIN", "COMPILE", "EXECUTE", "DESCRIBE", "DESC"})
_STARTS = frozenset({"SELECT", "INSERT", "VALUES"})
_QUERIES = frozenset({"INSERT", "UPDATE", "DELETE"})


def script(page: Page, elements: Sequence[Element]) -> Doc:
    """All statements of a file, of a block, or of a statement set."""
    parts: list[Doc] = []
    before: Atom | None = None
    last: Doc = NOTHING
    for pieces, sign in split_at(elements, ";"):
        doc = _statement(page, pieces) if pieces else NOTHING
        if before is not None and pieces:
            closes = first_atom(pieces[0]).word.startswith("end")
            wanted = Line(hard=True, firm=True, empty=not closes and (breaks(last) or breaks(doc)))
            parts.append(page.gap(before, pieces[0], wanted))
        parts.append(doc)
        if sign is not None:
            parts += [page.gap(pieces[-1], sign, NOTHING) if pieces else NOTHING, page.text(sign)]
        before, last = sign, doc
    return concat(*parts)


def fragment(page: Page, elements: Sequence[Element]) -> Doc:
    """What stands in a macro: statements, a query or parts of one, or an expression or list."""
    first = significant(elements)
    if any(word_of(e) == ";" for e in elements) or first is None or word_of(first) in (_CREATES | _PREFIXES | _QUERIES):
        return script(page, elements)
    if is_query(elements):
        return _statement(page, elements)
    items = split_at(elements, ",")
    broken = any(item and first_atom(item[0]).gap >= Gap.LINE for item, _ in items[1:])
    leading, core, trailing = core_of(elements)
    parts = _outside(page, leading, core[0], FIRM) if core else []
    parts.append(group(listed(page, core), broken=broken))
    return concat(*parts, *_behind(page, core, trailing))


def _outside(page: Page, leading: Sequence[Element], core: Element, wanted: Doc) -> list[Doc]:
    """Tags and comments before something, with what stands between them and it."""
    parts: list[Doc] = []
    for element, behind in zip(leading, [*leading, core][1:], strict=True):
        parts += [element_doc(page, element, None), page.gap(element, behind, wanted)]
    return parts


def _behind(page: Page, core: Sequence[Element], trailing: Sequence[Element]) -> list[Doc]:
    """Tags and comments behind something."""
    parts: list[Doc] = []
    last = core[-1] if core else None
    for element in trailing:
        parts += [page.gap(last, element, SPACE) if last is not None else NOTHING, element_doc(page, element, None)]
        last = element
    return parts


def _statement(page: Page, elements: Sequence[Element]) -> Doc:
    """One statement with the tags, comments and outputs of Jinja before it."""
    start = 0
    while start < len(elements) and (is_outside(elements[start]) or _is_output(elements, start)):
        start += 1
    leading, core = elements[:start], elements[start:]
    if not core:
        return concat(*_outside(page, leading[:-1], leading[-1], FIRM), element_doc(page, leading[-1], None))
    _, core, trailing = core_of(core)
    return concat(*_outside(page, leading, core[0], FIRM), _core(page, core), *_behind(page, core, trailing))


def _is_output(elements: Sequence[Element], at: int) -> bool:
    """Whether an output of Jinja or text that stays stands before a statement, and is no part of it."""
    element = elements[at]
    if not isinstance(element, Atom) or element.kind not in (Kind.EXPRESSION, Kind.VERBATIM):
        return False
    behind = elements[at + 1] if at + 1 < len(elements) else None
    if behind is None or isinstance(behind, Bracket) or behind.gap is Gap.NONE:
        return False
    return behind.kind is not Kind.SYMBOL and word_of(behind) in (_STARTS | _CREATES | _QUERIES | _PREFIXES | {"WITH"} | {""})


def _core(page: Page, elements: Sequence[Element]) -> Doc:
    word = word_of(elements[0])
    if word in _CREATES:
        return create(page, elements, lambda rest: query(page, rest, HARD))
    if word in _QUERIES or is_query(elements):
        return query(page, elements, HARD, update=word == "UPDATE")
    if word in _PREFIXES:
        return _prefixed(page, elements)
    if word == "CALL":
        return run(page, elements)
    if word in ("SET", "RESET") and any(word_of(e) in ("-", ".") for e in elements):
        return as_written(page, elements)  # a key without quotes, in which each sign counts
    if any(word_of(e) in (",", "=") for e in elements):
        return expression(page, elements)
    return run(page, elements, names="declared")


def _prefixed(page: Page, elements: Sequence[Element]) -> Doc:
    """EXPLAIN, COMPILE PLAN or EXECUTE with the statement, or the set of statements, behind it."""
    for at, element in enumerate(elements):
        if isinstance(element, Bracket) and element.kind == "BEGIN":
            before = [run(page, elements[:at]), page.gap(elements[at - 1], element, HARD)] if at else []
            return concat(*before, element_doc(page, element, None), *_behind(page, [element], elements[at + 1:]))
        if at and (word_of(element) in _STARTS or (word_of(element) == "WITH" and is_query(elements[at:]))):
            return concat(run(page, elements[:at]), page.gap(elements[at - 1], element, HARD), query(page, elements[at:], HARD))
    return run(page, elements, names="declared")


def clauses(page: Page, elements: Sequence[Element], table: str) -> Doc:
    """What stands in a bracket and is made of clauses: a query, a window, the parts of MATCH_RECOGNIZE."""
    return _clauses(page, split_clauses(elements, _TABLES[table]), HARD if table == "match" else LINE)


def query(page: Page, elements: Sequence[Element], line: Line, *, update: bool = False) -> Doc:
    """A query, INSERT, UPDATE or DELETE: its clauses with ``line`` between them."""
    return _clauses(page, split_clauses(elements, update=update), line)


def _clauses(page: Page, found: Sequence[Clause], line: Line) -> Doc:
    parts: list[Doc] = []
    before: Element | None = None
    for clause in found:
        first: Element = clause.leading[0] if clause.leading else clause.first if clause.head else clause.body[0]
        if before is not None:
            parts.append(page.gap(before, first, line))
        if clause.leading:
            after = clause.first if clause.head or clause.body else None
            if after is None:
                parts += _outside(page, clause.leading[:-1], clause.leading[-1], HARD)
                parts.append(element_doc(page, clause.leading[-1], None))
            else:
                parts += _outside(page, clause.leading, after, HARD)
        if clause.head or clause.body:
            parts.append(_clause(page, clause, line))
        before = clause.body[-1] if clause.body else clause.head[-1] if clause.head else clause.leading[-1]
    return concat(*parts)


def _clause(page: Page, clause: Clause, line: Line) -> Doc:
    head = run(page, clause.head)
    end = len(clause.body)
    while end > 0 and _is_behind(page, clause, clause.body[end - 1]):
        end -= 1
    while end < len(clause.body) and is_comment(clause.body[end]):
        end += 1  # a comment stands with the items of the clause
    body, tail = clause.body[:end], clause.body[end:]
    if not body:
        return concat(head, *_behind(page, clause.head, tail))
    return concat(_laid_out(page, clause, head, body, line), *_behind(page, body, tail))


def _is_behind(page: Page, clause: Clause, element: Element) -> bool:
    """Whether an element at the end of a clause stands behind it: a tag, a comment, or an output of Jinja on its own line."""
    atom = first_atom(element)
    if atom.gap < Gap.LINE:
        return False
    return is_outside(element) or bool(atom.start in page.roles.alone and clause.head and atom.column <= clause.head[0].column)


def _laid_out(page: Page, clause: Clause, head: Doc, body: Sequence[Element], line: Line) -> Doc:
    word = clause.head[0].word if clause.head else ""
    if not clause.head:
        return expression(page, body, names="declared")
    last = clause.head[-1]
    if clause.kind == "ctes":
        return concat(head, page.gap(last, body[0], SPACE), listed(page, body, names="declared", line=line))
    if word == "WINDOW" and len(split_at(body, ",")) == 1:
        return concat(head, page.gap(last, body[0], SPACE), expression(page, body))
    if clause.kind in ("list", "open list"):
        opened = clause.kind == "open list" or (word in ("SELECT", "GROUP") and _is_opened(body))
        return group(head, indent(page.gap(last, body[0], LINE, empty=False), listed(page, body)), broken=opened)
    if clause.kind == "join":
        return _join(page, clause.head, body)
    if clause.kind == "tables" and len(split_at(body, ",")) > 1:
        return group(head, indent(page.gap(last, body[0], LINE, empty=False), listed(page, body, names="read")))
    if word in ("UNION", "INTERSECT", "EXCEPT", "MINUS"):
        return concat(head, page.gap(last, body[0], line), expression(page, body))
    if clause.kind == "tables" or word in ("INSERT", "UPDATE", "DELETE", "MATCH_RECOGNIZE", "PATTERN"):
        names: Names = "declared" if word in ("INSERT", "UPDATE", "DELETE") else "read"
        return concat(head, page.gap(last, body[0], SPACE), _table(page, body, last, names))
    gap = page.gap(last, body[0], SPACE, empty=False)
    return concat(head, indent(gap, expression(page, body, hang=False))) if breaks(gap) else concat(
        head, gap, expression(page, body))


def _is_opened(items: Sequence[Element]) -> bool:
    """Whether the writer of a list began it on a line of its own; of several items, or of what Jinja may make of one."""
    first = first_atom(items[0])
    return first.gap >= Gap.LINE and (first.kind is Kind.EXPRESSION or len(split_at(items, ",")) > 1)


def _table(page: Page, body: Sequence[Element], head: Atom, names: Names) -> Doc:
    if isinstance(body[0], Bracket):
        return concat(element_doc(page, body[0], head), page.gap(body[0], body[1], SPACE) if len(body) > 1 else NOTHING,
                      run(page, body[1:], names=names))
    return expression(page, body, names=names)


def _join(page: Page, head: Sequence[Atom], body: Sequence[Element]) -> Doc:
    """``JOIN table ON condition``: ON goes to the next line where the condition does not fit behind the table."""
    place = next((n for n, e in enumerate(body) if word_of(e) in ("ON", "USING")), len(body))
    table, rest = body[:place], body[place:]
    parts: list[Doc] = [run(page, head)]
    if table:
        parts += [page.gap(head[-1], table[0], SPACE), _table(page, table, head[-1], "read")]
    if not rest:
        return concat(*parts)
    before: Element = table[-1] if table else head[-1]
    condition: list[Doc] = [page.gap(before, rest[0], LINE), page.text(first_atom(rest[0]))]
    if len(rest) > 1:
        condition += [page.gap(rest[0], rest[1], SPACE), expression(page, rest[1:], hang=False)]
    return concat(*parts, group(indent(*condition)))
