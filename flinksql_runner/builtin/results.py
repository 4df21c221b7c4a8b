"""What a function gives: the texts of functions.txt applied to arguments that are known.

A text is a base, ``'TYPE'`` or a word of ``_BASES``, and then what becomes of NULL: ``null_if_any`` argument may be NULL,
``null_only_if_any`` the same and never else (or ``_all``, ``_first``), ``null_if_empty`` where a group may have no row,
``nullable`` always, ``not_null`` never; ``varying`` makes a CHAR a VARCHAR.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from msgspec.structs import replace

from flinksql_runner.builtin import decimals
from flinksql_runner.builtin.common import Undecided, common_type
from flinksql_runner.builtin.families import APPROXIMATE, CHARACTER, DOUBLE, nullable, plain, plain_interval
from flinksql_runner.builtin.values import Argument
from flinksql_runner.dialect.types import FlinkType, parse_type

Base = Callable[[Sequence[Argument]], FlinkType | None]


def result(gives: str, arguments: Sequence[Argument], may_be_empty: bool = False) -> FlinkType | None:
    """The type of a call; None where it is not known. ``may_be_empty``: an aggregate whose group may have no row."""
    base, changes = _parts(gives)
    found = _parsed(base) if base.startswith("'") else _base(base, arguments)
    if found is None:
        return None
    for change in changes:
        if change in _OF_ARGUMENTS:
            if not all(argument.known for argument in arguments):
                return None
            found = nullable(found, _of_arguments(change, found, arguments))
        else:
            found = _changed(change, found, may_be_empty)
    return found


@cache
def _parts(gives: str) -> tuple[str, tuple[str, ...]]:
    if gives.startswith("'"):
        base, _, rest = gives[1:].partition("'")
        return f"'{base}", tuple(rest.split())
    base, *changes = gives.split()
    return base, tuple(changes)


@cache
def _parsed(text: str) -> FlinkType:
    return parse_type(text.removeprefix("'"))


def _base(word: str, arguments: Sequence[Argument]) -> FlinkType | None:
    if word.startswith("ARG"):
        place = int(word[3:])
        found = arguments[place].type if place < len(arguments) else None
        return plain(found) if found is not None else None
    rule = _BASES.get(word)
    if rule is None or not all(argument.known for argument in arguments):
        return None
    try:
        return rule(arguments)
    except Undecided:
        return None


_OF_ARGUMENTS = frozenset({"null_if_any", "null_only_if_any", "null_only_if_all", "null_only_if_first"})


def _of_arguments(change: str, found: FlinkType, arguments: Sequence[Argument]) -> bool:
    if change == "null_only_if_all":
        return all(argument.nullable for argument in arguments)
    if change == "null_only_if_first":
        return arguments[0].nullable
    return any(argument.nullable for argument in arguments) or (change == "null_if_any" and found.nullable)


def _changed(change: str, found: FlinkType, may_be_empty: bool) -> FlinkType:
    match change:
        case "null_if_empty":
            return nullable(found, found.nullable or may_be_empty)
        case "nullable":
            return nullable(found, True)
        case "not_null":
            return nullable(found, False)
    assert change == "varying", change
    return replace(found, name={"CHAR": "VARCHAR", "BINARY": "VARBINARY"}.get(found.name, found.name))


def _types(arguments: Sequence[Argument]) -> list[FlinkType]:
    return [argument.type for argument in arguments if argument.type is not None]


def _first(arguments: Sequence[Argument]) -> FlinkType | None:
    return arguments[0].type if arguments else None


def _match_rowtime(arguments: Sequence[Argument]) -> FlinkType | None:
    """Without a column it is a TIMESTAMP, even where the time of the rows is a TIMESTAMP_LTZ."""
    found = _first(arguments)
    if found is None:
        return FlinkType("TIMESTAMP", (3,), nullable=False, time="ROWTIME")
    return FlinkType(found.name, (3,), time="ROWTIME") if found.name in ("TIMESTAMP", "TIMESTAMP_LTZ") else None


def _common(arguments: Sequence[Argument]) -> FlinkType | None:
    found = common_type(_types(arguments))
    return nullable(found, found.nullable or any(argument.null for argument in arguments)) if found is not None else None


def _if_null(arguments: Sequence[Argument]) -> FlinkType | None:
    found = _common(arguments)
    return nullable(found, arguments[0].nullable and arguments[1].nullable) if found is not None else None


def _rounded(arguments: Sequence[Argument]) -> FlinkType | None:
    value = _first(arguments)
    if value is None or value.name != "DECIMAL":
        return value
    digits: object = arguments[1].literal if len(arguments) > 1 else 0
    return replace(decimals.rounded(value, digits), nullable=value.nullable) if isinstance(digits, int) else value


def _sum(arguments: Sequence[Argument]) -> FlinkType | None:
    value = _first(arguments)
    if value is None or value.name != "DECIMAL":
        return value
    return replace(value, sizes=(decimals.GREATEST, value.sizes[1]))


def _average(arguments: Sequence[Argument]) -> FlinkType | None:
    value = _first(arguments)
    if value is None or value.name != "DECIMAL":
        return value
    return replace(value, sizes=(decimals.GREATEST, max(6, value.sizes[1])))


def _lag(arguments: Sequence[Argument]) -> FlinkType | None:
    value = _first(arguments)
    if value is None:
        return None
    found = plain(value)
    if len(arguments) < 3:
        return nullable(found, True)
    default = arguments[2].type
    if found.name in CHARACTER and default is not None and default.name in CHARACTER:
        return None  # Flink widens it
    return nullable(found, arguments[2].nullable)


def _element(arguments: Sequence[Argument]) -> FlinkType | None:
    value = _first(arguments)
    return value.children[0] if value is not None and value.children else None


def _element_of(value: FlinkType) -> FlinkType:
    return plain_interval(plain(value)) if value.name == "INTERVAL" else plain(value)


def _many(name: str) -> Base:
    def rule(arguments: Sequence[Argument]) -> FlinkType | None:
        value = _first(arguments)
        return FlinkType(name, (), (_element_of(value),), nullable=False) if value is not None else None

    return rule


def _array_of(arguments: Sequence[Argument]) -> FlinkType | None:
    value = _first(arguments)
    if value is None:
        return None
    return FlinkType("ARRAY", (), (_element_of(value),), nullable=value.name == "ROW")  # Calcite takes a ROW for nullable here


def _of_map(place: int) -> Base:
    def rule(arguments: Sequence[Argument]) -> FlinkType | None:
        value = _first(arguments)
        return FlinkType("ARRAY", (), (value.children[place],)) if value is not None and value.name == "MAP" else None

    return rule


def _entries(arguments: Sequence[Argument]) -> FlinkType | None:
    value = _first(arguments)
    if value is None or value.name != "MAP":
        return None
    return FlinkType("ARRAY", (), (FlinkType("ROW", (), value.children, ("key", "value")),))


def _map_from_arrays(arguments: Sequence[Argument]) -> FlinkType | None:
    keys, values = (argument.type for argument in arguments)
    if keys is None or values is None or not keys.children or not values.children:
        return None
    return FlinkType("MAP", (), (keys.children[0], values.children[0]))


def _grown_array(arguments: Sequence[Argument]) -> FlinkType | None:
    array, element = arguments[0].type, arguments[1]
    if array is None or array.name != "ARRAY":
        return None
    inner = array.children[0]
    return replace(array, children=(nullable(inner, inner.nullable or element.nullable),))


def _watermark(arguments: Sequence[Argument]) -> FlinkType | None:
    value = _first(arguments)
    return nullable(plain(value), True) if value is not None else None


def _window_bound(arguments: Sequence[Argument]) -> FlinkType | None:
    del arguments
    return FlinkType("TIMESTAMP", (3,), nullable=False)


def _percentile(arguments: Sequence[Argument]) -> FlinkType | None:
    share = arguments[1].type
    if share is not None and share.name == "ARRAY":
        return FlinkType("ARRAY", (), (DOUBLE,))
    return DOUBLE if share is not None and share.name in APPROXIMATE | {"DECIMAL", "INT", "BIGINT"} else None


def _elt(arguments: Sequence[Argument]) -> FlinkType | None:
    return common_type(_types(arguments[1:])) if len(arguments) > 1 else None


def _ltz(arguments: Sequence[Argument]) -> FlinkType | None:
    del arguments
    return FlinkType("TIMESTAMP_LTZ", (3,))


_BASES: Mapping[str, Base] = {
    "COMMON": _common, "COMMON_1": _elt, "IF_NULL": _if_null, "ROUND": _rounded, "AGG_SUM": _sum, "AGG_AVG": _average,
    "LAG": _lag, "ELEMENT": _element, "ARRAY_ELEMENT": _element, "ARRAY_OF": _array_of, "MULTISET_OF": _many("MULTISET"),
    "MAP_KEYS": _of_map(0), "MAP_VALUES": _of_map(1), "MAP_ENTRIES": _entries, "MAP_FROM_ARRAYS": _map_from_arrays,
    "ARRAY_APPEND_PREPEND": _grown_array, "CURRENT_WATERMARK": _watermark, "WINDOW_BOUND": _window_bound,
    "MATCH_ROWTIME": _match_rowtime, "PERCENTILE": _percentile, "TO_TIMESTAMP_LTZ": _ltz,
}
