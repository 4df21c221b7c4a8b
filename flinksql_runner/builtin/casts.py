"""Which types become which: by themselves (class ``LogicalTypeCasts`` of Flink: sinks, arguments), by CAST, in comparisons."""

from __future__ import annotations

from flinksql_runner.builtin.families import (
    BINARY,
    CHARACTER,
    CONSTRUCTED,
    DATETIME,
    EXACT,
    INTEGERS,
    NUMERIC,
    OPAQUE,
    TIMESTAMPS,
    is_days,
)
from flinksql_runner.dialect.types import FlinkType

_WHOLE = ("TINYINT", "SMALLINT", "INT", "BIGINT")
# to -> from, without a word of the user
_IMPLICIT: dict[str, frozenset[str]] = {
    "CHAR": frozenset({"CHAR"}), "VARCHAR": CHARACTER, "BOOLEAN": frozenset({"BOOLEAN"}), "BINARY": frozenset({"BINARY"}),
    "VARBINARY": BINARY, "DECIMAL": NUMERIC, **{name: frozenset(_WHOLE[:at + 1]) for at, name in enumerate(_WHOLE)},
    "FLOAT": INTEGERS | {"FLOAT", "DECIMAL"}, "DOUBLE": NUMERIC, "DATE": frozenset({"DATE", "TIMESTAMP"}),
    "TIME": frozenset({"TIME", "TIMESTAMP"}), "TIMESTAMP": TIMESTAMPS, "TIMESTAMP_LTZ": TIMESTAMPS,
}
_COUNTS = frozenset({"INT", "BIGINT", "DECIMAL"})  # an interval may become one of them
# to -> from, by CAST
_NUMBERS = NUMERIC | CHARACTER | {"BOOLEAN"}  # numbers and times: only when it makes code the planner says that there is no way
_EXPLICIT: dict[str, frozenset[str]] = {
    "BOOLEAN": CHARACTER | NUMERIC | {"BOOLEAN"}, "BINARY": CHARACTER | BINARY,
    "VARBINARY": CHARACTER | BINARY | {"BITMAP", "RAW"},
    **dict.fromkeys(NUMERIC, _NUMBERS), "DATE": CHARACTER | TIMESTAMPS | {"DATE"},
    "TIME": CHARACTER | TIMESTAMPS | {"TIME"}, "TIMESTAMP": CHARACTER | DATETIME, "TIMESTAMP_LTZ": CHARACTER | DATETIME,
}


def implicit(source: FlinkType, target: FlinkType) -> bool | None:
    """Whether a value may go into a column or argument of another type as it is; None where that is not known.

    Nullability of the type itself is not looked at, that of children is: a NULL may not go into a NOT NULL field.
    """
    if source.name in OPAQUE or target.name in OPAQUE:
        return True if source.sql.removesuffix(" NOT NULL") == target.sql.removesuffix(" NOT NULL") else None
    if target.name in _IMPLICIT:
        return source.name in _IMPLICIT[target.name] or (source.name == "INTERVAL" and target.name in _COUNTS)
    if source.name != target.name:
        return None if {source.name, target.name} <= {"ROW", "STRUCTURED"} else False
    if source.name == "INTERVAL":
        return is_days(source) == is_days(target)
    if source.name in CONSTRUCTED:
        return _children(source, target, implicit)
    return True


def explicit(source: FlinkType, target: FlinkType) -> bool | None:
    """Whether ``CAST(source AS target)`` is allowed; None where that is not known."""
    if source.name in OPAQUE or target.name in OPAQUE:
        return None
    if "VARIANT" in (source.name, target.name):
        return None if source.name == target.name else False
    if target.name in CHARACTER:
        return True
    if "INTERVAL" in (source.name, target.name):
        return None if target.name == "INTERVAL" else False
    if target.name in _EXPLICIT:
        return source.name in _EXPLICIT[target.name]
    if "STRUCTURED" in (source.name, target.name):
        return None
    if source.name != target.name:
        return False
    if source.name in CONSTRUCTED:
        return _children(source, target, explicit)
    return True


def _children(source: FlinkType, target: FlinkType, rule: object) -> bool | None:
    if len(source.children) != len(target.children):
        return False if source.name == "ROW" else None
    judge = implicit if rule is implicit else explicit
    found: bool | None = True
    for one, two in zip(source.children, target.children, strict=True):
        here = judge(one, two)
        if here is False:
            return False
        found = found and here
    return found


def comparable(left: FlinkType, right: FlinkType, ordered: bool = False) -> bool | None:
    """Whether ``=`` (or ``<``, BETWEEN, IN, where ``ordered``) takes the two; None where that is not known.

    ``INT = STRING`` is refused by the planner ("implicit type conversion ... is not supported"), ``INT < STRING`` is not.
    """
    names = {left.name, right.name}
    if names & OPAQUE or "STRUCTURED" in names:
        return None
    if names & CHARACTER:
        other = (names - CHARACTER) or CHARACTER
        if not ordered and other <= NUMERIC:
            return False
        if not ordered and "INTERVAL" in other:
            return True
        return other <= CHARACTER | NUMERIC | DATETIME | {"BOOLEAN"}
    for family in (NUMERIC, BINARY, TIMESTAMPS):
        if names <= family:
            return True
    if len(names) > 1:
        return False
    if left.name == "INTERVAL":
        return is_days(left) == is_days(right)
    if left.name == "ROW":
        return _comparable_rows(left, right, ordered)
    if left.name in ("ARRAY", "MULTISET", "MAP"):
        return True if left.children == right.children else False if ordered else None
    return None if ordered and left.name in ("VARIANT", "BITMAP") else True


def _comparable_rows(left: FlinkType, right: FlinkType, ordered: bool) -> bool | None:
    if len(left.children) != len(right.children):
        return False
    found: bool | None = True
    for one, two in zip(left.children, right.children, strict=True):
        found = found and (comparable(one, two, ordered) or None)  # fields are not held to what values are
    return found


def assignable(source: FlinkType, target: FlinkType) -> bool | None:
    """Whether INSERT takes a query's column of one type for a sink's column of another; None where that is not known.

    A nullable value for a NOT NULL column is allowed: Flink looks at it when the row comes (table.exec.sink.not-null-enforcer).
    """
    return implicit(source, target)


def widens(source: FlinkType, target: FlinkType) -> bool:
    """Whether no value is cut or rounded on the way: the same type, a longer string, a greater number."""
    if source.name in EXACT and target.name in EXACT:
        return _holds(source, target)
    if source.name in CHARACTER | BINARY and source.sizes and target.sizes:
        return source.sizes[0] <= target.sizes[0]
    if source.name in DATETIME and source.name == target.name and source.sizes:
        return source.sizes[0] <= target.sizes[0]
    return source.name == target.name or target.name == "DOUBLE"


def _holds(source: FlinkType, target: FlinkType) -> bool:
    digits = {"TINYINT": 3, "SMALLINT": 5, "INT": 10, "BIGINT": 19}
    if target.name in digits:
        return source.name in digits and digits[source.name] <= digits[target.name]
    precision, scale = target.sizes
    whole, behind = (digits[source.name], 0) if source.name in digits else (source.sizes[0] - source.sizes[1], source.sizes[1])
    return whole <= precision - scale and behind <= scale
