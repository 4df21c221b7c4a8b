"""``flinksql dashboard``: live pages over the sinks of a project."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import click

from flinksql_runner import __version__
from flinksql_runner.cli.boards import boards_of, reading, started
from flinksql_runner.cli.exploring import nodes, peek
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import message, print_diagnostics
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.dashboard.app import Site
from flinksql_runner.dashboard.assets import asset_files
from flinksql_runner.dashboard.catalogue import Catalogue
from flinksql_runner.dashboard.explore import Explorer
from flinksql_runner.dashboard.hub import Hub
from flinksql_runner.dashboard.locate import locate
from flinksql_runner.dashboard.pages import read_pages
from flinksql_runner.dashboard.postgres import PostgresReader
from flinksql_runner.dashboard.serve import listen, serve
from flinksql_runner.pipeline import Build, build

DEFAULT_PORT = 8321


@verb("dashboard")
@click.argument("name", required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535),
              help=f"The port; by default {DEFAULT_PORT}, or a free one where it is taken.")
def command(options: Globals, name: str | None, host: str, port: int | None) -> int:
    """Serve the dashboards of the project as live pages until Ctrl-C.

    \b
    flinksql dashboard               all of dashboards/
    flinksql dashboard vehicles      prints the address of this one
    """  # noqa: D301
    project = open_project(options)
    built = build(project, ())
    boards = boards_of(built)
    print_diagnostics(boards.diagnostics, boards.texts, options, to_stderr=True)
    catalogue = Catalogue(project.name, __version__, boards, _upstream(built))
    started(built, options)
    values = reading(built)
    hub = Hub(lambda place: PostgresReader(place, lambda p: locate(p, values), 10_000), lambda board: None)
    site = Site(lambda: catalogue, hub, read_pages(asset_files()), Explorer(lambda: nodes(built), lambda node: peek(built, node)))
    opened = listen(host, DEFAULT_PORT if port is None else port, or_next=port is None)
    click.echo(f"http://{host}:{opened.getsockname()[1]}/{f'd/{name}' if name else ''}")
    message("Ctrl-C ends", options)
    asyncio.run(serve(site, hub, opened))
    return 0


def _upstream(built: Build) -> Mapping[str, tuple[str, ...]]:
    return {n: tuple(sorted(built.graph.ancestors(n))) for n, node in built.graph.nodes.items() if node.kind == "sink"}
