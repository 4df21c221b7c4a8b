"""Options of formats: values that are text for Flink's types and still not any text."""

from __future__ import annotations

from collections.abc import Iterator

from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.options.sheet import Sheet, UsedFormat
from flinksql_runner.project.placeholders import names_in

_VALUES = {
    "timestamp-format.standard": ("SQL", "ISO-8601"),
    "map-null-key.mode": ("FAIL", "DROP", "LITERAL"),
    "endianness": ("big-endian", "little-endian"),
}
_SINK_ONLY_ANY_CASE = ("map-null-key.mode",)  # Flink reads it where it writes
_ONE_CHARACTER = ("field-delimiter", "quote-character", "escape-character")


def check_formats(sheet: Sheet) -> Iterator[Diagnostic]:
    """Findings in the options of the formats that a table uses."""
    for used in sheet.formats():
        for factory in used.factories:
            for name in factory.options:
                key = used.prefix + name
                if key in sheet.options and not names_in(sheet.options[key]):
                    yield from _value(sheet, used, name, key, sheet.options[key])
        yield from _together(sheet, used)
        if used.identifier == "raw" and used.option in ("format", "value.format"):
            yield from _raw(sheet, used)


def _value(sheet: Sheet, used: UsedFormat, name: str, key: str, value: str) -> Iterator[Diagnostic]:
    allowed = _VALUES.get(name)
    if name in _SINK_ONLY_ANY_CASE:
        value = value.upper()
        allowed = allowed if sheet.side == "sink" else None
    if allowed is not None and value not in allowed:
        yield sheet.wrong("FS532", f"'{key}' is none of {', '.join(allowed)}", key, "write one of them")
    if used.identifier == "csv" and name in _ONE_CHARACTER and len(value) != 1 and not value.startswith("\\"):
        yield sheet.wrong("FS532", f"'{key}' must be a single character", key, "write one character")


def _together(sheet: Sheet, used: UsedFormat) -> Iterator[Diagnostic]:
    first, second = f"{used.prefix}fail-on-missing-field", f"{used.prefix}ignore-parse-errors"
    both = all(sheet.options.get(k, "").lower() == "true" for k in (first, second))
    if sheet.side == "source" and used.identifier == "json" and both:
        yield sheet.wrong("FS533", f"'{first}' and '{second}' can't both be true", first, "take one of them out")
    disable, quote = f"{used.prefix}disable-quote-character", f"{used.prefix}quote-character"
    if used.identifier == "csv" and quote in sheet.options and sheet.options.get(disable, "").lower() == "true":
        yield sheet.wrong("FS533", f"'{quote}' can't stand with '{disable}'", quote, "take one of them out", at_key=True)
    schema = f"{used.prefix}schema-include"
    if sheet.side == "sink" and used.identifier == "debezium-json" and sheet.options.get(schema, "").lower() == "true":
        yield sheet.wrong("FS533", f"'{schema}' can't be true in a sink", schema, "take it out: Flink writes no schema")


def _raw(sheet: Sheet, used: UsedFormat) -> Iterator[Diagnostic]:
    keys = sheet.options.get("key.fields", "")
    columns = sheet.physical_columns
    if not keys and sheet.connector != "upsert-kafka" and len(columns) > 1:
        yield sheet.wrong("FS539", f"the format `raw` is one column for the whole message, and the table has {len(columns)}",
                          used.option, "leave one column (METADATA and computed ones may stay), or choose another format")
