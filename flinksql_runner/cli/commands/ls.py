"""``flinksql ls``: list nodes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import click

from flinksql_runner.cli.opening import kept_nodes, open_project
from flinksql_runner.cli.output import exit_code, message, print_diagnostics
from flinksql_runner.cli.selection import selected, selection_options
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.compiler.changelogs import stream_of
from flinksql_runner.compiler.columns import columns_of
from flinksql_runner.compiler.manifest import describe
from flinksql_runner.diagnostics import Failure
from flinksql_runner.graph.select import fqn
from flinksql_runner.pipeline import Build, build
from flinksql_runner.syntax.values import Node


@verb("ls")
@selection_options
@click.option("--resource-type", "types", multiple=True, type=click.Choice(["source", "transform", "sink", "all"]),
              help="Only nodes of these kinds.")
@click.option("--output", type=click.Choice(["selector", "name", "path", "json"]), default="selector", show_default=True,
              help="What to print of each node; json is one object a line.")
@click.option("--output-keys", multiple=True, metavar="KEYS", help="Keys of the JSON objects, for example 'name config.tags'.")
def command(
    options: Globals, select: Sequence[str], exclude: Sequence[str], types: Sequence[str], output: str,
    output_keys: Sequence[str],
) -> int:
    """List nodes, one a line, each before those that read it.

    \b
    flinksql ls -s '+daily_report'                 everything that a sink hangs on
    flinksql ls -s tag:daily --output json --output-keys 'name config.tags'
    """  # noqa: D301
    built = build(open_project(options), nodes=kept_nodes(options))
    names = selected(built.graph, select, exclude, options)
    keys = [k for text in output_keys for k in text.replace(",", " ").split()]
    for name in names:
        node = built.graph.nodes[name]
        if not types or "all" in types or node.kind in types:
            click.echo(line(built, node, output, keys))
    broken = [d for d in built.diagnostics if d.is_error]
    if broken:
        print_diagnostics(broken, built.project.texts, options, "concise", to_stderr=True)
        message("the list may lack edges of files with errors", options)
    return exit_code(broken, options)


def line(built: Build, node: Node, output: str, keys: Sequence[str] = ()) -> str:
    """One node as ``ls`` prints it.

    :raises Failure: for a key that no node has.
    """
    match output:
        case "name":
            return node.name
        case "path":
            return node.path
        case "json":
            found = describe(built.graph, node, built.project.name) | {"columns": columns_of(node, built.analysis)}
            found |= stream_of(node.name, built.streams)
            return json.dumps({k: _lookup(found, k) for k in keys} if keys else found, ensure_ascii=False, default=str)
        case _:
            dotted = ".".join(fqn(built.graph, node))
            return f"source:{dotted}" if node.kind == "source" else dotted


def _lookup(found: Mapping[str, object], key: str) -> object:
    """A key of a node; with dots a key inside ``config`` and the like (None where this node lacks it)."""
    value: object = found
    for position, part in enumerate(key.split(".")):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif position:
            return None
        else:
            raise Failure(f"--output-keys: nodes have no key `{key}`; known are {', '.join(sorted(found))}.")
    return value
