"""Who may look: wider than this machine only with a secret."""

from __future__ import annotations

import base64

import anyio
import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from flinksql_runner.dashboard.access import Access, Guard, access
from flinksql_runner.diagnostics import Failure

TOKEN = "0123456789abcdef-long"


@pytest.mark.parametrize(("host", "token", "basic", "says"), [
    ("0.0.0.0", "", "", "everybody who reaches 0.0.0.0 could read"), ("::", "", "", "everybody"),
    ("10.1.2.3", "", "", "everybody"), ("dash.example", "", "", "everybody"), ("0.0.0.0", "short", "", "less than 16"),
    ("127.0.0.1", "short", "", "less than 16"), ("0.0.0.0", "", "me:short", "less than 16"),
    ("0.0.0.0", "", TOKEN, "user:password"), ("127.0.0.1", TOKEN, f"me:{TOKEN}", "contradict"),
])
def test_what_is_refused(host: str, token: str, basic: str, says: str) -> None:
    with pytest.raises(Failure, match=says):
        access(host, token, basic)


@pytest.mark.parametrize(("host", "token", "basic"), [
    ("127.0.0.1", "", ""), ("localhost", "", ""), ("::1", "", ""), ("127.3.2.1", "", ""), ("0.0.0.0", TOKEN, ""),
    ("0.0.0.0", "", f"me:{TOKEN}")])
def test_what_is_served(host: str, token: str, basic: str) -> None:
    assert access(host, token, basic) == Access(host, token, basic)


def _ask(rule: Access, path: str = "/d/x", **headers: str) -> httpx.Response:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"seen {Request(scope).url.path}")(scope, receive, send)

    async def ask() -> httpx.Response:
        way = httpx.ASGITransport(Guard(app, rule))
        async with httpx.AsyncClient(transport=way, base_url="http://dash.example:8321") as client:
            return await client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return anyio.run(ask)


def test_on_loopback_only_by_its_own_names() -> None:
    rule = Access("127.0.0.1")
    assert [_ask(rule, host=h).status_code for h in ("127.0.0.1:8321", "localhost", "[::1]:8321", "[::1]")] == [200] * 4
    others = ("evil.example", "127.0.0.1.evil.example:80", "", "localhost@evil")
    assert [_ask(rule, host=h).status_code for h in others] == [403] * 4


def test_pages_of_other_sites_ask_nothing() -> None:
    rule = Access("127.0.0.1")
    asked = {"host": "localhost", "sec_fetch_site": "cross-site"}
    assert _ask(rule, path="/api/explore/telemetry", **asked).status_code == 403
    assert _ask(rule, path="/d/vehicles", **asked).status_code == 200     # a link leads here
    assert _ask(rule, path="/api/boards", **{**asked, "sec_fetch_site": "same-origin"}).status_code == 200


def test_a_token_once_then_a_cookie() -> None:
    rule = Access("0.0.0.0", TOKEN)
    assert _ask(rule).status_code == 401
    assert _ask(rule, path="/d/x?token=wrong").status_code == 401
    assert _ask(rule, authorization="Bearer wrong").status_code == 401
    assert _ask(rule, authorization=f"Bearer {TOKEN}").status_code == 200
    entered = _ask(rule, path=f"/d/x?range=1h&token={TOKEN}")
    assert (entered.status_code, entered.headers["location"]) == (303, "/d/x?range=1h")
    cookie = entered.headers["set-cookie"]
    assert TOKEN not in cookie
    assert all(word in cookie.lower() for word in ("httponly", "samesite=lax"))
    assert _ask(rule, cookie=cookie.split(";")[0]).status_code == 200
    assert _ask(rule, cookie="flinksql_dashboard=" + "0" * 64).status_code == 401


def test_a_user_and_a_password() -> None:
    rule = Access("0.0.0.0", "", f"me:{TOKEN}ü")
    refused = _ask(rule)
    assert (refused.status_code, refused.headers["www-authenticate"][:5]) == (401, "Basic")

    def shown(text: str) -> str:
        return "Basic " + base64.b64encode(text.encode()).decode()

    assert _ask(rule, authorization=shown(f"me:{TOKEN}ü")).status_code == 200
    assert [_ask(rule, authorization=a).status_code for a in (shown("me:wrong"), "Basic %%%", "Basic", shown(":"))] == [401] * 4
