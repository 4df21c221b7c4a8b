"""Diagnostics as text for people: message, place, source lines with carets, second places, and what to do."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Mapping

from flinksql_runner.diagnostics.diagnostic import Diagnostic, Related, Severity
from flinksql_runner.diagnostics.render.places import Places
from flinksql_runner.diagnostics.span import Span

_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;34m"}
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_BOLD, _BLUE, _GREEN, _OFF = "\x1b[1m", "\x1b[34m", "\x1b[32m", "\x1b[0m"


class Renderer:
    """Prints diagnostics of one set of files; ``texts`` maps paths to their texts, ``width`` is the terminal's in columns."""

    def __init__(self, texts: Mapping[str, str], *, colour: bool = False, width: int = 80, prefix: str = "") -> None:
        self.places = Places(texts, prefix)
        self._texts = texts
        self._colour = colour
        self._width = max(40, width)

    def _paint(self, code: str, text: str) -> str:
        return f"{code}{text}{_OFF}" if self._colour else text

    def place(self, span: Span) -> str:
        """``file:line:column``."""
        return _shown(self.places.place(span))

    def text(self, diagnostic: Diagnostic) -> str:
        """One diagnostic: its message, its place with the line and carets, other places, and what to do."""
        lines = self._said(f"{diagnostic.severity}[{diagnostic.code}]", _COLOURS[diagnostic.severity], diagnostic.message, _BOLD)
        if diagnostic.span is not None:
            lines.extend(self._excerpt(diagnostic.span, "^", _COLOURS[diagnostic.severity], before=1))
        for related in diagnostic.related:
            lines.extend(self._related(related))
        if diagnostic.help:
            lines.extend(self._said("help", _GREEN, diagnostic.help, ""))
        return "\n".join(lines)

    def _said(self, label: str, label_colour: str, text: str, colour: str) -> list[str]:
        """``label: text``, broken at blanks to the width; what has no blanks stays whole, so that it can be copied."""
        shown = _shown(f"{label}: {text}")
        if len(shown) <= self._width and text and text[-1] != " ":
            first, rest = shown, []
        else:
            first, *rest = textwrap.wrap(shown, self._width, subsequent_indent="  ", break_long_words=False,
                                         break_on_hyphens=False) or [f"{label}:"]
        begin = first.removeprefix(f"{label}:").removeprefix(" ")
        paint = (lambda part: self._paint(colour, part)) if colour else (lambda part: part)
        return [f"{self._paint(label_colour, label)}: {paint(begin)}", *(paint(line) for line in rest)]

    def _related(self, related: Related) -> list[str]:
        return [*self._said("note", _BLUE, related.message, ""), *self._excerpt(related.span, "-", _BLUE, before=0)]

    def _excerpt(self, span: Span, mark: str, colour: str, before: int) -> list[str]:
        arrow = self._paint(_BLUE, "-->")
        out = [f"  {arrow} {self.place(span)}"]
        if span.file not in self._texts or not self._texts[span.file]:
            return out
        index = self.places.index(span.file)
        start, end = index.position(span.start), index.position(max(span.start, span.end))
        margin = len(str(start.line))
        bar = self._paint(_BLUE, "|")
        for number in range(max(1, start.line - before), start.line):
            if index.line(number).strip():
                shown, _, _ = self._fit(index.line(number), 0, 0, margin)
                out.append(f"{self._paint(_BLUE, str(number).rjust(margin))} {bar} {shown}".rstrip())
        line = index.line(start.line)
        stop = end.column - 1 if end.line == start.line else len(line)
        shown, left, right = self._fit(line, start.column - 1, stop, margin)
        out.append(f"{self._paint(_BLUE, str(start.line).rjust(margin))} {bar} {shown}".rstrip())
        carets = self._paint(colour, mark * max(1, right - left))
        out.append(f"{' ' * margin} {bar} {' ' * left}{carets}")
        return out

    def _fit(self, line: str, start: int, stop: int, margin: int) -> tuple[str, int, int]:
        """The line cut to the width around the marked part; and the marked part's columns on the screen."""
        room = self._width - margin - 3
        if len(line) <= room and _cells(_shown(line)) <= room:
            shown, first, last = line, start, stop
        else:
            begin = max(0, min(start - room // 3, len(line) - room + 2))
            cut = _shown(line[begin:begin + room - 2])
            while _cells(cut) > room - 2:
                cut = cut[:-1]
            shown = ("…" if begin else "") + cut + ("…" if begin + len(cut) < len(line) else "")
            shift = begin - (1 if begin else 0)
            first, last = start - shift, min(stop - shift, len(cut) + (1 if begin else 0))
        plain = _shown(shown)
        left = _cells(plain[:first])
        return plain, left, max(left + 1, _cells(plain[:last]))

    def concise(self, diagnostic: Diagnostic) -> str:
        """One line: place, code, message."""
        where = self.place(diagnostic.span) + ": " if diagnostic.span else ""
        return f"{where}{diagnostic.severity}[{diagnostic.code}] {_shown(diagnostic.message)}"


def _shown(text: str) -> str:
    """The text as a terminal may have it: no control characters, none that turn the direction of what follows."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if c.isspace() or unicodedata.category(c) == "Cc" else "\ufffd" if c in _TURNS else c for c in text)


def _cells(text: str) -> int:
    """The columns that a text takes on a terminal: wide characters take two, combining and formatting ones none."""
    if text.isascii():
        return len(text)
    return sum(_width(c) for c in text)


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
