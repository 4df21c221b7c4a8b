"""The bridge to the room ``builtin``: what it says of a call, told where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec.structs import replace
from sqlglot import exp

from flinksql_runner.analyse.algebra import Scalar
from flinksql_runner.analyse.context import Context
from flinksql_runner.builtin.calls import typed
from flinksql_runner.builtin.values import Argument, Refusal
from flinksql_runner.dialect.types import FlinkType, parse_type

BOOLEAN = FlinkType("BOOLEAN")
FUNCTION, OPERATOR, NOT_BOOLEAN, BARE_NULL = "FS325", "FS326", "FS327", "FS349"
_KEEPS_TIME = frozenset({  # what DESCRIBE calls a time attribute though it is computed
    "MAX", "MIN", "COALESCE", "CASE", "+", "-", "FIRST_VALUE", "LAST_VALUE", "LAG", "LEAD", "FIRST", "LAST", "NULLIF", "IF",
    "GREATEST", "LEAST", "IFNULL", "CEIL", "FLOOR",
})


def call(
    context: Context, name: str, args: tuple[Scalar, ...], syntax: exp.Expr, *, code: str = OPERATOR, word: bool = False,
    arguments: Sequence[Argument] | None = None, may_be_empty: bool = False,
) -> Scalar:
    """A call of a function or operator that Flink has, with its type; a refusal is told at the argument that it names."""
    given = [argument(a) for a in args] if arguments is None else arguments
    answer = typed(name, given, may_be_empty=may_be_empty)
    if isinstance(answer, Refusal):
        refuse(context, answer, args, syntax, code, word)
        return Scalar("call", None, name, args, syntax=syntax)
    if answer is not None and name in _KEEPS_TIME and answer.name in ("TIMESTAMP", "TIMESTAMP_LTZ"):
        time = next((a.type.time for a in args if a.type is not None and a.type.time), None)
        answer = replace(answer, time=time) if time is not None and answer.time is None else answer
    return Scalar("call", answer, name, args, syntax=syntax)


def boolean(context: Context, scalar: Scalar, clause: str) -> Scalar:
    """A condition; told where it surely is none."""
    found = scalar.type
    if found is not None and found.name not in ("BOOLEAN", "RAW", "NULL") and scalar.syntax is not None:
        context.say(NOT_BOOLEAN, f"{clause} needs a condition, this is {found.sql}", scalar.syntax, "compare it with something")
    return scalar


def no_null(context: Context, scalars: Sequence[Scalar]) -> None:
    """Tells each bare NULL where Flink can't find a type for it."""
    for scalar in scalars:
        if scalar.kind == "literal" and scalar.value is None and scalar.syntax is not None:
            context.say(BARE_NULL, "a bare NULL has no type here", scalar.syntax, "give it a type: CAST(NULL AS STRING)")


def refuse(
    context: Context, refusal: Refusal, args: Sequence[Scalar], syntax: exp.Expr, code: str = OPERATOR, word: bool = False,
) -> None:
    """Tells a refusal."""
    at = refusal.argument
    if at is not None and at < len(args) and args[at].syntax is not None:
        context.say(code, refusal.message, args[at].syntax or syntax, refusal.help)
    else:
        context.say(code, refusal.message, syntax, refusal.help, word=word)


def argument(scalar: Scalar) -> Argument:
    """An expression as the room ``builtin`` sees it."""
    if scalar.kind == "literal":
        if scalar.value is None:
            return Argument(null=True)
        return Argument(scalar.type, _literal(scalar))
    return Argument(scalar.type)


def _literal(scalar: Scalar) -> str | int | float | bool | None:
    name, value = scalar.type.name if scalar.type is not None else "", scalar.value or ""
    if name == "BOOLEAN":
        return value == "TRUE"
    try:
        if name in ("INT", "BIGINT"):
            return int(value)
        if name in ("DOUBLE", "DECIMAL"):
            return float(value)
    except ValueError:
        return None
    return value


def with_null(type_: FlinkType | None, nullable: bool = True) -> FlinkType | None:
    """The same type with this nullability."""
    if type_ is None or type_.nullable is nullable:
        return type_
    return FlinkType(type_.name, type_.sizes, type_.children, type_.fields, nullable, type_.time, type_.detail)


@lru_cache(maxsize=1024)
def type_from(text: str) -> FlinkType | None:
    """A type from its text; None where it is none that can be read."""
    try:
        return parse_type(text)
    except ValueError:
        return None
