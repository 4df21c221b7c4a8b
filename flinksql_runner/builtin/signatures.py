"""What a function takes: the texts of functions.txt held against arguments.

Alternatives stand behind ``|``, parameters behind commas. ``X...`` is one or more, ``X*`` none or more of the last one. A word is
a family of Calcite's, which takes no other type; ``<X>`` a family and ``=X`` a type of Flink's, with its implicit casts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from msgspec import Struct

from flinksql_runner.builtin import casts
from flinksql_runner.builtin.common import Undecided, common_type
from flinksql_runner.builtin.families import (
    BINARY,
    COLLECTIONS,
    CONSTRUCTED,
    FAMILIES,
    NUMERIC,
    OPAQUE,
    SPOKEN,
    STRINGS,
    TIMESTAMPS,
)
from flinksql_runner.builtin.values import Argument, Refusal
from flinksql_runner.dialect.types import LONGEST, FlinkType, parse_type

_ROOTS = {"INTEGER": "INT"}
# a value of another family may become one of these where Flink (not Calcite) checks the arguments
_FAMILY_ROOTS = {
    "<NUMERIC>": "INT", "<INTEGER_NUMERIC>": "INT", "<CHARACTER_STRING>": "VARCHAR", "<BINARY_STRING>": "VARBINARY",
}
_SIZED = {"VARCHAR": (LONGEST,), "VARBINARY": (LONGEST,), "DECIMAL": (10, 0)}
_UNORDERED = frozenset({"MAP", "MULTISET", "VARIANT", "BITMAP", "RAW"})
# a bare NULL gets the type of these (of Flink's own parameters: all but collections)
_NULL_TAKERS = frozenset({
    "<ANY>", "<COMPARABLE>", "<COMMON_ARG_NULLABLE>", "<ARRAY_ELEMENT_ARG>", "<JSON_ARGUMENT>", "<CHARACTER_STRING>",
    "<BINARY_STRING>", "<NUMERIC>", "<INTEGER_NUMERIC>", "=INTEGER", "=BOOLEAN", "=DECIMAL", "'ARRAY<INT>'",
    "'ARRAY<INT> NOT NULL'",
})
_ALONE = frozenset({"<COMPARABLE>", "<COMMON_ARG_NULLABLE>"})  # take it beside another value only
_JSON = NUMERIC | STRINGS | TIMESTAMPS | CONSTRUCTED | {"BOOLEAN", "VARIANT"}
_SHARED = frozenset({"<COMPARABLE>", "<COMMON_ARG_NULLABLE>", "<COMMON ARRAY>", "<COMMON MAP>"})


class Form(Struct, frozen=True):
    """One alternative: its parameters, and what further ones there may be."""

    parameters: tuple[str, ...]
    more: str = ""

    @property
    def least(self) -> int:
        """The smallest number of arguments."""
        return len(self.parameters)

    def parameter(self, place: int) -> str | None:
        """What stands at a place, from 0; None where nothing may."""
        return self.parameters[place] if place < len(self.parameters) else self.more or None


@cache
def forms(takes: str) -> tuple[Form, ...]:
    """The alternatives of a text."""
    found = []
    for text in takes.split("|"):
        parts = [part.strip() for part in text.split(", ") if part.strip()]
        last = parts[-1] if parts else ""
        if last.endswith("..."):
            found.append(Form((*parts[:-1], last[:-3]), last[:-3]))
        elif last.endswith("*"):
            found.append(Form(tuple(parts[:-1]), last[:-1]))
        else:
            found.append(Form(tuple(parts)))
    return tuple(found)


def check(name: str, takes: str, arguments: Sequence[Argument]) -> Refusal | None:
    """A refusal where no alternative can take the arguments; None also where that is not certain."""
    alternatives = forms(takes)
    fitting = [form for form in alternatives if _counts(form, len(arguments))]
    if not fitting:
        return Refusal(f"{name} takes {_numbers(alternatives)}, not {len(arguments)}", None, shown(name, takes))
    nulls = [place for place, argument in enumerate(arguments) if argument.null]
    unwanted = next((at for at in nulls if all(form.parameter(at) not in _NULL_TAKERS for form in fitting)), None)
    if unwanted is None and nulls and len(nulls) == len(arguments) and fitting[0].parameter(0) in _ALONE:
        unwanted = 0
    if unwanted is not None:
        return Refusal(f"a bare NULL has no type, and {name} needs one", unwanted, "give it a type: CAST(NULL AS STRING)")
    wrong: list[int] = []
    for form in fitting:
        bad = next((place for place, argument in enumerate(arguments) if _fits(form, place, arguments) is False), None)
        if bad is None:
            return None
        wrong.append(bad)
    place = max(wrong)  # the alternative that came furthest tells best
    wanted = {form.parameter(place) or "" for form, bad in zip(fitting, wrong, strict=True) if bad == place}
    if wanted <= _SHARED and all(_fits_kind(parameter, arguments[place]) for parameter in wanted):
        types = ", ".join(dict.fromkeys(argument.type.sql for argument in arguments if argument.type is not None))
        return Refusal(f"the arguments of {name} have no common type: {types}", None, "CAST them to one type")
    spoken = " or ".join(sorted(spoken_parameter(parameter) for parameter in wanted))
    given = arguments[place].type
    told = f"argument {place + 1} of {name}" if len(arguments) > 1 else f"the argument of {name}"
    return Refusal(f"{told} must be {spoken}, not {given.sql if given else 'NULL'}", place, shown(name, takes))


def shown(name: str, takes: str) -> str:
    """All forms of a call, for a help text."""
    return "write " + " or ".join(
        f"{name}({', '.join([*map(_word, form.parameters), *(['...'] if form.more else [])])})" for form in forms(takes)
    )


def spoken_parameter(parameter: str) -> str:
    """A parameter in words: ``a STRING``."""
    if parameter in SPOKEN:
        return SPOKEN[parameter]
    if parameter.startswith(("=", "'")):
        word = parameter.strip("='")
        return f"{'an' if word[0] in 'AIE' else 'a'} {_ROOTS.get(word, word)}"
    return {
        "<ARRAY_FULLY_COMPARABLE>": "an ARRAY of values that have an order", "<ArrayOfString>": "an ARRAY<STRING>",
        "<ARRAY_ELEMENT_ARG>": "of the type of the array's elements", "POSITIVE_LITERAL": "a whole number above 0",
        "CHARACTER LITERAL": "a text in quotes",
        "<COMMON ARRAY>": "an ARRAY of the same type", "<COMMON MAP>": "a MAP of the same type",
    }.get(parameter, "of another type")


def _fits_kind(parameter: str, argument: Argument) -> bool:
    return not parameter.startswith("<COMMON ") or argument.type is None or argument.type.name == parameter[8:-1]


def _word(parameter: str) -> str:
    plain = parameter.strip("<>='")
    return {
        "CHARACTER": "STRING", "CHARACTER_STRING": "STRING", "INTEGER": "INT", "INTEGER_NUMERIC": "INT",
        "CHARACTER LITERAL": "'text'", "BINARY": "BYTES", "BINARY_STRING": "BYTES", "POSITIVE_LITERAL": "INT",
        "ARRAY_ELEMENT_ARG": "ELEMENT", "ArrayOfString": "ARRAY<STRING>", "ARRAY_FULLY_COMPARABLE": "ARRAY", "ORDERED": "ANY",
        "COMMON ARRAY": "ARRAY", "COMMON MAP": "MAP",
    }.get(plain, plain)


def _numbers(alternatives: Sequence[Form]) -> str:
    counts = sorted({form.least for form in alternatives})
    if any(form.more for form in alternatives):
        return f"at least {counts[0]} argument{'s' * (counts[0] != 1)}"
    text = " or ".join(map(str, counts)) if counts != [0] else "no"
    return f"{text} argument{'s' * (counts[-1] != 1)}"


def _counts(form: Form, given: int) -> bool:
    return given >= form.least if form.more else given == form.least


def _takes_null(parameter: str) -> bool:
    return parameter.startswith(("<", "=", "'")) or (parameter not in FAMILIES and parameter not in ("ANY", "ORDERED"))


def _fits(form: Form, place: int, arguments: Sequence[Argument]) -> bool | None:
    """Whether one argument goes with its parameter; None where that is not known."""
    parameter, argument = form.parameter(place) or "", arguments[place]
    type_ = argument.type
    if argument.word:
        return False
    if argument.null or type_ is None or type_.name in OPAQUE:
        return None
    if " & " in parameter or " / " in parameter:
        return _several(parameter, place, arguments)
    if parameter in ("ANY", "<ANY>"):
        return True
    if parameter in FAMILIES and not parameter.startswith("<"):
        return type_.name in FAMILIES[parameter]
    if parameter in FAMILIES:
        root = _FAMILY_ROOTS[parameter]
        return type_.name in FAMILIES[parameter] or casts.implicit(type_, FlinkType(root, _SIZED.get(root, ())))
    if parameter.startswith("="):
        return _root(parameter[1:], type_)
    if parameter.startswith("'"):
        return casts.implicit(type_, parse_type(parameter.strip("'")))
    return _special(parameter, argument, type_, arguments)


def _several(parameter: str, place: int, arguments: Sequence[Argument]) -> bool | None:
    """``a & b``: both; ``a / b``: one of them."""
    both = " & " in parameter
    parts = parameter.split(" & " if both else " / ")
    found = [_fits(Form((*([""] * place), part)), place, arguments) for part in parts]
    if both:
        return False if False in found else None if None in found else True
    return True if True in found else None if None in found else False


def _root(word: str, type_: FlinkType) -> bool | None:
    root = _ROOTS.get(word, word)
    if type_.name == root:
        return True
    return casts.implicit(type_, FlinkType(root, _SIZED.get(root, ())))


def _special(parameter: str, argument: Argument, type_: FlinkType, arguments: Sequence[Argument]) -> bool | None:
    if parameter == "ORDERED":
        return False if type_.name in CONSTRUCTED | BINARY | _UNORDERED | {"INTERVAL"} else None
    if parameter == "POSITIVE_LITERAL":
        return isinstance(argument.literal, int) and not isinstance(argument.literal, bool) and argument.literal > 0
    if parameter == "CHARACTER LITERAL":
        return isinstance(argument.literal, str) and type_.name == "CHAR"
    if parameter == "<LITERAL>":
        return argument.literal is not None
    if parameter == "<JSON_ARGUMENT>":
        return type_.name in _JSON
    if parameter == "<Percentage>":
        return type_.name in NUMERIC and not type_.nullable
    if parameter == "<PercentageArray>":
        return type_.name == "ARRAY" and not type_.nullable and type_.children[0].name in NUMERIC
    if parameter == "<ArrayOfString>":
        return type_.name == "ARRAY" and type_.children[0].name in ("CHAR", "VARCHAR")
    if parameter == "<ARRAY_FULLY_COMPARABLE>":
        return type_.name == "ARRAY" and (None if type_.children[0].children else type_.children[0].name not in _UNORDERED)
    if parameter in ("<COMMON ARRAY>", "<COMMON MAP>"):
        return type_.name == parameter[8:-1] and _share(arguments)
    if parameter in ("<COMPARABLE>", "<COMMON_ARG_NULLABLE>"):
        return _share(arguments)
    if parameter == "<ARRAY_ELEMENT_ARG>" and (array := arguments[0].type) is not None and array.name in COLLECTIONS:
        return casts.implicit(type_, array.children[0])
    return None


def _share(arguments: Sequence[Argument]) -> bool | None:
    types = [argument.type for argument in arguments if argument.type is not None]
    if len(types) < sum(not argument.null for argument in arguments):
        return None
    try:
        return common_type(types) is not None
    except Undecided:
        return None
