"""Changes in the text of a node for one test: what stands for its clock, its functions, its lookup tables.

The text is changed, not the tree: what is not touched stays the user's word for word, and Flink's lines and columns lead back
to the template through ``Sent``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flinksql_runner.compiler.job import JobStatement
from flinksql_runner.planner.sent import Sent
from flinksql_runner.project.placeholders import names_in, placeholder

Inner = Callable[..., str]
"""``inner(start, end, more=())``: the text of a part with the changes in it, and with ``more`` of them."""


@dataclass(frozen=True, slots=True)
class Change:
    """What stands for the rendered text from ``start`` to ``end`` (exclusive); ``make`` may use changed parts of it."""

    start: int
    end: int
    make: Callable[[Inner], str]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that is made: ``text`` for the rendered text from ``start`` to ``end``."""

    start: int
    end: int
    text: str


def put(start: int, end: int, text: str) -> Change:
    """A change to a fixed text."""
    return Change(start, end, lambda _: text)


def edits(text: str, changes: Iterable[Change]) -> tuple[Edit, ...]:
    """The outermost changes of a text, each with those inside it; one that only overlaps another is left out."""
    listed = sorted(changes, key=lambda c: (c.start, -c.end))
    found: list[Edit] = []
    for at, change in enumerate(listed):
        if found and change.start < found[-1].end:
            continue
        inside = [c for c in listed[at + 1:] if c.end <= change.end]
        found.append(Edit(change.start, change.end, change.make(_inner(text, inside))))
    return tuple(found)


def _inner(text: str, changes: Sequence[Change]) -> Inner:
    def inner(start: int, end: int, more: Sequence[Change] = ()) -> str:
        part = [c for c in (*changes, *more) if start <= c.start and c.end <= end]
        return applied(text, start, end, edits(text, part))

    return inner


def applied(text: str, start: int, end: int, made: Iterable[Edit]) -> str:
    """The part of a text from ``start`` to ``end`` with the edits that lie in it."""
    parts, at = [], start
    for edit in (e for e in made if start <= e.start and e.end <= end):
        parts += [text[at:edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:end]])


def edited(statement: JobStatement, made: Iterable[Edit], placeholders: str) -> Sent:
    """The statement with edits, given in offsets of the node's rendered text, and with this text for each placeholder."""
    sql = statement.sql
    shift = statement.body - statement.origin
    pattern = "|".join(re.escape(placeholder(n)) for n in names_in(sql))
    places = [Edit(e.start + shift, e.end + shift, re.sub(pattern, placeholders, e.text) if pattern else e.text) for e in made
              if statement.body <= e.start + shift and e.end + shift <= len(sql)]
    if pattern:
        places += [Edit(m.start(), m.end(), placeholders) for m in re.finditer(pattern, sql)
                   if not any(p.start < m.end() and m.start() < p.end for p in places)]
    parts, jumps = [], [(0, 0)]
    length = at = 0
    for place in sorted(places, key=lambda p: p.start):
        parts += [sql[at:place.start], place.text]
        length += place.start - at
        jumps.append((length, place.start))
        length += len(place.text)
        at = place.end
        jumps.append((length, at))
    parts.append(sql[at:])
    return Sent("".join(parts), statement, 0, tuple(jumps))
