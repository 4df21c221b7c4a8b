"""What the database itself said of a query, told at its place."""

from __future__ import annotations

from flinksql_runner.boards.values import Bound, Query
from flinksql_runner.diagnostics import Diagnostic, Severity, Span, error, warning

MANY_ROWS = 10_000
"""A table with more rows than this is not read as a whole for each refresh without a word."""


def refused(query: Query, message: str, hint: str | None, offset: int | None, sent: tuple[str, ...]) -> Diagnostic:
    """A query that the database refuses.

    :param offset: where in the text that was sent, from 0; None where the database does not say.
    :param sent: what was sent for each part of the query.
    """
    return error("FS922", f"the database refuses the query: {message}", _span(query, offset, sent), hint)


def scanned(query: Query, table: str, rows: int) -> Diagnostic:
    """A query for which the database reads a large table as a whole."""
    return warning("FS923", f"the database reads all of {table} (about {rows:,} rows) for each refresh", query.span,
                   "narrow the query by an indexed column, or add an index by config(indexes=[...]) in the sink's file")


def unasked(query: Query, reason: str) -> Diagnostic:
    """A query that could not be tried."""
    return Diagnostic("FS924", Severity.INFO, f"the query was not tried: {reason}", query.span)


def _span(query: Query, offset: int | None, sent: tuple[str, ...]) -> Span:
    if offset is None or query.placed is None:
        return query.span
    at = written = 0
    for part, text in zip(query.parts, sent, strict=True):
        if isinstance(part, Bound):
            length = len(query.placed.mark_of(part))
            if at <= offset < at + len(text):
                return query.placed.span(written, written + length)
            written += length
        else:
            if at <= offset < at + len(text):
                start = offset - at
                end = next((i for i in range(start, len(part)) if not (part[i].isalnum() or part[i] == "_")), len(part))
                return query.placed.span(written + start, written + max(end, start + 1))
            written += len(part)
        at += len(text)
    return query.span
