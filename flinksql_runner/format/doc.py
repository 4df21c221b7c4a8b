"""A document that knows where it may be broken, and its printer (after Wadler's "A prettier printer").

A ``Group`` is printed on one line where it fits; else its own ``Line``s become line ends, and the groups in it are tried anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flinksql_runner.format.values import Atom, Kind


@dataclass(frozen=True, slots=True)
class Text:
    """Something that is printed as it is; ``atom`` where it comes from the template."""

    text: str
    atom: Atom | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """``flat`` where its group fits on the line, else a line end; a line end in any case where it is ``hard``.

    ``empty`` puts an empty line before the next one; a ``firm`` one is a line end behind a tag that opens a block too.
    """

    flat: str = " "
    hard: bool = False
    empty: bool = False
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Concat:
    """One part after the other; ``broken`` where a line end stands in it in any case."""

    parts: tuple[Doc, ...]
    broken: bool


@dataclass(frozen=True, slots=True)
class Indent:
    """Lines in it stand two columns further right."""

    part: Doc
    broken: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Printed on one line where that fits and nothing in it is ``broken``."""

    part: Doc
    broken: bool


Doc = Text | Line | Concat | Indent | Group
HARD, FIRM = Line(hard=True), Line(hard=True, firm=True)
_LONG = frozenset({Kind.STRING, Kind.QUOTED, Kind.HINT})
SPACE, NOTHING = Text(" "), Text("")
STEP = 2


def breaks(doc: Doc) -> bool:
    """Whether a line end stands in it in any case."""
    if isinstance(doc, Text):
        return doc.atom is not None and doc.atom.kind not in _LONG and "\n" in doc.text
    return doc.hard if isinstance(doc, Line) else doc.broken


def concat(*parts: Doc) -> Doc:
    """Parts one after the other."""
    kept = tuple(p for p in parts if p is not NOTHING)
    return kept[0] if len(kept) == 1 else Concat(kept, any(map(breaks, kept)))


def indent(*parts: Doc) -> Doc:
    """Parts whose lines stand further right."""
    part = concat(*parts)
    return Indent(part, breaks(part))


def group(*parts: Doc, broken: bool = False, most: int = 0) -> Doc:
    """Parts that stand on one line if they can: not where they are ``broken`` or take more than ``most`` characters (0: any)."""
    part = concat(*parts)
    return Group(part, broken or breaks(part) or (most > 0 and not _fits(part, (), most)))


@dataclass(slots=True)
class Printed:
    """One line of the result: its indentation and what stands on it."""

    indent: int
    parts: list[Text] = field(default_factory=list)


def lay_out(doc: Doc, width: int) -> list[Printed]:
    """The lines of a document, none longer than ``width`` characters where that can be helped."""
    lines = [Printed(0)]
    at = 0
    todo: list[tuple[int, bool, Doc]] = [(0, False, doc)]
    while todo:
        depth, flat, item = todo.pop()
        if isinstance(item, Text):
            lines[-1].parts.append(item)
            cut = item.text.rfind("\n")
            at = at + len(item.text) if cut < 0 else len(item.text) - cut - 1
        elif isinstance(item, Concat):
            todo.extend((depth, flat, part) for part in reversed(item.parts))
        elif isinstance(item, Indent):
            todo.append((depth + STEP, flat, item.part))
        elif isinstance(item, Group):
            if not flat or item.broken:
                flat = not item.broken and _fits(item.part, todo, width - at)
            todo.append((depth, flat, item.part))
        elif flat and not item.hard:
            lines[-1].parts.append(Text(item.flat))
            at += len(item.flat)
        else:
            if item.empty:
                lines.append(Printed(0))
            lines.append(Printed(depth))
            at = depth
    return lines


def _fits(doc: Doc, rest: Sequence[tuple[int, bool, Doc]], room: int) -> bool:
    """Whether ``doc`` on one line, and what follows up to the next possible line end, fits into ``room`` characters."""
    todo: list[tuple[bool, Doc]] = [(True, doc)]
    behind = len(rest)
    while room >= 0:
        if not todo:
            if not behind:
                return True
            behind -= 1
            _, flat, item = rest[behind]
            todo.append((flat, item))
            continue
        flat, item = todo.pop()
        if isinstance(item, Text):
            cut = item.text.find("\n")
            if item.atom is not None and item.atom.kind is Kind.COMMENT:
                return True  # how long a comment is says nothing about the SQL before it
            if cut >= 0:
                return room >= cut
            room -= len(item.text)
        elif isinstance(item, Concat):
            todo.extend((flat, part) for part in reversed(item.parts))
        elif isinstance(item, Indent):
            todo.append((flat, item.part))
        elif isinstance(item, Group):
            todo.append((flat and not item.broken, item.part))
        elif flat and not item.hard:
            room -= len(item.flat)
        else:
            return True
    return False


def is_tag(text: Text) -> bool:
    """Whether a text is a tag of Jinja."""
    return text.atom is not None and text.atom.kind is Kind.TAG
