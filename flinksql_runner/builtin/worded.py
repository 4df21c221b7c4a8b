"""Functions whose calls are no plain list, or whose types Calcite derives in code: EXTRACT, TIMESTAMPADD, JSON_VALUE ...

Arguments come in the order of the text, words between them left out, but for units (``Argument(word="DAY")``) and the type behind
RETURNING, which stands last as an argument with the word RETURNING and the type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from flinksql_runner.builtin import casts
from flinksql_runner.builtin.common import Undecided, least_restrictive
from flinksql_runner.builtin.families import (
    CHARACTER,
    DATETIME,
    INTEGERS,
    NUMERIC,
    OPAQUE,
    SPOKEN,
    STRING,
    STRINGS,
    nullable,
    plain,
)
from flinksql_runner.builtin.operators import arithmetic
from flinksql_runner.builtin.values import Answer, Argument, Refusal
from flinksql_runner.dialect.types import LONGEST, FlinkType

Rule = Callable[[str, Sequence[Argument]], Answer]
_DAYS_ON = frozenset({"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "SQL_TSI_DAY", "SQL_TSI_MONTH", "SQL_TSI_YEAR", "SQL_TSI_WEEK"})

_PARTS_OF_SECONDS = frozenset({"MILLISECOND", "MICROSECOND", "NANOSECOND", "SQL_TSI_MICROSECOND"})


def _refused(name: str, arguments: Sequence[Argument], wanted: Sequence[tuple[str, frozenset[str]]]) -> Refusal | None:
    """Holds the arguments against (words for it, names of types), one each."""
    for place, (argument, (spoken, names)) in enumerate(zip(arguments, wanted, strict=False)):
        if argument.null and names:
            return Refusal(f"a bare NULL has no type, and {name} needs one", place, "give it a type: CAST(NULL AS STRING)")
        if names and argument.type is not None and argument.type.name not in names | OPAQUE:
            return Refusal(f"argument {place + 1} of {name} must be {spoken}, not {argument.type.sql}", place)
    return None


def _count(name: str, arguments: Sequence[Argument], counts: Sequence[int]) -> Refusal | None:
    if len(arguments) in counts:
        return None
    told = " or ".join(map(str, counts))
    return Refusal(f"{name} takes {told} argument{'s' * (counts[-1] != 1)}, not {len(arguments)}")


def _known(arguments: Sequence[Argument]) -> bool:
    return all(argument.known for argument in arguments)


def _any_null(arguments: Sequence[Argument]) -> bool:
    return any(argument.nullable for argument in arguments)


_ANYTHING = ("", frozenset[str]())
_TEXT = (SPOKEN["CHARACTER"], CHARACTER)
_TEXT_OR_BYTES = (SPOKEN["STRING"], STRINGS)
_WHOLE = (SPOKEN["INTEGER"], INTEGERS)
_TIMELY = (SPOKEN["DATETIME"], DATETIME)
_OF_DATES = frozenset({
    "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DOW", "DOY", "ISODOW", "ISOYEAR", "EPOCH", "DECADE", "CENTURY", "MILLENNIUM",
})


def extract(name: str, arguments: Sequence[Argument]) -> Answer:
    """``EXTRACT(unit FROM value)``."""
    wrong = _count(name, arguments, (2,)) or _refused(name, arguments, (
        _ANYTHING, ("a date, time or interval", DATETIME | {"INTERVAL"}),
    ))
    if wrong is not None or not _known(arguments):
        return wrong
    value, unit = arguments[1].type, arguments[0].word.upper()
    if value is not None and value.name == "TIME" and unit in _OF_DATES:
        return Refusal(f"a TIME has no {unit}", 1)
    return FlinkType("BIGINT", nullable=_any_null(arguments))


def rounded_time(name: str, arguments: Sequence[Argument]) -> Answer:
    """``FLOOR(number)``, ``CEIL(value TO unit)``."""
    wrong = _count(name, arguments, (1, 2))
    if wrong is None:
        kinds = DATETIME | {"INTERVAL"} if len(arguments) == 2 else NUMERIC
        spoken = "a date or time" if len(arguments) == 2 else "a number"
        wrong = _refused(name, arguments, ((spoken, kinds),))
    value = arguments[0].type if arguments else None
    if wrong is not None or value is None or value.name in OPAQUE:
        return wrong
    return replace(value, sizes=(value.sizes[0], 0)) if value.name == "DECIMAL" else plain(value)


def timestamp_add(name: str, arguments: Sequence[Argument]) -> Answer:
    """``TIMESTAMPADD(unit, count, value)``."""
    wrong = _count(name, arguments, (3,)) or _refused(name, arguments, (_ANYTHING, _WHOLE, _TIMELY))
    if wrong is not None or not _known(arguments):
        return wrong
    unit, value = arguments[0].word.upper(), arguments[2].type
    if value is None or not unit or value.name in OPAQUE:
        return None
    found = plain(value)
    if value.name == "DATE" and unit not in _DAYS_ON:
        found = FlinkType("TIMESTAMP", (6,))
    elif value.name in ("TIMESTAMP", "TIMESTAMP_LTZ") and unit in _PARTS_OF_SECONDS:
        return None
    return nullable(found, _any_null(arguments))


def timestamp_diff(name: str, arguments: Sequence[Argument]) -> Answer:
    """``TIMESTAMPDIFF(unit, from, to)``."""
    wrong = _count(name, arguments, (3,)) or _refused(name, arguments, (_ANYTHING, _TIMELY, _TIMELY))
    if wrong is not None or not _known(arguments):
        return wrong
    names = {argument.type.name for argument in arguments[1:] if argument.type is not None}
    if len(names) > 1 and names & {"TIME", "TIMESTAMP_LTZ"} and not names & OPAQUE:
        return Refusal(f"TIMESTAMPDIFF does not go with {' and '.join(sorted(names))}", 2, "CAST one of them to the other's type")
    kind = "BIGINT" if arguments[0].word.upper() in ("MICROSECOND", "NANOSECOND", "SQL_TSI_MICROSECOND") else "INT"
    return FlinkType(kind, nullable=_any_null(arguments))


def trim(name: str, arguments: Sequence[Argument]) -> Answer:
    """``TRIM(value)``, ``TRIM(LEADING chars FROM value)``: the value is the last argument."""
    given = [argument for argument in arguments if not argument.word]
    wrong = _count(name, given, (1, 2)) or _refused(name, given, (_TEXT_OR_BYTES, _TEXT_OR_BYTES))
    if wrong is not None or not _known(given):
        return wrong
    value = given[-1].type
    if value is None or value.name in OPAQUE:
        return None
    return replace(value, name={"CHAR": "VARCHAR", "BINARY": "VARBINARY"}.get(value.name, value.name), nullable=_any_null(given))


def overlay(name: str, arguments: Sequence[Argument]) -> Answer:
    """``OVERLAY(value PLACING other FROM start FOR length)``."""
    wrong = _count(name, arguments, (3, 4)) or _refused(name, arguments, (_TEXT_OR_BYTES, _TEXT_OR_BYTES, _WHOLE, _WHOLE))
    if wrong is not None or not _known(arguments):
        return wrong
    value, other = arguments[0].type, arguments[1].type
    if value is None or other is None or value.name not in STRINGS or other.name not in STRINGS:
        return None
    name = "VARCHAR" if value.name in CHARACTER else "VARBINARY"
    return FlinkType(name, (min(value.sizes[0] + other.sizes[0], LONGEST),), nullable=_any_null(arguments))


def position(name: str, arguments: Sequence[Argument]) -> Answer:
    """``POSITION(part IN value)``."""
    wrong = _refused(name, arguments, (_TEXT_OR_BYTES, _TEXT_OR_BYTES, _WHOLE, _WHOLE))
    if wrong is not None or not _known(arguments):
        return wrong
    return FlinkType("INT", nullable=_any_null(arguments))


def null_if(name: str, arguments: Sequence[Argument]) -> Answer:
    """``NULLIF(a, b)``: the type of a."""
    wrong = _count(name, arguments, (2,))
    if wrong is not None:
        return wrong
    first, second = arguments
    if first.type is not None and second.type is not None and casts.comparable(first.type, second.type) is False:
        return Refusal(f"{first.type.sql} and {second.type.sql} can't be compared", None, "CAST one of them")
    return nullable(plain(first.type), True) if first.type is not None else None


def if_(name: str, arguments: Sequence[Argument]) -> Answer:
    """``IF(condition, a, b)``."""
    wrong = _count(name, arguments, (3,)) or _refused(name, arguments, (("a BOOLEAN", frozenset({"BOOLEAN"})),))
    if wrong is not None or not _known(arguments) or any(argument.null for argument in arguments):
        return wrong
    one, two = arguments[1].type, arguments[2].type
    if one is None or two is None:
        return None
    try:
        found = least_restrictive((one, two))
    except Undecided:
        return None
    if found is None:
        return Refusal(f"the values of IF have no common type: {one.sql} and {two.sql}", None, "CAST them to one type")
    return nullable(found, _any_null(arguments))


def modulo(name: str, arguments: Sequence[Argument]) -> Answer:
    """``MOD(a, b)`` is ``a % b``."""
    return _count(name, arguments, (2,)) or arithmetic("%", arguments)


def json_read(name: str, arguments: Sequence[Argument]) -> Answer:
    """JSON_VALUE, JSON_QUERY: a STRING, or the type behind RETURNING; NULL where nothing is there. Any value is taken as text."""
    returning = next((a.type for a in arguments if a.word == "RETURNING"), None)
    given = [argument for argument in arguments if not argument.word]
    wrong = _refused(name, given, (_ANYTHING, _TEXT))
    if wrong is not None:
        return wrong
    return nullable(returning or STRING, True)


def json_exists(name: str, arguments: Sequence[Argument]) -> Answer:
    """JSON_EXISTS: NULL where the text is no JSON."""
    wrong = _refused(name, [a for a in arguments if not a.word], (_ANYTHING, _TEXT))
    return wrong if wrong is not None else FlinkType("BOOLEAN")


def json_built(name: str, arguments: Sequence[Argument]) -> Answer:
    """JSON_OBJECT, JSON_ARRAY: never NULL."""
    del name, arguments
    return nullable(STRING, False)


_OBJECT = "write OBJECT_OF('Class', 'field', value)"


def object_of(name: str, arguments: Sequence[Argument]) -> Answer:
    """``OBJECT_OF('Class', 'field', value, ...)``."""
    if len(arguments) % 2 == 0:
        return Refusal(f"{name} takes a class, then a name and a value for each field", None, _OBJECT)
    for place in (0, *range(1, len(arguments), 2)):
        given = arguments[place]
        if given.type is not None and not (given.type.name == "CHAR" and isinstance(given.literal, str)):
            return Refusal(f"argument {place + 1} of {name} must be a text in quotes, not {given.type.sql}", place)
    values = [argument.type for argument in arguments[2::2]]
    fields = [argument.literal for argument in arguments[1::2]]
    if not isinstance(arguments[0].literal, str) or any(v is None or v.name in OPAQUE for v in values):
        return None
    children = tuple(plain(v) for v in values if v is not None)
    return FlinkType("STRUCTURED", (), children, tuple(map(str, fields)), detail=f"'{arguments[0].literal}'")


def object_update(name: str, arguments: Sequence[Argument]) -> Answer:
    """``OBJECT_UPDATE(object, 'field', value, ...)``: what it gives only Flink knows."""
    value = arguments[0].type if arguments else None
    if len(arguments) < 3 or len(arguments) % 2 == 0:
        return Refusal(f"{name} takes an object, then a name and a value for each field")
    if value is not None and value.name not in OPAQUE | {"STRUCTURED"}:
        return Refusal(f"argument 1 of {name} must be an object, not {value.sql}", 0, "make one by OBJECT_OF")
    return None


RULES: Mapping[str, Rule] = {
    "EXTRACT": extract, "FLOOR": rounded_time, "CEIL": rounded_time, "TIMESTAMPADD": timestamp_add,
    "TIMESTAMPDIFF": timestamp_diff, "TRIM": trim, "OVERLAY": overlay, "POSITION": position, "NULLIF": null_if, "IF": if_,
    "MOD": modulo, "JSON_VALUE": json_read,
    "JSON_QUERY": json_read, "JSON_EXISTS": json_exists, "JSON_OBJECT": json_built, "JSON_ARRAY": json_built,
    "OBJECT_OF": object_of, "OBJECT_UPDATE": object_update,
}
