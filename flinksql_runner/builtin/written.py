"""From a node of the tree to the call that it writes: the name that ``calls.typed`` knows, and the operands in its order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from msgspec import Struct
from sqlglot import exp

from flinksql_runner.builtin.families import DAYS, MONTHS
from flinksql_runner.builtin.values import Argument
from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.types import FlinkType, type_of

Operand = exp.Expr | Argument


class Call(Struct, frozen=True):
    """A call. An operand is a node whose type the caller finds, or an argument that is known at once (a unit, a type).

    ``star`` for ``COUNT(*)``; ``distinct`` for ``SUM(DISTINCT a)``; ``filtered`` where FILTER stands behind; ``over`` for the
    window of OVER.
    """

    name: str
    operands: tuple[Operand, ...]
    star: bool = False
    distinct: bool = False
    filtered: exp.Expr | None = None
    over: exp.Window | None = None


_BINARY: Mapping[type[exp.Expr], str] = {
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%", exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.GT: ">",
    exp.LTE: "<=", exp.GTE: ">=", exp.And: "AND", exp.Or: "OR", exp.DPipe: "||", exp.NullSafeEQ: "IS NOT DISTINCT FROM",
    exp.NullSafeNEQ: "IS DISTINCT FROM", exp.Like: "LIKE", exp.SimilarTo: "SIMILAR TO", exp.Overlaps: "OVERLAPS",
}
_UNARY: Mapping[type[exp.Expr], str] = {exp.Neg: "-", e.Plus: "+", exp.Not: "NOT"}
_VALUES: Mapping[type[exp.Expr], str] = {
    exp.CurrentTimestamp: "CURRENT_TIMESTAMP", exp.CurrentDate: "CURRENT_DATE", exp.CurrentTime: "CURRENT_TIME",
}
_SPAN = re.compile(r"\s+TO\s+")


def literal_of(node: exp.Expr) -> Argument | None:
    """A literal with its type, NULL, TRUE, DATE '...', INTERVAL '1' DAY; None where the node is none."""
    if isinstance(node, exp.Paren):
        return literal_of(node.this)
    if isinstance(node, exp.Literal):
        return _text(node.name) if node.is_string else _number(node.name)
    if isinstance(node, exp.Null):
        return Argument(null=True)
    if isinstance(node, exp.Boolean):
        return Argument(FlinkType("BOOLEAN", nullable=False), bool(node.this))
    if isinstance(node, exp.HexString):
        return Argument(FlinkType("BINARY", (len(node.name) // 2,), nullable=False), node.name)
    if isinstance(node, e.TypedLiteral):
        return Argument(_timely(str(node.args["kind"]), node.this.name), node.this.name)
    if isinstance(node, e.JdbcLiteral):
        kind = {"d": "DATE", "t": "TIME", "ts": "TIMESTAMP"}[str(node.args["kind"])]
        return Argument(_timely(kind, node.this.name), node.this.name)
    if isinstance(node, exp.Interval) and isinstance(node.this, exp.Literal):
        return Argument(_interval(node), node.this.name)
    if isinstance(node, e.StringParts) and all(isinstance(p, exp.Literal) for p in node.expressions):
        return _text("".join(part.name for part in node.expressions))
    if isinstance(node, exp.Neg) and (found := literal_of(node.this)) is not None and _is_number(found.literal):
        assert not isinstance(found.literal, str | None)
        return Argument(found.type, -found.literal)
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _text(value: str) -> Argument:
    return Argument(FlinkType("CHAR", (len(value),), nullable=False), value)


def _number(text: str) -> Argument | None:
    if "e" in text.lower():
        return Argument(FlinkType("DOUBLE", nullable=False), float(text))
    if "." not in text:
        value = int(text)
        if value <= 2**31 - 1:
            return Argument(FlinkType("INT", nullable=False), value)
        if value <= 2**63 - 1:
            return Argument(FlinkType("BIGINT", nullable=False), value)
        return Argument(FlinkType("DECIMAL", (len(str(value)), 0), nullable=False), value) if len(str(value)) <= 38 else None
    whole, _, behind = text.partition(".")
    digits = len((whole + behind).lstrip("0"))
    try:
        value_ = Decimal(text)
    except InvalidOperation:
        return None
    precision = max(digits, len(behind), 1)
    return Argument(FlinkType("DECIMAL", (precision, len(behind)), nullable=False), value_) if precision <= 38 else None


def _timely(kind: str, text: str) -> FlinkType:
    if kind == "DATE":
        return FlinkType("DATE", nullable=False)
    if kind == "TIME":
        return FlinkType("TIME", (0,), nullable=False)
    digits = text.rpartition(".")[2] if "." in text else ""
    return FlinkType("TIMESTAMP", (min(len(digits.strip()), 9),), nullable=False)


def _interval(node: exp.Interval) -> FlinkType:
    unit = node.args.get("unit")
    first = _SPAN.split(unit.name if isinstance(unit, exp.Expr) else "DAY")[0].partition("(")[0].upper().rstrip("S")
    return FlinkType("INTERVAL", nullable=False, detail=MONTHS if first in ("YEAR", "QUARTER", "MONTH") else DAYS)


def call_of(node: exp.Expr) -> Call | None:
    """The call that a node writes; None where it is none: a column, a literal, a query, a star, or a node not known here."""
    if isinstance(node, exp.Window):
        inner = call_of(node.this)
        return None if inner is None else Call(inner.name, inner.operands, inner.star, inner.distinct, inner.filtered, node)
    if isinstance(node, exp.Filter):
        inner = call_of(node.this)
        return None if inner is None else Call(inner.name, inner.operands, inner.star, inner.distinct, node.expression)
    if isinstance(node, exp.WithinGroup | exp.IgnoreNulls | exp.RespectNulls | e.MatchSemantics | e.WithinDistinct):
        return call_of(node.this)
    for kind in type(node).__mro__:
        if (rule := _RULES.get(kind)) is not None:
            return rule(node)
    if isinstance(node, exp.Func):
        return _function(node)
    return None


def _between(node: exp.Expr) -> Call:
    return Call("BETWEEN", (node.this, node.args["low"], node.args["high"]))


def _in(node: exp.Expr) -> Call | None:
    if node.args.get("query") is not None or not node.expressions:
        return None
    return Call("IN", (node.this, *node.expressions))


def _is(node: exp.Expr) -> Call:
    right = node.expression
    if isinstance(right, exp.Boolean):
        return Call(f"IS {'TRUE' if right.this else 'FALSE'}", (node.this,))
    if isinstance(right, exp.JSON):
        kind = right.args.get("this")
        return Call(f"IS JSON {kind}" if kind else "IS JSON", (node.this,))
    return Call("IS NULL", (node.this,))


def _is_test(node: exp.Expr) -> Call | None:
    if node.args["kind"] != "UNKNOWN":
        return None
    return Call(f"IS {'NOT ' * bool(node.args.get('negated'))}UNKNOWN", (node.this,))


def _escape(node: exp.Expr) -> Call | None:
    inner = call_of(node.this)
    return None if inner is None else Call(inner.name, (*inner.operands, node.expression))


def _case(node: exp.Expr) -> Call | None:
    operands: list[Operand] = []
    subject = node.args.get("this")
    for branch in node.args["ifs"]:
        condition = branch.this
        if isinstance(condition, e.WhenValues):
            return None
        operands += [exp.EQ(this=subject, expression=condition) if subject is not None else condition, branch.args["true"]]
    if (default := node.args.get("default")) is not None:
        operands.append(default)
    return Call("CASE", tuple(operands))


def _cast(node: exp.Expr) -> Call | None:
    name = "TRY_CAST" if isinstance(node, exp.TryCast) else "CAST"
    target = node.args["to"]
    try:
        return Call(name, (node.this, Argument(type_of(target)))) if isinstance(target, exp.DataType) else None
    except ValueError:
        return None


def _map(node: exp.Expr) -> Call:
    pairs = zip(node.args["keys"].expressions, node.args["values"].expressions, strict=True)
    return Call("MAP", tuple(part for pair in pairs for part in pair))


def _misc(node: exp.Expr) -> Call:
    """EXTRACT, TRIM, JSON_VALUE ...: words between arguments are left out, units and the type of RETURNING are told."""
    name = str(node.this).upper()
    parts: Sequence[exp.Expr] = node.expressions
    if name == "EXTRACT" and parts and isinstance(parts[0], exp.Var | exp.Column):
        return Call(name, (Argument(word=parts[0].name), *parts[2:3]))
    operands: list[Operand] = []
    returning: FlinkType | None = None
    distinct = False
    default = False
    for place, part in enumerate(parts):
        before = parts[place - 1].name if place and isinstance(parts[place - 1], exp.Var) else ""
        if isinstance(part, exp.DataType):
            returning = type_of(part)
        elif isinstance(part, exp.Var):
            if before == "TO":
                operands.append(Argument(word=part.name))
            default = part.name == "DEFAULT"
        elif isinstance(part, exp.Distinct):
            operands.extend(part.expressions)
            distinct = True
        elif not default:
            operands.append(part)
    if returning is not None:
        operands.append(Argument(returning, word="RETURNING"))
    if name in ("JSON_OBJECTAGG", "JSON_ARRAYAGG"):
        absent = any(isinstance(part, exp.Var) and part.name == "ABSENT" for part in parts)
        name += "_ABSENT_ON_NULL" if absent or name == "JSON_ARRAYAGG" else "_NULL_ON_NULL"
    return Call(name, tuple(operands), distinct=distinct)


def _anonymous(node: exp.Expr) -> Call | None:
    name = node.this if isinstance(node.this, str) else node.name
    operands = _unpacked(node.expressions)
    if name.upper() in ("TIMESTAMPADD", "TIMESTAMPDIFF") and operands:
        unit = operands[0]
        operands = (Argument(word=unit.name if isinstance(unit, exp.Expr) else ""), *operands[1:])
    if any(isinstance(operand, exp.Kwarg) for operand in operands):
        return None
    star = any(isinstance(operand, exp.Star) for operand in operands)
    return Call(name.upper(), () if star else operands, star, any(isinstance(x, exp.Distinct) for x in node.expressions))


def _function(node: exp.Func) -> Call:
    parts: list[exp.Expr] = []
    for key in type(node).arg_types:
        value = node.args.get(key)
        parts += value if isinstance(value, list) else [value] if isinstance(value, exp.Expr) else []
    star = any(isinstance(part, exp.Star) for part in parts)
    distinct = any(isinstance(part, exp.Distinct) for part in parts)
    return Call(node.sql_name(), () if star else _unpacked(parts), star, distinct)


def _unpacked(parts: Sequence[exp.Expr]) -> tuple[Operand, ...]:
    """Arguments without DISTINCT, ALL, ORDER BY and IGNORE NULLS around them."""
    found: list[Operand] = []
    for part in parts:
        while isinstance(part, exp.Order | exp.IgnoreNulls | exp.RespectNulls) and isinstance(part.this, exp.Expr):
            part = part.this
        if isinstance(part, exp.Distinct | e.AllOf):
            found.extend(part.expressions)
        else:
            found.append(part)
    return tuple(found)


def _operator(name: str, *keys: str) -> Callable[[exp.Expr], Call | None]:
    return lambda node: Call(name, tuple(node.args[key] for key in keys))


def _list(name: str) -> Callable[[exp.Expr], Call | None]:
    return lambda node: Call(name, tuple(node.expressions))


_RULES: Mapping[type, Callable[[exp.Expr], Call | None]] = {
    **{kind: _operator(name, "this") for kind, name in _UNARY.items()},
    **{kind: _operator(name, "this", "expression") for kind, name in _BINARY.items()},
    **{kind: _operator(name) for kind, name in _VALUES.items()},
    exp.Between: _between, exp.In: _in, exp.Is: _is, e.IsTest: _is_test, exp.Escape: _escape, exp.Case: _case, exp.Cast: _cast,
    exp.Bracket: lambda node: Call("ITEM", (node.this, node.expressions[0])), exp.Tuple: _list("ROW"), exp.Map: _map,
    exp.Array: _list("ARRAY"), e.MultisetOf: _list("MULTISET"), exp.Exists: _operator("EXISTS"), e.MiscFunction: _misc,
    exp.Anonymous: _anonymous, e.ContextValue: lambda node: Call(str(node.this).upper(), ()),
    e.JdbcFunction: lambda node: call_of(node.this),
}
