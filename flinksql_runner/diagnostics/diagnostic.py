"""What is wrong in something that the user wrote: a value, never an exception.

Codes are stable. Their first two digits name the stage that finds them::

    FS0xx  project files: project.yml, profiles.yml, the layout of the folder
    FS1xx  templates (Jinja)
    FS2xx  SQL text: syntax, what a file must contain
    FS3xx  names, columns and types: unknown tables, cycles; what the analyser refuses as Flink's planner does
    FS4xx  Python functions: signatures, types, imports
    FS5xx  connectors, their options, jars and assets
    FS6xx  what Flink's planner refuses
    FS7xx  unit tests
    FS8xx  lint rules: streaming hazards, what a project should not hold
    FS90x  what a running job reports
    FS91x  dashboards
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from flinksql_runner.diagnostics.span import Span


class Severity(str, Enum):
    """How bad a diagnostic is; only errors make a command fail (unless ``--warn-error`` is given)."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains the first: where a name was declared, which call a macro came from."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text under ``span`` by ``text``."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding, at its place in the file as the user wrote it, with the way out.

    ``span`` is None only where no file can be named. ``help`` says what to do, in the imperative. ``node`` is the name
    of the SQL file's table or view. ``fix`` holds edits that repair it, all or none.
    """

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    help: str | None = None
    node: str | None = None
    related: tuple[Related, ...] = ()
    fix: tuple[Edit, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether this finding makes a command fail."""
        return self.severity is Severity.ERROR


def error(
    code: str, message: str, span: Span | None, help: str | None = None, *, node: str | None = None,
    related: tuple[Related, ...] = (), fix: tuple[Edit, ...] = (),
) -> Diagnostic:
    """A diagnostic of severity error; the form in which most stages make one."""
    return Diagnostic(code, Severity.ERROR, message, span, help, node, related, fix)


def warning(
    code: str, message: str, span: Span | None, help: str | None = None, *, node: str | None = None,
    related: tuple[Related, ...] = (),
) -> Diagnostic:
    """A diagnostic of severity warning."""
    return Diagnostic(code, Severity.WARNING, message, span, help, node, related)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error."""
    return any(d.is_error for d in diagnostics)
