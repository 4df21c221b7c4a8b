"""References to columns and to fields inside of them."""

from __future__ import annotations

from sqlglot import exp

from flinksql_runner.analyse.algebra import Scalar, ScalarKind
from flinksql_runner.analyse.calls import call, with_null
from flinksql_runner.analyse.context import Typing, unknown
from flinksql_runner.analyse.scope import Hit, Miss
from flinksql_runner.diagnostics import did_you_mean
from flinksql_runner.dialect.types import FlinkType

NO_COLUMN, NO_TABLE, AMBIGUOUS, NO_FIELD = "FS320", "FS321", "FS322", "FS323"
_TIMELY = frozenset({"CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP"})


def column(typing: Typing, node: exp.Expr) -> Scalar:
    """``a``, ``t.a``, ``t.a.field``."""
    assert isinstance(node, exp.Column)
    parts = node.parts
    if isinstance(node.this, exp.Star):
        return unknown(node)
    names = [p.name for p in parts]
    merged = typing.scope.merged.get(names[0]) if typing.scope.merged and len(names) == 1 else None
    if merged is not None:
        return merged
    found = typing.scope.find(names)
    if isinstance(found, Miss):
        return _missing(typing, found, node, parts)
    return _found(typing, found, node, len(names))


def _found(typing: Typing, hit: Hit, node: exp.Column, count: int) -> Scalar:
    source, item = hit.source, hit.source.fields[hit.index]
    kind: ScalarKind = "outer" if hit.level else "column"
    scalar = Scalar(kind, item.type, item.name, (), hit.level or source.input, source.offset + hit.index, syntax=node)
    for at, name in enumerate(hit.path):
        part = node.parts[count - len(hit.path) + at] if len(hit.path) < count else node
        scalar = access(typing, scalar, name, node, part)
    return scalar


def access(typing: Typing, base: Scalar, name: str, node: exp.Expr, part: exp.Expr) -> Scalar:
    """The field of a ROW; its syntax is the whole reference."""
    row = base.type
    if row is None or row.name in ("RAW", "STRUCTURED", "VARIANT"):
        return Scalar("call", None, ".", (base,), value=name, syntax=node)
    if row.name != "ROW":
        typing.context.say(NO_FIELD, f"{shown(row)} has no fields, so no `{name}`", part)
        return unknown(node)
    if name not in row.fields:
        typing.context.say(NO_FIELD, f"there is no field `{name}` in {shown(row)}", part,
                           did_you_mean(name, row.fields) or f"it has {_listed(row.fields)}")
        return unknown(node)
    child = row.children[row.fields.index(name)]
    return Scalar("call", with_null(child) if row.nullable else child, ".", (base,), value=name, syntax=node)


def shown(type_: FlinkType) -> str:
    """A type as messages call it: without NOT NULL, not too long."""
    text = (with_null(type_) or type_).sql
    return text if len(text) <= 60 else f"{text[:57]}..."


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{n}`" for n in names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _missing(typing: Typing, miss: Miss, node: exp.Column, parts: list[exp.Expr]) -> Scalar:
    name = parts[min(miss.part, len(parts) - 1)].name
    part = parts[min(miss.part, len(parts) - 1)]
    if miss.kind == "column" and len(parts) == 1 and name.upper() in _TIMELY and not part.args.get("quoted"):
        return call(typing.context, name.upper(), (), node)
    if miss.kind == "column":
        where = f"in `{miss.table}`" if miss.table else "in any table that is read here"
        typing.context.say(NO_COLUMN, f"there is no column `{name}` {where}", part, _help(name, miss))
    elif miss.kind == "table":
        typing.context.say(NO_TABLE, f"there is no table or alias `{name}` in this query", part,
                           did_you_mean(name, miss.near) or (f"here are {_listed(miss.near)}" if miss.near else None))
    elif miss.kind == "ambiguous":
        tables = [t for t in dict.fromkeys(miss.near) if t]
        help = f"write the table before it: {' or '.join(f'{t}.{name}' for t in tables[:3])}" if len(tables) > 1 else \
            "give the two columns different names where they are made"
        typing.context.say(AMBIGUOUS, f"the column `{name}` is in more than one of the tables", part, help)
    return unknown(node)


def _help(name: str, miss: Miss) -> str | None:
    near = did_you_mean(name, miss.near)
    if near is not None or not miss.near:
        return near
    return f"it has {_listed(miss.near)}" if miss.table else f"here are {_listed(miss.near)}"


def dot(typing: Typing, node: exp.Expr) -> Scalar:
    """``f(a).b``, ``(a).b``, ``a[1].b``."""
    field = node.args.get("expression")
    if not isinstance(field, exp.Identifier):  # a function of a catalog: db.f(a)
        return unknown(node)
    base = typing.scalar(node.this)
    return access(typing, base, field.name, node, field)


def bracket(typing: Typing, node: exp.Expr) -> Scalar:
    """``a[1]``, ``m['k']``."""
    base = typing.scalar(node.this)
    index = typing.scalar(node.expressions[0])
    if base.type is not None and base.type.name == "ROW" and index.kind == "literal" and index.value is not None:
        row = base.type
        if index.value.isdigit() and 1 <= int(index.value) <= len(row.children):
            child = row.children[int(index.value) - 1]
            return Scalar("call", with_null(child) if row.nullable else child, "ITEM", (base, index), syntax=node)
        return Scalar("call", None, "ITEM", (base, index), syntax=node)
    return call(typing.context, "ITEM", (base, index), node)
