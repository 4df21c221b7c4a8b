"""Options of jdbc that contradict each other or need others."""

from __future__ import annotations

from collections.abc import Iterator

from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.options.sheet import Sheet
from flinksql_runner.options.types import nanoseconds

_TOGETHER = (
    ("scan.partition.column", "scan.partition.num", "scan.partition.lower-bound", "scan.partition.upper-bound"),
    ("lookup.cache.max-rows", "lookup.cache.ttl"), ("username", "password"),
)
_PARTIAL = tuple(f"lookup.partial-cache.{k}" for k in ("expire-after-access", "expire-after-write", "max-rows"))
_SECOND = 10**9


def check_jdbc(sheet: Sheet) -> Iterator[Diagnostic]:
    """Findings in a table of the connector ``jdbc``; Flink holds both sides to all of it."""
    for group in _TOGETHER:
        given = [k for k in group if k in sheet.options]
        missing = [k for k in group if k not in sheet.options]
        if given and missing:
            yield sheet.wrong("FS534", f"'{given[0]}' needs {', '.join(f'{k!r}' for k in missing)}", given[0],
                              "give all of them, or none", at_key=True)
    low, high = sheet.number("scan.partition.lower-bound"), sheet.number("scan.partition.upper-bound")
    if low is not None and high is not None and low > high:
        yield sheet.wrong("FS533", f"'scan.partition.lower-bound' is above 'scan.partition.upper-bound' ({high})",
                          "scan.partition.lower-bound", "swap the two")
    for key in ("lookup.max-retries", "sink.max-retries"):
        number = sheet.number(key)
        if number is not None and number < 0:
            yield sheet.wrong("FS532", f"'{key}' can't be negative", key, "0 means that nothing is tried again")
    timeout = sheet.known("connection.max-retry-timeout")
    length = nanoseconds(timeout) if timeout else None
    if length is not None and length < _SECOND:
        yield sheet.wrong("FS532", "'connection.max-retry-timeout' must be a second at least", "connection.max-retry-timeout",
                          "write '1 s' or more")
    if sheet.side == "source" and sheet.known("lookup.cache") == "partial" and not any(k in sheet.options for k in _PARTIAL):
        yield sheet.wrong("FS534", f"'lookup.cache' = 'PARTIAL' needs one of {', '.join(f'{k!r}' for k in _PARTIAL)}",
                          "lookup.cache", f"add '{_PARTIAL[1]}' = '10 min'")
