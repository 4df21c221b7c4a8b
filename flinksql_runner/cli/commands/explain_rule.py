"""``flinksql explain-rule``: what a code means."""

from __future__ import annotations

import textwrap

import click

from flinksql_runner.cli.output import output_option, print_json, width
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.diagnostics import Failure
from flinksql_runner.diagnostics.codes import STAGES, all_codes
from flinksql_runner.lint.code_pages import code_as_text, flink_says, group_of, page_of_code
from flinksql_runner.lint.pages import as_text, page_of
from flinksql_runner.lint.registry import by_name
from flinksql_runner.lint.rule import Rule
from flinksql_runner.lint.settings import near_rule


@verb("explain-rule")
@click.argument("code")
@output_option
def command(options: Globals, code: str, output: str) -> int:
    """Tell what a code of a diagnostic means, and the way out; CODE is a code or the name of a lint rule.

    \b
    flinksql explain-rule FS801
    flinksql explain-rule kafka-startup-mode
    """  # noqa: D301
    rule = by_name().get(code.upper()) or by_name().get(code.lower())
    if rule is not None:
        _tell(rule, output)
        return 0
    stage = next((s for s in STAGES if code.upper() in s.codes), None)
    if stage is None:
        raise Failure(f"There is no code or rule `{code}`; {near_rule(code, all_codes())}")
    says = stage.codes[code.upper()]
    has_page = group_of(code.upper()) is not None
    if output == "json":
        more = {"why": page_of_code(code.upper()).why, "flink_says": flink_says(code.upper())} if has_page else {}
        print_json({"code": code.upper(), "stage": stage.title, "says": says, **more})
    elif has_page:
        click.echo(_paragraphs(code_as_text(code.upper())))
    else:
        click.echo(_wrapped(f"{code.upper()}: {says}"))
        click.echo(f"\nStage: {stage.title}. Each diagnostic tells its own way out.")
    return 0


def _tell(rule: Rule, output: str) -> None:
    about = rule.about
    if output == "json":
        print_json({"code": about.code, "name": about.name, "group": about.group, "severity": str(about.severity),
                    "says": page_of(rule).title, "why": page_of(rule).why,
                    "options": {o.name: {"default": o.default, "says": o.says} for o in about.options}})
    else:
        click.echo(_paragraphs(as_text(rule)))


def _paragraphs(text: str) -> str:
    return "\n\n".join(p if p.startswith("  ") else _wrapped(p) for p in text.split("\n\n"))


def _wrapped(text: str) -> str:
    """Paragraphs in the width of the terminal; examples, which are indented, stay as they are."""
    if any(line.startswith("  ") for line in text.splitlines()):
        return text
    return textwrap.fill(text, min(width(), 100), break_long_words=False, break_on_hyphens=False)
