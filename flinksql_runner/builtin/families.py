"""Families of types, as Flink's and Calcite's signatures name them, and types often needed."""

from __future__ import annotations

from msgspec.structs import replace

from flinksql_runner.dialect.types import LONGEST, FlinkType

INTEGERS = frozenset({"TINYINT", "SMALLINT", "INT", "BIGINT"})
APPROXIMATE = frozenset({"FLOAT", "DOUBLE"})
EXACT = INTEGERS | {"DECIMAL"}
NUMERIC = EXACT | APPROXIMATE
CHARACTER = frozenset({"CHAR", "VARCHAR"})
BINARY = frozenset({"BINARY", "VARBINARY"})
STRINGS = CHARACTER | BINARY
TIMESTAMPS = frozenset({"TIMESTAMP", "TIMESTAMP_LTZ"})
DATETIME = TIMESTAMPS | {"DATE", "TIME"}
COLLECTIONS = frozenset({"ARRAY", "MULTISET"})
CONSTRUCTED = COLLECTIONS | {"MAP", "ROW", "STRUCTURED"}
OPAQUE = frozenset({"RAW", "USER", "ANY"})  # types that only Flink itself can judge

# SqlTypeFamily of Calcite, and LogicalTypeFamily of Flink (in <...>)
FAMILIES: dict[str, frozenset[str]] = {
    "NUMERIC": NUMERIC, "EXACT_NUMERIC": EXACT, "INTEGER": INTEGERS, "CHARACTER": CHARACTER, "BINARY": BINARY, "STRING": STRINGS,
    "DATETIME": DATETIME, "TIMESTAMP": TIMESTAMPS, "DATE": frozenset({"DATE"}), "TIME": frozenset({"TIME"}),
    "BOOLEAN": frozenset({"BOOLEAN"}), "INTERVAL": frozenset({"INTERVAL"}), "COLLECTION": COLLECTIONS,
    "MAP": frozenset({"MAP"}), "ARRAY": frozenset({"ARRAY"}),
    "<NUMERIC>": NUMERIC, "<INTEGER_NUMERIC>": INTEGERS, "<CHARACTER_STRING>": CHARACTER, "<BINARY_STRING>": BINARY,
}
# how messages call them
SPOKEN = {
    "NUMERIC": "a number", "EXACT_NUMERIC": "an INT or DECIMAL", "INTEGER": "a whole number", "CHARACTER": "a STRING",
    "BINARY": "BYTES", "STRING": "a STRING or BYTES", "DATETIME": "a date or time", "TIMESTAMP": "a TIMESTAMP", "DATE": "a DATE",
    "TIME": "a TIME", "BOOLEAN": "a BOOLEAN", "INTERVAL": "an INTERVAL", "COLLECTION": "an ARRAY or MULTISET", "MAP": "a MAP",
    "ARRAY": "an ARRAY", "<NUMERIC>": "a number", "<INTEGER_NUMERIC>": "a whole number", "<CHARACTER_STRING>": "a STRING",
    "<BINARY_STRING>": "BYTES", "ANY": "any value", "ORDERED": "a value that has an order",
}

PRECISIONS = {"TINYINT": 3, "SMALLINT": 5, "INT": 10, "BIGINT": 19}  # of whole numbers, as decimals
DAYS, MONTHS = "SECOND(3)", "MONTH"  # Flink knows two intervals; all units of Calcite's become one of them
BOOLEAN = FlinkType("BOOLEAN")
INT = FlinkType("INT")
BIGINT = FlinkType("BIGINT")
DOUBLE = FlinkType("DOUBLE")
STRING = FlinkType("VARCHAR", (LONGEST,))


def is_days(interval: FlinkType) -> bool:
    """Whether an interval is one of days to seconds; else it is one of years and months."""
    return interval.detail.partition("(")[0].split(" ")[0].rstrip("S") not in ("YEAR", "QUARTER", "MONTH")


def plain_interval(interval: FlinkType) -> FlinkType:
    """An interval in the form that Flink gives it."""
    return replace(interval, detail=DAYS if is_days(interval) else MONTHS)


def decimal_of(type_: FlinkType) -> tuple[int, int] | None:
    """Precision and scale of a DECIMAL or of a whole number as one; None for others."""
    if type_.name == "DECIMAL":
        return type_.sizes[0], type_.sizes[1]
    return (PRECISIONS[type_.name], 0) if type_.name in PRECISIONS else None


def nullable(type_: FlinkType, is_nullable: bool) -> FlinkType:
    """The same type with this nullability."""
    return type_ if type_.nullable is is_nullable else replace(type_, nullable=is_nullable)


def plain(type_: FlinkType) -> FlinkType:
    """Without the mark of a time attribute."""
    return replace(type_, time=None) if type_.time else type_
