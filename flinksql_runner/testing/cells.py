"""Values of tests: from YAML to what Flink's json format reads, and both sides of a comparison in one form.

Flink prints a result by ``CAST(x AS STRING)``; what a test expects is brought into the same form by the column's type.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from flinksql_runner.functions.types import SqlType, TypeTextError, parse_type
from flinksql_runner.testing.matchers import Matcher, WrongMatcher, matcher_of

_WHOLE = {"TINYINT": 8, "SMALLINT": 16, "INT": 32, "BIGINT": 64}
_TEXTS = ("STRING", "VARCHAR", "CHAR")
_BYTES = ("BYTES", "VARBINARY", "BINARY")
_DATE, _CLOCK = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d:\d\d(?:\.\d{1,9})?"
_TIMES = {
    "DATE": (re.compile(_DATE), "2026-01-31"), "TIME": (re.compile(_CLOCK), "12:30:00"),
    "TIMESTAMP": (re.compile(f"{_DATE} {_CLOCK}"), "2026-01-31 12:30:00"),
    "TIMESTAMP_LTZ": (re.compile(f"{_DATE} {_CLOCK}"), "2026-01-31 12:30:00"),
}
_ATTRIBUTE = re.compile(r"\s*\*(?:ROWTIME|PROCTIME)\*\s*")
_HEX = re.compile(r"[xX]'((?:[0-9a-fA-F]{2})*)'\Z")


class WrongCell(ValueError):
    """A value that its column can't hold; the message is for the user."""


def type_of(text: str) -> SqlType:
    """A column's type as DESCRIBE gives it, without its time attribute; a type that we don't know has only a name."""
    plain = _ATTRIBUTE.sub(" ", text).strip()
    try:
        return parse_type(plain)
    except TypeTextError:
        return SqlType(plain.split("(")[0].split("<")[0].upper(), nullable=not plain.endswith("NOT NULL"))


def json_value(value: object, type_: SqlType) -> object:
    """The value as Flink's json format wants it (timestamps in its SQL form).

    :raises WrongCell: where the column can't hold it.
    """
    name = type_.name
    if value is None:
        if not type_.nullable:
            raise WrongCell("null is not allowed here (NOT NULL)")
        return None
    if name in ("ARRAY", "MULTISET"):
        if not isinstance(value, list):
            raise _wrong(value, type_)
        return [json_value(v, type_.children[0]) for v in value]
    if name == "MAP":
        return {_text(k): json_value(v, type_.children[1]) for k, v in _mapping(value, type_).items()}
    if name == "ROW":
        found = dict(zip(type_.fields, value, strict=False)) if isinstance(value, list) else _mapping(value, type_)
        unknown = [k for k in found if k not in type_.fields]
        if unknown:
            raise WrongCell(f"`{unknown[0]}` is no field of {type_.sql}")
        return {f: json_value(found.get(f), c) for f, c in zip(type_.fields, type_.children, strict=True)}
    if isinstance(value, (list, dict)):
        raise _wrong(value, type_)
    return _scalar(value, type_)


def default_of(type_: SqlType) -> object:
    """What stands in a NOT NULL column that a test does not name: zero, empty, false, the epoch."""
    if type_.name in ("ARRAY", "MULTISET"):
        return []
    if type_.name == "MAP":
        return {}
    if type_.name == "ROW":
        return {f: None if c.nullable else default_of(c) for f, c in zip(type_.fields, type_.children, strict=True)}
    if type_.name in _TIMES:
        return {"DATE": "1970-01-01", "TIME": "00:00:00"}.get(type_.name, "1970-01-01 00:00:00")
    return {"BOOLEAN": False}.get(type_.name, "" if type_.name in (*_TEXTS, *_BYTES) else 0)


def expected(value: object, type_: SqlType) -> object:
    """What a test expects, in the form of ``found``, or a matcher.

    :raises WrongCell: where the column can never hold it.
    """
    if value is None:
        return None
    try:
        matcher = matcher_of(value, type_.name)
    except WrongMatcher as problem:
        raise WrongCell(str(problem)) from None
    if matcher is not None:
        return matcher
    if type_.name in ("ARRAY", "MULTISET", "MAP", "ROW"):
        return _printed(value, type_)
    return found(_text(_scalar(value, type_)) if type_.name not in _BYTES else _text(value), type_)


def found(text: str | None, type_: SqlType) -> object:
    """A value that Flink has printed, in a form that compares: numbers as numbers, times without zeros at their end."""
    if text is None:
        return None
    name = type_.name
    if name in _WHOLE or name == "DECIMAL":
        try:
            return Decimal(text)
        except InvalidOperation:
            return text
    if name in ("FLOAT", "DOUBLE"):
        try:
            return float(text)
        except ValueError:
            return text
    if name == "BOOLEAN":
        return text.upper()
    if name in _TIMES:
        plain = text.removesuffix("Z").replace("T", " ")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return text


def same(wanted: object, seen: object) -> bool:
    """Whether two values of ``expected`` and ``found`` are the same; floating numbers to nine digits."""
    if isinstance(wanted, Matcher):
        return wanted.accepts(seen)
    if isinstance(wanted, float) and isinstance(seen, float):
        is_near = abs(wanted - seen) <= 1e-9 * max(abs(wanted), abs(seen))
        return wanted == seen or is_near or (math.isnan(wanted) and math.isnan(seen))
    return wanted == seen


def shown(value: object) -> str:
    """A value as a person reads it in a table."""
    return "NULL" if value is None else str(value)


def _scalar(value: object, type_: SqlType) -> object:
    name, text = type_.name, _text(value)
    if name in _WHOLE:
        if isinstance(value, bool) or not re.fullmatch(r"[-+]?\d+", text) or not -(2 ** (_WHOLE[name] - 1)) <= int(text) < 2 ** (
                _WHOLE[name] - 1):
            raise _wrong(value, type_)
        return int(text)
    if name in ("DECIMAL", "FLOAT", "DOUBLE"):
        try:
            Decimal(text)
        except InvalidOperation:
            raise _wrong(value, type_) from None
        if isinstance(value, bool):
            raise _wrong(value, type_)
        return text if name == "DECIMAL" else float(text)
    if name == "BOOLEAN":
        if text.lower() not in ("true", "false"):
            raise _wrong(value, type_)
        return text.lower() == "true"
    if name in _TIMES:
        return _time(value, type_)
    if name in _BYTES:
        match = _HEX.match(text)
        return base64.b64encode(bytes.fromhex(match.group(1)) if match else text.encode()).decode()
    return text


def _time(value: object, type_: SqlType) -> str:
    pattern, example = _TIMES[type_.name]
    text = _text(value).strip()
    if type_.name.startswith("TIMESTAMP"):
        text = text.replace("T", " ", 1).removesuffix("Z").strip()
        if re.fullmatch(_DATE, text):
            text += " 00:00:00"
    if not pattern.fullmatch(text):
        raise WrongCell(f"`{_text(value)}` is no {type_.name}: write it like '{example}'")
    return text + "Z" if type_.name == "TIMESTAMP_LTZ" else text


def _printed(value: object, type_: SqlType) -> str:
    """A nested value in the words of Flink's CAST to STRING."""
    if value is None:
        return "NULL"
    if type_.name in ("ARRAY", "MULTISET"):
        if not isinstance(value, list):
            raise _wrong(value, type_)
        return "[" + ", ".join(_printed(v, type_.children[0]) for v in value) + "]"
    if type_.name == "MAP":
        key, item = type_.children
        return "{" + ", ".join(f"{_printed(k, key)}={_printed(v, item)}" for k, v in _mapping(value, type_).items()) + "}"
    if type_.name == "ROW":
        cells = value if isinstance(value, list) else [_mapping(value, type_).get(f) for f in type_.fields]
        return "(" + ", ".join(_printed(v, c) for v, c in zip(cells, type_.children, strict=False)) + ")"
    return _text(_scalar(value, type_)).upper() if type_.name == "BOOLEAN" else _text(_scalar(value, type_))


def _mapping(value: object, type_: SqlType) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _wrong(value, type_)
    return value


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _wrong(value: object, type_: SqlType) -> WrongCell:
    return WrongCell(f"`{_text(value)}` is no {type_.sql.removesuffix(' NOT NULL')}")
