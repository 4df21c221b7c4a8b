"""A template as atoms: SQL and Jinja side by side, with what stood before each of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flinksql_runner.format.jinja import Hole, holes
from flinksql_runner.format.values import OPENERS, Atom, CannotFormat, Gap, Kind

_PIECE = re.compile(
    r"(?P<space>\s+)|(?P<line>--|//)|(?P<hint>/\*\+)|(?P<block>/\*)|(?P<quote>['`])"
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?P<word>[^\W\d]\w*)|(?P<symbol><>|>=|<=|=>|!=|\|\||->|::|.)")
_GLUES = frozenset({Kind.WORD, Kind.QUOTED, Kind.STRING, Kind.NUMBER, Kind.EXPRESSION})


def atoms_of(text: str) -> list[Atom]:
    r"""The atoms of a template (line ends are ``\n``), in order; nothing but white space stands between them.

    :raises CannotFormat: for Jinja that can't be read, and for quotes and comments that never end.
    """
    return _Lexer(text).read()


class _Lexer:
    """Walks over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.holes: Sequence[Hole] = holes(text)
        self.next_hole = 0
        self.atoms: list[Atom] = []
        self.line = self.indent = 0     # where the line of the next atom starts, and how far its first atom is indented

    def read(self) -> list[Atom]:
        at, gap = 0, Gap.EMPTY_LINE
        while at < len(self.text):
            hole = self._hole_from(at)
            if hole is not None and hole.start == at:
                self._add(hole.kind, hole.text, hole.name, gap, at, hole.end, hole.trims)
                at, gap = hole.end, Gap.NONE
                continue
            found = _PIECE.match(self.text, at, hole.start if hole else len(self.text))
            if found is None:  # only "." does not match: a line end, which \s takes
                raise CannotFormat("this character can't be read", at)
            kind = found.lastgroup or ""
            if kind == "space":
                lines = found.group().count("\n")
                gap = Gap(min(1 + lines, 3))
                at = found.end()
                continue
            end = self._end(kind, found)
            self._add_sql(kind, gap, at, end)
            at, gap = end, Gap.NONE
        return self.atoms

    def _hole_from(self, at: int) -> Hole | None:
        """The next piece of Jinja at or behind an offset."""
        while self.next_hole < len(self.holes) and self.holes[self.next_hole].end <= at:
            self.next_hole += 1
        return self.holes[self.next_hole] if self.next_hole < len(self.holes) else None

    def _end(self, kind: str, found: re.Match[str]) -> int:
        start = found.start()
        if kind == "line":
            return self._until(start, "\n", start + 2, 0) or len(self.text)
        if kind in ("hint", "block"):
            return self._closed(start, "*/", "this comment is never closed")
        if kind == "quote":
            return self._closed(start, found.group(), "this quote is never closed")
        return found.end()

    def _closed(self, start: int, closer: str, message: str) -> int:
        end = self._until(start, closer, start + len(closer), len(closer))
        if end is None:
            raise CannotFormat(message, start)
        opened, at = 0, self.next_hole
        while at < len(self.holes) and self.holes[at].start < end:
            name = self.holes[at].name
            opened += (name in OPENERS) - name.startswith("end")
            at += 1
        if opened:
            raise CannotFormat("this quote or comment ends in another branch of the template than it starts in", start)
        return end

    def _until(self, start: int, closer: str, at: int, take: int) -> int | None:
        """The end of what starts at ``start``: behind the next closer that stands in no Jinja and is not doubled."""
        number = self.next_hole
        while True:
            found = self.text.find(closer, at)
            if found < 0:
                return None
            while number < len(self.holes) and self.holes[number].end <= at:
                number += 1
            if number < len(self.holes) and self.holes[number].start < found:
                at = self.holes[number].end
                continue
            if closer in "'`" and self.text.startswith(closer, found + 1):
                at = found + 2
                continue
            return found + take

    def _add_sql(self, kind: str, gap: Gap, start: int, end: int) -> None:
        text = self.text[start:end]
        if kind == "quote":
            self._add(Kind.STRING if text[0] == "'" else Kind.QUOTED, text, "", gap, start, end)
        elif kind == "word":
            self._add(Kind.WORD, text, text.upper(), gap, start, end)
        elif kind == "symbol":
            self._add(Kind.SYMBOL, text, text, gap, start, end)
        elif kind == "number":
            self._add(Kind.NUMBER, text, "", gap, start, end)
        else:
            kinds = {"line": Kind.COMMENT, "hint": Kind.HINT, "block": Kind.REMARK}
            self._add(kinds[kind], text.rstrip(), "", gap, start, end)

    def _add(self, kind: Kind, text: str, word: str, gap: Gap, start: int, end: int,
             trims: tuple[bool, bool] = (False, False)) -> None:
        last = self.atoms[-1] if self.atoms else None
        if (last is not None and gap is Gap.NONE and kind in _GLUES and last.kind in _GLUES
                and Kind.EXPRESSION in (kind, last.kind) and not trims[0] and not last.trims[1]):
            self.atoms[-1] = Atom(Kind.EXPRESSION, last.text + text, "", last.gap, last.start, end, last.indent, last.column,
                                  (last.trims[0], trims[1]))
            return
        self._go_to(start)
        self.atoms.append(Atom(kind, text, word, gap, start, end, self.indent, start - self.line, trims))

    def _go_to(self, start: int) -> None:
        """Counts lines up to the start of the next atom; each piece of the text is looked at once."""
        last = self.text.rfind("\n", self.line, start)
        if last >= 0 or not self.atoms:
            self.line = max(last + 1, self.line)
            rest = self.text[self.line:start]
            self.indent = len(rest) - len(rest.lstrip())
