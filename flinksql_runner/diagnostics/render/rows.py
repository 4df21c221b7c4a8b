"""Diagnostics as JSON: the stable form for programs, described by ``schemas/diagnostics.schema.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from flinksql_runner.diagnostics.diagnostic import Diagnostic
from flinksql_runner.diagnostics.render.counts import summary
from flinksql_runner.diagnostics.render.places import Places

SCHEMA_VERSION = 1
"""The version of the shape; it grows when a key is removed or changes its meaning, not when one is added."""


def row(diagnostic: Diagnostic, places: Places) -> dict[str, object]:
    """One diagnostic as an object; lines and columns from 1, None where there is no place.

    ``related`` are second places with what they tell; ``fix`` are the edits that repair it, all or none.
    """
    found: dict[str, object] = {
        "code": diagnostic.code, "severity": str(diagnostic.severity), "message": diagnostic.message,
        "file": None, "line": None, "column": None, "end_line": None, "end_column": None,
        "help": diagnostic.help, "node": diagnostic.node,
    }
    found.update(places.row(diagnostic.span))
    found["related"] = [{"message": r.message, **places.row(r.span)} for r in diagnostic.related]
    found["fix"] = [{**places.row(edit.span), "text": edit.text} for edit in diagnostic.fix]
    return found


def as_json(diagnostics: Sequence[Diagnostic], texts: Mapping[str, str]) -> str:
    """``{"version", "diagnostics": [...], "summary": {"error": n, "warning": n}}`` with two blanks of indent."""
    places = Places(texts)
    value = {"version": SCHEMA_VERSION, "diagnostics": [row(d, places) for d in diagnostics], "summary": summary(diagnostics)}
    return json.dumps(value, indent=2, ensure_ascii=False)
