"""``flinksql dashboard``: live pages over the sinks of a project."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from pathlib import Path

import click

from flinksql_runner.cli.boards import started
from flinksql_runner.cli.dashboards import JobStates, catalogue_of, chosen_board, look, read_catalogue, readers
from flinksql_runner.cli.exploring import nodes, peek
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import message, print_diagnostics
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.dashboard.access import access, is_loopback
from flinksql_runner.dashboard.app import Site
from flinksql_runner.dashboard.assets import asset_files
from flinksql_runner.dashboard.explore import Explorer
from flinksql_runner.dashboard.export import export
from flinksql_runner.dashboard.hub import Hub
from flinksql_runner.dashboard.live import Live
from flinksql_runner.dashboard.pages import read_pages
from flinksql_runner.dashboard.parameters import WrongChoice, chosen
from flinksql_runner.dashboard.serve import listen, serve
from flinksql_runner.diagnostics import Failure
from flinksql_runner.pipeline import build
from flinksql_runner.project.placeholders import POSTGRES_URL, placeholder

DEFAULT_PORT = 8321


@verb("dashboard")
@click.argument("name", required=False)
@click.option("--host", default="127.0.0.1", show_default=True,
              help="The address to listen on; a wider one only with a token or a password.")
@click.option("--port", type=click.IntRange(0, 65535),
              help=f"The port; by default {DEFAULT_PORT}, or a free one where it is taken.")
@click.option("--token", default="", envvar="FLINKSQL_SECRET_DASHBOARD_TOKEN", metavar="TOKEN",
              help="Who looks must know it; better given by the environment variable FLINKSQL_SECRET_DASHBOARD_TOKEN.")
@click.option("--basic", default="", envvar="FLINKSQL_SECRET_DASHBOARD_BASIC", metavar="USER:PASSWORD",
              help="Or a user and a password; better given by FLINKSQL_SECRET_DASHBOARD_BASIC.")
@click.option("--timeout", type=click.FloatRange(0.1, 600), default=10.0, show_default=True, metavar="SECONDS",
              help="How long a query may take.")
@click.option("--export", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Serve nothing; write each page as it is now into this folder, as a file that opens by itself.")
@click.option("--param", "given", multiple=True, metavar="NAME=VALUE", help="With --export: the value of a parameter.")
def command(
    options: Globals, name: str | None, host: str, port: int | None, token: str, basic: str, timeout: float,
    folder: Path | None, given: Sequence[str],
) -> int:
    """Serve the dashboards of the project as live pages until Ctrl-C.

    A page follows its file: an edit is seen at once. The database is only read.

    \b
    flinksql dashboard                          all of dashboards/
    flinksql dashboard vehicles                 prints the address of this one
    flinksql dashboard --export public          public/NAME.html: snapshots that open from a disk
    flinksql dashboard vehicles --export public --param car=car-00007 --param range=1h
    """  # noqa: D301
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # the page tells when the database is away, and since when
    rule = access(host, token, basic)
    built = build(open_project(options))
    catalogue = catalogue_of(built)
    print_diagnostics(catalogue.boards.diagnostics, catalogue.boards.texts, options, to_stderr=True)
    chosen_board(catalogue, name)
    if any(placeholder(POSTGRES_URL) in q.place.url for b in catalogue.boards.boards.values() for q in b.queries if q.place):
        started(built, options)
    live = Live(lambda: look(options, os.environ), lambda: read_catalogue(options), catalogue)
    hub = Hub(readers(built, round(timeout * 1000)), JobStates(built.project, lambda: live.now))
    if folder is not None:
        return asyncio.run(_export(live, hub, name, folder, given))
    site = Site(lambda: live.now, hub, read_pages(asset_files()), Explorer(lambda: nodes(built), lambda node: peek(built, node)))
    opened = listen(host, DEFAULT_PORT if port is None else port, or_next=port is None)
    address = f"http://{f'[{host}]' if ':' in host else host}:{opened.getsockname()[1]}/{f'd/{name}' if name else ''}"
    click.echo(address)
    if not is_loopback(host):
        message("others can reach this page, and what is sent is not encrypted: put a proxy with TLS before it", options)
    message("Ctrl-C ends", options)
    asyncio.run(serve(site, hub, rule, live, opened))
    return 0


async def _export(live: Live, hub: Hub, name: str | None, folder: Path, given: Sequence[str]) -> int:
    pages = read_pages(asset_files())
    values = dict(pair.partition("=")[::2] for pair in given)
    try:
        for board in live.now.boards.boards.values():
            if name in (None, board.name):
                try:
                    wanted = chosen(board, values)
                except WrongChoice as wrong:
                    raise Failure(str(wrong)) from None
                click.echo(await export(live.now, board, wanted, hub, pages, folder))
    finally:
        await hub.close()
    return 0


