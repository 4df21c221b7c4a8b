"""Pages in Debian's Chromium: what the console, the network and a crash say fails the test that made them say it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from flinksql_runner.dashboard.assets import asset_files
from flinksql_runner.dashboard.pages import Pages, read_pages
from tests.browser.recorded import fleet, fleet_events, traffic, traffic_events
from tests.browser.stand import Stand

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
thorough = pytest.mark.skipif(not os.environ.get("BROWSER_TESTS"), reason="make test-browser runs it")
"""Beside the tests that every run makes: the same of more sizes, colours and states."""
LACKS = "no Chromium here: apt-get install chromium (make test-browser does)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker("browser")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests here; each test has a context of its own.

    It ends with this folder's tests: as long as Playwright runs, no other test of the same thread can run an event loop.
    """
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None and os.environ.get("BROWSER_TESTS"):
        pytest.fail(LACKS)
    if found is None:
        pytest.skip(LACKS)
    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to root; the pages here are our own
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=found, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pages() -> Pages:
    """The page's files, with the assets of the lock."""
    return read_pages(asset_files())


@pytest.fixture
def now() -> datetime:
    return datetime.now(timezone.utc)


@pytest.fixture
def stand(pages: Pages, now: datetime) -> Iterator[Stand]:
    """A server with the fleet's and the traffic's page."""
    stand = Stand(pages)
    stand.board("fleet", fleet(), fleet_events(now))
    stand.board("traffic", traffic(), traffic_events(now))
    stand.start()
    yield stand
    stand.stop()


Open = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Open]:
    """Opens an address in a new page; at the end nothing may have gone wrong in any of them.

    ``forgiven`` are parts of complaints that the test itself provokes (a server that it stops).
    """
    contexts = []
    wrong: list[str] = []

    def opened(address: str, width: int = 1280, height: int = 800, *, forgiven: tuple[str, ...] = (), **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="en-GB", timezone_id="Europe/Berlin", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)

        def complain(text: str) -> None:
            if not any(part in text for part in forgiven):
                wrong.append(text)

        page.on("console", lambda message: message.type in ("error", "warning") and complain(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complain(f"error: {error}"))
        host = address.split("/")[2]
        page.on("request", lambda request: request.url.split(":", 1)[0] in ("http", "https", "ws", "wss")
                and request.url.split("/")[2] != host and complain(f"asks another host: {request.url}"))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def filled() -> Callable[[Page], Page]:
    """Waits until every tile of a page shows something."""
    def wait(page: Page) -> Page:
        page.locator(".tile").first.wait_for()
        page.locator(".tile.loading").first.wait_for(state="detached")
        return page
    return wait
