"""The table of functions: functions.txt, read once, on the first call."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import cast

from flinksql_runner.builtin.values import Function, Kind

# other spellings that Flink's parser turns into a function of the table
ALIASES: Mapping[str, str] = {
    "CEILING": "CEIL", "TRANSLATE": "TRANSLATE3", "JSON_OBJECTAGG": "JSON_OBJECTAGG_NULL_ON_NULL",
    "JSON_ARRAYAGG": "JSON_ARRAYAGG_NULL_ON_NULL",
}
# written with a grammar of their own, so no lines of the table
OPERATORS = frozenset({"CAST", "TRY_CAST", "SAFE_CAST", "ROW", "CASE", "EXISTS"})
# of the table, but nothing that a user would write
_INTERNAL = frozenset({"PROCTIME_MATERIALIZE", "STREAMRECORD_TIMESTAMP", "AUXILIARY_GROUP", "SINGLE_VALUE", "TRANSLATE3"})


@cache
def functions() -> Mapping[str, Function]:
    """All functions by their name in capitals."""
    text = resources.files(__package__).joinpath("functions.txt").read_text(encoding="utf-8")
    found: dict[str, Function] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, kinds, takes, gives = (part.strip() for part in line.split(" ; "))
            kind, *marks = kinds.split()
            found[name] = Function(name, cast(Kind, kind), frozenset(marks), takes, gives)
    return found


def function(name: str) -> Function | None:
    """The function that SQL calls by this name, in any case; None where Flink has none."""
    upper = name.upper()
    return functions().get(ALIASES.get(upper, upper))


def names() -> tuple[str, ...]:
    """All names that a user may call, for did-you-mean."""
    return tuple(sorted((functions().keys() | ALIASES.keys() | OPERATORS) - _INTERNAL))


def is_function(name: str) -> bool:
    """Whether Flink has a function or an operator written like one of this name."""
    return function(name) is not None or name.upper() in OPERATORS


def is_aggregate(name: str) -> bool:
    """Whether the function takes many rows and gives one value; those that need OVER are none of them."""
    found = function(name)
    return found is not None and found.kind == "aggregate"


def needs_over(name: str) -> bool:
    """Whether the function only stands with OVER: ROW_NUMBER, LAG."""
    found = function(name)
    return found is not None and found.kind == "over"


def is_deterministic(name: str) -> bool:
    """Whether the function gives the same for the same arguments at any time; true for names that Flink has not."""
    found = function(name)
    return found is None or "nondeterministic" not in found.marks


def tells_time(name: str) -> bool:
    """Whether the function tells the time of day: NOW, CURRENT_DATE, PROCTIME."""
    found = function(name)
    return found is not None and "time" in found.marks
