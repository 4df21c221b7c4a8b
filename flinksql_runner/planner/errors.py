"""From an error of Flink to a diagnostic at the template's line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sqlglot import exp

from flinksql_runner.diagnostics import Diagnostic, Related, Span, error
from flinksql_runner.dialect.positions import span_of
from flinksql_runner.flink.errors import Cause, SqlError
from flinksql_runner.planner.sent import Sent
from flinksql_runner.planner.wording import Known, Said, Seek, plain, said
from flinksql_runner.project.placeholders import scrub
from flinksql_runner.syntax.values import Node, Statement

_FROM_TO = re.compile(r"\b[Ff]rom line (\d+), column (\d+) to line (\d+), column (\d+)")
_AT = re.compile(r"\b[Aa]t line (\d+), column (\d+)")
_WORD = re.compile(r"`[^`\n]+`|'(?:[^'\n]|'')*'|[\w$]+|\S")
_HIDDEN = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
_OUTER = ("Failed to fetchResults", "Failed to execute the operation", "Unable to create a ", "Error creating ",
          "Cannot discover a connector", "Error while applying rule")
_QUALIFIER = "Flink's planner fails at this statement without a word"


def locate(problem: SqlError, sent: Sent, node: Node, values: Mapping[str, str], known: Known | None = None) -> Diagnostic:
    """The diagnostic of an error that Flink told of a sent statement of ``node``.

    The place is Flink's own where it tells one, else what the message names, else the statement's first word.
    """
    cause = _telling(problem.causes) or Cause("", problem.message)
    message = scrub(cause.message, values)
    found = said(message, known)
    qualifier = _lost_qualifier(node, sent) if message in ("AssertionError", "NullPointerException") else None
    if message in ("AssertionError", "NullPointerException"):
        found = Said("FS602", f"there is no table or alias `{qualifier[0]}` in this query") if qualifier else \
            Said("FS600", f"{_QUALIFIER} ({message})", "look for a wrong table or alias in front of a column")
    place = qualifier[1] if qualifier else _told(problem.causes, sent, message)
    start, end = place or _sought(found, node, sent) or _first_word(sent, node)
    origin = node.rendered.map.origin(start, end)
    related = tuple(Related(call, "called here") for call in origin.calls if call != origin.span)
    return error(found.code, found.message, origin.span, found.help, node=node.name, related=related)


def locate_function(problem: SqlError, name: str, span: Span, values: Mapping[str, str]) -> Diagnostic:
    """The diagnostic of a Python function that Flink does not take."""
    cause = _telling(problem.causes)
    message = plain(scrub(cause.message if cause else problem.message, values)).splitlines()[-1]
    return error("FS604", f"Flink can't load the function `{name}`: {message}", span, None)


def _telling(causes: tuple[Cause, ...]) -> Cause | None:
    """The cause to tell: the root, unless it is a mere detail of a known message around it."""
    for cause in causes:
        around = causes[causes.index(cause) + 1:][:1]
        detail = cause.kind in ("NumberFormatException", "NullPointerException", "ClassCastException")
        if detail and around and not around[0].message.startswith(_OUTER[:2]):
            continue
        return cause
    return None


def _told(causes: tuple[Cause, ...], sent: Sent, message: str) -> tuple[int, int] | None:
    """The place that Flink tells, in the node's rendered text."""
    if sent.statement.node is None:
        return None
    for cause in causes:
        both = _FROM_TO.search(cause.message)
        if both is not None:
            line, column, last_line, last_column = map(int, both.groups())
            start, last = sent.offset(line, column), sent.offset(last_line, last_column)
            return sent.rendered(start), max(sent.rendered(last + 1), sent.rendered(start) + 1)
        point = _AT.search(cause.message)
        if point is not None:
            start = sent.offset(*map(int, point.groups()))
            return sent.rendered(start), max(sent.rendered(_end(sent.text, start, message)), sent.rendered(start) + 1)
    return None


def _end(text: str, start: int, message: str) -> int:
    """The end of what stands at ``start``: the whole expression where the message quotes it, else one word."""
    for name in re.findall(r"'([^'\n]+)'", message):
        for written in (name, f"`{name}`", name.replace("`", "")):
            if written and text.startswith(written, start):
                return start + len(written)
    word = _WORD.match(text, start)
    return word.end() if word else start + 1


def _first_word(sent: Sent, node: Node) -> tuple[int, int]:
    text, start = node.rendered.text, sent.statement.origin
    if sent.statement.kind == "table":  # our header ends behind the name; the user's own CREATE is what to show
        start = next((s.start for s in node.statements if s.kind == "create_table"), start)
    word = _WORD.search(text, start)
    return (word.start(), word.end()) if word else (start, start)


def _sought(found: Said, node: Node, sent: Sent) -> tuple[int, int] | None:
    for seek in found.seeks:
        place = next(_seek(seek, node, sent), None)
        if place is not None:
            return place
    return None


def _seek(seek: Seek, node: Node, sent: Sent) -> Iterator[tuple[int, int]]:
    """Places in the node's rendered text: those in the sent statement first, then those in its others."""
    own = [s for s in node.statements if s.start <= sent.statement.origin <= s.end]
    statements = [*own, *(s for s in node.statements if s not in own)]
    if seek.kind == "projection":
        yield from (p for s in own if (p := _projection(s, int(seek.what))) is not None)
        return
    text = node.rendered.text
    masked = _HIDDEN.sub(lambda m: " " * len(m.group()), text)
    pattern, where = _pattern(seek), masked if seek.kind in ("word", "into") else text
    for statement in statements:
        for match in re.finditer(pattern, where[statement.start:statement.end]):
            yield statement.start + match.start(1), statement.start + match.end(1)


def _pattern(seek: Seek) -> str:
    name = re.escape(seek.what)
    if seek.kind == "option":
        return rf"('{name}')\s*="
    if seek.kind == "word":
        return rf"(?<![\w`])(`{name}`|{name})(?!\w)"
    if seek.kind == "into":
        return r"(?i)\bINSERT\s+(?:INTO|OVERWRITE)\s+(?:TABLE\s+)?(`[^`]+`|[\w.]+)"
    if seek.kind == "connector":
        return r"'connector'\s*=\s*('[^']*')"
    return seek.what


def _projection(statement: Statement, number: int) -> tuple[int, int] | None:
    """The place of the query's column by its number, None behind a star."""
    query = statement.tree.expression if isinstance(statement.tree, exp.Insert) else statement.tree
    if not isinstance(query, exp.Query):
        return None
    columns = query.selects
    if number > len(columns) or any(c.is_star for c in columns[:number]):
        return None
    column = columns[number - 1]
    return span_of(column) if isinstance(column, exp.Expression) else None


def _lost_qualifier(node: Node, sent: Sent) -> tuple[str, tuple[int, int]] | None:
    """The first ``x.`` before a column that names neither a table nor an alias of the statement (Flink trips over it)."""
    for statement in node.statements:
        if statement.tree is None or not statement.start <= sent.statement.origin <= statement.end:
            continue
        known = {t.alias_or_name.lower() for t in statement.tree.find_all(exp.Table)}
        known |= {a.name.lower() for a in statement.tree.find_all(exp.TableAlias)}
        known |= {c.name.lower() for c in statement.tree.find_all(exp.Column) if not c.table}
        for column in statement.tree.find_all(exp.Column):
            qualifier = column.args.get("table")
            if qualifier is not None and column.table.lower() not in known:
                span = span_of(qualifier)
                if span is not None:
                    return column.table, span
    return None
