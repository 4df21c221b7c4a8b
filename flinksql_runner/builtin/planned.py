"""What Flink takes by its signature and refuses when it makes code of it: the types that each argument can really have.

Recorded from the planner (scripts/probe_builtin.py asks it to plan each call, not only to validate it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from flinksql_runner.builtin.families import (
    APPROXIMATE,
    CHARACTER,
    CONSTRUCTED,
    INTEGERS,
    NUMERIC,
    OPAQUE,
    SPOKEN,
    TIMESTAMPS,
)
from flinksql_runner.builtin.values import Argument, Refusal


class _Only(Struct, frozen=True):
    """An argument, counted from 0, with the types that it may have, and how they are called."""

    place: int
    types: frozenset[str]
    spoken: str


_DATED = TIMESTAMPS | {"DATE", "INTERVAL"}
_INT = INTEGERS - {"BIGINT"}
_TEXT = _Only(0, CHARACTER, SPOKEN["CHARACTER"])
_ONLY: Mapping[str, tuple[_Only, ...]] = {
    "ABS": (_Only(0, NUMERIC, SPOKEN["NUMERIC"]),),
    "ATAN2": tuple(_Only(n, INTEGERS | APPROXIMATE, "a DOUBLE or a whole number") for n in (0, 1)),
    "CARDINALITY": (_Only(0, frozenset({"ARRAY", "MAP"}), "an ARRAY or a MAP"),),
    **dict.fromkeys(("DAYOFMONTH", "MONTH", "QUARTER", "WEEK", "YEAR"), (_Only(0, _DATED, "a DATE or TIMESTAMP"),)),
    "DAYOFWEEK": (_Only(0, TIMESTAMPS | {"DATE"}, "a DATE or TIMESTAMP"),),
    "DAYOFYEAR": (_Only(0, TIMESTAMPS | {"DATE"}, "a DATE or TIMESTAMP"),),
    "ELEMENT": (_Only(0, frozenset({"ARRAY"}), "an ARRAY"),),
    "ELT": (_Only(0, INTEGERS, SPOKEN["INTEGER"]),),
    "JSON_EXISTS": (_TEXT,),
    "JSON_OBJECTAGG": (_TEXT,),
    "LAG": (_Only(1, _INT, "an INT"),),
    "RAND": (_Only(0, _INT, "an INT"),),
    "RAND_INTEGER": tuple(_Only(n, _INT, "an INT") for n in (0, 1)),
    "TO_TIMESTAMP_LTZ": (_Only(0, NUMERIC | CHARACTER, "a number or a STRING"),),
    "TRIM": (_TEXT, _Only(1, CHARACTER, SPOKEN["CHARACTER"])),
}
_ORDERED = frozenset({"GREATEST", "LEAST"})
_NO_JSON = frozenset({"DATE", "TIME", "BITMAP", "INTERVAL"})
_VALUES_OF_JSON = frozenset({"JSON_ARRAY", "JSON_ARRAYAGG", "JSON_OBJECT", "JSON_OBJECTAGG"})
_NO_NULL = _ORDERED | _VALUES_OF_JSON | {
    "ELT", "JSON_EXISTS", "JSON_QUERY", "JSON_VALUE", "ROW", "TRY_PARSE_JSON",
}


def refused(name: str, arguments: Sequence[Argument]) -> Refusal | None:
    """A refusal of types that the signature lets pass; None also where a type is not known."""
    plain = name.removesuffix("_ABSENT_ON_NULL").removesuffix("_NULL_ON_NULL")
    for only in _ONLY.get(plain, ()):
        given = arguments[only.place].type if only.place < len(arguments) else None
        if given is not None and given.name not in only.types | OPAQUE:
            return Refusal(f"argument {only.place + 1} of {name} must be {only.spoken}, not {given.sql}", only.place)
    for place, argument in enumerate(arguments):
        if argument.null and plain in _NO_NULL and (name != "ELT" or not place):
            return Refusal(f"a bare NULL has no type, and {plain} needs one", place, "give it a type: CAST(NULL AS STRING)")
        if argument.type is None:
            continue
        if name == "CURRENT_WATERMARK" and argument.type.time != "ROWTIME" and argument.type.name not in OPAQUE:
            return Refusal(f"CURRENT_WATERMARK takes the column with the WATERMARK, this is {argument.type.sql}", place)
        if name in _ORDERED and argument.type.name in CONSTRUCTED | {"VARIANT", "BITMAP"}:
            return Refusal(f"{name} compares its arguments, and {argument.type.sql} has no order", place)
        if plain in _VALUES_OF_JSON and argument.type.name in _NO_JSON:
            return Refusal(f"{argument.type.sql} can't be written as JSON", place, "CAST it to STRING")
    return None
