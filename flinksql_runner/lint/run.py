"""Runs the rules over a built project, and takes out what comments silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from flinksql_runner.diagnostics import Diagnostic, Severity
from flinksql_runner.diagnostics.codes import all_codes
from flinksql_runner.lint.comments import CommentRule, Comments
from flinksql_runner.lint.kinds import AcrossRule, ProjectRule
from flinksql_runner.lint.plan import Plan
from flinksql_runner.lint.registry import all_rules, by_name
from flinksql_runner.lint.rule import Finding, Rule
from flinksql_runner.lint.settings import Configured
from flinksql_runner.lint.study import Study
from flinksql_runner.lint.suppress import Silencer
from flinksql_runner.lint.whole import Whole

_OF_FLINK = ("FS32", "FS33", "FS34", "FS35", "FS36", "FS53")


def lint(
    plan: Plan, studies: Mapping[str, Study], sound: Sequence[str], others: Iterable[Diagnostic] = (),
) -> tuple[Diagnostic, ...]:
    """What rules find, after the diagnostics of ``others`` (earlier stages), all without those that comments silence.

    ``sound`` are the nodes without an error in themselves or upstream, parents first; the same finding at the same place is told
    once.
    """
    facts = {n: studies[n].facts for n in sound}
    whole = Whole(plan.project, plan.graph, plan.functions, plan.jobs, tuple(sound), facts, plan.around)
    silencer = Silencer(plan.project.texts, {n: r.about.code for n, r in by_name().items()}, suppressible())
    by_rules = [*plan.settings.diagnostics, *silencer.keep(_by_rules(plan, studies, whole))]
    by_rules.extend(_about_comments(plan, whole, silencer))
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


def _by_rules(plan: Plan, studies: Mapping[str, Study], whole: Whole) -> Iterator[Diagnostic]:
    rules = all_rules()
    across = [(code, rule) for code, rule in rules.items() if isinstance(rule, AcrossRule)]  # asked once: it is slow
    for name in whole.sound:
        node, book = plan.graph.nodes[name], plan.book[name]
        for found in studies[name].found:
            for finding in found.findings if book[found.code].severity is not None else ():
                yield _told(rules[found.code], finding, book[found.code], name)
        for code, rule in across:
            if book[code].severity is not None:
                for finding in rule.check_across(node, whole, book[code].settings):
                    yield _told(rule, finding, book[code], name)
    for of_project in (r for r in rules.values() if isinstance(r, ProjectRule)):
        general = plan.settings.of(of_project)
        for finding in of_project.check_project(whole, general.settings):
            set_for_node = plan.book.get(finding.node or "")
            configured = set_for_node[of_project.about.code] if set_for_node is not None else general
            if configured.severity is not None:
                yield _told(of_project, finding, configured, None)


def _told(rule: Rule, finding: Finding, configured: Configured, node: str | None) -> Diagnostic:
    assert configured.severity is not None
    severity = Severity.INFO if configured.severity is Severity.WARNING and not finding.certain else configured.severity
    return Diagnostic(rule.about.code, severity, finding.message, finding.span, finding.help, finding.node or node,
                      finding.related, finding.fix)


def _about_comments(plan: Plan, whole: Whole, silencer: Silencer) -> Iterator[Diagnostic]:
    if not silencer.comments:
        return
    comments = Comments(
        silencer.comments, frozenset(silencer.used), {n: r.about.code for n, r in by_name().items()}, suppressible(),
        plan.project.texts, _unsure(plan, whole))
    files = {n.path: n.name for n in plan.graph.nodes.values()}
    for rule in all_rules().values():
        if isinstance(rule, CommentRule):
            for finding in rule.check_comments(comments):
                node = files.get(finding.span.file) if finding.span else None
                configured = plan.book[node][rule.about.code] if node is not None else plan.settings.of(rule)
                if configured.severity is not None:
                    yield _told(rule, replace(finding, node=node), configured, node)


def _unsure(plan: Plan, whole: Whole) -> Mapping[str, frozenset[str]]:
    """File (``""``: all) -> codes that were not looked for in it; a macro's findings are those of any file that calls it."""
    codes = suppressible()
    if plan.graph.broken:  # a job that can't be compiled is not looked at, and none of its nodes knows its settings
        return {"": codes}
    rules = codes & set(all_rules())
    sound = frozenset(whole.sound)
    found: dict[str, frozenset[str]] = {}
    for node in plan.graph.nodes.values():
        off = codes if node.name not in sound else frozenset(c for c in rules if plan.book[node.name][c].severity is None)
        if off:
            found[node.path] = off
    shared = frozenset().union(*found.values()) if found else frozenset()
    shared |= {c for c in rules if plan.settings.of(all_rules()[c]).severity is None}
    for path in plan.project.texts:
        if not path.startswith("sql/"):
            found[path] = shared
    return found


def known_codes() -> frozenset[str]:
    """All codes that there are: those of rules and those of all other stages."""
    return frozenset(all_rules()) | frozenset(all_codes())
