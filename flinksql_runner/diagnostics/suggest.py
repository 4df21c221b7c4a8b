"""Did you mean ...: the nearest of the names that exist."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

_NEAR = 0.6
_AS_NEAR = 0.08     # a second name that is nearly as like as the first is as likely meant
_MEANT = re.compile(r"did you mean [`'](?P<name>[^`]+?)[`']\?")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name`` (letter case aside), or None where nothing is near."""
    by_lower = {k.lower(): k for k in known}
    found = get_close_matches(name.lower(), list(by_lower), n=1, cutoff=_NEAR)
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A help text ``did you mean `x`?`` (``or `y```, where a second name is as near), or None."""
    by_lower = {k.lower(): k for k in known}
    found = get_close_matches(name.lower(), list(by_lower), n=2, cutoff=_NEAR)
    if not found:
        return None
    if len(found) > 1 and found[0] != name.lower() and _likeness(name, found[1]) > _likeness(name, found[0]) - _AS_NEAR:
        return f"did you mean `{by_lower[found[0]]}` or `{by_lower[found[1]]}`?"
    return f"did you mean `{by_lower[found[0]]}`?"


def meant(help: str | None) -> str | None:
    """The one name that a help text of ``did_you_mean`` tells; None where it tells two, or something else."""
    found = _MEANT.match(help) if help else None
    return found["name"] if found else None


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(None, other, name.lower()).ratio()
