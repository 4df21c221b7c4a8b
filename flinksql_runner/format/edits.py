"""The edits that would repair a finding: those that it carries, or the one near name that it tells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from flinksql_runner.diagnostics import Diagnostic, Edit, Span
from flinksql_runner.diagnostics.suggest import meant
from flinksql_runner.dialect.reserved import RESERVED
from flinksql_runner.format.jinja import holes
from flinksql_runner.format.values import CannotFormat, Kind

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_TOLD = re.compile(r"`([^`]+)`")
_QUOTES = ("'", '"', "`")


def edits_of(diagnostic: Diagnostic, texts: Mapping[str, str]) -> tuple[Edit, ...]:
    """Edits of one file that repair a finding; none where it has no repair, or one that would cut into Jinja."""
    edits = diagnostic.fix or _respelt(diagnostic, texts)
    files = {e.span.file for e in edits}
    if len(files) != 1 or not files <= texts.keys():
        return ()
    text = texts[edits[0].span.file]
    places = sorted((e.span.start, e.span.end) for e in edits)
    if places[0][0] < 0 or places[-1][1] > len(text) or any(a[1] > b[0] for a, b in pairwise(places)):
        return ()
    return edits if _spares_jinja(text, places) else ()


def _spares_jinja(text: str, places: Sequence[tuple[int, int]]) -> bool:
    """Whether each place lies in literal text, or in an expression of Jinja as a whole; tags are never touched."""
    try:
        found = holes(text)
    except CannotFormat:
        return False
    for start, end in places:
        for hole in found:
            if hole.end <= start or hole.start >= end:
                continue
            inside = hole.start + 2 <= start and end <= hole.end - 2
            if not inside or hole.kind is Kind.NOTE:
                return False
    return True


def _named(text: str, span: Span, message: str) -> tuple[int, int]:
    """The place of the name that a message tells: the span, or the one text of that name in an output of Jinja."""
    told = _TOLD.search(message)
    if told is not None and text.startswith("{{", span.start):
        found = [m for q in "'\"" for m in re.finditer(re.escape(q + told.group(1) + q), text[span.start:span.end])]
        if len(found) == 1:
            return span.start + found[0].start(), span.start + found[0].end()
    return span.start, span.end


def _respelt(diagnostic: Diagnostic, texts: Mapping[str, str]) -> tuple[Edit, ...]:
    """The one name that was meant, in place of the one that stands there."""
    right, span = meant(diagnostic.help), diagnostic.span
    if right is None or span is None or span.file not in texts:
        return ()
    text = texts[span.file]
    start, end = _named(text, span, diagnostic.message)
    quote = text[start:start + 1]
    if quote in _QUOTES and text[end - 1:end] == quote and end - start > 1:
        start, end = start + 1, end - 1
    else:
        quote = text[start - 1:start] if text[start - 1:start] in _QUOTES and text[end:end + 1] == text[start - 1:start] else ""
    wrong = text[start:end]
    if not wrong or not any(f"{q}{wrong}{q}".lower() in diagnostic.message.lower() for q in ("`", "'")):
        return ()
    if not quote and not text.startswith("(", end) and (not _PLAIN.match(right) or right.upper() in RESERVED):
        right = "`" + right.replace("`", "``") + "`"
    return (Edit(Span(span.file, start, end), right.replace("'", "''") if quote == "'" else right),)
