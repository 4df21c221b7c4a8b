"""``f(...) OVER (...)``: collected aside while a clause is typed, so that an OverAggregate can stand below it."""

from __future__ import annotations

from sqlglot import exp

from flinksql_runner.analyse.algebra import Scalar
from flinksql_runner.analyse.context import Typing, unknown
from flinksql_runner.analyse.functions import called, name_of, parts
from flinksql_runner.analyse.literals import milliseconds
from flinksql_runner.analyse.relations import Frame, Over, SortKey
from flinksql_runner.diagnostics import did_you_mean

NO_WINDOW, NOT_HERE = "FS333", "FS334"


def over(typing: Typing, node: exp.Expr) -> Scalar:
    """The call as a scalar of kind ``over``: its ``index`` is that of the ``Over`` among those of the clause."""
    function, filter_ = node.this, None
    if isinstance(function, exp.Filter):
        function, filter_ = function.this, function.args["expression"].this
    while isinstance(function, exp.IgnoreNulls | exp.RespectNulls | exp.WithinGroup):
        function = function.this
    if not isinstance(function, exp.Func):
        return unknown(node)
    if typing.clause in ("WHERE", "ON", "GROUP BY", "HAVING", "CREATE TABLE"):
        help = "compute it in a query" if typing.clause == "CREATE TABLE" else "compute it in a query of its own, and filter that"
        typing.context.say(NOT_HERE, f"OVER can't stand in {typing.clause}", node, help, word=True)
        return unknown(node)
    specification = _specification(typing, node)
    if specification is None:
        return unknown(node)
    frame = next((f for s in specification if (f := s.args.get("spec")) is not None), None)
    offset = frame is not None and any(isinstance(frame.args.get(side), exp.Expr) for side in ("start", "end"))
    call = called(typing, name_of(function), list(parts(function)), function, filter=filter_, over=True, may_be_empty=offset)
    inside = typing.within("OVER")
    partition = inside.scalars([p for s in specification for p in s.args.get("partition_by") or ()])
    order = tuple(sort_key(inside, o) for s in specification if s.args.get("order") for o in s.args["order"].expressions)
    named = specification[-1].this if len(specification) > 1 else None
    found = Over(call, partition, order, frame_of(inside, frame) if frame is not None else Frame(), named)
    if found in typing.overs:
        index = typing.overs.index(found)
    else:
        index = len(typing.overs)
        typing.overs.append(found)
    return Scalar("over", call.type, call.name, index=index, syntax=node)


def _specification(typing: Typing, node: exp.Expr) -> list[exp.Expr] | None:
    """The windows that say what OVER means: itself, and the named one that it builds on; None where that is not there."""
    found = [node]
    name = node.args.get("alias")
    seen: set[str] = set()
    while isinstance(name, exp.Identifier) and name.name not in seen:
        seen.add(name.name)
        base = typing.windows.get(name.name)
        if base is None:
            typing.context.say(NO_WINDOW, f"there is no window `{name.name}` in this query", name,
                               did_you_mean(name.name, typing.windows) or f"add WINDOW {name.name} AS (...)")
            return None
        found.append(base)
        name = base.args.get("alias")
    return found


def sort_key(typing: Typing, node: exp.Expr) -> SortKey:
    """One item of ORDER BY."""
    if not isinstance(node, exp.Ordered):
        return SortKey(typing.scalar(node))
    return SortKey(typing.scalar(node.this), bool(node.args.get("desc")), node.args.get("nulls_first"))


def frame_of(typing: Typing, node: exp.Expr) -> Frame:
    """``ROWS BETWEEN 2 PRECEDING AND CURRENT ROW``."""
    start, start_known = _bound(typing, node.args.get("start"), node.args.get("start_side"))
    end, end_known = _bound(typing, node.args.get("end"), node.args.get("end_side")) if node.args.get("end") else (0, True)
    known = start_known and end_known
    return Frame("ROWS" if node.args.get("kind") == "ROWS" else "RANGE", start, end, True, known)


def _bound(typing: Typing, value: object, side: object) -> tuple[int | None, bool]:
    if value == "CURRENT ROW":
        return 0, True
    if not isinstance(value, exp.Expr):
        return None, True
    scalar = typing.scalar(value)
    size = milliseconds(scalar)
    if size is None and scalar.kind == "literal" and (scalar.value or "").isdigit():
        size = int(scalar.value or 0)
    if size is None:
        return None, False
    return (-size if side == "PRECEDING" else size), True
