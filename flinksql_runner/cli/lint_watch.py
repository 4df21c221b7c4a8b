"""``flinksql lint --watch``: looks again after each change and tells what is new and what is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import click

from flinksql_runner.cache.answers import Answer
from flinksql_runner.cli.output import message, print_diagnostics
from flinksql_runner.cli.params import Globals
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.diagnostics.render import Places, summary_line
from flinksql_runner.project.load import ProjectUnusable
from flinksql_runner.project.watch import changes

Known = tuple[str, str, str, str]


def watch_lint(options: Globals, look: Callable[[], Answer], output: str) -> int:
    """Goes round until Ctrl-C, which is how it ends well: 0."""
    before = Answer((), 0, ())
    try:
        for _ in changes(options.project_dir.absolute()):
            before = _tell(before, _looked(look), options, output)
    except KeyboardInterrupt:
        click.echo(err=True)
    return 0


def _looked(look: Callable[[], Answer]) -> Answer:
    """What there is now; a project.yml in the middle of being written is a finding, not the end."""
    try:
        return look()
    except ProjectUnusable as unusable:
        return Answer(unusable.diagnostics, 0, (), unusable.texts)


def _tell(before: Answer, now: Answer, options: Globals, output: str) -> Answer:
    """Prints the findings that were not there before, in full, and a line for each that is gone."""
    old, new = _known(before), _known(now)
    more = Counter(new.values()) - Counter(old.values())
    appeared = []
    for found, known in new.items():
        if more[known] > 0:
            more[known] -= 1
            appeared.append(now.diagnostics[found])
    print_diagnostics(appeared, now.texts, options, output)
    gone = Counter(old.values()) - Counter(new.values())
    for code, file, _, text in gone.elements():
        click.echo(f"gone: {file}: [{code}] {text}")
    total = summary_line(now.diagnostics) or "no findings"
    if appeared or gone or not before.files:
        message(f"{now.nodes} nodes, {total}", options)
    return now


def _known(answer: Answer) -> Mapping[int, Known]:
    """Each finding by what stays the same while lines move: code, file, the text of its line, message."""
    places = Places(answer.texts)
    return {i: _words(d, places) for i, d in enumerate(answer.diagnostics)}


def _words(found: Diagnostic, places: Places) -> Known:
    file, line = (found.span.file, places.excerpt(found.span)) if found.span else ("", "")
    return found.code, file, line, found.message
