"""A dashboard as it is now, as one HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec

from flinksql_runner.boards.values import Board
from flinksql_runner.dashboard.catalogue import Catalogue
from flinksql_runner.dashboard.cells import iso
from flinksql_runner.dashboard.events import Event
from flinksql_runner.dashboard.hub import Hub
from flinksql_runner.dashboard.pages import Pages
from flinksql_runner.dashboard.parameters import Chosen
from flinksql_runner.dashboard.snapshot import snapshot_page
from flinksql_runner.diagnostics import Failure


async def export(catalogue: Catalogue, board: Board, values: Chosen, hub: Hub, pages: Pages, folder: Path) -> Path:
    """Asks each tile once and writes ``folder/NAME.html``; a tile without rows says why on the page.

    :raises Failure: where the file can't be written.
    """
    events = [_content(event) for event in await hub.once(board, values)]
    data: Mapping[str, Any] = {
        "boards": catalogue.list(), "board": catalogue.board(board), "events": events, "at": iso(datetime.now(timezone.utc)),
    }
    path = folder / f"{board.name}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(snapshot_page(pages, data, board.title), encoding="utf-8")
    except OSError as problem:
        raise Failure(f"can't write {path}: {(problem.strerror or str(problem)).lower()}") from None
    return path


def _content(event: Event) -> tuple[str, Any]:
    return event.name, msgspec.json.decode(event.plain.split(b"\ndata: ", 1)[1])
