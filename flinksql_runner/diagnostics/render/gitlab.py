"""GitLab's code quality report: findings beside the lines of a merge request."""

from __future__ import annotations

import json
from collections.abc import Iterable

from flinksql_runner.diagnostics.diagnostic import Diagnostic, Severity
from flinksql_runner.diagnostics.render.fingerprints import fingerprints
from flinksql_runner.diagnostics.render.places import Places

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def as_gitlab(diagnostics: Iterable[Diagnostic], places: Places) -> str:
    """A JSON list; one without a place points at project.yml, as GitLab leaves out what has none."""
    found = list(diagnostics)
    rows = []
    for diagnostic, fingerprint in zip(found, fingerprints(found, places), strict=True):
        row = places.row(diagnostic.span) or {"file": "project.yml", "line": 1, "end_line": 1}
        rows.append({
            "description": diagnostic.message + (f" ({diagnostic.help})" if diagnostic.help else ""),
            "check_name": diagnostic.code, "fingerprint": fingerprint, "severity": _SEVERITIES[diagnostic.severity],
            "location": {"path": places.in_repository(str(row["file"])),
                         "lines": {"begin": row["line"], "end": row["end_line"]}},
        })
    return json.dumps(rows, indent=2, ensure_ascii=False)
