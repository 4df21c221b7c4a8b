"""Writes docs/cli.md from ``--help``, so that the page tells what the command tells. ``make docs`` runs it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from flinksql_runner.cli.main import ALIASES, VERBS, cli
from flinksql_runner.cli.subverbs import Subverbs

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
WIDTH = 100
HEAD = """\
# Command line

<!-- Written by scripts/make_cli_page.py from --help: change the verbs and run `make docs`. -->

Exit codes: **0** fine; **1** it ran and found or failed something (a mistake in SQL, a template or a test; a job that failed; a
failed check of `debug`); **2** it could not work (usage, project.yml or profiles.yml not usable, something missing on this
machine); **130** interrupted by Ctrl-C. Results go to standard output, messages and progress to standard error.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## flinksql\n\n" + _block(cli, _context())]
    for section, verbs in VERBS.items():
        parts.append(f"## {section}\n")
        parts += [_verb(name) for name in verbs]
    return "\n".join(parts)


def _verb(name: str) -> str:
    outer = _context()
    command = cli.get_command(outer, name)
    assert command is not None
    others = [f"`{alias}`" for alias, verb in ALIASES.items() if verb == name]
    also = f"Also {' and '.join(others)}.\n\n" if others else ""
    inner = click.Context(command, outer, info_name=name, terminal_width=WIDTH)
    text = f"### {name}\n\n{also}" + _block(command, inner)
    if isinstance(command, Subverbs):
        for below in command.list_commands(inner):
            found = command.get_command(inner, below)
            assert found is not None
            context = click.Context(found, inner, info_name=below, terminal_width=WIDTH)
            text += f"\n#### {name} {below}\n\n" + _block(found, context)
    return text


def _context() -> click.Context:
    return click.Context(cli, info_name="flinksql", terminal_width=WIDTH, **cli.context_settings)


def _block(command: click.Command, context: click.Context) -> str:
    text = command.get_help(context).rstrip()
    return "```text\n" + "\n".join(line.rstrip() for line in text.splitlines()) + "\n```\n"


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(Path.cwd()) if PAGE.is_relative_to(Path.cwd()) else PAGE}", file=sys.stderr)


if __name__ == "__main__":
    main()
