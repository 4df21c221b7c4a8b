"""SARIF 2.1.0 (OASIS): what code scanning services and editors read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from flinksql_runner.diagnostics.diagnostic import Diagnostic, Edit, Severity
from flinksql_runner.diagnostics.render.fingerprints import fingerprints
from flinksql_runner.diagnostics.render.places import Places
from flinksql_runner.diagnostics.span import Span

VERSION = "2.1.0"
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}

Json = dict[str, object]


def as_sarif(diagnostics: Iterable[Diagnostic], places: Places, tool_version: str) -> str:
    """One run of the tool; columns are counted in characters, paths from the top of the repository."""
    found = list(diagnostics)
    codes = sorted({d.code for d in found})
    prints = fingerprints(found, places)
    run: Json = {
        "tool": {"driver": {"name": "flinksql", "version": tool_version, "rules": [{"id": code} for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(d, places, codes.index(d.code), p) for d, p in zip(found, prints, strict=True)],
    }
    return json.dumps({"$schema": _SCHEMA, "version": VERSION, "runs": [run]}, indent=2, ensure_ascii=False)


def _result(diagnostic: Diagnostic, places: Places, rule: int, fingerprint: str) -> Json:
    text = diagnostic.message + (f"\nhelp: {diagnostic.help}" if diagnostic.help else "")
    result: Json = {
        "ruleId": diagnostic.code, "ruleIndex": rule, "level": _LEVELS[diagnostic.severity], "message": {"text": text},
        "partialFingerprints": {"flinksql/v1": fingerprint},
    }
    if diagnostic.span is not None:
        location: Json = {"physicalLocation": _physical(diagnostic.span, places)}
        if diagnostic.node is not None:
            location["logicalLocations"] = [{"name": diagnostic.node, "kind": "resource"}]
        result["locations"] = [location]
    if diagnostic.related:
        result["relatedLocations"] = [
            {"id": i, "physicalLocation": _physical(r.span, places), "message": {"text": r.message}}
            for i, r in enumerate(diagnostic.related)
        ]
    if diagnostic.fix:
        result["fixes"] = [_fix(diagnostic.fix, places)]
    return result


def _fix(edits: Iterable[Edit], places: Places) -> Json:
    by_file: dict[str, list[Json]] = {}
    for edit in edits:
        change: Json = {"deletedRegion": _region(edit.span, places), "insertedContent": {"text": edit.text}}
        by_file.setdefault(edit.span.file, []).append(change)
    return {"artifactChanges": [
        {"artifactLocation": {"uri": places.uri(file)}, "replacements": changes} for file, changes in by_file.items()
    ]}


def _physical(span: Span, places: Places) -> Json:
    found: Json = {"artifactLocation": {"uri": places.uri(span.file)}}
    if places.knows(span.file):
        found["region"] = _region(span, places)
    return found


def _region(span: Span, places: Places) -> Mapping[str, object]:
    row = places.row(span)
    return {"startLine": row["line"], "startColumn": row["column"], "endLine": row["end_line"], "endColumn": row["end_column"]}
