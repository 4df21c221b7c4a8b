"""Values that Flink has printed, written as the YAML of a test: in the shortest form that reads back as the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

import yaml

from flinksql_runner.functions.types import SqlType
from flinksql_runner.testing.cells import WrongCell, expected, found

_NESTED = ("ARRAY", "MULTISET", "MAP", "ROW")
_NUMBERS = ("TINYINT", "SMALLINT", "INT", "BIGINT", "DECIMAL", "FLOAT", "DOUBLE")
_TIMES = ("DATE", "TIME", "TIMESTAMP", "TIMESTAMP_LTZ")
_OPEN, _CLOSE = "[{(", "]})"


def row_text(cells: Mapping[str, str]) -> str:
    """A row as a flow mapping; the cells are YAML already."""
    return "{" + ", ".join(f"{key_text(name)}: {value}" for name, value in cells.items()) + "}"


def key_text(name: str) -> str:
    """A column's name as a key."""
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) and _reads_as(name, name) else _quoted(name)


def value_text(text: str | None, type_: SqlType) -> str:
    """A value of Flink's ``CAST(x AS STRING)`` as flow YAML that a test expects it by.

    A nested value that can't be told from its print (a text in it with `, ` or a bracket) becomes a pattern.
    """
    if text is None:
        return "null"
    if type_.name in _NESTED:
        value = _parsed(text, type_)
        if value is not _UNCLEAR and _is_expected(value, text, type_):
            return flow_text(value)
        return "{matches: " + _quoted(re.escape(text)) + "}"
    if type_.name in _TIMES:
        return _quoted(str(found(text, type_)))
    if type_.name == "BOOLEAN":
        return text.lower()
    if type_.name in _NUMBERS and _is_number(text, type_):
        return text
    return scalar_text(text)


def flow_text(value: object) -> str:
    """A value as YAML in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar_text(str(k))}: {flow_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow_text, value)) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return scalar_text(value) if isinstance(value, str) else str(value)


def scalar_text(text: str) -> str:
    """A text as a flow scalar: plain where it reads back as the same text, else in quotes."""
    plain = bool(text) and text.isprintable() and not re.search(r"[,\[\]{}#:&*!|>'\"%@`]", text) and text[0] not in "-?=~< "
    return text if plain and _reads_as(text, text) else _quoted(text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'" if text.isprintable() else json.dumps(text, ensure_ascii=False)


def _reads_as(text: str, value: object) -> bool:
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError:
        return False
    return type(read) is type(value) and read == value


def _is_number(text: str, type_: SqlType) -> bool:
    """Whether YAML reads it as a number that is expected as the same: long decimals lose digits, `1.0E10` is a text."""
    read = yaml.safe_load(text) if re.fullmatch(r"[-+.\dEe]+", text) else None
    return isinstance(read, (int, float)) and _is_expected(read, text, type_)


def _is_expected(value: object, text: str, type_: SqlType) -> bool:
    try:
        return expected(value, type_) == found(text, type_)
    except WrongCell:
        return False


class _Unclear:
    pass


_UNCLEAR = _Unclear()


def _parsed(text: str, type_: SqlType) -> object:
    """The value whose print this is, ``_UNCLEAR`` where its parts can't be told apart."""
    if text == "NULL":
        return None
    name = type_.name
    if name not in _NESTED:
        read = yaml.safe_load(value_text(text, type_))
        return read if not isinstance(read, dict) else _UNCLEAR
    if len(text) < 2 or text[0] not in _OPEN or text[-1] != _CLOSE[_OPEN.index(text[0])]:
        return _UNCLEAR
    parts = [*_parts(text[1:-1])]
    if name in ("ARRAY", "MULTISET"):
        return _all([_parsed(p, type_.children[0]) for p in parts])
    if name == "ROW":
        if len(parts) != len(type_.children):
            return _UNCLEAR
        values = _all([_parsed(p, c) for p, c in zip(parts, type_.children, strict=True)])
        return dict(zip(type_.fields, values, strict=True)) if isinstance(values, list) else _UNCLEAR
    pairs = [p.partition("=") for p in parts]
    values = _all([_parsed(v, type_.children[1]) for _, _, v in pairs])
    return dict(zip((k for k, _, _ in pairs), values, strict=True)) if isinstance(values, list) else _UNCLEAR


def _all(values: Sequence[object]) -> object:
    return _UNCLEAR if any(v is _UNCLEAR for v in values) else list(values)


def _parts(text: str) -> Iterator[str]:
    """What stands between the commas of the outermost level."""
    depth, start = 0, 0
    for at, sign in enumerate(text):
        depth += (sign in _OPEN) - (sign in _CLOSE)
        if depth == 0 and text.startswith(", ", at):
            yield text[start:at]
            start = at + 2
    if text:
        yield text[start:]
