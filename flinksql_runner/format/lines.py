"""From laid-out lines to text: tags of Jinja stand where the SQL between them stands."""

from __future__ import annotations

from collections.abc import Sequence

from flinksql_runner.format.doc import Printed, Text, is_tag
from flinksql_runner.format.values import BODIES, MIDDLES, OPENERS, Kind

_SHIFTED = frozenset({Kind.TAG, Kind.NOTE, Kind.REMARK, Kind.EXPRESSION})


def text_of(lines: Sequence[Printed]) -> str:
    """The text of all lines, each with its indentation; one line end at the end, none in an empty text."""
    _indent_tags(lines)
    found = [_line(line) for line in lines]
    text = "\n".join(found).strip("\n")
    return text + "\n" if text else ""


def _line(line: Printed) -> str:
    parts = [_shifted(p, line.indent) if n == 0 else p.text for n, p in enumerate(line.parts)]
    text = "".join(parts).rstrip(" ")
    if line.parts and line.parts[0].atom is not None and line.parts[0].atom.kind is Kind.VERBATIM:
        return text
    return " " * line.indent + text if text else ""


def _shifted(part: Text, indent: int) -> str:
    """A text of several lines, moved as far as its first line was."""
    atom = part.atom
    if atom is None or "\n" not in part.text or atom.kind not in _SHIFTED or indent == atom.indent:
        return part.text
    if atom.kind is Kind.EXPRESSION and _quotes_lines(part.text):
        return part.text
    first, *rest = part.text.split("\n")
    room = min((len(line) - len(line.lstrip(" ")) for line in rest if line.strip()), default=0)
    by = max(indent - atom.indent, -room)
    moved = [(" " * by + line if by > 0 else line[-by:]) if line.strip() else "" for line in rest]
    return "\n".join([first, *moved])


def _quotes_lines(text: str) -> bool:
    """Whether a line end may stand inside quotes."""
    return any(line.count(q) % 2 for line in text.split("\n") for q in "'\"`")


def _indent_tags(lines: Sequence[Printed]) -> None:
    """Gives lines that hold nothing but tags the indentation of what they are about."""
    only = [bool(line.parts) and any(map(is_tag, line.parts)) and all(is_tag(p) or not p.text.strip() for p in line.parts)
            for line in lines]
    open_tags: list[int | None] = []
    for number, line in enumerate(lines):
        for part in line.parts:
            if not is_tag(part) or part.atom is None:
                continue
            word = part.atom.word
            first = only[number] and part is line.parts[0]
            if word in OPENERS:
                if first and word not in BODIES:
                    line.indent = _next_indent(lines, only, number, line.indent)
                open_tags.append(line.indent if first else None)
            elif word in MIDDLES or word.startswith("end"):
                outer = open_tags[-1] if open_tags else None
                if word.startswith("end") and open_tags:
                    open_tags.pop()
                if first and outer is not None:
                    line.indent = outer
            elif first:
                line.indent = _next_indent(lines, only, number, line.indent)


def _next_indent(lines: Sequence[Printed], only: Sequence[bool], number: int, own: int) -> int:
    """The indentation of the next line of SQL; the line's own where none comes before a block closes."""
    depth = 0
    for at in range(number, len(lines)):
        tags = [p.atom.word for p in lines[at].parts if p.atom is not None and is_tag(p)]
        if at > number and lines[at].parts and not only[at]:
            return lines[at].indent
        depth += sum(t in OPENERS for t in tags) - sum(t.startswith("end") for t in tags)
        if depth <= 0 and at > number and any(t.startswith("end") for t in tags):
            return own
    return own
