"""The exploring page: records as they pass, filtered and counted, and what hinders it told."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.stand import Stand
from tests.browser.test_page_access import serious

COLUMNS = [{"name": "vehicle_id", "type": "STRING"}, {"name": "score", "type": "DOUBLE"}, {"name": "note", "type": "STRING"}]
ROWS: list[list[Any]] = [["+I", "car-1", 0.2, None], ["+I", "car-2", 0.9, "<b>hot</b>"], ["-U", "car-1", 0.2, None], ["+U", "car-1", 0.7, "x"]]


@pytest.fixture
def page(stand: Stand, visit: Open) -> Page:
    nodes = [{"name": "telemetry", "kind": "source", "job": "vehicles", "columns": COLUMNS[:1]},
             {"name": "telemetry_scored", "kind": "transform", "job": "vehicles", "columns": COLUMNS},
             {"name": "alerts", "kind": "sink", "job": "vehicles", "columns": COLUMNS}]
    stand.board("explore", {"nodes": nodes}, [("columns", {"columns": COLUMNS}), ("rows", {"rows": ROWS, "seen": 4})])
    return visit(f"{stand.address}/explore")


def test_records_of_a_node_are_filtered_and_counted(page: Page, stand: Stand) -> None:
    page.get_by_label("Find a node").fill("scored")
    page.get_by_role("button", name="telemetry_scored").click()

    rows = page.locator("tbody tr")
    expect(page).to_have_url(f"{stand.address}/explore?node=telemetry_scored")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("+Ucar-10.7x")
    expect(rows.nth(2)).to_contain_text("<b>hot</b>")

    page.get_by_label("Filter score").fill(">0.5")
    expect(rows).to_have_count(2)
    expect(page.locator(".meter")).to_contain_text("2 match")
    stand.say("rows", {"rows": [["+I", "car-3", 0.8, None], ["+I", "car-3", 0.1, None]], "seen": 6})
    expect(rows).to_have_count(3)

    page.get_by_role("button", name="vehicle id").click()
    expect(page.locator(".countbox li").first).to_have_text("car-31")
    expect(page.locator(".countbox h3")).to_contain_text("3 different")
    page.get_by_role("button", name="Clear filters").click()
    expect(rows).to_have_count(6)
    assert serious(page) == []


def test_what_hinders_it_is_told_and_it_can_begin_again(page: Page, stand: Stand) -> None:
    page.get_by_role("button", name="alerts").click()
    expect(page.locator("tbody tr")).to_have_count(4)

    stand.say("trouble", {"message": "Flink does not run here: `flinksql up` starts it"})
    expect(page.locator(".records [role=status]")).to_have_text("Flink does not run here: `flinksql up` starts it")
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".records [role=status]")).to_be_hidden()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".records [role=status]")).to_have_text("Stopped")
