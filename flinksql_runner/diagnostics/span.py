"""Places in the files that a user wrote.

A span keeps offsets, since every stage can compute with them; lines and columns are made when something is printed.
"""

from __future__ import annotations

from bisect import bisect_right

from msgspec import Struct


class Span(Struct, frozen=True):
    """A piece of one file.

    ``file`` is relative to the project folder and written with forward slashes. ``start`` and ``end`` are offsets in
    characters of the file's text as it was read, from 0; ``end`` is exclusive and may equal ``start`` (a point).
    """

    file: str
    start: int
    end: int


class Position(Struct, frozen=True):
    """A line and a column, both from 1, as an editor counts them (columns in characters)."""

    line: int
    column: int


class LineIndex:
    """Turns offsets of one text into positions and back; made once per text, each question is a bisection."""

    __slots__ = ("_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        starts = [0]
        at = text.find("\n")
        while at != -1:
            starts.append(at + 1)
            at = text.find("\n", at + 1)
        self._starts = tuple(starts)

    def position(self, offset: int) -> Position:
        """The position of an offset; one behind the end of the text counts as its end."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column (both from 1), held inside that line of the text."""
        line = max(1, min(line, len(self._starts)))
        start = self._starts[line - 1]
        return min(start + max(0, column - 1), start + len(self.line(line)))

    def line(self, number: int) -> str:
        """The text of a line (from 1) without its end; empty where there is no such line."""
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r")
