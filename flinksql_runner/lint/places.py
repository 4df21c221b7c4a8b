"""From parts of a tree to places in the files that the user wrote, and edits that are sure to hit what they mean."""

from __future__ import annotations

from sqlglot import exp

from flinksql_runner.diagnostics import Edit, Related, Span
from flinksql_runner.dialect.positions import place_of
from flinksql_runner.lint.rule import Finding
from flinksql_runner.syntax.values import Node
from flinksql_runner.templating.values import Origin

Where = tuple[int, int] | Origin | Span
"""Offsets (end exclusive) of the node's rendered text, a place of the template with the calls that led there, or one without."""


def offsets(part: exp.Expr, *, keyword: bool = False) -> tuple[int, int]:
    """Start and end (exclusive) of a part in the rendered text; of the word that opens it with ``keyword``."""
    place = place_of(part)
    if place is None:
        return 0, 0
    return place.keyword if keyword and place.keyword is not None else (place.start, place.end)


def finding(
    node: Node, where: Where, message: str, help: str | None = None, *, related: tuple[Related, ...] = (),
    fix: tuple[Edit, ...] = (), certain: bool = True,
) -> Finding:
    """A finding at a place of the node; the macro calls that led there are told beside."""
    if isinstance(where, Span):
        return Finding(message, where, help, node.name, related, fix, certain)
    found = origin(node, where)
    calls = tuple(Related(call, "called here") for call in found.calls)
    return Finding(message, found.span, help, node.name, (*calls, *related), fix, certain)


def origin(node: Node, where: tuple[int, int] | Origin) -> Origin:
    """A place of the node in the template, with the calls of macros that led there."""
    return where if isinstance(where, Origin) else node.rendered.map.origin(*where)


def span(node: Node, where: Where) -> Span:
    """The same as a span of the template alone."""
    return where if isinstance(where, Span) else origin(node, where).span


def table_name(node: Node) -> tuple[int, int]:
    """The offsets of the table's name in CREATE TABLE, of the first word elsewhere."""
    for statement in node.statements:
        if statement.kind == "create_table":
            return _name_start(node.rendered.text, statement.name_end), statement.name_end
    first = node.statements[0]
    return first.start, first.start + len(first.sql.split(None, 1)[0])


def _name_start(text: str, end: int) -> int:
    if text[end - 1] == "`":
        return text.rfind("`", 0, end - 1)
    start = end
    while start and (text[start - 1].isalnum() or text[start - 1] in "_$."):
        start -= 1
    return start


def edit(node: Node, where: tuple[int, int], text: str) -> Edit | None:
    """Replaces rendered text in the node's own file; None where it was written by an expression or a macro."""
    place = span(node, where)
    file = node.rendered.file
    if place.file != file.path or file.text[place.start:place.end] != node.rendered.text[where[0]:where[1]]:
        return None
    return Edit(place, text)
