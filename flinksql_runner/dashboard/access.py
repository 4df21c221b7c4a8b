"""Who may look: everybody on this machine, or who knows a token or a password."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from flinksql_runner.diagnostics import Failure

COOKIE = "flinksql_dashboard"
LEAST = 16                 # characters of a token or password that other machines may try
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_WAIT_SECONDS = 0.3        # after a wrong one


@dataclass(frozen=True, slots=True)
class Access:
    """What a request must show: a token, or a user with a password (``basic``: ``user:password``); nothing if both are empty."""

    host: str
    token: str = ""
    basic: str = ""

    @property
    def is_open(self) -> bool:
        """Whether everybody who reaches the server may look."""
        return not (self.token or self.basic)

    @property
    def pass_word(self) -> str:
        """What the cookie holds: it tells that its owner knew the token, and not the token."""
        return hmac.new(self.token.encode(), b"flinksql dashboard", hashlib.sha256).hexdigest() if self.token else ""


def access(host: str, token: str, basic: str) -> Access:
    """The rule for a server that listens on ``host``.

    :raises Failure: where others could look without a secret, or with one that can be guessed.
    """
    if token and basic:
        raise Failure("--token and --basic contradict each other: take one of them")
    if basic and ":" not in basic:
        raise Failure("--basic takes a user and a password: user:password")
    secret = token or basic.partition(":")[2]
    if (token or basic) and len(secret) < LEAST:
        raise Failure(f"the {'token' if token else 'password'} has less than {LEAST} characters: "
                      "`openssl rand -hex 16` makes a good one")
    if not secret and not is_loopback(host):
        raise Failure(f"everybody who reaches {host} could read the dashboards: give a secret by the environment variable "
                      "FLINKSQL_SECRET_DASHBOARD_TOKEN (or ..._BASIC for user:password), or leave --host out")
    return Access(host, token, basic)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """Answers those who may not look; who shows the token once by ``?token=`` gets a cookie."""

    def __init__(self, app: ASGIApp, rule: Access) -> None:
        self._app, self._rule = app, rule

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        request = Request(scope)
        answer = self._refusal(request) if scope["type"] == "http" else None
        if answer is not None:
            if answer.status_code == 401:
                await asyncio.sleep(_WAIT_SECONDS)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        """What to answer in place of what was asked for; None where the asker may look."""
        rule = self._rule
        if request.headers.get("sec-fetch-site") == "cross-site" and request.url.path.startswith("/api/"):
            return PlainTextResponse("another site's page asks nothing here\n", 403)
        if rule.is_open:
            name = request.headers.get("host", "").rsplit(":", 1)[0] if request.headers.get("host", "")[-1:] != "]" else \
                request.headers["host"]
            # another site's name that was led to this machine (DNS rebinding) must not read along
            return None if name in (*_LOCAL, rule.host) else PlainTextResponse("this name is not served here\n", 403)
        if rule.token:
            return self._by_token(request)
        return None if _same(_basic(request), rule.basic) else PlainTextResponse(
            "name and password, please\n", 401, {"www-authenticate": 'Basic realm="flinksql dashboard", charset="UTF-8"'})

    def _by_token(self, request: Request) -> Response | None:
        rule = self._rule
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        if (scheme.lower() == "bearer" and _same(shown, rule.token)) or _same(request.cookies.get(COOKIE, ""), rule.pass_word):
            return None
        given = request.query_params.get("token", "")
        if not _same(given, rule.token):
            return PlainTextResponse(
                "open the page with ?token=... at the end of its address\n", 401, {"www-authenticate": "Bearer"})
        rest = urlencode([(k, v) for k, v in parse_qsl(request.url.query, keep_blank_values=True) if k != "token"])
        answer = RedirectResponse(f"{request.url.path}{f'?{rest}' if rest else ''}", 303)
        answer.set_cookie(COOKIE, rule.pass_word, httponly=True, samesite="lax", secure=request.url.scheme == "https",
                          max_age=30 * 86_400)
        return answer


def _basic(request: Request) -> str:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    try:
        return base64.b64decode(shown, validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _same(shown: str, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(shown.encode(), wanted.encode())
