"""A server that speaks the dashboard's HTTP from memory: what the page does with an answer is tried without a database."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Mapping
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from flinksql_runner.dashboard.guard import SafeHeaders
from flinksql_runner.dashboard.pages import PREFIX, Pages


class Stand:
    """Boards and events that a test sets; ``say`` reaches every page that is open."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.boards: dict[str, dict[str, Any]] = {}
        self.known: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        self.queries: list[str] = []
        self.refused = False
        self.wrong = ""            # why the events of what is asked are not given
        self._open: list[asyncio.Queue[tuple[str, Mapping[str, Any]] | None]] = []
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.port = _free_port()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def board(self, name: str, description: Mapping[str, Any], events: list[tuple[str, Mapping[str, Any]]]) -> None:
        """A board, and what a page hears of it when it connects."""
        self.boards[name] = {"name": name, **description}
        self.known[name] = events

    def say(self, event: str, content: Mapping[str, Any]) -> None:
        """Sends an event to all open pages."""
        assert self._loop is not None
        for queue in list(self._open):
            self._loop.call_soon_threadsafe(queue.put_nowait, (event, content))

    def start(self) -> None:
        config = uvicorn.Config(self._app(), host="127.0.0.1", port=self.port, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        self._server = server
        ready = threading.Event()

        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            task = asyncio.ensure_future(server.serve())
            while not server.started and not task.done():
                await asyncio.sleep(0.01)
            ready.set()
            await task

        self._thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
        self._thread.start()
        assert ready.wait(20)

    def stop(self) -> None:
        """Ends the server and every connection to it, as a crash would; ``start`` opens the same port again."""
        assert self._server is not None
        assert self._thread is not None
        for queue in list(self._open):
            if self._loop is not None:
                self._loop.call_soon_threadsafe(queue.put_nowait, None)
        self._server.should_exit = True
        self._thread.join(20)
        self._open.clear()

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self._shell), Route("/d/{name}", self._shell), Route("/explore", self._shell),
                Route(PREFIX + "{path:path}", self._file), Route("/api/boards", self._boards),
                Route("/api/boards/{name}", self._board), Route("/api/boards/{name}/events", self._events),
                Route("/api/boards/{name}/tiles/{tile}.csv", self._csv), Route("/api/explore", self._nodes),
                Route("/api/explore/{name}", self._events),
            ],
            middleware=[Middleware(SafeHeaders), Middleware(GZipMiddleware, minimum_size=500)],
        )

    async def _shell(self, request: Request) -> Response:
        return HTMLResponse(self.pages.html("page.html"))

    async def _file(self, request: Request) -> Response:
        found = self.pages.find(request.path_params["path"])
        if found is None:
            return Response("not found", 404)
        return FileResponse(found[0], media_type=found[1], headers={"cache-control": "public, max-age=31536000, immutable"})

    async def _boards(self, request: Request) -> Response:
        if self.refused:
            return JSONResponse({"error": "token"}, 401)
        listed = [{k: b.get(k) for k in ("name", "title", "description")} for b in self.boards.values() if b["name"] != "explore"]
        return JSONResponse({"boards": listed, "project": "stand", "version": "0"})

    async def _board(self, request: Request) -> Response:
        board = self.boards.get(request.path_params["name"])
        return JSONResponse(board) if board else JSONResponse({"error": "no such board"}, 404)

    async def _nodes(self, request: Request) -> Response:
        return JSONResponse(self.boards["explore"])

    async def _csv(self, request: Request) -> Response:
        return Response(f"tile\r\n{request.path_params['tile']}\r\n", media_type="text/csv", headers={"content-disposition": "attachment"})

    async def _events(self, request: Request) -> Response:
        if self.refused:
            return JSONResponse({"error": "token"}, 401)
        if self.wrong:
            return JSONResponse({"error": self.wrong}, 400)
        self.queries.append(request.url.query)
        queue: asyncio.Queue[tuple[str, Mapping[str, Any]] | None] = asyncio.Queue()
        for known in self.known.get("explore" if "/explore/" in request.url.path else request.path_params["name"], []):
            queue.put_nowait(known)
        self._open.append(queue)

        async def lines() -> AsyncIterator[str]:
            yield "retry: 2000\n\n"
            try:
                while (said := await queue.get()) is not None:
                    yield f"event: {said[0]}\ndata: {json.dumps(said[1], ensure_ascii=False)}\n\n"
            finally:
                if queue in self._open:
                    self._open.remove(queue)

        return StreamingResponse(lines(), media_type="text/event-stream", headers={"cache-control": "no-store", "content-encoding": "identity"})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
