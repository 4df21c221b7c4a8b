"""Values of tests as typed SQL, for what is written into a query: results of stubs, rows of lookup tables, the clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from flinksql_runner.compiler.declare import literal
from flinksql_runner.functions.types import SqlType
from flinksql_runner.testing.cells import WrongCell, json_value

_BYTES = ("BYTES", "VARBINARY", "BINARY")


def sql_value(value: object, type_: SqlType, zone: str = "UTC") -> str:
    """An expression of exactly this type that has the value.

    :param zone: the session's time zone: what Flink takes a TIMESTAMP for when it makes a TIMESTAMP_LTZ of it.
    :raises WrongCell: where the type can't hold it.
    """
    json_value(value, type_)  # says what is wrong, in the words of columns
    return f"CAST({_bare(value, type_, zone)} AS {type_.sql.removesuffix(' NOT NULL')})"


def _bare(value: object, type_: SqlType, zone: str) -> str:
    """The value in a form that casts to the type."""
    name = type_.name
    if value is None:
        return "NULL"
    if name == "ROW":
        cells = dict(zip(type_.fields, value, strict=False)) if isinstance(value, list) else value
        assert isinstance(cells, Mapping)
        return "ROW(" + ", ".join(sql_value(cells.get(f), c, zone)
                                  for f, c in zip(type_.fields, type_.children, strict=True)) + ")"
    if name == "ARRAY":
        assert isinstance(value, list)
        return "ARRAY[" + ", ".join(sql_value(v, type_.children[0], zone) for v in value) + "]" if value else _empty(type_)
    if name == "MAP":
        assert isinstance(value, Mapping)
        key, item = type_.children
        pairs = ", ".join(f"{sql_value(k, key, zone)}, {sql_value(v, item, zone)}" for k, v in value.items())
        return f"MAP[{pairs}]" if value else _empty(type_)
    if name == "MULTISET":
        raise WrongCell(f"a {type_.sql} can't be written in SQL")
    if name in _BYTES:
        text = str(value)
        return text if text[:2].lower() == "x'" else f"x'{text.encode().hex()}'"
    if name == "TIMESTAMP_LTZ":
        return literal(local(str(json_value(value, type_)), zone))
    if name == "BOOLEAN":
        return "TRUE" if json_value(value, type_) else "FALSE"
    return literal(str(json_value(value, type_)))


def _empty(type_: SqlType) -> str:
    """Flink knows no empty ARRAY[] or MAP[]: one of a type, with what is in it taken out again."""
    if type_.name == "ARRAY":
        item = type_.children[0].sql.removesuffix(" NOT NULL")
        return f"ARRAY_REMOVE(ARRAY[CAST(NULL AS {item})], CAST(NULL AS {item}))"
    key, item = (c.sql.removesuffix(" NOT NULL") for c in type_.children)
    none = [f"ARRAY_REMOVE(ARRAY[CAST(NULL AS {t})], CAST(NULL AS {t}))" for t in (key, item)]
    return f"MAP_FROM_ARRAYS({none[0]}, {none[1]})"


def moment(text: str) -> datetime:
    """A time as tests write it, in UTC unless it says its offset.

    :raises WrongCell: where it is none.
    """
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "T", 1).replace("Z", "+00:00"))
    except ValueError:
        raise WrongCell(f"`{text}` is no time: write it like '2026-01-31 12:30:00'") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=timezone.utc)


def local(text: str, zone: str) -> str:
    """A time in UTC as a clock in this zone shows it; digits behind the point stay as they are."""
    plain = text.strip().removesuffix("Z").replace("T", " ", 1)
    seconds, _, rest = plain.partition(".")
    there = moment(seconds).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")
    return f"{there}.{rest}" if rest else there
