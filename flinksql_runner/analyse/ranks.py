"""WHERE: conditions go down to the join that they are about, ``number <= n`` over ROW_NUMBER() becomes a Rank."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from sqlglot import exp

from flinksql_runner.analyse import joins
from flinksql_runner.analyse.algebra import Relation, Scalar
from flinksql_runner.analyse.relations import Filter, Join, JoinKind, OverAggregate, Rank, passed, trace

_NUMBERS = ("ROW_NUMBER", "RANK", "DENSE_RANK")
_PLAIN_JOINS = ("regular", "interval", "window")
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}


def filtered(below: Relation, conditions: Sequence[Scalar], clause: str, syntax: exp.Expr) -> Relation:
    """The rows that fulfil all conditions."""
    rest = list(conditions)
    if clause == "WHERE":
        below, rest = pushed(below, rest)
    ranks = [c for c in rest if _number(below, c) is not None]
    if ranks:
        others = [c for c in rest if c not in ranks]
        below = _rank(below, ranks, syntax)
        rest = others
    rest, queries = _split(rest)
    for query in queries:
        below = _semi(below, query)
    if not rest:
        return below
    shown = clause if clause in ("HAVING", "QUALIFY") else "WHERE"
    return Filter(input=below, fields=passed(below.fields), open=below.open, syntax=syntax, conditions=tuple(rest),
                  clause=shown)  # type: ignore[arg-type]


def pushed(below: Relation, conditions: list[Scalar]) -> tuple[Relation, list[Scalar]]:
    """Gives an inner join the conditions that compare its two sides (``FROM a, b WHERE a.id = b.id``)."""
    if not isinstance(below, Join) or below.kind not in ("inner", "cross") or below.flavour not in _PLAIN_JOINS:
        return below, conditions
    width = len(below.left.fields)
    mine: list[Scalar] = []
    left: list[Scalar] = []
    rest: list[Scalar] = []
    for condition in conditions:
        sides = {i < width for _, i in condition.columns()}
        special = condition.holds("query", "unknown", "outer")
        if sides == {True, False} and not special:
            mine.append(_split_sides(condition, width))
        elif sides == {True} and not special and isinstance(below.left, Join):
            left.append(condition)
        else:
            rest.append(condition)
    lower, kept = pushed(below.left, left)
    if not mine and lower is below.left:
        return below, conditions
    kind: JoinKind = "inner" if below.kind == "cross" and mine else below.kind
    found = joins.join(lower, below.right, kind, conjunction((*below.rest, *mine)), below.syntax or exp.Null(), keys=below.keys)
    fields = tuple(replace(f, name=old.name) for f, old in zip(found.fields, below.fields, strict=True))
    return replace(found, fields=fields), [*kept, *rest]


def conjunction(parts: Sequence[Scalar]) -> Scalar | None:
    """All of them, joined by AND."""
    found: Scalar | None = None
    for part in parts:
        found = part if found is None else Scalar("call", part.type, "AND", (found, part), syntax=part.syntax)
    return found


def _split_sides(scalar: Scalar, width: int) -> Scalar:
    if scalar.kind == "column":
        return scalar if scalar.index < width else replace(scalar, input=1, index=scalar.index - width)
    if not scalar.args:
        return scalar
    return replace(scalar, args=tuple([_split_sides(a, width) for a in scalar.args]))


def _split(conditions: list[Scalar]) -> tuple[list[Scalar], list[Scalar]]:
    """Conditions without and with a query that a semi join or anti join answers."""
    plain: list[Scalar] = []
    queries: list[Scalar] = []
    for condition in conditions:
        inner = condition.args[0] if condition.kind == "call" and condition.name == "NOT" else condition
        (queries if inner.kind == "query" and inner.name in ("IN", "EXISTS") else plain).append(condition)
    return plain, queries


def _semi(below: Relation, condition: Scalar) -> Relation:
    """``x IN (query)``, ``EXISTS (query)`` and their NOT."""
    negated = condition.kind == "call"
    inner = condition.args[0] if negated else condition
    query = inner.query
    if query is None:
        return below
    found = None
    if inner.name == "IN" and len(inner.args) == 1 and len(query.fields) == 1:
        item = query.fields[0]
        right = Scalar("column", item.type, item.name, input=1, index=0, syntax=inner.syntax)
        found = Scalar("call", inner.type, "=", (inner.args[0], right), syntax=inner.syntax)
    return joins.join(below, query, "anti" if negated else "semi", found, condition.syntax or exp.Null())


def _number(below: Relation, condition: Scalar) -> tuple[int, str, Scalar] | None:
    """The index of the rank number in a condition that compares it with something, the comparison, and that something."""
    if condition.kind != "call" or condition.name not in _MIRRORED or len(condition.args) != 2:
        return None
    one, two = condition.args
    for value, other, name in ((one, two, condition.name), (two, one, _MIRRORED[condition.name])):
        if value.kind == "column" and _source(below, value.index) is not None and other.kind in ("literal", "column"):
            return value.index, name, other
    return None


def _source(below: Relation, index: int) -> tuple[OverAggregate, int] | None:
    bottom, at = trace(below, index)
    if isinstance(bottom, OverAggregate) and at >= len(bottom.input.fields):
        over = bottom.calls[at - len(bottom.input.fields)]
        if over.call.name in _NUMBERS:
            return bottom, at - len(bottom.input.fields)
    return None


def _rank(below: Relation, conditions: list[Scalar], syntax: exp.Expr) -> Relation:
    first = _number(below, conditions[0])
    assert first is not None
    source = _source(below, first[0])
    assert source is not None
    over = source[0].calls[source[1]]
    start, end = 1, None
    for condition in conditions:
        found = _number(below, condition)
        if found is None or found[0] != first[0]:
            continue
        _, name, other = found
        value = int(other.value or "0") if other.kind == "literal" and (other.value or "").isdigit() else None
        if value is None:
            continue
        if name in ("<", "<=", "="):
            end = value - (name == "<") if end is None else min(end, value - (name == "<"))
        if name in (">", ">=", "="):
            start = max(start, value + (name == ">"))
    function = over.call.name
    order = over.order
    timely = len(order) == 1 and order[0].value.kind == "column" and _is_timely(source[0], order[0].value)
    fields = passed(below.fields)
    return Rank(
        input=below, fields=fields, open=below.open, syntax=syntax, function=function,  # type: ignore[arg-type]
        number=first[0], over=over, source=source[0], start=start, end=end,
        deduplication=function == "ROW_NUMBER" and start == end == 1 and timely, condition=conditions[0])


def _is_timely(source: OverAggregate, value: Scalar) -> bool:
    fields = source.input.fields
    return value.index < len(fields) and fields[value.index].time is not None
