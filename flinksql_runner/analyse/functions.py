"""Calls of functions: Flink's own and those of ``udfs/``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from flinksql_runner.analyse.algebra import Scalar, ScalarKind
from flinksql_runner.analyse.calls import FUNCTION, argument, boolean, call, type_from, with_null
from flinksql_runner.analyse.context import Context, Typing, unknown
from flinksql_runner.builtin import casts
from flinksql_runner.builtin.families import BINARY
from flinksql_runner.builtin.table import function, is_aggregate, is_function, names, needs_over
from flinksql_runner.builtin.values import Argument
from flinksql_runner.diagnostics import did_you_mean
from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.types import FlinkType, type_of
from flinksql_runner.functions.values import Function

_COUNTED = FlinkType("BIGINT", nullable=False)
NO_FUNCTION, AGGREGATE, NEEDS_OVER, NO_GROUP_WINDOW, NOT_FOR_STREAMS = "FS324", "FS331", "FS332", "FS335", "FS354"
_NOT_DISTINCT = BINARY | {"MAP", "MULTISET", "ROW"}  # values that a stream's COUNT(DISTINCT ...) can't tell apart
GROUP_WINDOWS = frozenset({"TUMBLE", "HOP", "SESSION"})
AUXILIARY = frozenset(f"{w}_{p}" for w in GROUP_WINDOWS for p in ("START", "END", "ROWTIME", "PROCTIME"))
_NAMES: dict[type[exp.Expr], str] = {}
_UNITS_OF = frozenset({"EXTRACT", "FLOOR", "CEIL", "CEILING", "TIMESTAMPADD", "TIMESTAMPDIFF"})
_UNITS = frozenset({
    "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND", "EPOCH",
    "DOW", "DOY", "ISODOW", "ISOYEAR", "DECADE", "CENTURY", "MILLENNIUM", "SQL_TSI_YEAR", "SQL_TSI_QUARTER", "SQL_TSI_MONTH",
    "SQL_TSI_WEEK", "SQL_TSI_DAY", "SQL_TSI_HOUR", "SQL_TSI_MINUTE", "SQL_TSI_SECOND", "SQL_TSI_MICROSECOND",
})


def name_of(node: exp.Expr) -> str:
    """The name of a function as Flink's SQL calls it; as it is written where sqlglot has no class for it."""
    if isinstance(node, exp.Anonymous):
        return str(node.this)
    kind = type(node)
    if kind not in _NAMES:
        _NAMES[kind] = kind.sql_name() if issubclass(kind, exp.Func) else ""
    return _NAMES[kind]


def parts(node: exp.Expr) -> Iterator[exp.Expr]:
    """The arguments of a call in the order of the text."""
    for key in node.arg_types:
        value = node.args.get(key)
        if isinstance(value, exp.Expr):
            yield value
        elif isinstance(value, list):
            yield from (v for v in value if isinstance(v, exp.Expr))


def named(typing: Typing, node: exp.Expr) -> Scalar:
    """Any call."""
    name = name_of(node)
    return called(typing, name, list(parts(node)), node)


def called(
    typing: Typing, name: str, given: Sequence[exp.Expr], node: exp.Expr, *, filter: exp.Expr | None = None, over: bool = False,
    may_be_empty: bool = False,
) -> Scalar:
    """A call of this name with these arguments; ``over``: an OVER stands behind it, and whether its frame ``may_be_empty``."""
    upper = name.upper()
    udf = typing.context.functions.by_name.get(name.lower())
    if udf is not None:
        return _python(typing, udf, given, node)
    if len(given) == 1 and upper in ("ARRAY", "MAP", "MULTISET") and isinstance(given[0], exp.Query | exp.Subquery):
        return unknown(node)
    if upper == "ROW":
        return call(typing.context, "ROW", typing.scalars(given), node)
    if typing.clause == "GROUP BY" and upper in GROUP_WINDOWS:
        return Scalar("call", None, upper, typing.scalars(given), syntax=node)
    aggregate = is_aggregate(upper)
    if over and not aggregate and not is_function(upper):
        return _no_function(typing, name, given, node)
    if aggregate or over:
        return _aggregate(typing, upper, given, node, filter, over, may_be_empty or (typing.ungrouped and not over))
    if not is_function(upper):
        return _no_function(typing, name, given, node)
    if needs_over(upper):
        typing.context.say(NEEDS_OVER, f"`{upper}` needs OVER (...) behind it", node, f"write {upper}(...) OVER (ORDER BY ...)",
                           word=True)
        return Scalar("call", None, upper, typing.scalars(_plain(given)), syntax=node)
    return _builtin(typing, upper, given, node)


def _builtin(typing: Typing, name: str, given: Sequence[exp.Expr], node: exp.Expr) -> Scalar:
    args: list[Scalar] = []
    arguments: list[Argument] = []
    for part in given:
        if isinstance(part, exp.Star):
            continue
        if isinstance(part, exp.Kwarg | e.TableArgument | e.Descriptor | e.ModelArgument | exp.Var) and not (
            isinstance(part, exp.Var) and part.name.upper() in _UNITS
        ):
            return Scalar("call", None, name, tuple(args), syntax=node)
        if isinstance(part, exp.Var) or (name in _UNITS_OF and not args and _is_unit(part)):
            arguments.append(Argument(word=part.name.upper()))
            args.append(Scalar("literal", None, value=part.name.upper(), syntax=part))
        else:
            args.append(typing.scalar(part))
            arguments.append(argument(args[-1]))
    if name in AUXILIARY and typing.ungrouped:
        no_group_window(typing.context, name, node)
        return Scalar("call", None, name, tuple(args), syntax=node)
    if name in AUXILIARY and name.endswith("TIME") and args:  # of the time column itself
        return Scalar("call", args[0].type, name, tuple(args), syntax=node)
    found = function(name)
    pattern = found is not None and found.kind == "pattern"
    if pattern and typing.clause not in ("MEASURES", "DEFINE"):
        typing.context.say(NO_FUNCTION, f"`{name}` is a function of MATCH_RECOGNIZE alone", node,
                           "it stands in MEASURES and DEFINE", word=True)
        return Scalar("call", None, name, tuple(args), syntax=node)
    return call(typing.context, name, tuple(args), node, code=FUNCTION, word=True, arguments=arguments)


def no_group_window(context: Context, name: str, node: exp.Expr) -> None:
    """Tells TUMBLE_START and its like where GROUP BY has no such window."""
    context.say(NO_GROUP_WINDOW, f"`{name}` needs the same window in GROUP BY", node,
                f"write GROUP BY {name.rpartition('_')[0]}(...) with the same arguments", word=True)


def _is_unit(node: exp.Expr) -> bool:
    """Whether it may be the name of a unit that the parser takes for a column: EPOCH, QUARTER."""
    return isinstance(node, exp.Column) and len(node.parts) == 1 and node.name.upper() in _UNITS


def _aggregate(
    typing: Typing, name: str, given: Sequence[exp.Expr], node: exp.Expr, filter: exp.Expr | None, over: bool,
    may_be_empty: bool,
) -> Scalar:
    distinct = len(given) == 1 and isinstance(given[0], exp.Distinct)
    if not over and not _allowed(typing, name, node):
        inner = typing.within("")
        return Scalar("unknown", None, name, inner.scalars(_plain(given)), syntax=node)
    kind: ScalarKind = "call" if over else "aggregate"
    if name == "COUNT" and len(given) == 1 and isinstance(given[0], exp.Star):
        condition = _condition(typing.within(name), filter)
        return Scalar(kind, _COUNTED, name, filter=condition, syntax=node)
    inside = typing.within("OVER" if over else name)
    args = inside.scalars(_plain(given))
    condition = _condition(inside, filter)
    if not is_function(name):
        return Scalar(kind, None, name, args, syntax=node)
    if not over:
        _for_streams(typing, name, args, node, distinct)
    typed = call(typing.context, name, args, node, code=FUNCTION, word=True,
                 may_be_empty=condition is not None or may_be_empty)
    return Scalar(kind, typed.type, name, args, distinct=distinct, filter=condition, syntax=node)


def _for_streams(typing: Typing, name: str, args: Sequence[Scalar], node: exp.Expr, distinct: bool) -> None:
    """Tells aggregates that Flink has for batch jobs alone."""
    if name == "APPROX_COUNT_DISTINCT":
        typing.context.say(NOT_FOR_STREAMS, "APPROX_COUNT_DISTINCT is for batch jobs alone", node,
                           "write COUNT(DISTINCT ...)", word=True)
    elif distinct and args and (found := args[0].type) is not None and found.name in _NOT_DISTINCT:
        typing.context.say(NOT_FOR_STREAMS, f"a stream can't count distinct values of {found.sql}", args[0].syntax or node,
                           "CAST it to STRING, or count one of its fields")


def _condition(typing: Typing, node: exp.Expr | None) -> Scalar | None:
    """The condition of FILTER (WHERE ...)."""
    return boolean(typing.context, typing.scalar(node), "FILTER") if node is not None else None


def _allowed(typing: Typing, name: str, node: exp.Expr) -> bool:
    if typing.inside and typing.inside != "OVER":
        typing.context.say(AGGREGATE, f"`{name}` stands inside of `{typing.inside}`: aggregates can't be nested", node,
                           "aggregate in a query of its own first", word=True)
        return False
    if typing.clause in ("WHERE", "ON", "GROUP BY", "CREATE TABLE"):
        help = {"WHERE": "filter groups by HAVING", "ON": "aggregate in a query of its own first",
                "GROUP BY": "group by columns, or aggregate in a query of its own first",
                "CREATE TABLE": "a column is computed of one row: aggregate in a query"}[typing.clause]
        typing.context.say(AGGREGATE, f"the aggregate `{name}` can't stand in {typing.clause}", node, help, word=True)
        return False
    return True


def _plain(given: Sequence[exp.Expr]) -> list[exp.Expr]:
    """The arguments without DISTINCT, ALL, ORDER BY and the treatment of NULL around them."""
    found: list[exp.Expr] = []
    for part in given:
        while isinstance(part, exp.Order | exp.IgnoreNulls | exp.RespectNulls) and isinstance(part.this, exp.Expr):
            part = part.this
        if isinstance(part, exp.Distinct | e.AllOf):
            found.extend(_plain(part.expressions))
        elif not isinstance(part, exp.Star):
            found.append(part)
    return found


def _no_function(typing: Typing, name: str, given: Sequence[exp.Expr], node: exp.Expr) -> Scalar:
    context = typing.context
    if not any(d.is_error for d in context.functions.diagnostics):
        known = (*names(), *(f.name for f in context.functions.by_name.values()))
        context.say(NO_FUNCTION, f"there is no function `{name}`", node,
                    did_you_mean(name.upper(), known) or did_you_mean(name, known)
                    or "Python functions stand in udfs/ under @udf", word=True)
    plain = [g for g in _plain(given) if not isinstance(g, exp.Kwarg | e.TableArgument | e.Descriptor | exp.Var)]
    return Scalar("unknown", None, name, typing.scalars(plain), syntax=node)  # it may be an aggregate


def _python(typing: Typing, udf: Function, given: Sequence[exp.Expr], node: exp.Expr) -> Scalar:
    """A function of ``udfs/``: as many arguments as it has, each of its type or one that Flink turns into it."""
    if any(isinstance(g, exp.Kwarg) for g in given):
        return Scalar("call", None, udf.name, syntax=node)
    args = typing.scalars(_plain(given))
    wanted = udf.parameters
    if len(args) != len(wanted):
        listed = ", ".join(f"{p.name} {p.type}" for p in wanted)
        said = f"`{udf.name}` takes {len(wanted)} argument{'s' * (len(wanted) != 1)}, not {len(args)}"
        typing.context.say(FUNCTION, said, node, f"it is {udf.name}({listed})", word=True)
    else:
        for number, (arg, parameter) in enumerate(zip(args, wanted, strict=True), start=1):
            target = type_from(parameter.type)
            if arg.type is None or target is None or casts.implicit(arg.type, target) is not False:
                continue
            typing.context.say(FUNCTION, f"argument {number} of `{udf.name}` (`{parameter.name}`) must be {parameter.type}, "
                               f"not {(with_null(arg.type) or arg.type).sql}", arg.syntax or node,
                               f"write CAST(... AS {parameter.type})")
    found = type_from(udf.returns) if udf.kind != "table" else None
    return Scalar("call", found, udf.name, args, syntax=node)


def worded(typing: Typing, node: exp.Expr) -> Scalar:
    """``EXTRACT(DAY FROM a)``, ``TRIM(BOTH 'x' FROM a)``, ``JSON_VALUE(a, 'p' RETURNING INT)``."""
    name = str(node.this)
    if name in ("CONVERT", "TRANSLATE"):
        return unknown(node)
    items = node.expressions
    args: list[Scalar] = []
    arguments: list[Argument] = []
    last: list[Argument] = []
    for part in items:
        if isinstance(part, exp.DataType):
            last.append(Argument(_returned(part), word="RETURNING"))
        elif isinstance(part, exp.Var) or (name in _UNITS_OF and _is_unit(part) and (not args or part is items[-1])):
            if name in _UNITS_OF and part.name.upper() in _UNITS:
                arguments.append(Argument(word=part.name.upper()))
                args.append(Scalar("literal", None, value=part.name.upper(), syntax=part))
        else:
            for inner in part.expressions if isinstance(part, exp.Distinct) else [part]:
                if not isinstance(inner, exp.Star):
                    args.append(typing.scalar(inner))
                    arguments.append(argument(args[-1]))
    if is_aggregate(name):
        if not _allowed(typing, name, node):
            return unknown(node)
        found = call(typing.context, name, tuple(args), node, code=FUNCTION, word=True, arguments=arguments)
        return Scalar("aggregate", found.type, name, tuple(args), syntax=node)
    return call(typing.context, name, tuple(args), node, code=FUNCTION, word=True, arguments=[*arguments, *last])


def _returned(node: exp.DataType) -> FlinkType | None:
    try:
        return type_of(node)
    except ValueError:
        return None
