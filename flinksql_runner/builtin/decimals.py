"""Precision and scale of results, as class ``LogicalTypeMerging`` of Flink derives them."""

from __future__ import annotations

from flinksql_runner.builtin.families import PRECISIONS, decimal_of
from flinksql_runner.dialect.types import FlinkType

GREATEST = 38
_LEAST_SCALE = 6  # digits behind the point that are kept where a result is too wide


def decimal(precision: int, scale: int, nullable: bool) -> FlinkType:
    """A DECIMAL; a scale gives way where there are more than 38 digits."""
    if precision > GREATEST:
        whole = precision - scale
        precision, scale = GREATEST, max(GREATEST - whole, min(scale, _LEAST_SCALE))
    return FlinkType("DECIMAL", (precision, scale), nullable=nullable)


def arithmetic(operator: str, left: FlinkType, right: FlinkType, nullable: bool) -> FlinkType | None:
    """The type of ``left operator right`` where both are exact and one is a DECIMAL; None elsewhere."""
    one, two = decimal_of(left), decimal_of(right)
    if one is None or two is None or "DECIMAL" not in (left.name, right.name):
        return None
    (p1, s1), (p2, s2) = one, two
    if operator in "+-":
        scale = max(s1, s2)
        return decimal(max(p1 - s1, p2 - s2) + scale + 1, scale, nullable)
    if operator == "*":
        return decimal(p1 + p2 + 1, s1 + s2, nullable)
    if operator == "/":
        scale = max(_LEAST_SCALE, s1 + p2 + 1)
        return decimal(p1 - s1 + s2 + scale, scale, nullable)
    if s1 == 0 and s2 == 0:
        return FlinkType(right.name, right.sizes, nullable=nullable)
    scale = max(s1, s2)
    return decimal(min(p1 - s1, p2 - s2) + scale, scale, nullable)


def common(left: FlinkType, right: FlinkType) -> FlinkType:
    """The DECIMAL that holds both."""
    one, two = decimal_of(left), decimal_of(right)
    assert one is not None
    assert two is not None
    (p1, s1), (p2, s2) = one, two
    whole = min(max(p1 - s1, p2 - s2), GREATEST)
    scale = min(max(s1, s2), GREATEST - whole)
    return FlinkType("DECIMAL", (whole + scale, scale))


def rounded(value: FlinkType, digits: int) -> FlinkType:
    """ROUND and TRUNCATE of a DECIMAL to so many digits behind the point."""
    precision, scale = value.sizes
    if digits >= scale:
        return FlinkType("DECIMAL", (precision, scale))
    if digits < 0:
        return FlinkType("DECIMAL", (min(GREATEST, 1 + precision - scale), 0))
    return FlinkType("DECIMAL", (1 + precision - scale + digits, digits))


def wider(left: FlinkType, right: FlinkType) -> FlinkType:
    """The wider of two whole numbers."""
    return right if PRECISIONS[right.name] > PRECISIONS[left.name] else left
