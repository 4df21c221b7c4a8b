"""Verbs that are groups: ``flinksql simulate vehicles``. What a verb below one needs is imported when it is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from flinksql_runner.diagnostics.suggest import nearest


class Subverbs(click.Group):
    """Verbs by name, each with the module that holds its ``command`` and its help in one line."""

    def __init__(self, verbs: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(**settings)
        self._verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them."""
        return list(self._verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them, imported now."""
        if cmd_name not in self._verbs:
            near = nearest(cmd_name, self._verbs)
            raise click.UsageError(
                f"There is no `{ctx.info_name} {cmd_name}`. Did you mean `{near}`?" if near else
                f"There is no `{ctx.info_name} {cmd_name}`: choose {' or '.join(self._verbs)}.", ctx)
        try:
            command: click.Command = import_module(self._verbs[cmd_name][0]).command
        except ModuleNotFoundError as missing:
            raise lacking(f"{ctx.info_name} {cmd_name}", missing, ctx) from None
        command.name = cmd_name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Their help, out of the table: nothing is imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in self._verbs.items()])


def lacking(name: str, missing: ModuleNotFoundError, context: click.Context) -> click.UsageError:
    """What to do where a package that a verb needs is not installed; a module of ours that is missing is raised as it is."""
    if (missing.name or "").startswith("flinksql_runner"):
        raise missing
    extra = "dashboard" if name == "dashboard" else "engine"
    return click.UsageError(
        f"`flinksql {name}` needs the package {missing.name}: pip install 'flinksql-runner[{extra}]'", context)
