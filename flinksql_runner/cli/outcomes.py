"""How results of unit tests are told: as text, as JSON, as JUnit XML, as annotations of a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from flinksql_runner.diagnostics import LineIndex, error
from flinksql_runner.diagnostics.render import Renderer, annotation
from flinksql_runner.testing.values import Difference, Outcome, Status

_WORDS: Mapping[Status, str] = {"pass": "passed", "fail": "failed", "error": "could not run", "skipped": "skipped"}
_MARKS = {"=": " ", "-": "-", "+": "+", "~": "~"}
_SAME_SHOWN = 3     # rows as expected that are shown beside the wrong ones


def line_of(outcome: Outcome, texts: Mapping[str, str]) -> int:
    """The line of the test's name in its file, from 1."""
    span = outcome.test.span
    return LineIndex(texts[span.file]).position(span.start).line


def as_text(outcome: Outcome, renderer: Renderer, texts: Mapping[str, str], columns: int = 80) -> str:
    """What a failed test says: its place, each table that differs, what the user wrote wrong, Flink's words."""
    place = f"{outcome.test.span.file}:{line_of(outcome, texts)}"
    parts = [f"{outcome.status.upper()} {outcome.test.name}  ({place})"]
    parts += [_table(d, columns) for d in outcome.differences]
    parts += [renderer.text(d) for d in outcome.diagnostics]
    if outcome.status == "error" and not outcome.diagnostics:
        parts.append(f"  {outcome.message}")
    return "\n".join(parts) + "\n"


def summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    """``12 passed, 1 failed in 3.1 s``."""
    counts = Counter(o.status for o in outcomes)
    return ", ".join(f"{counts[s]} {w}" for s, w in _WORDS.items() if counts[s]) + f" in {seconds:.1f} s"


def as_json(outcomes: Sequence[Outcome], texts: Mapping[str, str]) -> Mapping[str, Any]:
    """The stable form; ``message`` is empty for a test that passed."""
    counts = Counter(o.status for o in outcomes)
    return {
        "version": 1,
        "tests": [{"name": o.test.name, "node": o.test.node, "status": o.status, "seconds": round(o.seconds, 3),
                   "message": o.message, "file": o.test.span.file, "line": line_of(o, texts)} for o in outcomes],
        "summary": {s: counts[s] for s in _WORDS},
    }


def as_junit(outcomes: Sequence[Outcome], renderer: Renderer, texts: Mapping[str, str]) -> str:
    """JUnit's XML, which CI systems read."""
    counts = Counter(o.status for o in outcomes)
    suite = ElementTree.Element("testsuite", name="flinksql", tests=str(len(outcomes)), failures=str(counts["fail"]),
                                errors=str(counts["error"]), skipped=str(counts["skipped"]))
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
    """An annotation at the test's name."""
    return annotation(error("FS700", f"{outcome.test.name}: {outcome.message}", outcome.test.span), renderer.places)


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
            text += [f"  {_MARKS[mark] if i == 0 else ' '} {name}: {cell}"
                     for i, (name, cell) in enumerate(zip(difference.columns, cells, strict=True))]
    else:
        text.append("    " + "  ".join(n.ljust(w) for n, w in zip(difference.columns, widths, strict=True)).rstrip())
        text += [f"  {_MARKS[mark]} " + "  ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)).rstrip()
                 for mark, cells in rows]
    if hidden:
        text.append(f"    ... {len(hidden)} more as expected")
    if not rows:
        text.append("    (no rows)")
    return "\n".join(text)
