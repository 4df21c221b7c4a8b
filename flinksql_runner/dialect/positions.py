"""Where a node of the tree stands in the text that it was parsed from."""

from __future__ import annotations

from msgspec import Struct
from sqlglot import exp


class Place(Struct, frozen=True):
    """Offsets from 0, ends exclusive: of the whole node, and of the word that opens it (the name of a function, WHERE, OVER)."""

    start: int
    end: int
    keyword: tuple[int, int] | None = None


def place_of(node: exp.Expr) -> Place | None:
    """The place of a node that ``parse`` made, or None where neither the node nor a child of it stands in the text.

    sqlglot marks identifiers, literals and names of functions (``meta``: start and end, both inclusive); the parser of this
    dialect adds where a value begins (``from``) and ends (``until``) and the word of a clause (``keyword``). The place of any
    other node is that of its children. A node that was built or changed by code keeps the place of what it was made from.
    """
    meta = node.meta
    start, end = meta.get("start"), meta.get("end")
    word: tuple[int, int] | None = meta.get("keyword")
    if word is None and isinstance(node, exp.Func) and start is not None and end is not None:
        word = (start, end)
    keyword = (word[0], word[1] + 1) if word is not None else None
    begin, until = meta.get("from", start), meta.get("until", end)
    if begin is not None and until is not None:
        return Place(int(begin), int(until) + 1, keyword)
    places = [place for child in node.iter_expressions() if (place := place_of(child)) is not None]
    starts = [place.start for place in places] + ([keyword[0]] if keyword else []) + ([int(begin)] if begin is not None else [])
    ends = [place.end for place in places] + ([keyword[1]] if keyword else []) + ([int(until) + 1] if until is not None else [])
    return Place(min(starts), max(ends), keyword) if starts and ends else None


def span_of(node: exp.Expr) -> tuple[int, int] | None:
    """Start and end (exclusive) of a node, as ``place_of`` tells them."""
    place = place_of(node)
    return (place.start, place.end) if place is not None else None
