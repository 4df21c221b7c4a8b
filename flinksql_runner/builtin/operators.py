"""Operators: what they take and give. Each rule takes known arguments and answers with a type, a refusal, or None.

Names are as they are written: ``+``, ``<>``, ``IS NOT NULL``, ``NOT IN``; ``-`` with one argument is the sign. CASE takes
condition, value, condition, value ..., and the value of ELSE last, where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from flinksql_runner.builtin import casts, decimals
from flinksql_runner.builtin.common import Undecided, least_restrictive
from flinksql_runner.builtin.families import (
    BINARY,
    CHARACTER,
    DATETIME,
    INTEGERS,
    NUMERIC,
    OPAQUE,
    TIMESTAMPS,
    is_days,
    nullable,
    plain,
    plain_interval,
)
from flinksql_runner.builtin.values import Answer, Argument, Refusal
from flinksql_runner.dialect.types import LONGEST, FlinkType

Rule = Callable[[str, Sequence[Argument]], Answer]
_NULL = "give it a type: CAST(NULL AS STRING)"
COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")


def boolean(arguments: Sequence[Argument]) -> FlinkType:
    """BOOLEAN, nullable where an argument is."""
    return FlinkType("BOOLEAN", nullable=any(argument.nullable for argument in arguments))


def arithmetic(name: str, arguments: Sequence[Argument]) -> Answer:
    """``+ - * / %`` of two, and the signs of one."""
    null = next((place for place, argument in enumerate(arguments) if argument.null), None)
    if null is not None:
        return Refusal(f"a bare NULL has no type, and `{name}` needs one", null, _NULL)
    types = [argument.type for argument in arguments]
    if len(types) == 1:
        return _sign(name, types[0])
    left, right = types
    if left is None or right is None or left.name in OPAQUE or right.name in OPAQUE:
        return None
    is_nullable = left.nullable or right.nullable
    found = _timely(name, left, right)
    if found is None and left.name in NUMERIC and right.name in NUMERIC:
        found = _numeric(name, left, right)
    if found is None:
        return _not_between(name, left, right)
    return nullable(found, is_nullable)


def _sign(name: str, type_: FlinkType | None) -> Answer:
    if type_ is None or type_.name in OPAQUE:
        return None
    if type_.name in NUMERIC:
        return type_
    if type_.name == "INTERVAL":
        return plain_interval(type_)
    return Refusal(f"the sign `{name}` needs a number or an interval, not {type_.sql}", 0)


def _numeric(name: str, left: FlinkType, right: FlinkType) -> FlinkType | None:
    if name == "%":
        if not {left.name, right.name} <= INTEGERS | {"DECIMAL"}:
            return None
        if left.name in INTEGERS and right.name in INTEGERS:
            return right
    return decimals.arithmetic(name, left, right, False) or least_restrictive((left, right))


def _timely(name: str, left: FlinkType, right: FlinkType) -> FlinkType | None:
    """Of dates, times and intervals."""
    one, two = left.name, right.name
    if name in "+-" and one in DATETIME and two == "INTERVAL":
        return plain(left)
    if name == "+" and one == "INTERVAL" and two in DATETIME - {"TIMESTAMP_LTZ"}:  # Flink adds to it the other way round alone
        return plain(right)
    if name in "+-" and one == two == "INTERVAL":
        return plain_interval(left) if is_days(left) == is_days(right) else None
    if name == "*" and "INTERVAL" in (one, two) and {one, two} & INTEGERS:
        return plain_interval(left if one == "INTERVAL" else right)
    return None


def _not_between(name: str, left: FlinkType, right: FlinkType) -> Refusal:
    names = {left.name, right.name}
    help_ = None
    if name == "+" and names & CHARACTER:
        help_ = "join texts by ||" if names <= CHARACTER else "CAST one of them; texts are joined by ||"
    elif name == "-" and names <= DATETIME:
        help_ = "write TIMESTAMPDIFF(SECOND, earlier, later)"
    elif name == "+" and (left.name, right.name) == ("INTERVAL", "TIMESTAMP_LTZ"):
        help_ = "write the interval behind: time + INTERVAL ..."
    elif name in "+-" and names & DATETIME and names & NUMERIC:
        help_ = "add an interval: INTERVAL '1' DAY"
    elif names & CHARACTER:
        help_ = "CAST the text to a number"
    elif name == "%" and names <= NUMERIC:
        help_ = "`%` needs whole numbers or DECIMAL: CAST it"
    return Refusal(f"`{name}` does not go with {left.sql} and {right.sql}", None, help_)


def comparison(name: str, arguments: Sequence[Argument]) -> Answer:
    """``= <> < > <= >=``, IS [NOT] DISTINCT FROM, BETWEEN."""
    first = arguments[0]
    ordered = name in ("<", ">", "<=", ">=", "BETWEEN", "NOT BETWEEN")
    for other in arguments[1:]:
        one, two = first.type, other.type
        if one is not None and two is not None and casts.comparable(one, two, ordered) is False:
            return Refusal(f"{one.sql} and {two.sql} can't be compared", None, _compare_help(one, two))
    if name.endswith("DISTINCT FROM"):
        return FlinkType("BOOLEAN", nullable=False)
    return boolean(arguments) if all(argument.known for argument in arguments) else None


def _compare_help(left: FlinkType, right: FlinkType) -> str:
    target = left if left.name not in CHARACTER | BINARY else right
    return f"CAST one of them, for example to {replace(target, nullable=True).sql}"


def logical(name: str, arguments: Sequence[Argument]) -> Answer:
    """AND, OR, NOT, IS [NOT] TRUE ..."""
    for place, argument in enumerate(arguments):
        if argument.null:
            if name in ("AND", "OR"):
                continue
            return Refusal(f"a bare NULL has no type, and {name} needs one", place, _NULL)
        if argument.type is not None and argument.type.name not in OPAQUE | {"BOOLEAN"}:
            return Refusal(f"{name} needs a BOOLEAN, not {argument.type.sql}", place, "compare it with something")
    if name.startswith("IS "):
        return FlinkType("BOOLEAN", nullable=False)
    return boolean(arguments) if all(argument.known for argument in arguments) else None


def is_null(name: str, arguments: Sequence[Argument]) -> Answer:
    """IS [NOT] NULL, EXISTS, IS JSON: never NULL."""
    if "JSON" in name and (given := arguments[0].type) is not None and given.name not in CHARACTER | OPAQUE:
        return Refusal(f"{name} needs a STRING, not {given.sql}", 0)
    return FlinkType("BOOLEAN", nullable=False)


def like(name: str, arguments: Sequence[Argument]) -> Answer:
    """LIKE, SIMILAR TO with their NOT; the third argument is that of ESCAPE."""
    for place, argument in enumerate(arguments):
        if argument.null:
            return Refusal(f"a bare NULL has no type, and {name} needs one", place, _NULL)
        if argument.type is not None and argument.type.name not in CHARACTER | OPAQUE:
            return Refusal(f"{name} needs a STRING, not {argument.type.sql}", place, "CAST it to STRING")
    return boolean(arguments) if all(argument.known for argument in arguments) else None


def in_list(name: str, arguments: Sequence[Argument]) -> Answer:
    """``a IN (b, c)``: the values need a common type that compares with ``a``."""
    first, values = arguments[0], arguments[1:]
    known = [argument.type for argument in values if argument.type is not None]
    if len(known) == len(values):
        try:
            shared = least_restrictive(known)
        except Undecided:
            shared = known[0]
        if shared is None:
            place = next((i for i, t in enumerate(known) if i and not _mix(known[0], t)), None)
            return Refusal("the values behind IN have no common type", None if place is None else place + 1)
        left = first.type
        if left is not None and not _loosely_in(left, shared) and casts.comparable(left, shared, ordered=True) is False:
            return Refusal(f"{left.sql} and {shared.sql} can't be compared", 0, _compare_help(left, shared))
    return boolean(arguments) if all(argument.known for argument in arguments) else None


def _loosely_in(left: FlinkType, right: FlinkType) -> bool:
    """What IN takes and ``<`` does not."""
    return (left.name in CHARACTER and right.name in ("ROW", "INTERVAL")) or left.name == right.name == "ARRAY"


def _mix(left: FlinkType, right: FlinkType) -> bool:
    try:
        return least_restrictive((left, right)) is not None
    except Undecided:
        return True


def case(name: str, arguments: Sequence[Argument]) -> Answer:
    """CASE WHEN condition THEN value ... ELSE value END."""
    del name
    pairs = len(arguments) // 2 * 2
    for place in range(0, pairs, 2):
        condition = arguments[place].type
        if condition is not None and condition.name not in OPAQUE | {"BOOLEAN"}:
            return Refusal(f"a condition of CASE must be a BOOLEAN, not {condition.sql}", place)
    values = [*arguments[1:pairs:2], *arguments[pairs:]]
    known = [argument.type for argument in values if argument.type is not None]
    if not known and all(argument.null for argument in values):
        return Refusal("all values of this CASE are NULL, so it has no type", None, _NULL)
    found = None
    try:
        found = least_restrictive(known)
        if found is None and known:
            return Refusal(_no_common("CASE", known), None, "CAST them to one type")
    except Undecided:
        return None
    if found is None or not all(argument.known for argument in values):
        return None
    return nullable(found, found.nullable or len(arguments) == pairs or any(argument.null for argument in values))


def _no_common(what: str, types: Sequence[FlinkType]) -> str:
    other = next((t for t in types[1:] if not _mix(types[0], t)), types[-1])
    return f"the values of {what} have no common type: {types[0].sql} and {other.sql}"


def concat(name: str, arguments: Sequence[Argument]) -> Answer:
    """``||`` of texts. Flink knows the type of ``||`` over bytes and arrays, and then has no code for it."""
    for place, argument in enumerate(arguments):
        if argument.null:
            return Refusal("a bare NULL has no type, and `||` needs one", place, _NULL)
    left, right = (argument.type for argument in arguments)
    if left is None or right is None or left.name in OPAQUE or right.name in OPAQUE:
        return None
    is_nullable = left.nullable or right.nullable
    if left.name in CHARACTER and right.name in CHARACTER:
        size = min(left.sizes[0] + right.sizes[0], LONGEST)
        return FlinkType("CHAR" if left.name == right.name == "CHAR" else "VARCHAR", (size,), nullable=is_nullable)
    wrong = 0 if left.name not in CHARACTER else 1
    help_ = "write ARRAY_CONCAT(a, b)" if left.name == right.name == "ARRAY" else "CAST it to STRING"
    return Refusal(f"`{name}` does not go with {left.sql} and {right.sql}", wrong, help_)


def item(name: str, arguments: Sequence[Argument]) -> Answer:
    """``a[i]`` of an ARRAY, a MAP or a ROW: an element can be missing, so it is nullable."""
    del name
    value, index = arguments[0].type, arguments[1]
    if value is None or value.name in OPAQUE | {"VARIANT", "STRUCTURED"}:
        return None
    if value.name == "ARRAY":
        if index.type is not None and index.type.name not in NUMERIC | OPAQUE:
            return Refusal(f"the place in an ARRAY must be a whole number, not {index.type.sql}", 1)
        return nullable(value.children[0], True)
    if value.name == "MAP":
        key = value.children[0]
        if index.type is not None and casts.comparable(key, index.type, ordered=True) is False:
            return Refusal(f"the key of this MAP is {key.sql}, not {index.type.sql}", 1)
        return nullable(value.children[1], True)
    if value.name == "ROW":
        return None
    return Refusal(f"{value.sql} has no elements: [...] needs an ARRAY, a MAP or a ROW", 0)


def cast(name: str, arguments: Sequence[Argument]) -> Answer:
    """CAST and TRY_CAST: the value, and the type as an argument of its own."""
    value, target = arguments[0], arguments[1].type
    if target is None:
        return None
    always = name.upper() in ("TRY_CAST", "SAFE_CAST")
    if value.null:
        return nullable(target, True)
    if value.type is None:
        return nullable(target, True) if always else None
    allowed = casts.explicit(value.type, target)
    if allowed is False:
        return Refusal(f"no CAST leads from {value.type.sql} to {target.sql}", 0, _instead(value.type, target))
    return nullable(target, always or value.type.nullable)


def _instead(source: FlinkType, target: FlinkType) -> str | None:
    """The function for what CAST does not do: numbers and times."""
    if source.name in NUMERIC and target.name in TIMESTAMPS:
        return "TO_TIMESTAMP_LTZ(number, 0) reads seconds since 1970, TO_TIMESTAMP_LTZ(number, 3) milliseconds"
    if source.name in TIMESTAMPS and target.name in NUMERIC:
        return "UNIX_TIMESTAMP(CAST(time AS STRING)) gives seconds since 1970"
    return None


def row(name: str, arguments: Sequence[Argument]) -> Answer:
    """``ROW(a, b)`` and ``(a, b)``: fields are called EXPR$0 ..."""
    del name
    bare = next((at for at, argument in enumerate(arguments) if argument.null), None)
    if bare is not None:
        return Refusal("a bare NULL has no type, and ROW needs one", bare, _NULL)
    children = tuple(_plainly(argument.type) for argument in arguments if argument.type is not None)
    if len(children) < len(arguments):
        return None
    return FlinkType("ROW", (), children, tuple(f"EXPR${i}" for i in range(len(children))), nullable=False)


def _plainly(type_: FlinkType) -> FlinkType:
    return plain_interval(plain(type_)) if type_.name == "INTERVAL" else plain(type_)


def array(name: str, arguments: Sequence[Argument]) -> Answer:
    """``ARRAY[a, b]`` and ``MULTISET[a, b]``."""
    kind = name.upper()
    if not arguments:
        return Refusal(f"{kind}[] needs at least one element", None, f"CAST({kind}[CAST(NULL AS INT)] AS ...) has a type")
    inner = _elements(kind, arguments)
    return inner if inner is None or isinstance(inner, Refusal) else FlinkType(kind, (), (inner,), nullable=False)


def map_(name: str, arguments: Sequence[Argument]) -> Answer:
    """``MAP[k, v, k, v]``."""
    del name
    if not arguments:
        return Refusal("MAP[] needs at least one key and value")
    keys = _elements("MAP's keys", arguments[::2])
    values = _elements("MAP's values", arguments[1::2])
    for found in (keys, values):
        if found is None or isinstance(found, Refusal):
            return found
    assert isinstance(keys, FlinkType)
    assert isinstance(values, FlinkType)
    return FlinkType("MAP", (), (keys, values), nullable=False)


def _elements(what: str, arguments: Sequence[Argument]) -> Answer:
    known = [argument.type for argument in arguments if argument.type is not None]
    if not known:
        bare = arguments[0].null and what in ("ARRAY", "MULTISET")
        return Refusal(f"a bare NULL has no type, and {what} needs one", 0, _NULL) if bare else None
    try:
        found = least_restrictive(known)
    except Undecided:
        return None
    if found is None:
        return Refusal(_no_common(what, known), None, "CAST them to one type")
    if not all(argument.known for argument in arguments):
        return None
    return nullable(found, found.nullable or any(argument.null for argument in arguments))


def overlaps(name: str, arguments: Sequence[Argument]) -> Answer:
    """``(a, b) OVERLAPS (c, d)``, MEMBER OF and other tests whose arguments are not looked at."""
    del name
    return boolean(arguments) if all(argument.known for argument in arguments) else None


RULES: Mapping[str, Rule] = {
    **dict.fromkeys("+-*/%", arithmetic), **dict.fromkeys(COMPARISONS, comparison),
    **dict.fromkeys(("IS DISTINCT FROM", "IS NOT DISTINCT FROM", "BETWEEN", "NOT BETWEEN"), comparison),
    **dict.fromkeys(("AND", "OR", "NOT"), logical),
    **dict.fromkeys((f"IS {negated}{word}" for negated in ("", "NOT ") for word in ("TRUE", "FALSE", "UNKNOWN")), logical),
    **dict.fromkeys((f"IS {negated}{word}" for negated in ("", "NOT ") for word in (
        "NULL", "JSON", "JSON VALUE", "JSON OBJECT", "JSON ARRAY", "JSON SCALAR")), is_null),
    "EXISTS": is_null, **dict.fromkeys(("LIKE", "NOT LIKE", "SIMILAR TO", "NOT SIMILAR TO"), like),
    **dict.fromkeys(("IN", "NOT IN"), in_list), "CASE": case, "||": concat, "ITEM": item,
    **dict.fromkeys(("CAST", "TRY_CAST", "SAFE_CAST"), cast), "ROW": row, "ARRAY": array, "MULTISET": array, "MAP": map_,
    "OVERLAPS": overlaps,
}
