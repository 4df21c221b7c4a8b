"""Rewrites what tests expect to what came: edits of the YAML text, so that comments and style of all else stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flinksql_runner.diagnostics import Edit, LineIndex, Span
from flinksql_runner.project.yaml_source import YamlSource, read_yaml
from flinksql_runner.testing.author_values import row_text, value_text
from flinksql_runner.testing.compare import IN_ANOTHER_ORDER
from flinksql_runner.testing.read import tests_in
from flinksql_runner.testing.values import Difference, Outcome

_Where = tuple["str | int", ...]
_LATE = "late rows of "
_WIDTH = 120


class CanNot(Exception):
    """An expectation that can't be rewritten; the message says why, for the user."""


@dataclass(frozen=True, slots=True)
class Update:
    """A file as it will be: ``names`` are the tests with new expectations, ``left`` those that stay, each with the reason."""

    file: str
    text: str
    names: tuple[str, ...]
    left: tuple[tuple[str, str], ...] = ()


def updates(outcomes: Sequence[Outcome], texts: Mapping[str, str], root: Path) -> tuple[Update, ...]:
    """New texts of the files of tests that failed; a test that could not run, or fails only in another order, stays."""
    failed = [o for o in outcomes if o.status == "fail"]
    files = dict.fromkeys(o.test.span.file for o in failed)
    return tuple(_update(f, texts[f], [o for o in failed if o.test.span.file == f], root) for f in files)


def _update(file: str, text: str, failed: Sequence[Outcome], root: Path) -> Update:
    """One test after the other, the last in the file first: the places of those above stay true."""
    source = read_yaml(file, text)
    names: list[str] = []
    left: list[tuple[str, str]] = []
    for outcome in sorted(failed, key=lambda o: -o.test.span.start):
        name = outcome.test.name
        try:
            changed = _applied(text, [e for d in outcome.differences for e in _edits(source, outcome, d)])
            if tests_in(root, file, changed).diagnostics:
                raise CanNot("its rows stand in a form that can't be rewritten (an anchor, a comment inside a row)")
        except CanNot as reason:
            left.append((name, str(reason)))
            continue
        text = changed
        names.append(name)
    return Update(file, text, tuple(reversed(names)), tuple(reversed(left)))


def _applied(text: str, edits: Sequence[Edit]) -> str:
    for edit in sorted(edits, key=lambda e: (-e.span.start, -e.span.end)):
        text = text[:edit.span.start] + edit.text + text[edit.span.end:]
    return text


def _edits(source: YamlSource, outcome: Outcome, difference: Difference) -> Iterator[Edit]:
    """The edits that make one compared table come true.

    :raises CanNot: where it is in a form that is not written here.
    """
    number = next((p[1] for p, s in source.values.items() if len(p) == 3 and p[2] == "name" and s == outcome.test.span), None)
    if number is None:
        raise CanNot("its place in the file is not found")
    expect: _Where = ("unit_tests", number, "expect")
    title = difference.title.removesuffix(IN_ANOTHER_ORDER)
    where = (*expect, "late", title.removeprefix(_LATE)) if title.startswith(_LATE) else (*expect, title)
    if title == "rows" and (*expect, "fixture") in source.values:
        raise CanNot("its rows stand in a fixture")
    if where not in source.values:
        raise CanNot(f"what differs is only `{title}`")
    first = source.text[source.span(where).start:source.span(where).start + 1]
    if first not in ("-", "["):
        raise CanNot("its rows are a text (CSV, JSON or SQL), which is not rewritten")
    listed = _List(source, where, difference)
    yield from listed.flow() if first == "[" else listed.block()


class _List:
    """The list of expected rows at a place, and what differs."""

    def __init__(self, source: YamlSource, where: _Where, difference: Difference) -> None:
        self.source, self.where, self.difference = source, where, difference
        self.text, self.index = source.text, LineIndex(source.text)
        self.marks = [mark for mark, _ in difference.lines]

    def flow(self) -> Iterator[Edit]:
        """``[...]`` is written anew; below a key of its own an empty one becomes a block."""
        span = self.source.span(self.where)
        rows = [self._row(at, raw) for at, raw in self.difference.origins if raw is not None]
        line = "[" + ", ".join(rows) + "]"
        key = self.source.key_span(self.where)
        column = self.index.position(key.start).column - 1
        before = self.index.line(self.index.position(key.start).line)[:column]
        if rows and not before.strip() and not self._is_in_flow():
            block = "".join(f"\n{' ' * (column + 2)}- {row}" for row in rows)
            yield Edit(Span(span.file, self._end_of_key(), span.end), block)
        elif self.index.position(span.start).column + len(line) <= _WIDTH:
            yield Edit(span, line)
        else:
            inner = "\n" + " " * (self.index.position(span.start).column)
            yield Edit(span, "[" + f",{inner}".join(rows) + "]")

    def block(self) -> Iterator[Edit]:
        """Row by row: cells of a changed row, lines of one that goes or comes."""
        span = self.source.span(self.where)
        if all(raw is None for _, raw in self.difference.origins):
            yield Edit(Span(span.file, self._end_of_key(), self._end(self.where)), " []")
            return
        lead = " " * (self.index.position(span.start).column - 1) + "- "
        for mark, (at, raw) in zip(self.marks, self.difference.origins, strict=True):
            if mark == "-" and at is not None:
                yield self._removed(at)
            elif mark == "~" and at is not None and raw is not None:
                yield from self._changed(at, raw)
        new = [f"\n{lead}{self._row(None, raw)}" for at, raw in self.difference.origins if at is None and raw is not None]
        if new:
            end = self._line_end(self._end(self.where))
            yield Edit(Span(span.file, end, end), "".join(new))

    def _is_in_flow(self) -> bool:
        """Whether something around it is a flow collection already."""
        around = [self.where[:n] for n in range(len(self.where))]
        return any(self.text[self.source.span(p).start:][:1] in ("{", "[") for p in around if p in self.source.values)

    def _changed(self, at: int, raw: Sequence[str | None]) -> Iterator[Edit]:
        """The cells that differ; the row as a whole where one of them does not stand in it."""
        cells = self.difference.lines[self.difference.origins.index((at, tuple(raw)))][1]
        wrong = [i for i, cell in enumerate(cells) if " ≠ " in cell]
        places = [(*self.where, at, self.difference.columns[i]) for i in wrong]
        if all(p in self.source.values for p in places):
            for i, place in zip(wrong, places, strict=True):
                span = self.source.span(place)
                yield Edit(Span(span.file, span.start, self._end(place)), value_text(raw[i], self.difference.types[i]))
        else:
            span = self.source.span((*self.where, at))
            yield Edit(Span(span.file, span.start, self._end((*self.where, at))), self._row(at, raw))

    def _removed(self, at: int) -> Edit:
        """The lines of a row, from the end of the line above."""
        place = (*self.where, at)
        start = self.source.span(place).start
        line = self.text.rfind("\n", 0, start)
        return Edit(Span(self.source.file, line, self._line_end(self._end(place))), "")

    def _row(self, at: int | None, raw: Sequence[str | None]) -> str:
        """A row as it is written where it is written whole; one that is as expected keeps its text."""
        if at is not None and self.difference.lines[self.difference.origins.index((at, tuple(raw)))][0] == "=":
            place = (*self.where, at)
            return self.text[self.source.span(place).start:self._end(place)]
        cells = zip(self.difference.columns, raw, self.difference.types, strict=True)
        return row_text({name: value_text(value, type_) for name, value, type_ in cells})

    def _end_of_key(self) -> int:
        """The offset behind the colon of the list's key."""
        key = self.source.key_span(self.where)
        return self.text.index(":", key.end) + 1

    def _line_end(self, at: int) -> int:
        """The end of the line, where only a comment stands before it."""
        end = self.text.find("\n", at)
        end = len(self.text) if end < 0 else end
        rest = self.text[at:end].strip()
        return end if not rest or rest.startswith("#") else at

    def _end(self, place: _Where) -> int:
        """Where a value ends: a block's own end lies behind the blank lines and comments that follow it."""
        value = self.source.values[place]
        inner = [s for p, s in self.source.values.items() if p[:len(place)] == place and p != place]
        text = self.text[value.start:value.end]
        if self.text[value.start] in "[{'\"" or not inner:
            return value.start + len(text.rstrip())
        return max(self._end(p) for p in self.source.values if p[:len(place)] == place and len(p) == len(place) + 1)
