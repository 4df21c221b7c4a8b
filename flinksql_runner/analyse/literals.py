"""Values written in the text, and their types."""

from __future__ import annotations

import re

from sqlglot import exp

from flinksql_runner.analyse.algebra import Scalar
from flinksql_runner.analyse.context import Typing, unknown
from flinksql_runner.dialect.types import FlinkType

INT = FlinkType("INT", nullable=False)
BIGINT = FlinkType("BIGINT", nullable=False)
DOUBLE = FlinkType("DOUBLE", nullable=False)
TRUTH = FlinkType("BOOLEAN", nullable=False)
_MS = {"SECOND": 1000, "MINUTE": 60_000, "HOUR": 3_600_000, "DAY": 86_400_000, "WEEK": 604_800_000}


def literal(typing: Typing, node: exp.Expr) -> Scalar:
    """A string or a number."""
    text = str(node.this)
    if node.args.get("is_string"):
        return Scalar("literal", FlinkType("CHAR", (len(text),), nullable=False), value=text, syntax=node)
    if "start" not in node.meta:  # `.5`, to which the parser added the 0
        return Scalar("literal", number(text.removeprefix("0")), value=text, syntax=node)
    return Scalar("literal", number(text), value=text, syntax=node)


def unicode_string(typing: Typing, node: exp.Expr) -> Scalar:
    r"""``U&'\0041'``: four digits behind the sign are one character, two signs are the sign."""
    escape = node.args.get("escape")
    sign = escape.name if isinstance(escape, exp.Expr) else "\\"
    text = str(node.this)
    known = f"{sign}+" not in text
    length = len(re.sub(f"{re.escape(sign)}(?:{re.escape(sign)}|[0-9A-Fa-f]{{4}})", "x", text))
    return Scalar("literal", FlinkType("CHAR", (length,), nullable=False) if known else None, value=text, syntax=node)


def number(text: str) -> FlinkType | None:
    """The type of a number as it is written."""
    if "e" in text or "E" in text:
        return DOUBLE
    if "." not in text:
        if not text.isdigit():
            return None
        value = int(text)
        return INT if value <= 2**31 - 1 else BIGINT if value <= 2**63 - 1 else None
    whole, _, fraction = text.partition(".")
    precision = len(whole) + len(fraction)
    return FlinkType("DECIMAL", (precision, len(fraction)), nullable=False) if precision <= 38 else None


def boolean(typing: Typing, node: exp.Expr) -> Scalar:
    """TRUE, FALSE."""
    return Scalar("literal", TRUTH, value="TRUE" if node.this else "FALSE", syntax=node)


def null(typing: Typing, node: exp.Expr) -> Scalar:
    """NULL."""
    return Scalar("literal", None, value=None, syntax=node)


def typed_literal(typing: Typing, node: exp.Expr) -> Scalar:
    """``DATE '...'``, ``TIME '...'``, ``TIMESTAMP '...'``."""
    kind, text = str(node.args["kind"]), node.this.name if isinstance(node.this, exp.Expr) else ""
    digits = min(len(text.rpartition(".")[2]), 9) if "." in text else 0
    if kind == "DATE":
        found = FlinkType("DATE", nullable=False)
    elif kind == "TIME":
        found = FlinkType("TIME", (digits,), nullable=False)
    else:
        found = FlinkType("TIMESTAMP_LTZ" if "LOCAL" in kind else "TIMESTAMP", (digits,), nullable=False)
    return Scalar("literal", found, value=text, syntax=node)


def interval(typing: Typing, node: exp.Expr) -> Scalar:
    """``INTERVAL '1' DAY``."""
    unit = node.args.get("unit")
    detail = unit.name if isinstance(unit, exp.Expr) else ""
    value = node.this
    text = value.name if isinstance(value, exp.Literal) else None
    if isinstance(value, exp.Neg) and isinstance(value.this, exp.Literal):
        text = f"-{value.this.name}"
    found = FlinkType("INTERVAL", nullable=False, detail=detail)
    if text is None:
        return Scalar("call", found, "INTERVAL", syntax=node)
    return Scalar("literal", found, value=text, syntax=node)


def milliseconds(scalar: Scalar) -> int | None:
    """The length of an interval of days to seconds that is written as a literal."""
    if scalar.kind != "literal" or scalar.type is None or scalar.type.name != "INTERVAL" or scalar.value is None:
        return None
    unit = scalar.type.detail.partition("(")[0].strip().rstrip("S")
    first, _, last = scalar.type.detail.partition(" TO ")
    try:
        if last:
            return _compound(scalar.value, first.partition("(")[0].rstrip("S"))
        return round(float(scalar.value) * _MS[unit]) if unit in _MS else None
    except (ValueError, KeyError, IndexError):
        return None


def _compound(text: str, first: str) -> int:
    """``1 02:03`` of DAY TO MINUTE."""
    sign = -1 if text.startswith("-") else 1
    parts = text.lstrip("+-").replace(":", " ").split()
    units = ["DAY", "HOUR", "MINUTE", "SECOND"]
    at = units.index(first)
    return sign * round(sum(float(p) * _MS[units[at + i]] for i, p in enumerate(parts)))


def parts(typing: Typing, node: exp.Expr) -> Scalar:
    """``'a' 'b'``: one literal."""
    items = node.expressions
    if items and all(isinstance(i, exp.Literal) for i in items):
        text = "".join(i.name for i in items)
        return Scalar("literal", FlinkType("CHAR", (len(text),), nullable=False), value=text, syntax=node)
    return unknown(node)


def hexadecimal(typing: Typing, node: exp.Expr) -> Scalar:
    """``X'AB'``."""
    text = str(node.args.get("this") or "")
    return Scalar("call", FlinkType("BINARY", (max(len(text) // 2, 1),), nullable=False), "X", syntax=node)
