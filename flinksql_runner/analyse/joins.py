"""Joins: their kind, their keys, and what becomes of the columns of both sides."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from sqlglot import exp

from flinksql_runner.analyse.algebra import Field, Relation, Scalar
from flinksql_runner.analyse.calls import with_null
from flinksql_runner.analyse.literals import milliseconds
from flinksql_runner.analyse.relations import (
    Aggregate,
    Distinct,
    EquiKey,
    Filter,
    Join,
    JoinFlavour,
    JoinKind,
    Project,
    Rank,
    TimeBound,
)

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}


def conjuncts(scalar: Scalar) -> list[Scalar]:
    """The parts of a condition between its ANDs, left to right."""
    found: list[Scalar] = []
    stack = [scalar]
    while stack:
        item = stack.pop()
        if item.kind == "call" and item.name == "AND":
            stack.extend(reversed(item.args))
        else:
            found.append(item)
    return found


def join(
    left: Relation, right: Relation, kind: JoinKind, condition: Scalar | None, syntax: exp.Expr,
    flavour: JoinFlavour | None = None, as_of: Scalar | None = None, keys: Sequence[EquiKey] = (),
) -> Join:
    """A join over a condition whose columns have input 0 (left) and 1 (right)."""
    found, rest = list(keys), []
    for part in conjuncts(condition) if condition is not None else ():
        key = _equi(part)
        if key is not None:
            found.append(key)
        elif not (part.kind == "literal" and part.value == "TRUE"):
            rest.append(part)
    bound = _bound(rest, found, left, right) if flavour is None else None
    if flavour is None:
        flavour = "interval" if bound is not None else "window" if _by_window(found, left, right) else "regular"
    return Join(
        left=left, right=right, kind=kind, flavour=flavour, keys=tuple(found), rest=tuple(rest), bound=bound, as_of=as_of,
        fields=_fields(left, right, kind, flavour), syntax=syntax,
        open=left.open or (right.open and kind not in ("semi", "anti")))


def _fields(left: Relation, right: Relation, kind: JoinKind, flavour: JoinFlavour) -> tuple[Field, ...]:
    keep_left = flavour != "regular"
    keep_right = flavour in ("interval", "window", "table_function", "unnest", "lateral")
    if kind == "left" and isinstance(_bare(right), Aggregate | Distinct | Rank):
        keep_left = True  # the planner may find out that the join is not needed, since each row finds one at most
    fields = [_side(f, 0, i, kind in ("right", "full"), keep_left, flavour) for i, f in enumerate(left.fields)]
    if kind not in ("semi", "anti"):
        fields += [_side(f, 1, i, kind in ("left", "full"), keep_right, flavour) for i, f in enumerate(right.fields)]
    return tuple(fields)


def _bare(relation: Relation) -> Relation:
    while isinstance(relation, Project | Filter):
        relation = relation.input
    return relation


def _side(item: Field, input: int, index: int, nullable: bool, keeps_time: bool, flavour: JoinFlavour) -> Field:
    found = with_null(item.type) if nullable else item.type
    bound = item.window if flavour != "regular" else ""
    return Field(item.name, found, item.time if keeps_time else None, (input, index), bound)


def _equi(part: Scalar) -> EquiKey | None:
    if part.kind != "call" or part.name not in ("=", "IS NOT DISTINCT FROM") or len(part.args) != 2:
        return None
    one, two = part.args
    sides = [{i for i, _ in side.columns()} for side in (one, two)]
    if any(a.holds("query", "outer", "unknown") for a in part.args):
        return None
    if sides == [{0}, {1}]:
        return EquiKey(one, two, part.name != "=")
    return EquiKey(two, one, part.name != "=") if sides == [{1}, {0}] else None


def _by_window(keys: Sequence[EquiKey], left: Relation, right: Relation) -> bool:
    """Whether the start and the end of windows of both sides are among the keys."""
    pairs = {(_part(k.left, left), _part(k.right, right)) for k in keys}
    return {("start", "start"), ("end", "end")} <= pairs


def _part(scalar: Scalar, side: Relation) -> str:
    return side.fields[scalar.index].window if scalar.kind == "column" and scalar.index < len(side.fields) else ""


# time of the one side against that of the other

Term = tuple[int, int, int]  # input, index, ms added to it


def _bound(rest: Sequence[Scalar], keys: Sequence[EquiKey], left: Relation, right: Relation) -> TimeBound | None:
    """The bound between two time attributes of one kind; None where there is none (then the join is a regular one)."""
    sides = (left, right)
    lower: int | None = None
    upper: int | None = None
    columns: tuple[int, int] | None = None
    for name, one, two in _comparisons(rest, keys):
        a, b = _term(one, sides), _term(two, sides)
        if a is None or b is None or a[0] == b[0]:
            continue
        if a[0] == 1:
            a, b, name = b, a, _FLIPPED[name]
        if columns is not None and columns != (a[1], b[1]):
            continue
        if left.fields[a[1]].time != right.fields[b[1]].time:
            continue
        columns = (a[1], b[1])
        distance = b[2] - a[2]  # left time <name> right time + distance
        if name in (">", ">=", "="):
            lower = distance if lower is None else max(lower, distance)
        if name in ("<", "<=", "="):
            upper = distance if upper is None else min(upper, distance)
    if columns is None or lower is None or upper is None:
        return None
    return TimeBound(columns[0], columns[1], lower, upper)


def _comparisons(rest: Sequence[Scalar], keys: Sequence[EquiKey]) -> list[tuple[str, Scalar, Scalar]]:
    found = [("=", k.left, k.right) for k in keys if not k.null_safe]
    for part in rest:
        if part.kind == "call" and part.name in _FLIPPED and len(part.args) == 2:
            found.append((part.name, part.args[0], part.args[1]))
        elif part.kind == "call" and part.name == "BETWEEN" and len(part.args) == 3:
            found.append((">=", part.args[0], part.args[1]))
            found.append(("<=", part.args[0], part.args[2]))
    return found


def _term(scalar: Scalar, sides: tuple[Relation, Relation]) -> Term | None:
    """``time attribute [+ | - interval]``."""
    added = 0
    while scalar.kind == "call" and scalar.name in ("+", "-") and len(scalar.args) == 2:
        one, two = scalar.args
        if scalar.name == "+" and milliseconds(one) is not None:
            one, two = two, one
        size = milliseconds(two)
        if size is None:
            return None
        added += size if scalar.name == "+" else -size
        scalar = one
    if scalar.kind != "column" or scalar.input > 1 or scalar.index >= len(sides[scalar.input].fields):
        return None
    item = sides[scalar.input].fields[scalar.index]
    return (scalar.input, scalar.index, added) if item.time is not None else None


def flattened(scalar: Scalar, width: int) -> Scalar:
    """A condition over two inputs as one over the fields of their join."""
    if scalar.kind == "column":
        return replace(scalar, input=0, index=scalar.index + (width if scalar.input == 1 else 0))
    if not scalar.args:
        return scalar
    return replace(scalar, args=tuple([flattened(a, width) for a in scalar.args]))
