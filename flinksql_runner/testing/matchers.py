"""Expected values that are no plain value: ``{any: true}``, ``{not_null: true}``, ``{near: 1, within: 1}``, ``{matches: a}``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_NUMBERS = ("TINYINT", "SMALLINT", "INT", "BIGINT", "DECIMAL", "FLOAT", "DOUBLE")
KEYS = (frozenset({"any"}), frozenset({"not_null"}), frozenset({"near", "within"}), frozenset({"matches"}))


class WrongMatcher(ValueError):
    """A matcher that can't be used here; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a value has to be like: ``accepts`` takes a value as ``cells.found`` gives it; ``text`` is for the reader."""

    text: str
    accepts: Callable[[object], bool]

    def __str__(self) -> str:
        return self.text


def matcher_of(value: object, type_name: str) -> Matcher | None:
    """The matcher that a test's value spells, or None where it is a plain value.

    :param type_name: the column's type without its sizes: numbers alone can be near.
    :raises WrongMatcher: where its own values are wrong.
    """
    if not isinstance(value, dict) or frozenset(value) not in KEYS:
        return None
    if "any" in value or "not_null" in value:
        (key,) = value
        if value[key] is not True:
            raise WrongMatcher(f"write {{{key}: true}}")
        return Matcher("any" if key == "any" else "not null", lambda seen: key == "any" or seen is not None)
    if "matches" in value:
        return _pattern(value["matches"])
    return _near(value["near"], value["within"], type_name)


def _pattern(text: object) -> Matcher:
    try:
        pattern = re.compile(str(text))
    except re.error as problem:
        raise WrongMatcher(f"`{text}` is no regular expression: {problem}") from None
    return Matcher(f"matches {text}", lambda seen: seen is not None and pattern.fullmatch(str(seen)) is not None)


def _near(near: object, within: object, type_name: str) -> Matcher:
    if type_name not in _NUMBERS:
        raise WrongMatcher(f"a {type_name} is near nothing: `near` is for numbers")
    try:
        middle, most = Decimal(str(near)), Decimal(str(within))
    except InvalidOperation:
        raise WrongMatcher("`near` and `within` are numbers: {near: 1.5, within: 0.01}") from None
    if most < 0 or not middle.is_finite() or not most.is_finite():
        raise WrongMatcher("`within` is a number from 0 on")

    def accepts(seen: object) -> bool:
        try:
            return seen is not None and abs(Decimal(str(seen)) - middle) <= most
        except InvalidOperation:
            return False

    return Matcher(f"{near} within {within}", accepts)
