"""What a viewer does: pause, enlarge, save, choose, follow links, and how pages are looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, thorough
from tests.browser.recorded import data, iso, status
from tests.browser.stand import Stand

Filled = Callable[[Page], Page]


def test_pause_stops_the_flow_and_resume_asks_anew(stand: Stand, visit: Open, filled: Filled, now: datetime) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))

    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".pill")).to_have_attribute("data-kind", "paused")
    stand.known["fleet"] = [data("dead", now, [("n", "number")], [[99]]), status(datetime.now(timezone.utc))]
    stand.say(*data("dead", now, [("n", "number")], [[99]]))
    expect(page.locator("#tile-dead .figure")).to_have_text("12")

    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#tile-dead .figure")).to_have_text("99")
    expect(page.locator(".pill")).to_have_attribute("data-kind", "live")


def test_a_tile_enlarged_with_its_data_its_sql_and_its_node(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))
    page.locator("#tile-temps").hover()

    page.get_by_role("button", name="Enlarge: Coolant of four cars").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".uplot canvas")).to_have_count(1)
    expect(dialog.locator(".foot")).to_contain_text("244 rows · query took 4 ms")

    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Enlarge: Coolant of four cars")).to_be_focused()

    page.get_by_role("button", name="SQL and node: Coolant of four cars").click()
    expect(dialog.locator("pre")).to_contain_text("FROM vehicles.engine_scores")
    expect(dialog.locator(".chain li").last).to_have_text("engine_scores")
    expect(dialog.get_by_role("link", name="telemetry_scored")).to_have_attribute("href", "/explore?node=telemetry_scored")
    expect(dialog).to_contain_text("dashboards/fleet.yml:12")

    page.get_by_role("tab", name="SQL").press("ArrowLeft")
    expect(page.get_by_role("tab", name="Data")).to_be_focused()
    expect(dialog.locator("tbody tr")).to_have_count(244)


@thorough
def test_an_enlarged_tile_goes_on(stand: Stand, visit: Open, filled: Filled, now: datetime) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))
    page.get_by_role("button", name="Enlarge: Dead letters").click()

    stand.say(*data("dead", now, [("n", "number")], [[4711]]))

    expect(page.get_by_role("dialog").locator(".figure")).to_have_text("4,711")


def test_a_tile_is_saved_as_csv_by_the_server_or_by_the_page(stand: Stand, visit: Open, filled: Filled, now: datetime) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download as CSV: Abnormal now").click()
    assert saved.value.suggested_filename == "fleet-alerts.csv"
    assert saved.value.path().read_text() == "tile\nalerts\n"

    evil = [["=cmd|'/c calc'!A1", 'say "hi",\n', None]]
    stand.say(*data("alerts", now, [("vehicle_id", "text"), ("fault", "text"), ("worst", "number")], evil))
    stand.say(*status(datetime.now(timezone.utc), database="down", since=iso(now)))
    expect(page.locator(".pill")).to_have_attribute("data-kind", "disconnected")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download as CSV: Abnormal now").click()
    assert saved.value.path().read_bytes().decode() == '\ufeffvehicle_id,fault,worst\r\n\'=cmd|\'/c calc\'!A1,"say ""hi"",\n",\r\n'


def test_parameters_stand_in_the_address_and_reach_the_server(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))
    assert stand.queries[-1] == "range=15min", "the first of the choices is the server's to find"

    page.get_by_label("Car", exact=True).select_option("car-0007")
    expect(page).to_have_url(f"{stand.address}/d/fleet?car=car-0007&range=15min")
    page.get_by_label("Time").select_option("Last 6 h")
    page.get_by_label("Search").fill("'; DROP TABLE x;-- 🚗")
    expect(page).to_have_url(f"{stand.address}/d/fleet?car=car-0007&range=6h&search=%27%3B+DROP+TABLE+x%3B--+%F0%9F%9A%97")
    filled(page)
    assert stand.queries[-1] == "car=car-0007&range=6h&search=%27%3B+DROP+TABLE+x%3B--+%F0%9F%9A%97"

    page.go_back()
    expect(page.get_by_label("Search")).to_have_value("")
    expect(page.get_by_label("Time")).to_have_value("6h")


def test_links_of_a_table_and_of_cells_choose_a_car(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))

    page.get_by_role("button", name="car-0065").click()
    expect(page).to_have_url(f"{stand.address}/d/fleet?car=car-0065&range=15min")
    expect(page.get_by_label("Car", exact=True)).to_have_value("car-0065")

    cells = page.locator("#tile-cells .cells")
    cells.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tile-cells .tip")).to_contain_text("car-0002")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Car", exact=True)).to_have_value("car-0002")


@thorough
def test_tables_sort_by_their_heads(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))
    first = page.locator("#tile-alerts tbody tr").first

    page.locator("#tile-alerts").get_by_role("button", name="fault").click()
    expect(first).to_contain_text("overheating")
    page.locator("#tile-alerts").get_by_role("button", name="fault").click()
    expect(first).to_contain_text("clogged filter")
    expect(page.locator("#tile-alerts th[aria-sort=ascending]")).to_have_text("fault")


def test_times_are_the_viewers_or_utc(stand: Stand, visit: Open, filled: Filled, now: datetime) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))
    moment = datetime(now.year, now.month, now.day, 12, 30, tzinfo=timezone.utc)
    stand.say(*data("alerts", now, [("since", "time")], [[iso(moment)]]))
    first = page.locator("#tile-alerts tbody td").first
    expect(first).to_contain_text("13:30:00" if now.month in (11, 12, 1, 2) else ":30:00")

    page.get_by_label("View", exact=True).click()
    page.get_by_role("radio", name="UTC").check()

    expect(first).to_contain_text("12:30:00")
    page.reload()
    expect(filled(page).locator(".menu input[value=true]")).to_be_checked()


def test_the_page_speaks_chinese(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet#zh"))

    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.locator(".pill b")).to_have_text("实时")
    expect(page.get_by_label("Time")).to_contain_text("最近 15 分钟")
    expect(page.locator("#tile-feed time").first).to_contain_text("前")


@thorough
def test_a_chosen_language_is_kept(stand: Stand, visit: Open, filled: Filled) -> None:
    page = visit(f"{stand.address}/d/fleet")
    page.get_by_label("View", exact=True).click()
    page.get_by_role("radio", name="中文").click()
    expect(page.locator(".pill b")).to_have_text("实时")
    page.reload()
    expect(page.locator(".pill b")).to_have_text("实时")


@thorough
def test_dark_light_and_as_the_system_has_it(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet", color_scheme="light"))
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-theme", "dark")

    page.get_by_label("View", exact=True).click()
    page.get_by_role("radio", name="Light").check()

    expect(root).to_have_attribute("data-theme", "light")


@thorough
def test_wall_mode_and_full_screen(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet", 1920, 1080))
    page.get_by_label("View", exact=True).click()
    page.get_by_role("button", name="Wall mode").click()

    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    expect(page.locator("#tile-notes")).to_be_in_viewport()
    page.get_by_role("button", name="Full screen").first.click()
    assert page.evaluate("document.fullscreenElement === document.documentElement")


def test_an_edit_of_the_pages_file_is_seen_at_once(stand: Stand, visit: Open, filled: Filled, now: datetime) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))
    fresh = {**stand.boards["fleet"], "title": "Fleet of tomorrow", "tiles": [one for one in stand.boards["fleet"]["tiles"] if one["id"] == "dead"]}
    stand.boards["fleet"] = fresh

    stand.say("reload", {"name": "fleet"})

    expect(page.locator("h1")).to_have_text("Fleet of tomorrow")
    expect(page.locator(".tile")).to_have_count(1)
    expect(page.locator("#tile-dead .figure")).to_have_text("12")
