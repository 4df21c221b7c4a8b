"""The door of this room: the type of a call of a function or operator."""

from __future__ import annotations

from collections.abc import Sequence

from flinksql_runner.builtin import operators, planned, signatures, worded
from flinksql_runner.builtin.families import BINARY, CHARACTER, OPAQUE
from flinksql_runner.builtin.results import result
from flinksql_runner.builtin.table import function
from flinksql_runner.builtin.values import Answer, Argument, Function, Refusal
from flinksql_runner.dialect.types import FlinkType


def typed(name: str, arguments: Sequence[Argument], *, may_be_empty: bool = False) -> Answer:
    """The type of a call with its nullability, as Flink's planner gives it; a refusal where Flink surely refuses it.

    Names of functions in any case; of operators as operators.py writes them. ``may_be_empty``: an aggregate without GROUP BY,
    with FILTER, or over a frame with an offset, which gives NULL where no row is. None where it can't be known: a function that
    Flink has not (ask table.is_function first), arguments without a type, a rule that only Flink has. Marks of time attributes
    are gone from the result, but for PROCTIME().
    """
    upper = name.upper()
    if (rule := operators.RULES.get(upper)) is not None:
        return rule(upper, arguments)
    found = function(upper)
    if found is None:
        return None
    worded_rule = worded.RULES.get(found.name)
    answer = worded_rule(found.name, arguments) if worded_rule is not None else _called(upper, found, arguments, may_be_empty)
    return answer if isinstance(answer, Refusal) else planned.refused(found.name, arguments) or answer


def _called(name: str, found: Function, arguments: Sequence[Argument], may_be_empty: bool) -> Answer:
    if found.takes == "SPECIAL":
        return None
    if found.takes not in _UNREAD and found.name not in _INNER:
        refusal = signatures.check(name, found.takes, arguments)
        if refusal is not None:
            return refusal
    if found.name in ("LAG", "LEAD") and len(arguments) == 3:
        value, default = arguments[0].type, arguments[2].type
        if value is not None and default is not None and not _same_family(value, default):
            return Refusal(f"the default of {name} must be {value.sql}, not {default.sql}", 2, "CAST it")
    return result(found.gives, arguments, may_be_empty)


def _same_family(one: FlinkType, two: FlinkType) -> bool:
    names = {one.name, two.name}
    return len(names) == 1 or names <= CHARACTER or names <= BINARY or bool(names & OPAQUE)


# what these take is decided in code of Flink that signatures.py does not copy
_UNREAD = frozenset({"null"})
# JSON_ARRAYAGG and JSON_OBJECTAGG, whose words the parser turns into names
_INNER = frozenset({
    "JSON_ARRAYAGG_ABSENT_ON_NULL", "JSON_ARRAYAGG_NULL_ON_NULL", "JSON_OBJECTAGG_ABSENT_ON_NULL", "JSON_OBJECTAGG_NULL_ON_NULL",
})
