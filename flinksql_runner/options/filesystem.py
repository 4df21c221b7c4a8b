"""Options of filesystem that Flink can read and still refuses."""

from __future__ import annotations

from collections.abc import Iterator

from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.options.sheet import Sheet
from flinksql_runner.options.types import nanoseconds


def check_filesystem(sheet: Sheet) -> Iterator[Diagnostic]:
    """Findings in a table of the connector ``filesystem``."""
    interval = sheet.known("source.monitor-interval")
    if sheet.side == "source" and interval and nanoseconds(interval) == 0:
        yield sheet.wrong("FS532", "'source.monitor-interval' must be above zero", "source.monitor-interval",
                          "write '10 s', or take it out: then the files are read once")
