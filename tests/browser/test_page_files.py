"""What the page costs, and the page as one file."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from flinksql_runner.dashboard.pages import Pages
from flinksql_runner.dashboard.snapshot import snapshot_page
from tests.browser.conftest import Open
from tests.browser.recorded import fleet, fleet_events, traffic, traffic_events
from tests.browser.stand import Stand

Filled = Callable[[Page], Page]
MOST_BYTES = 600_000


def test_the_page_with_a_map_weighs_less_than_promised(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/traffic"))

    sizes = page.evaluate("performance.getEntriesByType('resource').filter((one) => one.name.includes('/static/')).map((one) => one.encodedBodySize)")
    assert 100_000 < sum(sizes) < MOST_BYTES


def test_figures_are_of_equal_width(stand: Stand, visit: Open, filled: Filled) -> None:
    """The typeface of the lock has them, and the page asks for them."""
    page = filled(visit(f"{stand.address}/d/fleet"))
    widths = page.evaluate("""async () => {
      await document.fonts.ready;
      const line = document.body.appendChild(document.createElement("span"));
      return ["1111111", "0000000", "8888888"].map((text) => { line.textContent = text; return line.getBoundingClientRect().width; });
    }""")
    assert len(set(widths)) == 1
    assert page.evaluate("document.fonts.check('16px \"Inter Variable\"')")


@pytest.mark.parametrize(("name", "board", "events"), [("fleet", fleet, fleet_events), ("traffic", traffic, traffic_events)])
def test_a_snapshot_opens_from_a_disk(
    pages: Pages, chromium: Browser, tmp_path: Path, now: datetime, name: str, board: Callable[[], Any], events: Callable[[datetime], Any],
) -> None:
    data = {"boards": {"boards": []}, "board": {**board(), "name": name}, "events": events(now), "at": "2026-11-26T01:00:00.000Z"}
    path = tmp_path / f"{name}.html"
    path.write_text(snapshot_page(pages, data, name), encoding="utf-8")
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: request.url.startswith(("file:", "data:", "blob:")) or wrong.append(request.url))

    page.goto(path.as_uri())

    page.locator(".tile").first.wait_for()
    expect(page.locator(".tile.loading")).to_have_count(0)
    expect(page.locator(".pill b")).to_have_text("Snapshot")
    expect(page.locator(".pill .say")).to_contain_text("2026-11-26")
    if name == "traffic":
        expect(page.locator("#tile-world .world")).to_have_attribute("aria-label", re.compile("^Requests by country: 23 countries: United States"))
    assert wrong == []
    context.close()
