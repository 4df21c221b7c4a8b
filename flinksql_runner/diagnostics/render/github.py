"""Annotations of a pull request on GitHub: workflow commands."""

from __future__ import annotations

from collections.abc import Iterable

from flinksql_runner.diagnostics.diagnostic import Diagnostic, Severity
from flinksql_runner.diagnostics.render.places import Places

_KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def annotation(diagnostic: Diagnostic, places: Places) -> str:
    """A workflow command that shows the diagnostic at its line."""
    kind = _KINDS[diagnostic.severity]
    text = diagnostic.message + (f" ({diagnostic.help})" if diagnostic.help else "")
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    if diagnostic.span is None:
        return f"::{kind} title={diagnostic.code}::{text}"
    row = places.row(diagnostic.span)
    file = places.in_repository(diagnostic.span.file)
    file = file.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace(",", "%2C").replace(":", "%3A")
    return (f"::{kind} file={file},line={row['line']},endLine={row['end_line']},col={row['column']},"
            f"endColumn={row['end_column']},title={diagnostic.code}::{text}")


def as_github(diagnostics: Iterable[Diagnostic], places: Places) -> str:
    """A line for each."""
    return "\n".join(annotation(d, places) for d in diagnostics)
