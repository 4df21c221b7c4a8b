"""Live, stale and disconnected: told by word, colour and shape, and gone again by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, thorough
from tests.browser.recorded import data, fleet, iso, status
from tests.browser.stand import Stand

Filled = Callable[[Page], Page]
LOST = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET", "Failed to load resource")


def kind(page: Page, expected: str) -> None:
    expect(page.locator(".pill")).to_have_attribute("data-kind", expected, timeout=20_000)


def test_a_job_that_stops_makes_the_page_stale_until_it_runs_again(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))
    kind(page, "live")

    now = datetime.now(timezone.utc)
    stand.say(*status(now, job={"name": "vehicles", "state": "stopped"}, newest=iso(now - timedelta(seconds=75))))
    kind(page, "stale")
    expect(page.locator(".pill")).to_contain_text("Stale")
    expect(page.locator(".pill")).to_contain_text("job vehicles is stopped, newest row 1 min old")

    stand.say(*status(datetime.now(timezone.utc)))
    kind(page, "live")


@thorough
def test_rows_that_stop_coming_make_the_page_stale(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))
    now = datetime.now(timezone.utc)

    stand.say(*status(now, newest=iso(now - timedelta(seconds=65))))

    kind(page, "stale")
    expect(page.locator(".pill .say")).to_contain_text("no new row for 1 min")


@thorough
def test_the_board_says_after_how_long_rows_are_stale(stand: Stand, visit: Open, filled: Filled, now: datetime) -> None:
    stand.board("slow", {**fleet(), "stale_after_ms": 3_600_000}, [*stand.known["fleet"][:-1], status(now, newest=iso(now - timedelta(minutes=20)))])

    kind(filled(visit(f"{stand.address}/d/slow")), "live")


def test_the_database_gone_greys_the_values_and_comes_back(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))
    now = datetime.now(timezone.utc)

    stand.say("tile_error", {"id": "rate", "at": iso(now), "kind": "database", "message": "the connection was refused", "since": iso(now)})
    stand.say(*status(now, database="down", since=iso(now)))

    kind(page, "disconnected")
    expect(page.locator(".pill .say")).to_contain_text("the database is gone since")
    expect(page.locator("#tile-rate .figure")).to_have_text("59.3")
    assert "grayscale" in str(page.locator("#tile-delay .body").evaluate("element => getComputedStyle(element).filter"))

    later = datetime.now(timezone.utc)
    stand.say(*data("rate", later, [("rate", "number")], [[61.5]]))
    stand.say(*status(later))

    kind(page, "live")
    expect(page.locator("#tile-rate .figure")).to_have_text("61.5")
    expect(page.locator(".tile.failed")).to_have_count(0)


def test_a_server_that_dies_and_comes_back(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet", forgiven=LOST))

    stand.stop()
    kind(page, "disconnected")
    expect(page.locator(".pill .say")).to_contain_text("no answer from the server since")
    expect(page.locator("#tile-rate .figure")).to_have_text("59.3")

    stand.start()
    kind(page, "live")


@thorough
def test_silence_is_noticed(stand: Stand, visit: Open, filled: Filled) -> None:
    """What a sleeping laptop or a pulled cable looks like: the connection stands and nothing comes."""
    stand.boards["fleet"]["refresh_ms"] = 500
    page = filled(visit(f"{stand.address}/d/fleet"))
    asked = len(stand.queries)

    # nothing is said from here on; the page asks anew by itself
    for _ in range(150):
        if len(stand.queries) > asked:
            break
        page.wait_for_timeout(100)

    assert len(stand.queries) > asked
    kind(page, "live")


def test_a_token_that_is_refused_is_told(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet", forgiven=(*LOST, "401")))
    stand.refused = True
    stand.stop()
    stand.start()

    expect(page.locator(".pill .say")).to_contain_text("the server refuses this page", timeout=20_000)


def test_a_board_that_is_not_there_and_a_project_without_boards(stand: Stand, visit: Open) -> None:
    expect(visit(f"{stand.address}/d/nothing", forgiven=("404",)).locator("[role=alert]")).to_have_text("There is no page `nothing`")
    page = visit(stand.address)
    expect(page.locator(".card")).to_have_count(2)
    stand.boards.clear()
    page.reload()
    expect(page.locator(".none")).to_contain_text("This project has no page yet")


def test_a_choice_that_the_server_does_not_take_is_told_until_another_is_made(stand: Stand, visit: Open) -> None:
    stand.wrong = "`Time` takes a length of time such as 15min"
    page = visit(f"{stand.address}/d/fleet?range=abc", forgiven=("400",))
    expect(page.locator(".pill .say")).to_have_text("the server refuses: `Time` takes a length of time such as 15min")

    stand.wrong = ""
    page.get_by_label("Time").select_option("Last 1 h")

    kind(page, "live")
