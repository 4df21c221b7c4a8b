"""Format the files of a project, and make sure that no compiled statement changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flinksql_runner.diagnostics import Diagnostic, Span, warning
from flinksql_runner.format.layout import Refused, format_text
from flinksql_runner.format.macros import macros_in, may_call, used_in_quotes
from flinksql_runner.format.ranges import only_lines
from flinksql_runner.format.values import Style
from flinksql_runner.format.verify import differs_as_template, differs_rendered
from flinksql_runner.project.values import Project, SqlFile
from flinksql_runner.templating.render import Templates, make_templates, render_file

_JINJA = re.compile(r"\{[{%]")
_WHOLE = ("import", "include", "extends")  # ways to a macro that do not name it
_DEFAULT = Style()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file: its text before and after; ``diagnostic`` says why it stays as it is, though its layout may be another."""

    path: str
    before: str
    after: str
    diagnostic: Diagnostic | None = None

    @property
    def changed(self) -> bool:
        """Whether the file is to be written."""
        return self.before != self.after


def style_of(project: Project) -> Style:
    """The style that ``format:`` in project.yml asks for."""
    given = project.format
    length, case = given.get("line_length", _DEFAULT.line_length), given.get("keyword_case", _DEFAULT.keyword_case)
    return Style(int(str(length)), str(case), bool(given.get("align_columns", _DEFAULT.align_columns)))


def format_files(
    project: Project, paths: Iterable[str], lines: Sequence[tuple[int, int]] = (), style: Style | None = None,
) -> tuple[Outcome, ...]:
    """Formats files of a project by their paths; nothing is written.

    With ``lines`` (first and last, from 1) only changes that touch these lines are kept. A file whose compiled SQL could
    change, or can't be known, stays as it is and has a diagnostic FS150.
    """
    style = style or style_of(project)
    texts = {f.path: f.text for f in project.files} | {m.path: m.text for m in project.macros}
    macros = {m.path for m in project.macros}
    found: dict[str, Outcome] = {}
    keep: frozenset[str] | None = None
    for path in paths:
        outcome = _formatted(path, texts[path], style, lines)
        if outcome.changed and path in macros:
            keep = used_in_quotes(project) if keep is None else keep
            outcome = _formatted(path, texts[path], style, lines, keep) if keep else outcome
        found[path] = outcome
    return tuple(_Check(project).judged(found).values())


def _formatted(
    path: str, text: str, style: Style, lines: Sequence[tuple[int, int]], keep: frozenset[str] = frozenset(),
) -> Outcome:
    result = format_text(text, style, keep)
    if isinstance(result, Refused):
        return _left(Outcome(path, text, text), result.message, result.at)
    if lines:
        result = only_lines(text, result, lines)
    if result == text:
        return Outcome(path, text, text)
    outcome = Outcome(path, text, result)
    different = differs_as_template(text, result)
    if different is None and not lines and format_text(result, style, keep) != result:
        different = "its layout would change each time"
    return outcome if different is None else _left(outcome, different)


def _left(outcome: Outcome, why: str, at: int = 0) -> Outcome:
    help = "lay it out by hand; the other files are formatted"
    said = warning("FS150", f"left as it was: {why}", Span(outcome.path, at, at), help)
    return Outcome(outcome.path, outcome.before, outcome.before, said)


class _Check:
    """Renders the project before and after, and takes back what is not the same."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._before: Templates | None = None

    def judged(self, found: Mapping[str, Outcome]) -> dict[str, Outcome]:
        """The outcomes, those that would change compiled SQL taken back: macros first, then the files that use them."""
        outcomes = dict(found)
        macros = [m.path for m in self.project.macros if m.path in outcomes and outcomes[m.path].changed]
        if macros and self._changed_by(macros, outcomes) is not None:
            for path in macros:
                why = self._changed_by([path], outcomes)
                if why is not None:
                    outcomes[path] = _left(outcomes[path], why)
        after = self._with([p for p in macros if outcomes[p].changed], outcomes) if macros else self._templates()
        files = {f.path: f for f in self.project.files}
        for path, outcome in outcomes.items():
            if outcome.changed and path in files:
                file = files[path]
                old = render_file(file, self._templates())
                why = differs_rendered(old, render_file(replace(file, text=outcome.after), after))
                if why is not None:
                    outcomes[path] = _left(outcome, why)
        return outcomes

    def _templates(self) -> Templates:
        if self._before is None:
            self._before = make_templates(self.project)
        return self._before

    def _with(self, macros: Sequence[str], outcomes: Mapping[str, Outcome]) -> Templates:
        if not macros:
            return self._templates()
        changed = tuple(replace(m, text=outcomes[m.path].after) if m.path in macros else m for m in self.project.macros)
        return make_templates(replace(self.project, macros=changed))

    def _changed_by(self, macros: Sequence[str], outcomes: Mapping[str, Outcome]) -> str | None:
        """What would change in files that may use these macros."""
        after = self._with(macros, outcomes)
        new = next((d for d in after.diagnostics if d not in self._templates().diagnostics), None)
        if new is not None:
            return new.message
        names = frozenset().union(*(macros_in(outcomes[m].before) for m in macros))
        whole = any(word in file.text for file in self.project.files for word in _WHOLE)
        for file in self.project.files:
            if not _JINJA.search(file.text) or not (whole or may_call(file.text, names, self.project)):
                continue
            why = _differs(file, self._templates(), after)
            if why is not None:
                return f"{file.path}: {why}"
        return None


def _differs(file: SqlFile, before: Templates, after: Templates) -> str | None:
    return differs_rendered(render_file(file, before), render_file(file, after))
