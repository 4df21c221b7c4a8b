"""Columns and rows as the gateway sends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["+I", "-U", "+U", "-D"]

_KINDS: Mapping[str, Kind] = {"INSERT": "+I", "UPDATE_BEFORE": "-U", "UPDATE_AFTER": "+U", "DELETE": "-D"}
_NAMES = {
    "INTEGER": "INT", "TIMESTAMP_WITHOUT_TIME_ZONE": "TIMESTAMP", "TIMESTAMP_WITH_LOCAL_TIME_ZONE": "TIMESTAMP_LTZ",
    "TIME_WITHOUT_TIME_ZONE": "TIME", "TIMESTAMP_WITH_TIME_ZONE": "TIMESTAMP WITH TIME ZONE",
}
_UNBOUNDED = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result; ``type`` is Flink's type as SQL text."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a result: what happens to it (``+I``, ``-U``, ``+U``, ``-D``) and its values as JSON gives them."""

    kind: Kind
    values: tuple[Any, ...]


def row_of(data: Mapping[str, Any]) -> Row:
    """A row of an answer's ``data``."""
    return Row(_KINDS[data["kind"]], tuple(data["fields"]))


def column_of(data: Mapping[str, Any]) -> Column:
    """A column of an answer's ``columns``."""
    return Column(data["name"], type_text(data["logicalType"]))


def type_text(data: Mapping[str, Any]) -> str:
    """A type in SQL: ``DECIMAL(10, 2)``, ``ARRAY<STRING NOT NULL>``, ``ROW<a INT>``; NOT NULL where it is so."""
    text = _plain(data)
    return text if data.get("nullable", True) else f"{text} NOT NULL"


def _plain(data: Mapping[str, Any]) -> str:
    name = data["type"]
    shown = _NAMES.get(name, name)
    match name:
        case "VARCHAR" | "VARBINARY" if data.get("length") == _UNBOUNDED:
            return "STRING" if name == "VARCHAR" else "BYTES"
        case "VARCHAR" | "CHAR" | "VARBINARY" | "BINARY":
            return f"{shown}({data['length']})"
        case "DECIMAL":
            return f"DECIMAL({data['precision']}, {data['scale']})"
        case "ARRAY" | "MULTISET":
            return f"{shown}<{type_text(data['elementType'])}>"
        case "MAP":
            return f"MAP<{type_text(data['keyType'])}, {type_text(data['valueType'])}>"
        case "ROW":
            return "ROW<" + ", ".join(f"`{f['name']}` {type_text(_field(f))}" for f in data["fields"]) + ">"
        case _ if "precision" in data and name.startswith(("TIMESTAMP", "TIME_")):
            return f"{shown}({data['precision']})"
    return str(shown)


def _field(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The type of a ROW's field, which stands beside its name or in ``fieldType``."""
    inner: Mapping[str, Any] = data.get("fieldType") or data.get("logicalType") or data
    return inner
