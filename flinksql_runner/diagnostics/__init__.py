"""Diagnostics: what the user wrote wrong, as values with places; printing them is ``render``'s work."""

from flinksql_runner.diagnostics.diagnostic import Diagnostic, Edit, Related, Severity, error, has_errors, warning
from flinksql_runner.diagnostics.failure import Failure
from flinksql_runner.diagnostics.span import LineIndex, Position, Span
from flinksql_runner.diagnostics.suggest import did_you_mean, nearest

__all__ = [
    "Diagnostic", "Edit", "Failure", "LineIndex", "Position", "Related", "Severity", "Span",
    "did_you_mean", "error", "has_errors", "nearest", "warning",
]
