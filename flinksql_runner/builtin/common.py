"""The type that several values share: of CASE, UNION, ARRAY (Calcite's rules), of COALESCE, GREATEST (Flink's own).

``leastRestrictive`` of Flink's type factory and ``LogicalTypeMerging.findCommonType`` differ in places; both are kept apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from flinksql_runner.builtin import decimals
from flinksql_runner.builtin.families import (
    APPROXIMATE,
    BINARY,
    CHARACTER,
    DOUBLE,
    EXACT,
    INTEGERS,
    OPAQUE,
    TIMESTAMPS,
    is_days,
    plain,
    plain_interval,
)
from flinksql_runner.dialect.types import LONGEST, FlinkType

Pair = Callable[[FlinkType, FlinkType], FlinkType | None]


class Undecided(Exception):
    """Flink may find a common type here, and which one is not known."""


def least_restrictive(types: Sequence[FlinkType]) -> FlinkType | None:
    """The type of a CASE or UNION over values of these types (a bare NULL left out by the caller, who adds its nullability).

    None where Flink refuses to mix them.

    :raises Undecided: where Flink's answer is not known.
    """
    return _fold(types, _least)


def common_type(types: Sequence[FlinkType]) -> FlinkType | None:
    """The type of a COALESCE or GREATEST over values of these types; nullable where one of them is.

    :raises Undecided: where Flink's answer is not known.
    """
    return _fold(types, _common)


def mixes(left: FlinkType, right: FlinkType) -> bool:
    """Whether one may stand in the place of the other in a UNION; true where that is not known."""
    try:
        return least_restrictive((left, right)) is not None
    except Undecided:
        return True


def _fold(types: Sequence[FlinkType], pair: Pair) -> FlinkType | None:
    found: FlinkType | None = None
    for type_ in types:
        here = plain_interval(plain(type_)) if type_.name == "INTERVAL" else plain(type_)
        if here.name in OPAQUE:
            raise Undecided(here.sql)
        found = here if found is None else pair(found, here)
        if found is None:
            return None
    if found is None:
        return None
    may_be_null = any(type_.nullable for type_ in types)
    return found if found.nullable is may_be_null else replace(found, nullable=may_be_null)


def _least(left: FlinkType, right: FlinkType) -> FlinkType | None:
    if left.name in EXACT and right.name in EXACT:
        return _exact(left, right)
    if left.name in APPROXIMATE and right.name in EXACT | APPROXIMATE:
        return DOUBLE if right.name == "DECIMAL" else left
    if left.name in EXACT and right.name in APPROXIMATE:
        return DOUBLE if left.name == "DECIMAL" else right
    return _other(left, right, _least)


def _common(left: FlinkType, right: FlinkType) -> FlinkType | None:
    if left.name in EXACT and right.name in EXACT:
        return _exact(left, right)
    if left.name in APPROXIMATE and right.name in APPROXIMATE:
        return left if left.name == right.name else DOUBLE
    if left.name in APPROXIMATE and right.name in EXACT:
        return DOUBLE if right.name == "DECIMAL" else left
    if left.name in EXACT and right.name in APPROXIMATE:
        return right
    names = {left.name, right.name}
    if names in ({"DATE", "TIMESTAMP"}, {"TIME", "TIMESTAMP"}):
        return left if left.name != "TIMESTAMP" else right
    if names == TIMESTAMPS:
        return FlinkType("TIMESTAMP_LTZ", (max(left.sizes[0], right.sizes[0]),))
    if "INTERVAL" in names and names & EXACT:
        raise Undecided(f"{left.sql} and {right.sql}")  # taken where the interval stands first
    return _other(left, right, _common)


def _exact(left: FlinkType, right: FlinkType) -> FlinkType:
    if left.name in INTEGERS and right.name in INTEGERS:
        return decimals.wider(left, right)
    return decimals.common(left, right)


def _other(left: FlinkType, right: FlinkType, pair: Pair) -> FlinkType | None:
    for family, fixed, varying in ((CHARACTER, "CHAR", "VARCHAR"), (BINARY, "BINARY", "VARBINARY")):
        if left.name in family and right.name in family:
            one, two = left.sizes[0], right.sizes[0]
            same = left.name == right.name == fixed and one == two
            return FlinkType(fixed if same else varying, (min(max(one, two), LONGEST),))
    names = {left.name, right.name}
    if names <= TIMESTAMPS:
        name = left.name if left.sizes == right.sizes else right.name
        return FlinkType(name if left.name != right.name else left.name, (max(left.sizes[0], right.sizes[0]),))
    if left.name != right.name:
        return None  # Calcite mixes numbers with times, and arrays with multisets: Flink refuses what comes of it
    if left.name == "INTERVAL":
        return left if is_days(left) == is_days(right) else None
    if left.name == "TIME":
        return FlinkType("TIME", (max(left.sizes[0], right.sizes[0]),))
    if left.children:
        return _constructed(left, right, pair)
    return left


def _constructed(left: FlinkType, right: FlinkType, pair: Pair) -> FlinkType | None:
    if left.name == "STRUCTURED":
        if replace(left, nullable=True) == replace(right, nullable=True):
            return left
        raise Undecided(f"{left.sql} and {right.sql}")
    if len(left.children) != len(right.children):
        return None
    children: list[FlinkType] = []
    for one, two in zip(left.children, right.children, strict=True):
        child = _fold((one, two), pair)
        if child is None:
            return None
        children.append(child)
    return replace(left, children=tuple(children))
