"""Options that select nodes, the same for every verb, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from flinksql_runner.cli.output import message
from flinksql_runner.cli.params import Globals
from flinksql_runner.graph.select import select
from flinksql_runner.graph.values import Graph

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def selection_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--select`` and ``--exclude`` (tuples of texts, each may hold several terms)."""
    function = click.option("--exclude", multiple=True, metavar="SELECTION", help="Leave these out.")(function)
    return click.option("-s", "--select", multiple=True, metavar="SELECTION",
                        help="Nodes, for example `+orders`, `tag:daily`, `sql/sinks`; by default all.")(function)


def selected(graph: Graph, chosen: Sequence[str], exclude: Sequence[str], options: Globals) -> tuple[str, ...]:
    """The names that ``--select`` and ``--exclude`` come to; says so on standard error where nothing matched.

    :raises Failure: where an expression can't be read.
    """
    found = select(graph, " ".join(chosen) if chosen else "*", " ".join(exclude) or None)
    if not found and graph.nodes:
        message(f"warning: nothing matches --select {' '.join(chosen) or '*'}"
                + (f" --exclude {' '.join(exclude)}" if exclude else ""), options)
    return found
