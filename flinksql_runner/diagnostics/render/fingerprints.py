"""Names of findings that stay the same while lines move: services tell old findings from new ones by them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from flinksql_runner.diagnostics.diagnostic import Diagnostic
from flinksql_runner.diagnostics.render.places import Places


def fingerprints(diagnostics: Iterable[Diagnostic], places: Places) -> list[str]:
    """One for each: out of code, file, message and the text of the line, never its number; alike ones are counted."""
    seen: Counter[str] = Counter()
    found = []
    for diagnostic in diagnostics:
        span = diagnostic.span
        parts = (diagnostic.code, span.file if span else "", diagnostic.message, places.excerpt(span) if span else "")
        base = "\0".join(parts)
        found.append(hashlib.sha256(f"{base}\0{seen[base]}".encode("utf-8", "surrogatepass")).hexdigest()[:32])
        seen[base] += 1
    return found
