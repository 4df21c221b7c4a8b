"""Runs the server until it is told to stop: streams end first, then connections, then the queries behind them."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from flinksql_runner.dashboard.access import Access
from flinksql_runner.dashboard.app import Site, application
from flinksql_runner.dashboard.hub import Hub
from flinksql_runner.dashboard.live import Live
from flinksql_runner.diagnostics import Failure

_GRACE_SECONDS = 3
_QUEUE = 512
Started = Callable[[uvicorn.Server], None]


class _Server(uvicorn.Server):
    """uvicorn waits for open streams, which never end by themselves: so they are told first."""

    def __init__(self, config: uvicorn.Config, site: Site) -> None:
        super().__init__(config)
        self._site = site

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ctrl-C, or ``kill``; a second Ctrl-C waits for nothing. Both are the ordinary end: uvicorn itself would raise the
        signal anew when all is over."""
        self._site.close()
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def listen(host: str, port: int, *, or_next: bool = False) -> socket.socket:
    """A socket that listens; with ``or_next`` on any free port where this one is taken.

    :raises Failure: where it can't.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
    except OSError as problem:
        opened.close()
        if or_next and port:
            return listen(host, 0)
        raise Failure(f"can't listen on {host}:{port} ({(problem.strerror or '').lower()}): choose another by --host and --port"
                      ) from None
    opened.listen(_QUEUE)
    return opened


def _nobody(server: uvicorn.Server) -> None:
    del server


async def serve(site: Site, hub: Hub, rule: Access, live: Live, opened: socket.socket, started: Started = _nobody) -> None:
    """Answers until a signal comes.

    :param started: gets the server, which ``handle_exit`` ends.
    """
    config = uvicorn.Config(
        application(site, rule), log_level="error", access_log=False, lifespan="off", server_header=False, ws="none",
        timeout_graceful_shutdown=_GRACE_SECONDS, timeout_keep_alive=30, h11_max_incomplete_event_size=32_768)
    following = asyncio.create_task(live.follow(site.changed))
    try:
        server = _Server(config, site)
        started(server)
        await server.serve([opened])
    finally:
        following.cancel()
        await hub.close()
