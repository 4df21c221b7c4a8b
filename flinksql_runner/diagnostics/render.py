"""Diagnostics as text for people and as JSON for programs; nothing here knows terminals beyond colour codes."""

from __future__ import annotations

import json
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from flinksql_runner.diagnostics.diagnostic import Diagnostic, Related, Severity
from flinksql_runner.diagnostics.span import LineIndex, Span

SCHEMA_VERSION = 1
_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;34m"}
_BOLD, _BLUE, _GREEN, _OFF = "\x1b[1m", "\x1b[34m", "\x1b[32m", "\x1b[0m"


class Renderer:
    """Prints diagnostics of one set of files; ``texts`` maps paths to their texts, ``width`` is the terminal's in columns."""

    def __init__(self, texts: Mapping[str, str], *, colour: bool = False, width: int = 80) -> None:
        self._texts = texts
        self._lines: dict[str, LineIndex] = {}
        self._colour = colour
        self._width = max(40, width)

    def _index(self, file: str) -> LineIndex:
        if file not in self._lines:
            self._lines[file] = LineIndex(self._texts.get(file, ""))
        return self._lines[file]

    def _paint(self, code: str, text: str) -> str:
        return f"{code}{text}{_OFF}" if self._colour else text

    def place(self, span: Span) -> str:
        """``file:line:column``."""
        if span.file not in self._texts:
            return span.file
        position = self._index(span.file).position(span.start)
        return f"{span.file}:{position.line}:{position.column}"

    def text(self, diagnostic: Diagnostic) -> str:
        """One diagnostic: its message, its place with the line and carets, other places, and what to do."""
        lines = self._said(f"{diagnostic.severity}[{diagnostic.code}]", _COLOURS[diagnostic.severity], diagnostic.message, _BOLD)
        if diagnostic.span is not None:
            lines.extend(self._excerpt(diagnostic.span, "^", before=1))
        for related in diagnostic.related:
            lines.extend(self._related(related))
        if diagnostic.help:
            lines.extend(self._said("help", _GREEN, diagnostic.help, ""))
        return "\n".join(lines)

    def _said(self, label: str, label_colour: str, text: str, colour: str) -> list[str]:
        """``label: text``, broken at blanks to the width; what has no blanks stays whole, so that it can be copied."""
        first, *rest = textwrap.wrap(f"{label}: {text}", self._width, subsequent_indent="  ", break_long_words=False,
                                     break_on_hyphens=False) or [f"{label}:"]
        begin = first.removeprefix(f"{label}:").removeprefix(" ")
        paint = (lambda part: self._paint(colour, part)) if colour else (lambda part: part)
        return [f"{self._paint(label_colour, label)}: {paint(begin)}", *(paint(line) for line in rest)]

    def _related(self, related: Related) -> list[str]:
        return [*self._said("note", _BLUE, related.message, ""), *self._excerpt(related.span, "-", before=0)]

    def _excerpt(self, span: Span, mark: str, before: int) -> list[str]:
        arrow = self._paint(_BLUE, "-->")
        out = [f"  {arrow} {self.place(span)}"]
        if span.file not in self._texts or not self._texts[span.file]:
            return out
        index = self._index(span.file)
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
        carets = self._paint(_COLOURS[Severity.ERROR] if mark == "^" else _BLUE, mark * max(1, right - left))
        out.append(f"{' ' * margin} {bar} {' ' * left}{carets}")
        return out

    def _fit(self, line: str, start: int, stop: int, margin: int) -> tuple[str, int, int]:
        """The line cut to the width around the marked part; and the marked part's columns on the screen."""
        room = self._width - margin - 3
        if _cells(line) <= room:
            shown, first, last = line, start, stop
        else:
            begin = max(0, min(start - room // 3, len(line) - room + 2))
            cut = line[begin:begin + room - 2]
            while _cells(cut) > room - 2:
                cut = cut[:-1]
            shown = ("…" if begin else "") + cut + ("…" if begin + len(cut) < len(line) else "")
            shift = begin - (1 if begin else 0)
            first, last = start - shift, min(stop - shift, len(cut) + (1 if begin else 0))
        plain = "".join(" " if unicodedata.category(c) == "Cc" else c for c in shown)
        left = _cells(plain[:first])
        return plain, left, max(left + 1, _cells(plain[:last]))

    def concise(self, diagnostic: Diagnostic) -> str:
        """One line: place, code, message."""
        where = self.place(diagnostic.span) + ": " if diagnostic.span else ""
        return f"{where}{diagnostic.severity}[{diagnostic.code}] {diagnostic.message}"

    def row(self, diagnostic: Diagnostic) -> dict[str, object]:
        """One diagnostic as the object of the JSON output; lines and columns from 1, None where there is no place."""
        row: dict[str, object] = {
            "code": diagnostic.code, "severity": str(diagnostic.severity), "message": diagnostic.message,
            "file": None, "line": None, "column": None, "end_line": None, "end_column": None,
            "help": diagnostic.help, "node": diagnostic.node,
        }
        row.update(self._span_row(diagnostic.span))
        row["related"] = [{"message": r.message, **self._span_row(r.span)} for r in diagnostic.related]
        return row

    def _span_row(self, span: Span | None) -> dict[str, object]:
        if span is None:
            return {}
        start, end = self._index(span.file).position(span.start), self._index(span.file).position(span.end)
        return {"file": span.file, "line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}

    def github(self, diagnostic: Diagnostic) -> str:
        """A workflow command that shows the diagnostic at its line on GitHub."""
        kind = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}[diagnostic.severity]
        text = diagnostic.message + (f" ({diagnostic.help})" if diagnostic.help else "")
        text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        if diagnostic.span is None:
            return f"::{kind} title={diagnostic.code}::{text}"
        row = self._span_row(diagnostic.span)
        file = str(row["file"]).replace("%", "%25").replace(",", "%2C").replace(":", "%3A")
        return (f"::{kind} file={file},line={row['line']},endLine={row['end_line']},col={row['column']},"
                f"endColumn={row['end_column']},title={diagnostic.code}::{text}")


def _cells(text: str) -> int:
    """The columns that a text takes on a terminal: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def as_json(diagnostics: Sequence[Diagnostic], texts: Mapping[str, str]) -> str:
    """``{"version", "diagnostics": [...], "summary": {"error": n, "warning": n}}`` with two blanks of indent."""
    renderer = Renderer(texts)
    counts = summary(diagnostics)
    value = {"version": SCHEMA_VERSION, "diagnostics": [renderer.row(d) for d in diagnostics], "summary": counts}
    return json.dumps(value, indent=2, ensure_ascii=False)


def summary(diagnostics: Iterable[Diagnostic]) -> dict[str, int]:
    """How many errors and warnings there are."""
    severities = [d.severity for d in diagnostics]
    return {"error": severities.count(Severity.ERROR), "warning": severities.count(Severity.WARNING)}


def summary_line(diagnostics: Iterable[Diagnostic]) -> str:
    """``2 errors, 1 warning``; empty where there is nothing."""
    counts = summary(diagnostics)
    return ", ".join(f"{n} {word}{'s' if n != 1 else ''}" for word, n in counts.items() if n)
