"""What ``lint --fix`` and ``lint --diff`` do."""

from __future__ import annotations

from flinksql_runner.cli.fixes_view import tell_fixes
from flinksql_runner.cli.linting import Wanted, names_of, rule_codes
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import exit_code
from flinksql_runner.cli.params import Globals
from flinksql_runner.compiler.compile import JOB_CODES
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.format.fixes import fix
from flinksql_runner.format.write import write_back
from flinksql_runner.linting.built import lint_built
from flinksql_runner.pipeline import begin, build
from flinksql_runner.project.values import Project


def repair_project(options: Globals, wanted: Wanted, output: str, *, diff: bool) -> int:
    """Repairs the wanted nodes and writes their files; with ``diff`` shows what it would write. Gives the exit code."""
    only = rule_codes(wanted.rules)
    project = open_project(options)
    some = wanted.select or wanted.exclude or wanted.since is not None
    names = frozenset(names_of(begin(project), wanted, options)) if some else None

    def find(now: Project) -> tuple[Diagnostic, ...]:
        built = build(now)
        return lint_built(built, only)

    fixes = fix(project, find, lambda d: names is None or d.node in names)
    changed = sorted(p for p, text in fixes.project.texts.items() if project.texts[p] != text)
    left = [d for d in fixes.left if names is None or (d.node is None and d.code not in JOB_CODES) or d.node in names]
    if not diff:
        for path in changed:
            write_back(project.root, path, project.texts[path], fixes.project.texts[path])
    tell_fixes(project, fixes, left, changed, options, output, diff=diff)
    return max(exit_code(left, options), int(diff and bool(changed)))
