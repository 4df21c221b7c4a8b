"""What can be told of a rendered query without the database: one SELECT, known columns, an index that serves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from flinksql_runner.boards.indexes import unserved
from flinksql_runner.boards.known import Known
from flinksql_runner.boards.scopes import Names, Output, folded, place
from flinksql_runner.boards.written import Written
from flinksql_runner.diagnostics import Diagnostic, error, nearest, warning
from flinksql_runner.tables.columns import Database

DIALECTS: Mapping[Database, str] = {"postgresql": "postgres", "mysql": "mysql"}
_WORDS: Mapping[Database, str] = {"postgresql": "PostgreSQL", "mysql": "MySQL"}
_READS = (exp.Select, exp.SetOperation, exp.Values, exp.Subquery, exp.Table)
_WRITES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Command, exp.Into)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a query gives as far as that can be told, and what is wrong with it; ``is_sound`` says that it may be sent."""

    columns: tuple[Output, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    is_sound: bool = True


def check(query: Written, database: Database, tables: Mapping[str, Known]) -> Checked:
    """Looks at a query; what sqlglot can't read is left to the database, except that it must be one statement that reads."""
    try:
        statements = [s for s in sqlglot.parse(query.text, dialect=DIALECTS[database]) if s is not None]
    except ParseError as problem:
        return Checked(diagnostics=(_syntax(query, database, problem),), is_sound=False)
    except (SqlglotError, RecursionError):
        return Checked()
    if len(statements) != 1 or not isinstance(statements[0], _READS) or next(statements[0].find_all(*_WRITES), None) is not None:
        what = "is no SELECT" if len(statements) == 1 else f"has {len(statements)} statements"
        return Checked(diagnostics=(error("FS920", f"the query {what}", query.whole,
                                          "a dashboard reads: write one SELECT (WITH before it is fine)"),), is_sound=False)
    try:
        names = Names(statements[0], tables)
        found = (*_columns(query, names), *_tables(query, names, tables), *_indexes(query, names))
        return Checked(names.output(), found, not any(d.is_error for d in found))
    except (SqlglotError, RecursionError):
        return Checked()


def _syntax(query: Written, database: Database, problem: ParseError) -> Diagnostic:
    at = problem.errors[0] if problem.errors else {}
    start = len(str(at.get("start_context") or "")) if at.get("line") == 1 else 0
    token = str(at.get("highlight") or "")
    found = query.text.find(token, start) if token else -1
    span = query.span(found, found + len(token)) if found >= 0 else query.whole
    near = f" at `{token}`" if token.strip() else ""
    return error("FS915", f"{_WORDS[database]} can't read the query{near}", span)


def _columns(query: Written, names: Names) -> Iterator[Diagnostic]:
    for wrong in names.wrong():
        yield error("FS917", wrong.message, query.span(wrong.start, wrong.end), wrong.help)


def _tables(query: Written, names: Names, tables: Mapping[str, Known]) -> Iterator[Diagnostic]:
    """Tables by a plain name that is nearly, or quite, a sink's: ``ref()`` would find it, in every target."""
    sinks = {k.sink: k.sink for k in tables.values()} | {name: k.sink for name, k in tables.items()}
    for scope in names.scopes:
        for _, source in scope.selected_sources.values():
            if not isinstance(source, exp.Table) or not isinstance(source.this, exp.Identifier) or names.table(source):
                continue
            near = nearest(".".join(n for n in (folded(source.args.get("db")), folded(source.this)) if n), sinks)
            if near is not None:
                yield warning("FS921", f"`{source.name}` is no sink's table", query.span(*place(source)),
                              f"write {{{{ ref('{sinks[near]}') }}}}")


def _indexes(query: Written, names: Names) -> Iterator[Diagnostic]:
    for found in unserved(names):
        sink, columns = found.table.sink, ", ".join(f"`{c}`" for c in found.columns)
        others = ", ".join(f"`{c}`" for c in sorted(found.table.leading)) or "an indexed column"
        yield warning(
            "FS923", f"no index of `{sink}` begins with {columns}: each refresh reads the whole table",
            query.span(found.start, found.end),
            f"write {{{{ config(indexes=[['{found.columns[0]}']]) }}}} into the file of `{sink}`, or narrow by {others}")
