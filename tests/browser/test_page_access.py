"""For every eye and hand: axe-core finds nothing serious, the keyboard reaches all, screen readers hear what is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, thorough
from tests.browser.stand import Stand

Filled = Callable[[Page], Page]


def serious(page: Page) -> list[str]:
    """What axe-core finds, without its lesser hints."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}" for one in found if one["impact"] in ("serious", "critical") for node in one["nodes"]]


@pytest.mark.parametrize(("board", "flags"), [
    ("fleet", "light"), *[pytest.param(board, flags, marks=thorough) for board, flags in (
        ("fleet", "dark"), ("fleet", "dark&wall&zh"), ("traffic", "dark"), ("traffic", "light"))]])
def test_axe_finds_nothing_serious_on_pages(stand: Stand, visit: Open, filled: Filled, board: str, flags: str) -> None:
    assert serious(filled(visit(f"{stand.address}/d/{board}#{flags}"))) == []


@pytest.mark.parametrize("theme", [pytest.param("dark", marks=thorough), "light"])
def test_axe_finds_nothing_serious_in_the_dialog_the_menu_and_the_states(stand: Stand, visit: Open, filled: Filled, theme: str) -> None:
    page = filled(visit(f"{stand.address}/d/fleet#{theme}"))
    page.get_by_label("View", exact=True).click()
    assert serious(page) == []
    page.keyboard.press("Escape")
    for tab in ("Picture", "Data", "SQL"):
        page.get_by_role("button", name="Enlarge: Abnormal now").click()
        page.get_by_role("tab", name=tab).click()
        assert serious(page) == []
        page.keyboard.press("Escape")
    stand.say("tile_error", {"id": "rate", "at": "2026-01-01T00:00:00Z", "kind": "query", "message": "no such column", "since": "2026-01-01T00:00:00Z"})
    stand.say("status", {"at": "2026-01-01T00:00:00Z", "database": "up", "since": None, "job": {"name": "v", "state": "failed"}, "newest": None})
    expect(page.locator(".pill")).to_have_attribute("data-kind", "stale")
    assert serious(page) == []


def test_the_keyboard_walks_over_the_page(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the tiles")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="SQL and node: Records per second")).to_be_focused()

    trend = page.locator("#tile-trend .plot")
    trend.focus()
    page.keyboard.press("End")
    expect(page.locator("#tile-trend .tip")).to_contain_text("score")
    expect(page.locator("#tile-trend [aria-live]")).to_contain_text("score")


def test_what_is_drawn_is_also_said(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))

    expect(page.locator("#tile-cells .cells")).to_have_attribute("aria-label", "Fleet: 3 abnormal, 197 normal. Arrow keys walk over the cells")
    expect(page.locator("#tile-cells ul.unseen li").first).to_contain_text("car-0018: abnormal 0.92")
    assert "°C" in str(page.locator("#tile-temps .plot").get_attribute("aria-label"))
    cells = page.locator("#tile-cells .cells")
    cells.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tile-cells [aria-live]")).to_contain_text("car-0001, normal")


def test_red_and_blue_differ_by_shape_and_word_too(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))
    shapes = page.locator("#tile-cells .counts path").evaluate_all("paths => paths.map((path) => path.getAttribute('d'))")

    assert len(set(shapes)) == len(shapes) == 2
    expect(page.locator("#tile-cells .counts li").first).to_contain_text("abnormal")


def test_motion_stops_for_who_asked_for_less(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet", reduced_motion="reduce"))

    assert page.locator(".pill .sign").evaluate("element => getComputedStyle(element).animationName") == "none"
