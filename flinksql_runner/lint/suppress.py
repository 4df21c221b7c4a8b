"""Comments that silence a finding: ``-- noqa: FS801 reason``, ``/* noqa: FS801 reason */``, ``-- noqa-file: FS801 reason``.

A comment behind code is about its own line, one that stands alone about the next line of code; ``noqa-file`` is about the
whole file. In a template it may stand in ``{# #}`` as well, in YAML and Python behind ``#``. In a macro it is about
that line of the macro, whoever calls it. Several codes are parted by commas.

Findings of rules can be silenced, and those of the analyser and of connectors' options, which foretell what Flink says (the
planner has the last word). What the template, the parser or the graph refuses stays: such a file can't be compiled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flinksql_runner.diagnostics import Diagnostic, LineIndex, Span

_SQL = re.compile(
    r"""\{\{.*?\}\}|\{%.*?%\}|'[^'\n]*'|`[^`\n]*`|(?P<comment>\{\#.*?\#\}|--[^\n]*|/\*(?!\+).*?\*/)""", re.DOTALL)
_HASH = re.compile(r"""'[^'\n]*'|"[^"\n]*"|(?P<comment>\#[^\n]*)""")
_NOQA = re.compile(r"\bnoqa(?P<file>-file)?\b(?P<colon>\s*:)?", re.IGNORECASE)
_CODE = re.compile(r"\s*,?\s*(?P<code>FS\d+|[a-z0-9]+(?:-[a-z0-9]+)+)(?=[\s,;:#*}]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Silenced:
    """One code in a comment, with its place; ``code`` is as it is written (a code or a name)."""

    code: str
    span: Span


@dataclass(frozen=True, slots=True)
class Suppression:
    """One such comment. ``lines`` are the lines (from 1) that it is about, None for the whole file; ``span`` is the comment's."""

    span: Span
    codes: tuple[Silenced, ...]
    reason: str
    lines: tuple[int, ...] | None


def read_suppressions(file: str, text: str) -> tuple[Suppression, ...]:
    """All suppressions of one file."""
    if "noqa" not in text.lower():
        return ()
    pattern = _HASH if file.endswith((".yml", ".yaml", ".py")) else _SQL
    index = LineIndex(text)
    found = []
    for match in pattern.finditer(text):
        comment = match.group("comment")
        said = _NOQA.match(comment.lstrip("-/*#{ \t")) if comment else None
        if said is None:
            continue
        shift = len(comment) - len(comment.lstrip("-/*#{ \t"))
        codes, at = _codes(file, comment, shift + said.end(), match.start("comment"))
        reason = comment[at:].rstrip("*/#} \t\n").lstrip(" \t:,;-").strip()
        lines = None if said.group("file") else _lines(text, index, match.start("comment"), match.end("comment"))
        found.append(Suppression(Span(file, match.start("comment"), match.end("comment")), codes, reason, lines))
    return tuple(found)


def _codes(file: str, comment: str, at: int, offset: int) -> tuple[tuple[Silenced, ...], int]:
    codes: list[Silenced] = []
    while (match := _CODE.match(comment, at)) is not None and (not codes or "," in comment[at:match.start("code")]):
        codes.append(Silenced(match.group("code"), Span(file, offset + match.start("code"), offset + match.end("code"))))
        at = match.end()
    return tuple(codes), at


def _lines(text: str, index: LineIndex, start: int, end: int) -> tuple[int, ...]:
    """The comment's own line where code stands before it, else the next line that is neither empty nor a comment."""
    first, last = index.position(start).line, index.position(end).line
    before = text[text.rfind("\n", 0, start) + 1:start]
    if before.strip() or text[end:].split("\n", 1)[0].strip():
        return (first, last) if last != first else (first,)
    line = last + 1
    while line <= text.count("\n") + 1 and (index.line(line).lstrip() or "#").startswith(("--", "{#", "#")):
        line += 1
    return (line,)


class Silencer:
    """Takes suppressed diagnostics out, and knows which suppressions were of use."""

    def __init__(self, texts: Mapping[str, str], names: Mapping[str, str], suppressible: frozenset[str]) -> None:
        """``names`` leads from codes and names of rules, as users write them, to codes."""
        self.comments = tuple(s for file, text in texts.items() for s in read_suppressions(file, text))
        self.used: set[Span] = set()
        self._names, self._suppressible = names, suppressible
        self._texts, self._lines = texts, dict[str, LineIndex]()
        self._by_file: dict[str, list[Suppression]] = {}
        for comment in self.comments:
            self._by_file.setdefault(comment.span.file, []).append(comment)

    def keep(self, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """The diagnostics that no comment silences."""
        for found in diagnostics:
            if not self._silences(found):
                yield found

    def _silences(self, found: Diagnostic) -> bool:
        if not self._by_file or found.code not in self._suppressible:
            return False
        silenced = False
        calls = (r.span for r in found.related if r.message == "called here")
        for span in (s for s in (found.span, *calls) if s is not None):
            for comment in self._by_file.get(span.file, ()):
                for named in comment.codes:
                    if self._names.get(named.code, named.code.upper()) == found.code and self._about(comment, span):
                        self.used.add(named.span)
                        silenced = True
        return silenced

    def _about(self, comment: Suppression, span: Span) -> bool:
        if comment.lines is None:
            return True
        if span.file not in self._lines:
            self._lines[span.file] = LineIndex(self._texts[span.file])
        return self._lines[span.file].position(span.start).line in comment.lines
