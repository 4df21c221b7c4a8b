"""How many errors and warnings there are."""

from __future__ import annotations

from collections.abc import Iterable

from flinksql_runner.diagnostics.diagnostic import Diagnostic, Severity


def summary(diagnostics: Iterable[Diagnostic]) -> dict[str, int]:
    """``{"error": n, "warning": n}``."""
    severities = [d.severity for d in diagnostics]
    return {"error": severities.count(Severity.ERROR), "warning": severities.count(Severity.WARNING)}


def summary_line(diagnostics: Iterable[Diagnostic]) -> str:
    """``2 errors, 1 warning``; empty where there is nothing."""
    counts = summary(diagnostics)
    return ", ".join(f"{n} {word}{'s' if n != 1 else ''}" for word, n in counts.items() if n)
