"""Options of kafka and upsert-kafka that contradict each other or need others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flinksql_runner.diagnostics import Diagnostic, Severity, did_you_mean
from flinksql_runner.options.sheet import Sheet
from flinksql_runner.project.placeholders import names_in

CHANGELOG_FORMATS = frozenset(("canal-json", "debezium-avro-confluent", "debezium-json", "maxwell-json", "ogg-json"))
"""Formats whose messages are changes, not rows."""
_OFFSETS = re.compile(r"partition:\d+,offset:\d+(;partition:\d+,offset:\d+)*")
_MODES = (("scan.startup.mode", "scan.startup"), ("scan.bounded.mode", "scan.bounded"))


def check_kafka(sheet: Sheet) -> Iterator[Diagnostic]:
    """Findings in a table of the connector ``kafka``."""
    yield from _topics(sheet)
    yield from _formats(sheet)
    yield from _key_fields(sheet)
    yield from _modes(sheet) if sheet.side == "source" else _writing(sheet)
    format = next((f for f in sheet.formats() if f.option in ("format", "value.format")), None)
    if format and sheet.node.primary_key and format.factories and format.identifier not in CHANGELOG_FORMATS:
        yield sheet.wrong("FS539", f"a table of kafka in the format `{format.identifier}` can't have a PRIMARY KEY: each message "
                          "is a new row", format.option, "take the PRIMARY KEY out, or use the connector 'upsert-kafka'")


def check_upsert_kafka(sheet: Sheet) -> Iterator[Diagnostic]:
    """Findings in a table of the connector ``upsert-kafka``."""
    yield from _topics(sheet)
    yield from _prefix(sheet, sheet.node.primary_key)
    if sheet.is_whole and not sheet.node.primary_key:
        yield sheet.wrong("FS539", "a table of upsert-kafka needs a PRIMARY KEY: the columns that are the key of its messages",
                          "connector", "add PRIMARY KEY (...) NOT ENFORCED behind the last column")
    for used in sheet.formats():
        if used.identifier in CHANGELOG_FORMATS:
            yield sheet.wrong("FS533", f"upsert-kafka can't take `{used.identifier}`: its messages are changes already",
                              used.option, "use the connector 'kafka' for it, or a format of rows, like json")
    if sheet.side == "source":
        yield from _modes(sheet)
        return
    yield from _transactions(sheet)
    rows, interval = sheet.number("sink.buffer-flush.max-rows"), sheet.known("sink.buffer-flush.interval")
    if rows is not None and interval is not None and (rows > 0) != (not interval.startswith("0")):
        key = "sink.buffer-flush.max-rows" if rows > 0 else "sink.buffer-flush.interval"
        yield sheet.wrong("FS534", "buffering needs 'sink.buffer-flush.max-rows' and 'sink.buffer-flush.interval', both above "
                          "zero", key, "give both, or neither")


def _topics(sheet: Sheet) -> Iterator[Diagnostic]:
    has_topic, has_pattern = "topic" in sheet.options, "topic-pattern" in sheet.options
    if has_topic and has_pattern:
        yield sheet.wrong("FS533", "'topic' and 'topic-pattern' can't stand together", "topic-pattern", "take one of them out",
                          at_key=True)
    elif not has_topic and not has_pattern:
        yield sheet.wrong("FS531", f"the connector `{sheet.connector}` needs the option 'topic'", "connector",
                          "add 'topic' = '...'" + (", or 'topic-pattern'" if sheet.side == "source" else ""))


def _formats(sheet: Sheet) -> Iterator[Diagnostic]:
    if "format" not in sheet.options and "value.format" not in sheet.options:
        yield sheet.wrong("FS531", "the connector `kafka` needs the option 'format'", "connector",
                          "add 'format' = 'json' or another")
    elif "format" in sheet.options and "value.format" in sheet.options:
        yield sheet.wrong("FS533", "'format' goes before 'value.format', which does nothing here", "value.format",
                          "take one of them out", at_key=True, severity=Severity.WARNING)
    key_format = sheet.options.get("key.format", "")
    if key_format in CHANGELOG_FORMATS:
        yield sheet.wrong("FS533", f"`{key_format}` can't be the format of a key: its messages are changes", "key.format",
                          "choose a format of rows, like json or raw")


def _key_fields(sheet: Sheet) -> Iterator[Diagnostic]:
    fields = _list(sheet.options.get("key.fields", ""))
    if "key.format" not in sheet.options:
        if "key.fields" in sheet.options and sheet.is_whole:
            yield sheet.wrong("FS534", "'key.fields' needs 'key.format'", "key.fields", "add 'key.format' = 'json' or another",
                              at_key=True)
        return
    if not fields:
        yield sheet.wrong("FS534", "'key.format' needs 'key.fields': the columns that are the key of a message", "key.format",
                          "add 'key.fields' = 'column;column'", at_key=True)
        return
    known = sheet.physical_columns
    for name in fields:
        if known and not names_in(name) and name not in known:
            near = did_you_mean(name, known)
            yield sheet.wrong("FS539", f"'key.fields' names `{name}`, which is no column that is read from a message",
                              "key.fields", near or f"name some of {', '.join(known)}, with ; between them")
    yield from _prefix(sheet, fields)


def _prefix(sheet: Sheet, fields: tuple[str, ...]) -> Iterator[Diagnostic]:
    prefix = sheet.options.get("key.fields-prefix", "")
    if not prefix or names_in(prefix):
        return
    if sheet.known("value.fields-include") == "all":
        yield sheet.wrong("FS533", "'key.fields-prefix' can't stand with 'value.fields-include' = 'ALL'", "key.fields-prefix",
                          "add 'value.fields-include' = 'EXCEPT_KEY'", at_key=True)
    for name in fields:
        if not name.startswith(prefix) or name == prefix:
            wrong = "is nothing but" if name == prefix else "does not begin with"
            yield sheet.wrong("FS533", f"the key column `{name}` {wrong} '{prefix}'", "key.fields-prefix",
                              "rename the column, or take the prefix out")


def _modes(sheet: Sheet) -> Iterator[Diagnostic]:
    for key, prefix in _MODES:
        mode = sheet.known(key) if key in sheet.factory.options else None
        place = key if key in sheet.options else "connector"
        told = "" if key in sheet.options else " (the default)"
        if mode == "timestamp" and f"{prefix}.timestamp-millis" not in sheet.options:
            yield sheet.wrong("FS534", f"'{key}' = 'timestamp' needs '{prefix}.timestamp-millis'", place,
                              f"add '{prefix}.timestamp-millis' = '...' (milliseconds since 1970)")
        elif mode == "specific-offsets":
            yield from _offsets(sheet, key, f"{prefix}.specific-offsets")
        elif mode == "group-offsets" and "properties.group.id" not in sheet.options:
            yield sheet.wrong("FS534", f"'{key}' = 'group-offsets'{told} needs 'properties.group.id'", place,
                              f"add 'properties.group.id' = '...', or another '{key}'")


def _offsets(sheet: Sheet, mode: str, key: str) -> Iterator[Diagnostic]:
    if key not in sheet.options:
        yield sheet.wrong("FS534", f"'{mode}' = 'specific-offsets' needs '{key}'", mode,
                          f"add '{key}' = 'partition:0,offset:42;partition:1,offset:300'")
        return
    if "topic-pattern" in sheet.options or len(_list(sheet.options.get("topic", ""))) > 1:
        yield sheet.wrong("FS533", f"'{mode}' = 'specific-offsets' needs a single topic", mode,
                          "name one topic, or take another mode")
    value = sheet.options[key]
    if not names_in(value) and not _OFFSETS.fullmatch(value.rstrip(";")):
        yield sheet.wrong("FS532", f"'{key}' is no list of offsets", key, "write 'partition:0,offset:42;partition:1,offset:300'")


def _writing(sheet: Sheet) -> Iterator[Diagnostic]:
    if sheet.options.get("sink.partitioner") == "round-robin" and "key.fields" in sheet.options:
        yield sheet.wrong("FS533", "'sink.partitioner' = 'round-robin' can't stand with 'key.fields'", "sink.partitioner",
                          "take one of them out: messages with a key go to the partition of their key")
    yield from _transactions(sheet)


def _transactions(sheet: Sheet) -> Iterator[Diagnostic]:
    if sheet.known("sink.delivery-guarantee") == "exactly-once" and "sink.transactional-id-prefix" not in sheet.options:
        yield sheet.wrong("FS534", "'sink.delivery-guarantee' = 'exactly-once' needs 'sink.transactional-id-prefix'",
                          "sink.delivery-guarantee", "add 'sink.transactional-id-prefix' = '...', one of its own for each job")


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
