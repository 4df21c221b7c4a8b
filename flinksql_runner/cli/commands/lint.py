"""``flinksql lint``: all mistakes that need no engine to be found."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import click

from flinksql_runner.cli.output import diagnostics_option, exit_code, message, print_diagnostics
from flinksql_runner.cli.remembering import Computed, remembered
from flinksql_runner.cli.select_options import selection_options
from flinksql_runner.cli.verb import Globals, verb


@verb("lint")
@selection_options
@diagnostics_option
@click.option("--rules", multiple=True, metavar="RULES",
              help="Run only these lint rules (codes or names); mistakes are told always.")
@click.option("--changed-since", metavar="REF",
              help="Only nodes that changed since this commit (or since this branch left it), and all downstream of them.")
@click.option("--watch", is_flag=True, help="Look again after each change, and tell what is new and what is gone; Ctrl-C ends.")
@click.option("--list-rules", is_flag=True, help="List all lint rules and do nothing else.")
@click.option("--fix", "repair", is_flag=True, help="Repair what has one way out, and tell the rest.")
@click.option("--diff", is_flag=True, help="Write nothing; print what --fix would change.")
def command(
    options: Globals, select: Sequence[str], exclude: Sequence[str], output: str, rules: Sequence[str],
    changed_since: str | None, watch: bool, list_rules: bool, repair: bool, diff: bool,
) -> int:
    """Find mistakes and hazards in SQL, templates, functions and project files, without an engine.

    \b
    flinksql lint                                  everything
    flinksql lint -s tag:daily --output json       for programs; github, gitlab, sarif, junit for services
    flinksql lint --changed-since origin/main      what a branch touches, and all downstream of it
    flinksql lint --watch                          again after each change
    flinksql lint --rules FS801,unused-macro       two rules alone; explain-rule tells about each
    flinksql lint --fix                            repair what has one way out; --diff only shows it
    """  # noqa: D301
    if list_rules:
        from flinksql_runner.cli.linting import list_of_rules

        return list_of_rules(options, output)
    if repair or diff:
        from flinksql_runner.cli.fixing import repair_project
        from flinksql_runner.cli.linting import Wanted

        return repair_project(options, Wanted(select, exclude, rules, changed_since), output, diff=diff)

    def compute(env: Mapping[str, str]) -> Computed:
        from flinksql_runner.cli.linting import Wanted, look  # an unchanged project needs none of it

        return look(options, env, Wanted(select, exclude, rules, changed_since))

    if watch:
        from flinksql_runner.cli.lint_watch import watch_lint

        return watch_lint(options, lambda: compute(os.environ).answer, output)
    if changed_since is not None:  # hangs on what git knows, too
        answer = compute(os.environ).answer
    else:
        answer = remembered(options, "lint", {"select": tuple(select), "exclude": tuple(exclude), "rules": tuple(rules)}, compute)
    found = answer.diagnostics
    print_diagnostics(found, answer.texts, options, output, clean=answer.files)
    if not found:
        message(f"{answer.nodes} nodes, no findings", options)
    return exit_code(found, options)
