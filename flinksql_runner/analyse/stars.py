"""The list of SELECT with ``*`` and ``t.*`` written out, and the names of its columns."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from sqlglot import exp

from flinksql_runner.analyse.algebra import Scalar
from flinksql_runner.analyse.calls import with_null
from flinksql_runner.analyse.columns import NO_TABLE
from flinksql_runner.analyse.context import Typing
from flinksql_runner.analyse.scope import Hit, Scope, Source
from flinksql_runner.diagnostics import did_you_mean
from flinksql_runner.dialect import expressions as e


class Item(Struct, frozen=True):
    """One column of the list; ``open`` stands for columns that are not known. ``syntax`` is None behind ``*``."""

    name: str
    value: Scalar
    open: bool = False
    syntax: exp.Expr | None = None


def expanded(nodes: Sequence[exp.Expr], scope: Scope, typing: Typing) -> list[Item]:
    """All columns of the list. Columns of a ``*`` get other names where theirs are taken: ``id0``."""
    found: list[Item] = []
    for node in nodes:
        if isinstance(node, exp.Star):
            _star(found, scope)
        elif isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            _qualified(found, node, scope, typing)
        else:
            value = typing.scalar(node)
            found.append(Item(name_of(node, len(found)), value, syntax=node))
    return found


def is_star(node: exp.Expr) -> bool:
    """``*``, ``t.*``."""
    return isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star))


def _star(found: list[Item], scope: Scope) -> None:
    taken = {i.name for i in found}
    for name, scalar in scope.merged.items():
        _add(found, taken, name, scalar)
    for source in scope.sources:
        for index, item in enumerate(source.fields):
            if index in source.hidden:
                continue
            _add(found, taken, item.name, _column(source, index))
        if source.open:
            found.append(Item("*", Scalar("unknown"), True))


def _qualified(found: list[Item], node: exp.Column, scope: Scope, typing: Typing) -> None:
    """``t.*``, ``t.row.*``."""
    names = [p.name for p in node.parts[:-1]]
    taken = {i.name for i in found}
    source = next((s for s in scope.sources if s.alias == names[-1]), None) if len(names) == 1 or \
        names[0].startswith("default_") else None
    if source is not None:
        for index, item in enumerate(source.fields):
            _add(found, taken, item.name, _column(source, index))
        if source.open:
            found.append(Item("*", Scalar("unknown"), True))
        return
    hit = scope.find(names)
    if isinstance(hit, Hit):
        base = typing.scalar(_column_of(node))
        row = base.type
        if row is not None and row.name == "ROW":
            for name, child in zip(row.fields, row.children, strict=True):
                kind = with_null(child) if row.nullable else child
                _add(found, taken, name, Scalar("call", kind, ".", (base,), value=name))
            return
    elif hit.kind != "unknown" and not scope.is_open:
        near = tuple(s.alias for s in scope.sources if s.alias)
        typing.context.say(NO_TABLE, f"there is no table or alias `{names[0]}` in this query", node.parts[0],
                           did_you_mean(names[0], near) or (f"here are {', '.join(near)}" if near else None))
    found.append(Item("*", Scalar("unknown"), True))


def _column_of(star: exp.Column) -> exp.Column:
    """``t.row`` of ``t.row.*``."""
    parts = list(star.parts[:-1])
    keys = ("this", "table", "db", "catalog")
    return exp.Column(**{key: part.copy() for key, part in zip(keys, reversed(parts), strict=False)})


def _add(found: list[Item], taken: set[str], name: str, value: Scalar) -> None:
    unique, number = name, 0
    while unique in taken:
        unique, number = f"{name}{number}", number + 1
    taken.add(unique)
    found.append(Item(unique, value))


def _column(source: Source, index: int) -> Scalar:
    item = source.fields[index]
    return Scalar("column", item.type, item.name, (), source.input, source.offset + index)


def name_of(node: exp.Expr, place: int) -> str:
    """The name of a column of the list: its alias, the last part of a dotted name, or EXPR$ and its place."""
    if isinstance(node, exp.Alias):
        return node.alias
    if isinstance(node, exp.Column):
        return node.name
    if isinstance(node, exp.CurrentTimestamp | exp.CurrentDate | exp.CurrentTime):
        return type(node).sql_name()
    if isinstance(node, e.ContextValue) and str(node.this).upper() != "UNKNOWN":
        return str(node.this).upper()
    return f"EXPR${place}"
