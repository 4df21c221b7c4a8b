"""``flinksql lint``: all mistakes that need no engine to be found."""

from __future__ import annotations

from collections.abc import Sequence

import click

from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import diagnostics_option, exit_code, message, print_diagnostics, print_json, print_table
from flinksql_runner.cli.selection import selected, selection_options
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.compiler.compile import JOB_CODES
from flinksql_runner.lint.pages import page_of
from flinksql_runner.lint.registry import all_rules, by_name
from flinksql_runner.lint.run import lint
from flinksql_runner.lint.settings import near_rule
from flinksql_runner.lint.subject import subject_of
from flinksql_runner.pipeline import build


@verb("lint")
@selection_options
@diagnostics_option
@click.option("--rules", multiple=True, metavar="RULES",
              help="Run only these lint rules (codes or names); mistakes are told always.")
@click.option("--list-rules", is_flag=True, help="List all lint rules and do nothing else.")
def command(
    options: Globals, select: Sequence[str], exclude: Sequence[str], output: str, rules: Sequence[str], list_rules: bool,
) -> int:
    """Find mistakes and hazards in SQL, templates, functions and project files, without an engine.

    \b
    flinksql lint                                  everything
    flinksql lint -s tag:daily --output json       for programs; github, gitlab, sarif, junit for services
    flinksql lint --rules FS801,unused-macro       two rules alone; explain-rule tells about each
    """  # noqa: D301
    if list_rules:
        return _list(options, output)
    only = _codes(rules)
    built = build(open_project(options))
    subject = subject_of(built.project, built.graph, built.functions, built.jobs, built.analysis, built.streams)
    found = lint(subject, built.findings, only)
    if select or exclude:
        names = selected(built.graph, select, exclude, options)
        found = tuple(d for d in found if (d.node is None and d.code not in JOB_CODES) or d.node in names)
    print_diagnostics(found, built.project.texts, options, output, clean=[f.path for f in built.project.files])
    if not found:
        message(f"{len(built.graph.nodes)} nodes, no findings", options)
    return exit_code(found, options)


def _codes(rules: Sequence[str]) -> tuple[str, ...]:
    names = [n for text in rules for n in text.replace(",", " ").split()]
    for name in names:
        if name not in by_name() and name.upper() not in by_name():
            raise click.UsageError(f"--rules: there is no lint rule `{name}`; {near_rule(name)}")
    return tuple((by_name().get(n) or by_name()[n.upper()]).about.code for n in names)


def _list(options: Globals, output: str) -> int:
    rules = all_rules().values()
    if output == "json":
        print_json({"rules": [{"code": r.about.code, "name": r.about.name, "group": r.about.group,
                               "severity": str(r.about.severity), "says": page_of(r).title} for r in rules]})
    else:
        print_table(("code", "name", "severity", "what it says"),
                    [(r.about.code, r.about.name, str(r.about.severity), page_of(r).title) for r in rules], options)
    return 0
