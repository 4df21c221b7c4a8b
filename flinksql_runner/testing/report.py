"""How results of unit tests are told: as text, as JSON, as JUnit XML, as annotations of a pull request."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from flinksql_runner.diagnostics import LineIndex, error
from flinksql_runner.diagnostics.render import Renderer, annotation
from flinksql_runner.testing.values import Difference, Outcome, Status

_WORDS: Mapping[Status, str] = {"pass": "passed", "fail": "failed", "error": "could not run", "skipped": "skipped"}
_MARKS = {"=": " ", "-": "-", "+": "+", "~": "~"}
_ANNOTATION = 120   # columns of a table in an annotation
_SAME_SHOWN = 3     # rows as expected that are shown beside the wrong ones


def line_of(outcome: Outcome, texts: Mapping[str, str]) -> int:
    """The line of the test's name in its file, from 1."""
    span = outcome.test.span
    return LineIndex(texts[span.file]).position(span.start).line


def as_text(outcome: Outcome, renderer: Renderer, texts: Mapping[str, str], columns: int = 80) -> str:
    """What a failed test says: its place, each table that differs, what the user wrote wrong, Flink's words."""
    place = f"{outcome.test.span.file}:{line_of(outcome, texts)}"
    return f"{outcome.status.upper()} {outcome.test.name}  ({place})\n{body(outcome, renderer, columns)}\n"


def body(outcome: Outcome, renderer: Renderer, columns: int = 80) -> str:
    """What a failed test says below its name."""
    parts = [_table(d, columns) for d in outcome.differences]
    parts += [renderer.text(d) for d in outcome.diagnostics]
    if outcome.status == "error" and not outcome.diagnostics:
        parts += _wrapped(f"  {outcome.message}", "  ", columns)
    for note in outcome.notes:
        parts += _wrapped(f"  note: {note}", "    ", columns)
    return "\n".join(parts)


def summary(outcomes: Sequence[Outcome], seconds: float, not_run: int = 0) -> str:
    """``12 passed, 1 failed, 7 not run in 3.1 s``."""
    counts = Counter(o.status for o in outcomes)
    parts = [f"{counts[s]} {w}" for s, w in _WORDS.items() if counts[s]]
    return ", ".join(parts + ([f"{not_run} not run"] if not_run else [])) + f" in {seconds:.1f} s"


def as_json(outcomes: Sequence[Outcome], texts: Mapping[str, str], not_run: int = 0) -> Mapping[str, Any]:
    """The stable form (schemas/test_results.schema.json); ``message`` is empty for a test that passed.

    :param not_run: how many chosen tests were left out behind the first that failed.
    """
    counts = Counter(o.status for o in outcomes)
    return {
        "version": 1,
        "tests": [{"name": o.test.name, "node": o.test.node, "status": o.status, "seconds": round(o.seconds, 3),
                   "message": o.message, "file": o.test.span.file, "line": line_of(o, texts), "notes": list(o.notes)}
                  for o in outcomes],
        "summary": {s: counts[s] for s in _WORDS},
        "not_run": not_run,
    }


def slowest(outcomes: Sequence[Outcome], count: int) -> tuple[Outcome, ...]:
    """The tests that took longest, the slowest first; a test of a job of many has its share of the job's seconds."""
    return tuple(sorted(outcomes, key=lambda o: -o.seconds)[:count])


def as_line(outcome: Outcome, texts: Mapping[str, str]) -> str:
    """One test in a line: ``pass  0.21 s  tests/sql/a.yml:2  clicks_per_minute``."""
    place = f"{outcome.test.span.file}:{line_of(outcome, texts)}"
    return f"{outcome.status:<7} {outcome.seconds:6.2f} s  {place}  {outcome.test.name}"


def as_junit(outcomes: Sequence[Outcome], renderer: Renderer, texts: Mapping[str, str]) -> str:
    """JUnit's XML, which CI systems read."""
    counts = Counter(o.status for o in outcomes)
    suite = ElementTree.Element("testsuite", name="flinksql", tests=str(len(outcomes)), failures=str(counts["fail"]),
                                errors=str(counts["error"]), skipped=str(counts["skipped"]),
                                time=f"{sum(o.seconds for o in outcomes):.3f}")
    for outcome in outcomes:
        case = ElementTree.SubElement(
            suite, "testcase", classname=outcome.test.node, name=outcome.test.name, file=outcome.test.span.file,
            line=str(line_of(outcome, texts)), time=f"{outcome.seconds:.3f}")
        tag = {"fail": "failure", "error": "error", "skipped": "skipped"}.get(outcome.status)
        if tag:
            inner = ElementTree.SubElement(case, tag, message=outcome.message)
            if tag != "skipped":
                inner.text = as_text(outcome, renderer, texts)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def as_github(outcome: Outcome, renderer: Renderer) -> str:
    """Annotations: at what the user wrote wrong where that is known, else at the test's name, with what differs."""
    if outcome.diagnostics:
        named = [replace(d, message=f"{outcome.test.name}: {d.message}") for d in outcome.diagnostics]
        return "\n".join(annotation(d, renderer.places) for d in named)
    text = "\n".join([f"{outcome.test.name}: {outcome.message}", *(_table(d, _ANNOTATION) for d in outcome.differences)])
    return annotation(error("FS700", text, outcome.test.span), renderer.places)


def _wrapped(line: str, indent: str, columns: int) -> list[str]:
    """A line that is too long as several; words that are longer than a line stay whole."""
    return textwrap.wrap(line, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False,
                         replace_whitespace=False, drop_whitespace=True) or [line]


def _table(difference: Difference, columns: int) -> str:
    """The rows side by side with their marks; of those that are as expected only a few."""
    lines = list(difference.lines)
    same = [i for i, (mark, _) in enumerate(lines) if mark == "="]
    hidden = set(same[_SAME_SHOWN:]) if len(same) > _SAME_SHOWN + 1 else set()
    rows = [(mark, cells) for i, (mark, cells) in enumerate(lines) if i not in hidden]
    widths = [max(len(name), *(len(cells[i]) for _, cells in rows)) if rows else len(name)
              for i, name in enumerate(difference.columns)]
    wide = sum(widths) + 2 * len(widths) + 4 > columns
    text = [f"  {difference.title}  (- missing, + not expected, ~ wanted ≠ found)"]
    if wide:  # one cell a line
        for mark, cells in rows:
            for i, (name, cell) in enumerate(zip(difference.columns, cells, strict=True)):
                text += _wrapped(f"  {_MARKS[mark] if i == 0 else ' '} {name}: {cell}", "      ", columns)
    else:
        text.append("    " + "  ".join(n.ljust(w) for n, w in zip(difference.columns, widths, strict=True)).rstrip())
        text += [f"  {_MARKS[mark]} " + "  ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)).rstrip()
                 for mark, cells in rows]
    if hidden:
        text.append(f"    ... {len(hidden)} more as expected")
    if not rows:
        text.append("    (no rows)")
    return "\n".join(text)
