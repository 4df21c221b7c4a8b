"""MATCH_RECOGNIZE: the rows of its input under the names of pattern variables, and what it measures."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace
from sqlglot import exp

from flinksql_runner.analyse.algebra import Field, Relation, Scalar
from flinksql_runner.analyse.context import Context, Queries
from flinksql_runner.analyse.expressions import Expressions
from flinksql_runner.analyse.literals import milliseconds
from flinksql_runner.analyse.overs import sort_key
from flinksql_runner.analyse.relations import MatchRecognize
from flinksql_runner.analyse.scope import Scope, Source

ORDER, PATTERN = "FS352", "FS353"
_GREEDY = re.compile(r"[*+]\s*\Z")
_WORD = re.compile(r"`((?:[^`]|``)+)`|([A-Za-z_]\w*)")


def match(
    context: Context, queries: Queries, node: exp.Expr, below: Relation, scope: Scope, ctes: Mapping[str, Relation],
) -> Relation:
    """The rows that the pattern gives."""
    plain = Expressions(context, scope, "SELECT", queries, ctes)
    partition = plain.scalars(list(node.args.get("partition_by") or ()))
    order_node = node.args.get("order")
    order = tuple(sort_key(plain, o) for o in (order_node.expressions if order_node is not None else ()))
    if order_node is None or not order:
        context.say(ORDER, "MATCH_RECOGNIZE needs ORDER BY a time attribute", node, "add ORDER BY the column with the WATERMARK",
                    word=True)
    elif order[0].value.kind == "column" and _is_no_time(below, order[0].value):
        context.say(ORDER, "ORDER BY of MATCH_RECOGNIZE must start with a time attribute", order[0].value.syntax or node,
                    "order by the column with the WATERMARK")
    inside = Scope(_variables(node, scope), scope.outer)
    measures: list[Scalar] = []
    fields = [_partition_field(p) for p in partition]
    typing = Expressions(context, inside, "MEASURES", queries, ctes)
    for measure in node.args.get("measures") or ():
        alias = measure.this
        value = typing.scalar(alias.this)
        if any(f.name == alias.alias for f in fields):
            continue  # Flink shows the column of PARTITION BY alone
        measures.append(value)
        time = value.type.time if value.type is not None and value.name in ("MATCH_ROWTIME", "MATCH_PROCTIME") else None
        fields.append(Field(alias.alias, value.type, time))
    conditions = tuple((d.alias, Expressions(context, inside, "DEFINE", queries, ctes).scalar(d.this))
                       for d in node.args.get("define") or ())
    every = str(node.args.get("rows") or "").startswith("ALL")  # Flink's planner refuses it later
    _limits(context, node, (*measures, *(c for _, c in conditions)))
    within = node.args.get("within")
    return MatchRecognize(
        input=below, fields=() if every else tuple(fields), open=every, syntax=node,
        partition=partition, order=order, measures=tuple(measures), conditions=conditions,
        pattern=str(node.args.get("pattern") or ""), after=str(node.args.get("after") or ""),
        within=milliseconds(plain.scalar(within)) if within is not None else None)


def _partition_field(value: Scalar) -> Field:
    name = value.name or (value.syntax.name if value.syntax is not None else "")
    return Field(name, value.type, None, (0, value.index) if value.kind == "column" else None)


def _is_no_time(below: Relation, value: Scalar) -> bool:
    return value.index < len(below.fields) and value.type is not None and below.fields[value.index].time is None


def _limits(context: Context, node: exp.Expr, scalars: tuple[Scalar, ...]) -> None:
    """What Flink's runtime has not: PREV and NEXT, a greedy quantifier at the end."""
    for scalar in scalars:
        for item in scalar.walk():
            if item.kind == "call" and item.name in ("PREV", "NEXT") and item.syntax is not None:
                context.say(PATTERN, f"Flink has no `{item.name}`", item.syntax, "compare with LAST(A.x, 1), the row before in A",
                            word=True)
    pattern = node.args.get("pattern")
    if isinstance(pattern, exp.Expr) and _GREEDY.search(pattern.name):
        context.say(PATTERN, "a pattern can't end with a greedy quantifier", node,
                    "end it with one row (A B+ C), or a reluctant quantifier (B+?)", word=True)


def _variables(node: exp.Expr, scope: Scope) -> list[Source]:
    """The input once for each variable of the pattern, and without a name for columns that stand alone."""
    base = scope.sources[0] if len(scope.sources) == 1 else None
    if base is None:
        return list(scope.sources)
    names = {a or b for a, b in _WORD.findall(str(node.args.get("pattern") or ""))} - {"PERMUTE"}
    names |= {d.alias for d in node.args.get("define") or ()}
    subset = node.args.get("subset")
    for item in subset if isinstance(subset, list) else [subset] if isinstance(subset, exp.Expr) else []:
        names |= {i.name for i in item.find_all(exp.Identifier)}
    plain = replace(base, alias=base.alias)
    every = frozenset(range(len(base.fields)))
    return [plain, *(replace(base, alias=n, hidden=every) for n in sorted(names) if n != base.alias)]
