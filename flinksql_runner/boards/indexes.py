"""Whether an index serves a query: each table that it narrows should have one that begins with a column of the condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from flinksql_runner.boards.known import Known
from flinksql_runner.boards.scopes import Names, folded, place

_NARROWING = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)


@dataclass(frozen=True, slots=True)
class Unserved:
    """A table that is narrowed by columns of which none begins an index; at the first of them."""

    table: Known
    columns: tuple[str, ...]
    start: int
    end: int


def unserved(names: Names) -> Iterator[Unserved]:
    """Every table of the query that the database must read as a whole, though the query wants a part of it."""
    for scope in names.scopes:
        for alias, (_, source) in scope.selected_sources.items():
            known = names.table(source) if isinstance(source, exp.Table) else None
            if known is None:
                continue
            asked = {folded(c.this): c for c in _asked(scope, alias, known)}
            if asked and not known.leading & set(asked):
                first = next(iter(asked.values()))
                yield Unserved(known, tuple(asked), *place(first.this))


def _asked(scope: Scope, alias: str, known: Known) -> Iterator[exp.Column]:
    """The columns of a table that a condition compares, or whose largest or smallest value is wanted."""
    select = scope.expression
    if not isinstance(select, exp.Select):
        return
    joins = (j.args.get("on") for j in select.args.get("joins") or ())
    conditions = [c for c in (select.args.get("where"), *joins) if c is not None]
    for condition in conditions:
        for found in condition.find_all(*_NARROWING):
            sides = [found.this] if isinstance(found, (exp.In, exp.Between)) else [found.this, found.expression]
            yield from (s for s in sides if _is_of(s, alias, known))
    if conditions:
        return
    ends = [] if select.args.get("group") else [
        e.this for s in select.selects for e in s.find_all(exp.Max, exp.Min) if e.find_ancestor(exp.Select) is select]
    if select.args.get("limit") and select.args.get("order"):
        ends = [select.args["order"].expressions[0].this]
    yield from (e for e in ends if _is_of(e, alias, known))


def _is_of(expression: object, alias: str, known: Known) -> bool:
    return isinstance(expression, exp.Column) and expression.table in ("", alias) and folded(expression.this) in known.columns
