"""Did you mean ...: the nearest of the names that exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name`` (letter case aside), or None where nothing is near."""
    by_lower = {k.lower(): k for k in known}
    found = get_close_matches(name.lower(), list(by_lower), n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A help text ``did you mean `x`?``, or None."""
    found = nearest(name, known)
    return f"did you mean `{found}`?" if found else None
