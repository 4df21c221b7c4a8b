"""The API's own access log, in the lines that its gateway writes, too: docs/api_logs.md."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from gunicorn.glogging import Logger

from privacy_api.keys import key_id
from privacy_api.peers import client_address
from privacy_api.settings import Settings, read_settings

REQUEST_ID = re.compile(r"[0-9a-f]{32}")


def line(
    environ: Mapping[str, Any], status: int, bytes_out: int, seconds: float, *, server: str, request_id: str,
    settings: Settings, moment: float,
) -> str:
    """One request as one line of JSON: whatever a client has sent, nothing of it ends the line or a text in it.

    :param environ: WSGI's; its texts are bytes read as Latin-1 (PEP 3333), and are written as UTF-8 where they are that.
    :param moment: the end of the request, seconds since the epoch.
    """
    shown = str(environ.get("HTTP_X_API_KEY", ""))
    path, _, query = str(environ.get("RAW_URI", "")).partition("?")
    whole, milliseconds = divmod(int(moment * 1000), 1000)
    return json.dumps({
        "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{milliseconds:03d}Z",
        "server": server, "request_id": request_id,
        "client": client_address(str(environ.get("REMOTE_ADDR", "")), str(environ.get("HTTP_X_FORWARDED_FOR", "")),
                                 settings.trusted),
        "method": _text(environ.get("REQUEST_METHOD", "")), "path": _text(path), "query": _text(query), "status": status,
        "bytes_in": _size(environ.get("CONTENT_LENGTH")), "bytes_out": bytes_out, "duration_s": round(seconds, 3),
        "upstream": "", "upstream_s": "", "api_key_id": key_id(shown), "user_agent": _text(environ.get("HTTP_USER_AGENT", "")),
    }, separators=(",", ":"))


class AccessLog(Logger):  # type: ignore[misc]  # gunicorn tells no types
    """Gunicorn's logger with these lines in place of Apache's. ``PRIVACY_API_SERVER`` names the server in them."""

    def __init__(self, cfg: Any) -> None:
        super().__init__(cfg)
        self._server, self._settings = os.environ.get("PRIVACY_API_SERVER", "api-1"), read_settings()

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Writes one line after each answer, also where Gunicorn itself has refused a request that it could read."""
        if not self.access_log_enabled:
            return
        status = str(resp.status).split(" ", 1)[0]
        given = next((str(value) for name, value in resp.headers or () if name.lower() == "x-request-id"), "")
        self.access_log.info("%s", line(
            environ, int(status) if status.isdecimal() else 500, int(resp.sent or 0), request_time.total_seconds(),
            server=self._server, request_id=given if REQUEST_ID.fullmatch(given) else uuid4().hex, settings=self._settings,
            moment=time.time()))


def _text(value: object) -> str:
    """A text of WSGI as what its bytes are; those that are no UTF-8 as U+FFFD, so that the line is UTF-8."""
    return str(value).encode("latin-1", "replace").decode("utf-8", "replace")


def _size(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0
