"""Options that select nodes, the same for every verb; loads nothing heavy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def selection_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--select`` and ``--exclude`` (tuples of texts, each may hold several terms)."""
    function = click.option("--exclude", multiple=True, metavar="SELECTION", help="Leave these out.")(function)
    return click.option("-s", "--select", multiple=True, metavar="SELECTION",
                        help="Nodes, for example `+orders`, `tag:daily`, `sql/sinks`; by default all.")(function)
