"""Spans as lines and columns of files."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from flinksql_runner.diagnostics.span import LineIndex, Span


class Places:
    """Turns spans into lines and columns; ``texts`` maps paths to their texts.

    ``prefix`` is the project's folder within the repository (``shop`` or ``teams/shop``; empty at its top): services that
    show findings beside code (GitHub, GitLab) count paths from there.
    """

    def __init__(self, texts: Mapping[str, str], prefix: str = "") -> None:
        self._texts = texts
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._lines: dict[str, LineIndex] = {}

    def knows(self, file: str) -> bool:
        """Whether the text of a file is there, so that lines can be told."""
        return file in self._texts

    def index(self, file: str) -> LineIndex:
        """The lines of a file; of an empty text where the file is not known."""
        if file not in self._lines:
            self._lines[file] = LineIndex(self._texts.get(file, ""))
        return self._lines[file]

    def place(self, span: Span) -> str:
        """``file:line:column``; the file alone where its text is not known."""
        if span.file not in self._texts:
            return span.file
        position = self.index(span.file).position(span.start)
        return f"{span.file}:{position.line}:{position.column}"

    def row(self, span: Span | None) -> dict[str, object]:
        """``file``, ``line``, ``column``, ``end_line``, ``end_column`` (from 1); empty for no span."""
        if span is None:
            return {}
        start, end = self.index(span.file).position(span.start), self.index(span.file).position(max(span.start, span.end))
        return {"file": span.file, "line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}

    def excerpt(self, span: Span) -> str:
        """The line of a span's start without blanks around it: what makes a finding the same after lines moved."""
        index = self.index(span.file)
        return index.line(index.position(span.start).line).strip()

    def in_repository(self, file: str) -> str:
        """The file's path from the top of the repository."""
        return self._prefix + file

    def uri(self, file: str) -> str:
        """That path as a relative URI."""
        return quote(self.in_repository(file), safe="/")
