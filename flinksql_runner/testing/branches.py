"""The branches of a node's queries, and queries of our own that tell which of them its rows take.

A probe reads what one SELECT of the node reads and has a column for each of its branchings: the number of the arm that a row
takes. WHERE and outer joins are asked before WHERE, FILTER and a CASE inside an aggregate behind it, HAVING and a CASE over
aggregates behind GROUP BY: so a branch counts only for rows that come to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from flinksql_runner.diagnostics import Span
from flinksql_runner.dialect.flink import Flink
from flinksql_runner.dialect.positions import span_of
from flinksql_runner.syntax.values import Node

Level = Literal["read", "row", "group"]
_SHOWN = 60  # characters of a condition
_TEST = {"WHERE": ("is left out", "passes"), "HAVING": ("is left out", "passes"), "FILTER": ("is left out", "passes")}


@dataclass(frozen=True, slots=True)
class Branching:
    """One place where rows go several ways: ``arms`` by the number that the probe's column has for them, each
    in words that go on behind "a row"."""

    node: str
    kind: str
    span: Span
    column: str
    arms: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Probe:
    """A query over what a part of a node reads; each of its columns is a branching. It becomes a node of its own to be run."""

    name: str
    node: str
    sql: str
    branchings: tuple[Branching, ...]


@dataclass
class _Asked:
    """The questions of one level of one SELECT."""

    level: Level
    columns: list[exp.Expr] = field(default_factory=list)
    branchings: list[Branching] = field(default_factory=list)


def probes(node: Node) -> Iterator[Probe]:
    """The probes of a node; none for a source, or for queries without branches."""
    number = 0
    for statement in node.statements:
        tree = statement.tree
        if statement.kind == "create_table" or tree is None:
            continue
        query = tree.expression if isinstance(tree, exp.Insert) else tree
        for select in query.find_all(exp.Select):
            if select.args.get("from_") is None or _is_correlated(select):
                continue
            for asked in _questions(node, select):
                number += 1
                yield Probe(f"cover__{node.name}__{number}", node.name, _sql(query, select, asked), tuple(asked.branchings))


def _questions(node: Node, select: exp.Select) -> Iterator[_Asked]:
    levels: dict[Level, _Asked] = {"read": _Asked("read"), "row": _Asked("row"), "group": _Asked("group")}

    def ask(level: Level, kind: str, place: exp.Expr, value: exp.Expr, arms: Mapping[int, str]) -> None:
        asked = levels[level]
        column = f"b{len(asked.columns)}"
        start, end = span_of(place) or (0, 0)
        span = node.rendered.map.origin(start, end).span
        asked.columns.append(exp.alias_(value, column))
        asked.branchings.append(Branching(node.name, kind, span, column, arms))

    for join in select.args.get("joins") or ():
        if (side := join.side.upper()) in ("LEFT", "RIGHT", "FULL"):
            for part, words in _outer(select, join, side):
                ask("read", f"{side} JOIN", join, _either(exp.Is(this=part, expression=exp.null()), 0, 1), words)
    if (where := select.args.get("where")) is not None:
        ask("read", "WHERE", where, _either(where.this, 1, 0), dict(enumerate(_TEST["WHERE"])))
    if (having := select.args.get("having")) is not None:
        ask("group", "HAVING", having, _either(having.this, 1, 0), dict(enumerate(_TEST["HAVING"])))
    is_grouped = _is_grouped(select)
    for found in _own(select, exp.Filter):
        condition = found.expression.this
        ask("row", "FILTER", found.expression, _either(condition, 1, 0), dict(enumerate(_TEST["FILTER"])))
    for case in [*_own(select, exp.Case), *_own(select, exp.If)]:
        if isinstance(case, exp.If) and isinstance(case.parent, exp.Case):
            continue  # an arm
        level: Level = "row" if not is_grouped or case.find_ancestor(exp.AggFunc) is not None else "group"
        value, arms = _arms(case)
        ask(level, "CASE" if isinstance(case, exp.Case) else "IF", case, _reached(case, value, select), arms)
    yield from (asked for asked in levels.values() if asked.columns)


def _own(select: exp.Select, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    """Expressions of this kind in the SELECT list and GROUP BY of this very SELECT."""
    for part in (*select.expressions, *(e for e in [select.args.get("group")] if e is not None)):
        for found in part.find_all(kind):
            if found.find_ancestor(exp.Select) is select:
                yield found


def _is_grouped(select: exp.Select) -> bool:
    if select.args.get("group") is not None or select.args.get("having") is not None:
        return True
    return any(a.find_ancestor(exp.Select) is select and a.find_ancestor(exp.Window) is None
               for e in select.expressions for a in e.find_all(exp.AggFunc))


def _is_correlated(select: exp.Select) -> bool:
    """A subquery in an expression may read columns of the query around it: it is no query of its own."""
    parent = select.parent
    while isinstance(parent, (exp.Paren, exp.SetOperation)):
        parent = parent.parent
    if isinstance(parent, exp.Subquery):
        return not isinstance(parent.parent, (exp.From, exp.Join, exp.Lateral, exp.Subquery, exp.Select))
    return not (parent is None or isinstance(parent, (exp.CTE, exp.Insert, exp.With, exp.Create)))


def _either(condition: exp.Expr, yes: int, no: int) -> exp.Expr:
    """A CASE of two arms; a condition that is NULL is not met."""
    arm = exp.If(this=condition.copy(), true=exp.Literal.number(yes))
    return exp.Case(ifs=[arm], default=exp.Literal.number(no))


def _arms(case: exp.Expr) -> tuple[exp.Expr, Mapping[int, str]]:
    """The number of the arm that a row takes, from 1, and 0 for ELSE."""
    if isinstance(case, exp.If):
        return _either(case.this, 1, 0), {1: "makes it true", 0: "makes it false"}
    subject = case.args.get("this")
    ifs = []
    for number, arm in enumerate(case.args["ifs"], 1):
        condition = exp.EQ(this=subject.copy(), expression=arm.this.copy()) if subject is not None else arm.this.copy()
        ifs.append(exp.If(this=condition, true=exp.Literal.number(number)))
    words = {number: f"takes WHEN {_short(arm.this)}" for number, arm in enumerate(case.args["ifs"], 1)}
    return exp.Case(ifs=ifs, default=exp.Literal.number(0)), {**words, 0: "takes ELSE"}


def _reached(case: exp.Expr, value: exp.Expr, select: exp.Select) -> exp.Expr:
    """The value only where the arms of the CASEs around it lead to it, NULL elsewhere."""
    inner, around = case, case.parent
    while around is not None and around is not select:
        if isinstance(around, exp.Case):
            holder = inner if isinstance(inner, exp.If) else None
            if around.args.get("default") is inner or (holder is not None and not _is_in(case, holder.this)):
                value = _only(around, holder, value)
        inner, around = around, around.parent
    return value


def _is_in(part: exp.Expr, whole: exp.Expr) -> bool:
    return any(part is found for found in whole.walk())


def _only(case: exp.Case, holder: exp.If | None, value: exp.Expr) -> exp.Expr:
    """The outer CASE with our value in one arm (None: in ELSE) and NULL in all others."""
    subject = case.args.get("this")
    ifs = []
    for arm in case.args["ifs"]:
        condition = exp.EQ(this=subject.copy(), expression=arm.this.copy()) if subject is not None else arm.this.copy()
        ifs.append(exp.If(this=condition, true=value if arm is holder else exp.cast(exp.null(), "INT")))
    return exp.Case(ifs=ifs, default=value if holder is None else exp.cast(exp.null(), "INT"))


def _outer(select: exp.Select, join: exp.Join, side: str) -> Iterator[tuple[exp.Expr, Mapping[int, str]]]:
    """A column of the side that may be missing, by the equality that joins: NULL there is a row without a partner."""
    condition = join.args.get("on")
    joined = join.this.alias_or_name
    for equality in condition.find_all(exp.EQ) if condition is not None else ():
        columns = [c for c in (equality.this, equality.expression) if isinstance(c, exp.Column)]
        right = next((c for c in columns if c.table == joined), None)
        left = next((c for c in columns if c.table != joined), None)
        if right is None or left is None:
            continue
        if side in ("LEFT", "FULL"):
            yield right.copy(), {0: "lacks a partner", 1: "has a partner"}
        if side in ("RIGHT", "FULL"):
            yield left.copy(), {0: "lacks a partner", 1: "has a partner"}
        return


def _sql(query: exp.Expr, select: exp.Select, asked: _Asked) -> str:
    """The SELECT with our columns in place of its own, and only the clauses that come before the question."""
    kept = select.copy()
    for clause in ("order", "limit", "offset", "distinct", "qualify", "with_"):
        kept.set(clause, None)
    kept.set("having", None)
    if asked.level != "group":
        kept.set("group", None)
    if asked.level == "read":
        kept.set("where", None)
    kept.set("expressions", [c.copy() for c in asked.columns])
    tables = query.args.get("with_")
    cte = select.find_ancestor(exp.CTE)
    names = list(tables.expressions) if tables is not None else []
    if cte is not None and any(c is cte for c in names):
        names = names[:next(i for i, c in enumerate(names) if c is cte)]
    if names:
        kept.set("with_", exp.With(expressions=[c.copy() for c in names]))
    return kept.sql(dialect=Flink, comments=False)


def _short(condition: exp.Expr) -> str:
    text = condition.sql(dialect=Flink, comments=False)
    return text if len(text) <= _SHOWN else text[:_SHOWN - 3] + "..."
