"""``flinksql render NODE``: the SQL of one file after its template ran."""

from __future__ import annotations

import click

from flinksql_runner.cli.opening import kept_nodes, open_project
from flinksql_runner.cli.output import exit_code, output_option, print_diagnostics, print_json
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.diagnostics import Failure, did_you_mean
from flinksql_runner.graph.values import Graph
from flinksql_runner.pipeline import build
from flinksql_runner.syntax.values import Node


@verb("render")
@click.argument("node")
@output_option
def command(options: Globals, node: str, output: str) -> int:
    """Print a file's SQL after its template ran; NODE is a name or a path."""
    built = build(open_project(options), nodes=kept_nodes(options))
    found = find(built.graph, node)
    diagnostics = [d for d in built.diagnostics if d.node == found.name]
    if output == "json":
        print_json({"node": found.name, "file": found.path, "compiled": found.rendered.text, "config": dict(found.config)})
    else:
        click.echo(found.rendered.text.rstrip("\n"))
    if diagnostics:
        print_diagnostics(diagnostics, built.project.texts, options, to_stderr=True)
    return exit_code(diagnostics, options)


def find(graph: Graph, text: str) -> Node:
    """The node of a name, or of a path as the shell completes it.

    :raises Failure: where there is none, with the nearest name.
    """
    path = text.replace("\\", "/").removeprefix("./")
    for node in graph.nodes.values():
        if text == node.name or path == node.path:
            return node
    near = did_you_mean(text, graph.nodes)
    raise Failure(f"There is no node `{text}`{'; ' + near if near else '; `flinksql ls` lists them'}")
