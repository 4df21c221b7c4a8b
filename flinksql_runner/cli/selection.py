"""What the options that select nodes come to."""

from __future__ import annotations

from collections.abc import Sequence

from flinksql_runner.cli.output import message
from flinksql_runner.cli.params import Globals
from flinksql_runner.cli.select_options import selection_options
from flinksql_runner.graph.select import select
from flinksql_runner.graph.values import Graph

__all__ = ["selected", "selection_options"]

def selected(graph: Graph, chosen: Sequence[str], exclude: Sequence[str], options: Globals) -> tuple[str, ...]:
    """The names that ``--select`` and ``--exclude`` come to; says so on standard error where nothing matched.

    :raises Failure: where an expression can't be read.
    """
    found = select(graph, " ".join(chosen) if chosen else "*", " ".join(exclude) or None)
    if not found and graph.nodes:
        message(f"warning: nothing matches --select {' '.join(chosen) or '*'}"
                + (f" --exclude {' '.join(exclude)}" if exclude else ""), options)
    return found
