"""Operators: their names as Flink knows them, their operands in order."""

from __future__ import annotations

from sqlglot import exp

from flinksql_runner.analyse.algebra import Scalar
from flinksql_runner.analyse.calls import BOOLEAN, OPERATOR, argument, call, no_null
from flinksql_runner.analyse.context import Typing, unknown
from flinksql_runner.analyse.literals import INT, number
from flinksql_runner.builtin.families import NUMERIC
from flinksql_runner.builtin.values import Argument
from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.types import FlinkType, type_of

BINARY: dict[type[exp.Expr], str] = {
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%", exp.DPipe: "||", exp.EQ: "=", exp.NEQ: "<>",
    exp.LT: "<", exp.GT: ">", exp.LTE: "<=", exp.GTE: ">=", exp.And: "AND", exp.Or: "OR", exp.NullSafeEQ: "IS NOT DISTINCT FROM",
    exp.NullSafeNEQ: "IS DISTINCT FROM", exp.Like: "LIKE", exp.SimilarTo: "SIMILAR TO",
}


def binary(typing: Typing, node: exp.Expr) -> Scalar:
    """Two operands; a chain of hundreds (``a OR b OR c``) is no deep recursion."""
    spine = [node]
    while type(left := spine[-1].this) in BINARY:
        spine.append(left)
    found = typing.scalar(spine[-1].this)
    for item in reversed(spine):
        args = (found, typing.scalar(item.args["expression"]))
        if type(item) in _LOGICAL:
            found = logical(typing, BINARY[type(item)], args, item)
        elif type(item) in _EQUALITY:
            found = equality(typing, BINARY[type(item)], args, item)
        else:
            found = call(typing.context, BINARY[type(item)], args, item)
    return found


_LOGICAL = (exp.And, exp.Or)
_EQUALITY = (exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ)
_TEXTS = frozenset({"CHAR", "VARCHAR"})


def equality(typing: Typing, name: str, args: tuple[Scalar, ...], node: exp.Expr) -> Scalar:
    """``=``, ``<>``: Flink's validator takes a text beside a number, and its code generator fails at it."""
    left, right = (a.type for a in args)
    if left is not None and right is not None:
        for text, number in ((left, right), (right, left)):
            if text.name in _TEXTS and number.name in NUMERIC:
                shown = FlinkType(number.name, number.sizes).sql
                typing.context.say(OPERATOR, f"a text and a number ({shown}) can't be compared by `{name}`", node,
                                   f"CAST one of them, for example to {shown}")
    return call(typing.context, name, args, node)


def logical(typing: Typing, name: str, args: tuple[Scalar, ...], node: exp.Expr) -> Scalar:
    """AND, OR."""
    no_null(typing.context, args)
    return call(typing.context, name, args, node)


def paren(typing: Typing, node: exp.Expr) -> Scalar:
    """``(a)``."""
    while isinstance(node, exp.Paren):
        node = node.this
    return typing.scalar(node)


def negative(typing: Typing, node: exp.Expr) -> Scalar:
    """``-a``; a number with its sign is one literal."""
    value = node.this
    if isinstance(value, exp.Literal) and not value.args.get("is_string"):
        text = str(value.this)
        found = INT if text == "2147483648" else number(text)
        return Scalar("literal", found, value=f"-{text}", syntax=node)
    return call(typing.context, "-", (typing.scalar(value),), node)


def positive(typing: Typing, node: exp.Expr) -> Scalar:
    """``+a``."""
    return call(typing.context, "+", (typing.scalar(node.this),), node)


WIDE_QUERY = "FS348"
_NEGATED = {exp.In: "NOT IN", exp.Between: "NOT BETWEEN", exp.Like: "NOT LIKE", exp.SimilarTo: "NOT SIMILAR TO"}


def negation(typing: Typing, node: exp.Expr) -> Scalar:
    """``NOT a``; ``a NOT IN (b)``, ``a IS NOT NULL`` are operators of their own."""
    value = node.this
    if isinstance(value, exp.Is) and node.meta.get("inside"):
        return is_test(typing, value, "NOT ")
    inner = typing.scalar(value)
    return call(typing.context, "NOT", (inner,), node)


def is_test(typing: Typing, node: exp.Expr, negated: str = "") -> Scalar:
    """``a IS [NOT] NULL | TRUE | FALSE | JSON``."""
    right = node.args["expression"]
    if isinstance(right, exp.Null):
        word = "NULL"
    elif isinstance(right, exp.Boolean):
        word = "TRUE" if right.this else "FALSE"
    else:
        word = f"JSON {right.args.get('this') or ''}".strip()
    return call(typing.context, f"IS {negated}{word}", (typing.scalar(node.this),), node)


def kind_test(typing: Typing, node: exp.Expr) -> Scalar:
    """``a IS [NOT] UNKNOWN | A SET | EMPTY``."""
    inner = typing.scalar(node.this)
    kind = str(node.args["kind"])
    if kind == "UNKNOWN":
        return call(typing.context, f"IS {'NOT ' if node.args.get('negated') else ''}UNKNOWN", (inner,), node)
    return Scalar("call", FlinkType("BOOLEAN", nullable=False), f"IS {kind}", (inner,), syntax=node)


def between(typing: Typing, node: exp.Expr) -> Scalar:
    """``a BETWEEN b AND c``."""
    return call(typing.context, "BETWEEN", typing.scalars([node.this, node.args["low"], node.args["high"]]), node)


def is_in(typing: Typing, node: exp.Expr) -> Scalar:
    """``a IN (b, c)``, ``a IN (query)``."""
    query = node.args.get("query")
    if query is not None:
        return _in_query(typing, node, query)
    values = node.expressions
    if len(values) == 1 and isinstance(values[0], exp.Query | exp.Subquery):
        return _in_query(typing, node, values[0])
    return call(typing.context, "IN", typing.scalars([node.this, *values]), node)


def _in_query(typing: Typing, node: exp.Expr, query: exp.Expr) -> Scalar:
    left = typing.scalar(node.this)
    relation = typing.queries.query(query, typing.scope, typing.ctes)
    width = len(node.this.expressions) if isinstance(node.this, exp.Tuple) else 1
    if not relation.open and len(relation.fields) != width and left.type is not None and left.type.name != "ROW":
        said = f"the query behind IN gives {len(relation.fields)} columns, not {width}"
        typing.context.say(WIDE_QUERY, said, query, "select the one column that is meant")
    return Scalar("query", BOOLEAN, "IN", (left,), query=relation, syntax=node)


def escape(typing: Typing, node: exp.Expr) -> Scalar:
    """``a LIKE b ESCAPE c``."""
    like = node.this
    if type(like) not in (exp.Like, exp.SimilarTo):
        return unknown(node)
    args = typing.scalars([like.this, like.args["expression"], node.args["expression"]])
    return call(typing.context, BINARY[type(like)], args, node)


def infix(typing: Typing, node: exp.Expr) -> Scalar:
    """Operators that are rarely used: their operands are looked at, their rules are not."""
    args = typing.scalars([node.this, node.args["expression"]])
    return Scalar("call", None, str(node.args["operator"]), args, syntax=node)


def case(typing: Typing, node: exp.Expr) -> Scalar:
    """``CASE [a] WHEN b THEN c ... ELSE d END``, with ``a = b`` as the condition of the form with ``a``."""
    operand = typing.scalar(node.this) if node.args.get("this") is not None else None
    args: list[Scalar] = []
    for branch in node.args["ifs"]:
        condition = branch.this
        if isinstance(condition, e.WhenValues):
            values = typing.scalars(condition.expressions)
            args.append(Scalar("call", BOOLEAN, "IN", ((operand,) if operand else ()) + values, syntax=condition))
        elif operand is not None:
            args.append(equality(typing, "=", (operand, typing.scalar(condition)), condition))
        else:
            args.append(typing.scalar(condition))
        args.append(typing.scalar(branch.args["true"]))
    default = node.args.get("default")
    if default is not None:
        args.append(typing.scalar(default))
    return call(typing.context, "CASE", tuple(args), node)


def cast(typing: Typing, node: exp.Expr) -> Scalar:
    """``CAST(a AS type)``, TRY_CAST."""
    value = typing.scalar(node.this)
    name = "TRY_CAST" if isinstance(node, exp.TryCast) else "CAST"
    target: FlinkType | None
    try:
        target = type_of(node.args["to"])
    except ValueError:
        target = None
    if target is None or target.name == "USER":
        return Scalar("call", None, name, (value,), syntax=node)
    return call(typing.context, name, (value,), node, arguments=(argument(value), Argument(target)))


def constructor(name: str, typing: Typing, node: exp.Expr) -> Scalar:
    """``ROW(a, b)``, ``ARRAY[a, b]``, ``MULTISET[a]``."""
    return call(typing.context, name, typing.scalars(node.expressions), node)


def row(typing: Typing, node: exp.Expr) -> Scalar:
    """``(a, b)``."""
    return constructor("ROW", typing, node)


def array(typing: Typing, node: exp.Expr) -> Scalar:
    """``ARRAY[a, b]``; a query as ``ARRAY(query)`` is not followed."""
    if len(node.expressions) == 1 and isinstance(node.expressions[0], exp.Query):
        return unknown(node)
    return constructor("ARRAY", typing, node)


def multiset(typing: Typing, node: exp.Expr) -> Scalar:
    """``MULTISET[a]``."""
    return constructor("MULTISET", typing, node)


def map_(typing: Typing, node: exp.Expr) -> Scalar:
    """``MAP[k, v]``."""
    keys, values = node.args.get("keys"), node.args.get("values")
    pairs = zip(keys.expressions, values.expressions, strict=True) if keys is not None and values is not None else ()
    return call(typing.context, "MAP", typing.scalars([p for pair in pairs for p in pair]), node)
