"""Runs the rules over a built project, and takes out what comments silence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from flinksql_runner.diagnostics import Diagnostic, Severity
from flinksql_runner.diagnostics.codes import all_codes
from flinksql_runner.lint.comments import CommentRule, Comments
from flinksql_runner.lint.registry import all_rules, by_name
from flinksql_runner.lint.rule import Finding, NodeRule, ProjectRule, Rule
from flinksql_runner.lint.settings import Configured, RuleBook
from flinksql_runner.lint.subject import Subject
from flinksql_runner.lint.suppress import Silencer

_OF_FLINK = ("FS32", "FS33", "FS34", "FS35", "FS36", "FS53")


def lint(subject: Subject, others: Iterable[Diagnostic] = (), only: Collection[str] = ()) -> tuple[Diagnostic, ...]:
    """What rules find, after the diagnostics of ``others`` (earlier stages), all without those that comments silence.

    With ``only`` just these codes of rules are run. The same finding at the same place is told once.
    """
    settings = RuleBook(subject.project.rules, only)
    nodes = [subject.graph.nodes[n] for n in subject.graph.nodes]
    book = settings.book(nodes)
    silencer = Silencer(subject.project.texts, {n: r.about.code for n, r in by_name().items()}, suppressible())
    by_rules = [*settings.diagnostics, *silencer.keep(_by_rules(subject, settings, book))]
    by_rules.extend(_about_comments(subject, settings, book, silencer))
    found = [*silencer.keep(others), *sorted(by_rules, key=_place)]
    once = {(d.code, d.message, d.span): d for d in reversed(found)}
    return tuple(reversed(once.values()))


def _place(found: Diagnostic) -> tuple[str, int, str]:
    return (found.span.file, found.span.start, found.code) if found.span is not None else ("", 0, found.code)


def suppressible() -> frozenset[str]:
    """The codes that a comment can silence: those of rules about SQL, of the analyser and of connectors' options.

    The last two are no more than what Flink would say: a job compiles in spite of them, so a user who knows better goes on. All
    others tell of files that can't be compiled at all.
    """
    rules = (c for c, rule in all_rules().items() if not isinstance(rule, CommentRule))
    return frozenset((*rules, *(c for c in all_codes() if c[:4] in _OF_FLINK)))


def _by_rules(subject: Subject, settings: RuleBook, book: Mapping[tuple[str, str], Configured]) -> Iterator[Diagnostic]:
    of_nodes = [(code, rule) for code, rule in all_rules().items() if isinstance(rule, NodeRule)]  # asked once: it is slow
    for name in subject.sound:
        node = subject.graph.nodes[name]
        for code, rule in of_nodes:
            configured = book[name, code]
            if configured.severity is not None:
                for finding in rule.check(node, subject, configured.settings):
                    yield _told(rule, finding, configured, name)
    for of_project in (r for r in all_rules().values() if isinstance(r, ProjectRule)):
        whole = settings.of(of_project)
        for finding in of_project.check_project(subject, whole.settings):
            configured = book.get((finding.node or "", of_project.about.code), whole)
            if configured.severity is not None:
                yield _told(of_project, finding, configured, None)


def _told(rule: Rule, finding: Finding, configured: Configured, node: str | None) -> Diagnostic:
    assert configured.severity is not None
    severity = Severity.INFO if configured.severity is Severity.WARNING and not finding.certain else configured.severity
    return Diagnostic(rule.about.code, severity, finding.message, finding.span, finding.help, finding.node or node,
                      finding.related, finding.fix)


def _about_comments(
    subject: Subject, settings: RuleBook, book: Mapping[tuple[str, str], Configured], silencer: Silencer,
) -> Iterator[Diagnostic]:
    if not silencer.comments:
        return
    comments = Comments(
        silencer.comments, frozenset(silencer.used), {n: r.about.code for n, r in by_name().items()}, suppressible(),
        subject.project.texts, _unsure(subject, settings, book))
    files = {n.path: n.name for n in subject.graph.nodes.values()}
    for rule in all_rules().values():
        if isinstance(rule, CommentRule):
            for finding in rule.check_comments(comments):
                node = files.get(finding.span.file) if finding.span else None
                configured = book.get((node or "", rule.about.code)) or settings.of(rule)
                if configured.severity is not None:
                    yield _told(rule, replace(finding, node=node), configured, node)


def _unsure(
    subject: Subject, settings: RuleBook, book: Mapping[tuple[str, str], Configured],
) -> Mapping[str, frozenset[str]]:
    """File -> codes that were not looked for in it; a macro's findings are those of any file that calls it."""
    codes = suppressible()
    rules = codes & set(all_rules())
    found: dict[str, frozenset[str]] = {}
    for node in subject.graph.nodes.values():
        off = codes if node.name not in subject.sound else frozenset(c for c in rules if book[node.name, c].severity is None)
        if off:
            found[node.path] = off
    shared = frozenset().union(*found.values()) if found else frozenset()
    shared |= {c for c in rules if settings.of(all_rules()[c]).severity is None}
    for path in subject.project.texts:
        if not path.startswith("sql/"):
            found[path] = shared
    return found


def known_codes() -> frozenset[str]:
    """All codes that there are: those of rules and those of all other stages."""
    return frozenset(all_rules()) | frozenset(all_codes())
