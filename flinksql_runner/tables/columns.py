"""Flink's column types as types of PostgreSQL and MySQL, and which existing types can take them."""

from __future__ import annotations

import re
from typing import Literal

Database = Literal["postgresql", "mysql"]
_TYPE = re.compile(r"\s*([A-Za-z_]+)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*(.*?)\s*\Z", re.DOTALL)
_ARRAY = re.compile(r"\s*ARRAY\s*<(.*)>\s*(?:NOT\s+NULL|NULL)?\s*\Z", re.IGNORECASE | re.DOTALL)
_NULLS = re.compile(r"\s*\b(?:NOT\s+NULL|NULL)\s*\Z", re.IGNORECASE)

_POSTGRES = {
    "BOOLEAN": "boolean", "TINYINT": "smallint", "SMALLINT": "smallint", "INT": "integer", "INTEGER": "integer",
    "BIGINT": "bigint", "FLOAT": "real", "DOUBLE": "double precision", "STRING": "text", "BYTES": "bytea", "VARBINARY": "bytea",
    "BINARY": "bytea", "DATE": "date",
}
_MYSQL = {
    "BOOLEAN": "boolean", "TINYINT": "tinyint", "SMALLINT": "smallint", "INT": "int", "INTEGER": "int", "BIGINT": "bigint",
    "FLOAT": "float", "DOUBLE": "double", "STRING": "longtext", "BYTES": "longblob", "VARBINARY": "longblob",
    "BINARY": "longblob", "DATE": "date",
}
# families of PostgreSQL's types, narrow to wide: a column may be as wide as declared, or wider
_FAMILIES = (
    ("smallint", "integer", "bigint", "numeric"), ("real", "double precision"), ("numeric",), ("boolean",), ("bytea",), ("date",),
    ("character", "character varying", "text"), ("timestamp without time zone", "timestamp with time zone"),
    ("time without time zone",),
)


class NoColumnType(ValueError):
    """A Flink type that the database has no column for; the message is for the user."""


def column_type(flink_type: str, database: Database = "postgresql", *, key: bool = False) -> str:
    """The database's type for a column, written as PostgreSQL itself prints it.

    :param flink_type: SQL text such as ``DECIMAL(10, 2)`` or ``ARRAY<STRING> NOT NULL``.
    :param key: whether it is part of a key (MySQL can't index a text without a length).
    :raises NoColumnType: where there is none (MAP, ROW ...).
    """
    inner = _ARRAY.match(flink_type)
    if inner:
        if database == "mysql":
            raise NoColumnType("MySQL has no arrays")
        element = column_type(inner.group(1), database)
        return element + "[]"
    found = _TYPE.match(_NULLS.sub("", flink_type))
    name = found.group(1).upper() if found else ""
    first, second, rest = (found.group(2), found.group(3), found.group(4).upper()) if found else (None, None, "")
    if name == "DOUBLE" and rest == "PRECISION":
        rest = ""
    if database == "mysql" and key and name in ("STRING", "VARCHAR") and not first:
        return "varchar(255)"
    simple = (_POSTGRES if database == "postgresql" else _MYSQL).get(name)
    if simple and not rest:
        return simple
    if name in ("DECIMAL", "DEC", "NUMERIC"):
        return f"{'numeric' if database == 'postgresql' else 'decimal'}({first or 10},{second or 0})"
    if name in ("CHAR", "VARCHAR"):
        size = int(first or 1)
        if name == "VARCHAR" and (not first or size > 10_000_000):
            return "text" if database == "postgresql" else "longtext"
        long = {"CHAR": "character", "VARCHAR": "character varying"}[name] if database == "postgresql" else name.lower()
        return f"{long}({size})"
    if name in ("TIME", "TIMESTAMP", "TIMESTAMP_LTZ"):
        return _moment(name, min(int(first if first is not None else 6 if name != "TIME" else 0), 6), rest, database)
    raise NoColumnType(f"{'PostgreSQL' if database == 'postgresql' else 'MySQL'} has no column for `{flink_type.strip()}`")


def _moment(name: str, precision: int, rest: str, database: Database) -> str:
    local = name == "TIMESTAMP_LTZ" or "LOCAL" in rest
    if database == "mysql":
        return f"time({precision})" if name == "TIME" else f"{'timestamp' if local else 'datetime'}({precision})"
    kind = "time" if name == "TIME" else "timestamp"
    return f"{kind}({precision}) {'with' if local else 'without'} time zone"


def holds(existing: str, wanted: str) -> bool:
    """Whether an existing PostgreSQL column of one type can take what another type was meant for (lengths aside)."""
    if existing.endswith("[]") or wanted.endswith("[]"):
        return existing.endswith("[]") and wanted.endswith("[]") and holds(existing[:-2], wanted[:-2])
    have, want = _base(existing), _base(wanted)
    if have == want:
        return not _shorter(existing, wanted)
    return any(have in f and want in f and f.index(have) > f.index(want) for f in _FAMILIES)


def _base(text: str) -> str:
    return re.sub(r"\s*\([^)]*\)", "", text).strip()


def _shorter(existing: str, wanted: str) -> bool:
    """Whether a text or number column is shorter than declared; the precision of times may differ."""
    if not wanted.startswith(("character", "numeric")):
        return False
    have, want = ([int(n) for n in re.findall(r"\d+", t)] for t in (existing, wanted))
    return bool(have) and bool(want) and (have[0] < want[0] or (len(have) == len(want) == 2 and have[1] < want[1]))
