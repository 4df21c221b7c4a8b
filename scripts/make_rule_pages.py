"""Writes docs/diagnostics.md and docs/rules/ from the table of codes, their pages and the docstrings of rules.

``make docs`` runs it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from flinksql_runner.diagnostics.codes import PAGES, STAGES, Stage
from flinksql_runner.lint import code_pages
from flinksql_runner.lint.pages import as_markdown, page_of
from flinksql_runner.lint.registry import all_rules
from flinksql_runner.lint.rule import Rule

DOCS = Path(__file__).resolve().parents[1] / "docs"
PROOFS = DOCS.parent / "tests" / "lint_proofs" / "results.json"
INDEX_HEAD = """\
# Diagnostics

<!-- Written by scripts/make_rule_pages.py: change diagnostics/codes.py or a rule's docstring, and run `make docs`. -->

Every mistake in what you wrote has a code, a place in the file as you wrote it, and a way out. Codes are stable: scripts may
rely on them. `--output` gives them to programs and services; the exit code is 1 where one of them is an error (with
`--warn-error` also for a warning). `flinksql explain-rule CODE` tells about one of them in the terminal; how lint rules are set
and silenced stands in [lint.md](lint.md).
"""
GROUPS: Mapping[str, str] = {
    "sources": "Sources", "sinks": "Sinks", "time": "Time and windows", "state": "State that grows", "queries": "Queries",
    "functions": "Python functions in queries", "project": "The project", "suppressions": "Suppressions",
}
"""Group -> its title, in the order of codes."""


def pages() -> Mapping[str, str]:
    """Path below docs/ -> the page."""
    found = {"diagnostics.md": _index()}
    for group, rules in groupby(sorted(all_rules().values(), key=lambda r: _order(r.about.group)), key=lambda r: r.about.group):
        head = f"# Lint rules: {GROUPS[group].lower()}\n\n<!-- Written by scripts/make_rule_pages.py from docstrings. -->\n"
        found[f"rules/{group}.md"] = "\n".join([head, *(as_markdown(r, _proof(r)) for r in rules)])
    for told in PAGES:
        head = f"# {told.title}\n\n<!-- Written by scripts/make_rule_pages.py from flinksql_runner/diagnostics/pages. -->\n"
        found[f"rules/{told.name}.md"] = "\n".join([head, *map(code_pages.code_as_markdown, code_pages.paged_codes(told))])
    return found


def _proof(rule: Rule) -> str:
    """What ``make lint-proofs`` has recorded for a rule; one that says two things has two files."""
    results = json.loads(PROOFS.read_text(encoding="utf-8"))
    mine = [r for name, r in results.items() if name.partition("-")[0] == rule.about.code]
    return "; ".join(str(r["claim"]) for r in mine if r["holds"])


def _order(group: str) -> int:
    return list(GROUPS).index(group)


def _index() -> str:
    before = [s for s in STAGES if min(s.codes) < "FS8"]
    after = [s for s in STAGES if min(s.codes) >= "FS8"]
    return "\n".join([INDEX_HEAD, *map(_stage, before), _rules(), *map(_stage, after)])


def _stage(stage: Stage) -> str:
    rows = [f"| {_linked(code)} | {says} |" for code, says in stage.codes.items()]
    return "\n".join([f"## {stage.title}\n", "| code | what it says |", "|---|---|", *rows, ""])


def _linked(code: str) -> str:
    group = code_pages.group_of(code)
    return f"[{code}](rules/{group.name}.md#{code.lower()})" if group is not None else code


def _rules() -> str:
    rows = []
    for code, rule in all_rules().items():
        page, about = page_of(rule), rule.about
        link = f"rules/{about.group}.md#{code.lower()}-{about.name}"
        rows.append(f"| {code} | [`{about.name}`]({link}) | {about.severity} | {page.title} |")
    return "\n".join(["## Lint rules\n", "| code | name | severity | what it says |", "|---|---|---|---|", *rows, ""])


def main() -> None:
    """Writes the pages, and removes those of groups that are gone."""
    written = pages()
    for old in (DOCS / "rules").glob("*.md"):
        if f"rules/{old.name}" not in written:
            old.unlink()
    for name, text in written.items():
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(text, encoding="utf-8")
    print(f"wrote docs/diagnostics.md and {len(written) - 1} pages of docs/rules", file=sys.stderr)


if __name__ == "__main__":
    main()
