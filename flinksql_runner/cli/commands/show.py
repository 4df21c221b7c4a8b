"""``flinksql show``: rows of a node or of a query."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import click

from flinksql_runner.cli.jobs import placed
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import message, output_option, print_json, print_table
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.diagnostics import Diagnostic, Failure, did_you_mean
from flinksql_runner.graph.resolve import resolve
from flinksql_runner.graph.select import select as choose
from flinksql_runner.graph.values import Graph
from flinksql_runner.pipeline import Build, build
from flinksql_runner.planner.rows import SETTINGS, Shown, show
from flinksql_runner.project.values import Project
from flinksql_runner.syntax.parse import parse
from flinksql_runner.syntax.values import Node
from flinksql_runner.templating.render import make_templates, render_text
from flinksql_runner.workspace import Unready, open_workspace

INLINE = "<inline>"
SCHEMA_VERSION = 1


@verb("show")
@click.option("-s", "--select", "chosen", metavar="NODE", help="The node to show; for a sink the rows that it would get.")
@click.option("--inline", metavar="SQL", help="A query instead; it may read all nodes and call templates and functions.")
@click.option("--limit", type=click.IntRange(-1), default=5, show_default=True,
              help="How many rows; -1 for all until the time is up.")
@click.option("--timeout", type=click.FloatRange(0.1), default=60.0, show_default=True, help="Seconds to wait for rows.")
@output_option
def command(
    options: Globals, chosen: str | None, inline: str | None, limit: int, timeout: float, output: str,
) -> int:
    """Print the first rows of a node or of a query. Nothing is written to any sink.

    \b
    flinksql show --select alerts
    flinksql show --inline "SELECT country, COUNT(*) FROM {{ ref('orders') }} GROUP BY country" --limit 20

    A query whose rows change later prints each change with its kind: +I new, -U and +U before and after an update, -D gone.
    """  # noqa: D301
    if (chosen is None) == (inline is None):
        raise Failure("name a node by --select, or give a query by --inline")
    project = open_project(options)
    built = build(project, ())
    texts = {**project.texts, **project.python_files, INLINE: inline or ""}
    graph, node = _inline(built, inline) if inline is not None else (built.graph, _node(built, chosen or ""))
    with placed(replace(project, texts=texts)):
        _refuse_broken(graph, node)
        found = _rows(replace(built, graph=graph), node, options, limit, timeout)
    if output == "json":
        print_json(_json(node, found))
    else:
        _print(found, options, limit, timeout)
    return 0


def _rows(built: Build, node: Node, options: Globals, limit: int, timeout: float) -> Shown:
    work = open_workspace(built, nodes=[node.name], topics=True, progress=lambda line: message(line, options))
    with work.engine.session({**SETTINGS, "pipeline.name": f"flinksql show {node.name}"}) as session:
        return show(built.graph, node, built.functions, session, work.values, limit=limit, timeout=timeout)


def _node(built: Build, chosen: str) -> Node:
    if chosen in built.graph.nodes:
        return built.graph.nodes[chosen]
    found = choose(built.graph, chosen)
    if len(found) == 1:
        return built.graph.nodes[found[0]]
    if found:
        raise Failure(f"`{chosen}` selects {len(found)} nodes, show takes one: {', '.join(found[:10])}")
    raise Failure(f"there is no node `{chosen}`; {did_you_mean(chosen, built.graph.nodes) or '`flinksql ls` lists them'}")


def _inline(built: Build, text: str) -> tuple[Graph, Node]:
    """The query as one more node of the graph."""
    project: Project = built.project
    node = parse(render_text(text, make_templates(project), INLINE))
    return resolve([*built.graph.nodes.values(), node], project.name), node


def _refuse_broken(graph: Graph, node: Node) -> None:
    needed = {node.name, *graph.ancestors(node.name)}
    wrong: list[Diagnostic] = [d for n in needed for d in graph.nodes[n].diagnostics if d.is_error]
    wrong += [d for d in graph.diagnostics if d.is_error and d.node in needed]
    if wrong:
        raise Unready("these rows can't be shown: there are errors in what they need", tuple(dict.fromkeys(wrong)))


def _json(node: Node, found: Shown) -> Mapping[str, object]:
    return {
        "version": SCHEMA_VERSION, "node": None if node.path == INLINE else node.name, "complete": found.is_whole,
        "columns": [{"name": c.name, "type": c.type} for c in found.columns],
        "rows": [{"op": r.kind, **dict(zip((c.name for c in found.columns), r.values, strict=True))} for r in found.rows],
    }


def _print(found: Shown, options: Globals, limit: int, timeout: float) -> None:
    changes = any(r.kind != "+I" for r in found.rows)
    if found.rows:
        head = (*(["op"] if changes else []), *(c.name for c in found.columns))
        print_table(head, [(*([r.kind] if changes else []), *map(_text, r.values)) for r in found.rows], options)
    if not found.is_whole and len(found.rows) != limit:
        count = f"{len(found.rows)} row{'' if len(found.rows) == 1 else 's'}"
        message(f"{count} within {timeout:g} s (--timeout)", options)
    elif not found.rows:
        message("no rows", options)


def _text(value: object) -> object:
    if value is None:
        return "NULL"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
