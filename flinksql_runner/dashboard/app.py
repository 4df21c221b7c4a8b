"""The routes: pages, their files, dashboards as JSON, and the stream of events."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from flinksql_runner.boards.values import Board
from flinksql_runner.dashboard.access import Access, Guard
from flinksql_runner.dashboard.catalogue import Catalogue
from flinksql_runner.dashboard.cells import cells_of
from flinksql_runner.dashboard.events import GZIP_HEAD, HEARTBEAT, RETRY, event, packed
from flinksql_runner.dashboard.explore import Explorer
from flinksql_runner.dashboard.feeds import Viewer
from flinksql_runner.dashboard.guard import SafeHeaders
from flinksql_runner.dashboard.hub import Hub
from flinksql_runner.dashboard.pages import PREFIX, Pages
from flinksql_runner.dashboard.parameters import Chosen, WrongChoice, chosen
from flinksql_runner.dashboard.table import as_csv
from flinksql_runner.dashboard.values import AskFailed

MAX_VIEWERS = 2_000
MAX_LINES = 100_000        # of a CSV
_HEARTBEAT_SECONDS = 10.0
_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}


class Site:
    """All routes over one hub. ``catalogue`` gives the dashboards as they are now; ``closing`` ends the streams."""

    def __init__(self, catalogue: Callable[[], Catalogue], hub: Hub, pages: Pages, explorer: Explorer) -> None:
        self._catalogue, self._hub, self._pages, self._explorer = catalogue, hub, pages, explorer
        self._viewers: dict[Viewer, Board] = {}
        self.is_closing = False

    def routes(self) -> list[Route]:
        """Path by path."""
        return [
            Route("/", self.home),
            Route("/d/{name}", self.page),
            Route(PREFIX + "{path:path}", self.file),
            Route("/api/boards", self.boards),
            Route("/api/boards/{name}", self.board),
            Route("/api/boards/{name}/events", self.events),
            Route("/api/boards/{name}/tiles/{tile}.csv", self.rows),
            Route("/explore", self.page),
            Route("/api/explore", self.nodes),
            Route("/api/explore/{name}", self.records),
            Route("/api/health", self.health),
        ]

    def close(self) -> None:
        """Ends all streams, so that the server can stop."""
        self.is_closing = True
        self._explorer.close()
        for viewer in self._viewers:
            viewer.wake()

    def changed(self, board: Board) -> None:
        """Tells those who look at a dashboard that its file has changed: the page asks for it anew."""
        told = (event("reload", {"name": board.name}),)
        for viewer, looked_at in self._viewers.items():
            if looked_at is board:
                viewer.offer(("reload",), told, told)

    async def home(self, request: Request) -> Response:
        """The only dashboard, or a list of them."""
        names = list(self._catalogue().boards.boards)
        return RedirectResponse(f"/d/{names[0]}") if len(names) == 1 else self._html(request, "page.html")

    async def page(self, request: Request) -> Response:
        """The page of a dashboard: the same for all, it asks for the rest."""
        return self._html(request, "page.html")

    async def file(self, request: Request) -> Response:
        """A file of the page, kept by browsers for ever."""
        found = self._pages.find(request.path_params["path"])
        if found is None:
            raise HTTPException(404)
        return FileResponse(found[0], media_type=found[1], headers=_FOR_EVER)

    async def boards(self, request: Request) -> Response:
        """The list of dashboards."""
        return _json(request, self._catalogue().list())

    async def board(self, request: Request) -> Response:
        """One dashboard, without rows."""
        catalogue = self._catalogue()
        return _json(request, catalogue.board(self._board(request)))

    async def events(self, request: Request) -> Response:
        """The stream of a dashboard's tiles, for one choice of its parameters."""
        board = self._board(request)
        values = _values(board, request)
        if len(self._viewers) >= MAX_VIEWERS:
            raise HTTPException(503, "there are too many viewers")
        if not self._hub.has_room(board, values):
            raise HTTPException(429, "too many different choices are looked at now; try again soon")
        squeezed = "gzip" in request.headers.get("accept-encoding", "")
        headers = {"cache-control": "no-store", "x-accel-buffering": "no", "vary": "accept-encoding"}
        if squeezed:
            headers["content-encoding"] = "gzip"
        return StreamingResponse(self._stream(board, values, squeezed), media_type="text/event-stream", headers=headers)

    async def rows(self, request: Request) -> Response:
        """The rows of a tile as CSV."""
        board = self._board(request)
        tile = next((t for t in board.tiles if t.id == request.path_params["tile"]), None)
        if tile is None or tile.query is None:
            raise HTTPException(404, "there is no such tile with rows")
        try:
            read = await self._hub.read(board, tile.query, _values(board, request), MAX_LINES)
        except AskFailed as failed:
            raise HTTPException(503 if failed.kind == "database" else 500, str(failed)) from None
        headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{board.name}-{tile.id}.csv"'}
        return StreamingResponse(as_csv(cells_of(read.columns, read.rows)), media_type="text/csv; charset=utf-8", headers=headers)

    async def nodes(self, request: Request) -> Response:
        """The nodes whose records can be looked at, with their columns."""
        return _json(request, {"nodes": list(self._explorer.nodes())})

    async def records(self, request: Request) -> Response:
        """The stream of a node's records."""
        name = request.path_params["name"]
        if not any(node["name"] == name for node in self._explorer.nodes()):
            raise HTTPException(404, "there is no such node")
        if not self._explorer.can_open(name):
            raise HTTPException(429, "too many nodes are looked at now; try again soon")
        headers = {"cache-control": "no-store", "x-accel-buffering": "no", "content-encoding": "identity"}
        return StreamingResponse(self._explorer.stream(name), media_type="text/event-stream", headers=headers)

    async def health(self, request: Request) -> Response:
        """Whether the server works, and how many look."""
        return _json(request, {"ok": True, "viewers": len(self._viewers), "queries": self._hub.queries,
                               "feeds": self._hub.feeds})

    async def _stream(self, board: Board, values: Chosen, squeezed: bool) -> AsyncIterator[bytes]:
        viewer, feeds = self._hub.watch(board, values)
        self._viewers[viewer] = board
        try:
            beat = packed(HEARTBEAT.encode()) if squeezed else HEARTBEAT.encode()
            yield (GZIP_HEAD + packed(RETRY.encode())) if squeezed else RETRY.encode()
            while not self.is_closing:
                found = await viewer.take(_HEARTBEAT_SECONDS)
                for told in found:
                    yield told.squeezed if squeezed else told.plain
                if not found:
                    yield beat
        finally:
            self._viewers.pop(viewer, None)
            self._hub.leave(viewer, feeds)

    def _board(self, request: Request) -> Board:
        found = self._catalogue().boards.boards.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404, "there is no such dashboard")
        return found

    def _html(self, request: Request, name: str) -> Response:
        return _tagged(request, self._pages.html(name), "text/html; charset=utf-8")


def application(site: Site, rule: Access) -> Starlette:
    """The server's application, with what stands before every route."""
    smaller = Middleware(GZipMiddleware, minimum_size=500, compresslevel=6)
    before = [Middleware(SafeHeaders), Middleware(Guard, rule=rule), smaller]
    return Starlette(routes=site.routes(), exception_handlers={HTTPException: _problem}, middleware=before)


def _values(board: Board, request: Request) -> Chosen:
    try:
        return chosen(board, request.query_params)
    except WrongChoice as wrong:
        raise HTTPException(400, str(wrong)) from None


def _json(request: Request, value: Any) -> Response:
    return _tagged(request, msgspec.json.encode(value), "application/json")


def _tagged(request: Request, body: bytes, media_type: str) -> Response:
    """An answer with an ETag, or the word that it is as the browser has it."""
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


async def _problem(request: Request, raised: Exception) -> Response:
    assert isinstance(raised, HTTPException)
    return Response(msgspec.json.encode({"error": raised.detail}), raised.status_code, raised.headers, "application/json")
