"""What ``lint`` does when it must look at the project itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import click

from flinksql_runner.cache.answers import Answer
from flinksql_runner.cache.tool import fingerprint
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import print_json, print_table
from flinksql_runner.cli.params import Globals
from flinksql_runner.cli.remembering import Computed, store_of
from flinksql_runner.cli.selection import selected
from flinksql_runner.cli.since import changed_nodes
from flinksql_runner.compiler.compile import JOB_CODES
from flinksql_runner.lint.pages import page_of
from flinksql_runner.lint.registry import all_rules, by_name
from flinksql_runner.lint.settings import near_rule
from flinksql_runner.linting.look import look as look_at
from flinksql_runner.pipeline import Begun, Build


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look at: a selection of nodes, those changed since a commit, and the rules to run (none: all)."""

    select: Sequence[str] = ()
    exclude: Sequence[str] = ()
    rules: Sequence[str] = ()
    since: str | None = None


def look(options: Globals, env: Mapping[str, str], wanted: Wanted) -> Computed:
    """All that is wrong with the wanted nodes, and with the project as a whole."""
    only = rule_codes(wanted.rules)
    project = open_project(options, env)
    looked = look_at(project, store_of(options), fingerprint(), only)
    begun = looked.begun
    found = looked.found
    if project.dashboards:
        from flinksql_runner.cli.boards import boards_of  # a project without any does not wait for it

        found = (*found, *boards_of(begun).diagnostics)
    names = names_of(begun, wanted, options)
    if len(names) < len(begun.graph.nodes):
        found = tuple(d for d in found if (d.node is None and d.code not in JOB_CODES) or d.node in names)
    spans = [s for d in found for s in (d.span, *(r.span for r in d.related), *(e.span for e in d.fix)) if s is not None]
    texts = {s.file: project.texts[s.file] for s in spans if s.file in project.texts}
    files = (*(f.path for f in project.files), *project.dashboards)
    return Computed(Answer(found, len(names), files, texts), final=bool(names))


def names_of(built: Begun | Build, wanted: Wanted, options: Globals) -> Collection[str]:
    """The names of the wanted nodes."""
    names: Collection[str] = tuple(built.graph.nodes)
    if wanted.select or wanted.exclude:
        names = selected(built.graph, wanted.select, wanted.exclude, options)
    if wanted.since is not None:
        names = changed_nodes(built, wanted.since).intersection(names)
    return names


def rule_codes(rules: Sequence[str]) -> tuple[str, ...]:
    """The codes of the rules that ``--rules`` names.

    :raises click.UsageError: where there is no such rule.
    """
    names = [n for text in rules for n in text.replace(",", " ").split()]
    for name in names:
        if name not in by_name() and name.upper() not in by_name():
            raise click.UsageError(f"--rules: there is no lint rule `{name}`; {near_rule(name)}")
    return tuple((by_name().get(n) or by_name()[n.upper()]).about.code for n in names)


def list_of_rules(options: Globals, output: str) -> int:
    """Prints all lint rules."""
    rules = all_rules().values()
    if output == "json":
        print_json({"rules": [{"code": r.about.code, "name": r.about.name, "group": r.about.group,
                               "severity": str(r.about.severity), "says": page_of(r).title} for r in rules]})
    else:
        print_table(("code", "name", "severity", "what it says"),
                    [(r.about.code, r.about.name, str(r.about.severity), page_of(r).title) for r in rules], options)
    return 0
