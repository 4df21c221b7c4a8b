"""Options of datagen: ``fields.<column>.<what>`` must name a column, and fit its type and the kind of its generator."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flinksql_runner.diagnostics import Diagnostic, nearest
from flinksql_runner.options.sheet import Sheet
from flinksql_runner.options.types import mistake
from flinksql_runner.project.placeholders import names_in

_KINDS = ("random", "sequence")
_ENDS = ("start", "end")  # of a sequence; the other options are those of random values
_FOR_TYPES = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL"), ("min", "max")),
    **dict.fromkeys(("CHAR", "VARCHAR", "STRING", "BINARY", "VARBINARY", "BYTES"), ("length", "var-len")),
    **dict.fromkeys(("BOOLEAN",), ()), **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_LTZ"), ("max-past",)),
}
"""Options of random values by the type of the column; ``null-rate`` is for all."""
_WHOLE = ("TINYINT", "SMALLINT", "INT", "INTEGER", "BIGINT")


def check_datagen(sheet: Sheet) -> Iterator[Diagnostic]:
    """Findings in a table of the connector ``datagen``."""
    if not sheet.is_whole:
        return
    types = {c.name: re.split(r"[\s(<]", c.type.upper(), maxsplit=1)[0] for c in sheet.node.columns if c.kind == "physical"}
    for key in sheet.node.options:
        first, _, rest = key.partition(".")
        column, _, what = rest.rpartition(".")
        if first != "fields" or not what:
            continue
        if not any(column == c or column.startswith(f"{c}.") for c in types):
            near = nearest(column, types)
            yield sheet.wrong("FS530", f"'{key}' is about no column that is generated", key,
                              f"did you mean 'fields.{near}.{what}'?" if near else "take it out", at_key=True)
        elif what == "kind":
            yield from _kind(sheet, key, column)
        else:
            yield from _what(sheet, key, column, what, types.get(column, ""))


def _kind(sheet: Sheet, key: str, column: str) -> Iterator[Diagnostic]:
    kind = sheet.options[key]
    if kind == "sequence":
        missing = [k for k in _ENDS if f"fields.{column}.{k}" not in sheet.options]
        if missing:
            wanted = " and ".join(f"'fields.{column}.{k}'" for k in missing)
            yield sheet.wrong("FS534", f"a sequence needs {wanted}", key, f"add {wanted}")
    elif kind not in _KINDS and not names_in(kind):
        yield sheet.wrong("FS532", f"'{key}' is none of {', '.join(_KINDS)}", key, "write one of them")


def _what(sheet: Sheet, key: str, column: str, what: str, type: str) -> Iterator[Diagnostic]:
    kind = sheet.options.get(f"fields.{column}.kind", "random")
    value = sheet.options[key]
    allowed = _FOR_TYPES.get(type)
    if what in _ENDS and kind == "random":
        yield sheet.wrong("FS534", f"'{key}' needs 'fields.{column}.kind' = 'sequence'", key,
                          f"add 'fields.{column}.kind' = 'sequence', or take it out", at_key=True)
    elif what not in _ENDS and kind == "sequence":
        yield sheet.wrong("FS533", f"'{key}' is for random values, and the column is a sequence", key, "take it out", at_key=True)
    elif kind == "random" and allowed is not None and what not in (*allowed, "null-rate"):
        told = ", ".join(f"'fields.{column}.{k}'" for k in (*allowed, "null-rate"))
        yield sheet.wrong("FS530", f"a column of type {type} has no option '{key}'", key, f"it has {told}", at_key=True)
    elif what in ("min", "max", *_ENDS) and type in _WHOLE and not names_in(value):
        wrong = mistake(value, "long")
        if wrong is not None:
            yield sheet.wrong("FS532", f"'{key}' {wrong[0]}", key, wrong[1])
