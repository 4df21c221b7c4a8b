"""Every type of tile, filled, empty, broken, and with what is hard to show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.recorded import data, iso, status, tile
from tests.browser.stand import Stand

Filled = Callable[[Page], Page]
BAD_NAMES = ["<script>window.hacked = 1</script>", "<img src=x onerror='window.hacked=1'>", "O'Brien \"Ltd\"; DROP TABLE x;--",
             "🚗🔥 éü", "{{7*7}} ${7*7} {static}", "a\u202eb\u0000c", "=HYPERLINK(\"http://x\")"]


def one_board(stand: Stand, tiles: list[dict[str, Any]], events: list[Any], **more: Any) -> str:
    """The address of a page with these tiles."""
    stand.board("one", {"title": "One", "description": None, "refresh_ms": 5000, "parameters": [], "problems": [], "tiles": tiles, **more},
                events)
    return f"{stand.address}/d/one"


def test_every_tile_of_the_fleet_is_filled(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))

    expect(page).to_have_title("Fleet · flinksql")
    expect(page.locator("#tile-rate .value")).to_have_text("59.3/s")
    expect(page.locator("#tile-delay")).to_contain_text("in time")
    expect(page.locator("#tile-abnormal .figure")).to_have_text("3")
    expect(page.locator("#tile-cells .counts")).to_contain_text("3abnormal197normal")
    expect(page.locator("#tile-alerts tbody tr")).to_have_count(3)
    expect(page.locator("#tile-trend .uplot canvas")).to_have_count(1)
    expect(page.locator("#tile-temps .legend li")).to_have_count(4)
    expect(page.locator("#tile-faults li").first).to_contain_text("misfire")
    expect(page.locator("#tile-feed li")).to_have_count(14)
    expect(page.locator("#tile-notes strong")).to_have_text("abnormal")
    expect(page.locator(".pill b")).to_have_text("Live")


def test_the_map_draws_countries_and_points(stand: Stand, visit: Open, filled: Filled) -> None:
    page = filled(visit(f"{stand.address}/d/traffic"))

    world = page.locator("#tile-world .world")
    expect(world).to_have_attribute("aria-label", "Requests by country: 23 countries: United States 18,234 requests, "
                                    "China 12,910 requests, Germany 8,120 requests, India 7,630 requests, United Kingdom 6,120 requests")
    expect(page.locator("#tile-cities .key")).to_contain_text("2attack10normal")
    assert colours_of(page, "#tile-world canvas") > 5


def colours_of(page: Page, canvas: str) -> int:
    """How many colours stand on a canvas, roughly told apart."""
    return int(page.evaluate("""(selector) => {
      const canvas = document.querySelector(selector);
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const seen = new Set();
      for (let at = 0; at < data.length; at += 4) seen.add(`${data[at] >> 4},${data[at + 1] >> 4},${data[at + 2] >> 4}`);
      return seen.size;
    }""", canvas))


def test_names_with_markup_quotes_and_emoji_are_text(stand: Stand, visit: Open, filled: Filled, now: datetime) -> None:
    rows = [[name, 0.9, iso(now)] for name in BAD_NAMES]
    columns = [("name", "text"), ("v", "number"), ("at", "time")]
    states = [{"from": 0.5, "colour": "red", "word": BAD_NAMES[0]}]
    title = BAD_NAMES[1]
    kinds: dict[str, dict[str, Any]] = {
        "table": {}, "grid": {"entity": "name", "state": "v"}, "feed": {"headline": "name", "body": ["name"], "state": "v", "time": "at"},
        "bar": {"x": "name", "y": ["v"]}, "line": {"x": "at", "y": ["v"], "series": "name"},
    }
    tiles = [tile(kind, title, kind, options=options, thresholds=states, columns={"v": {"thresholds": states, "label": title}}, empty=title)
             for kind, options in kinds.items()]
    tiles += [tile("word", title, "number", options={"value": "name"}), tile("note", title, "text", options={"text": "\n".join(BAD_NAMES)
              + "\n[x](javascript:window.hacked=1) [y](//other.example)"}), tile("none", title, "table", empty=BAD_NAMES[0])]
    events = [data(kind, now, columns, rows) for kind in kinds] + [data("word", now, [("name", "text")], [[BAD_NAMES[0]]]), data("none", now, columns, []),
              ("choices", {"name": "who", "values": BAD_NAMES}), status(now, job={"name": BAD_NAMES[1], "state": BAD_NAMES[0]})]
    address = one_board(stand, tiles, events, title=BAD_NAMES[1], description=BAD_NAMES[0], parameters=[
        {"name": "who", "type": "choice", "label": BAD_NAMES[0], "default": None}],
        problems=[{"code": "FS901", "message": BAD_NAMES[1], "file": BAD_NAMES[0], "line": 1}])

    page = filled(visit(address))

    expect(page.locator("h1")).to_have_text(BAD_NAMES[1])
    expect(page.locator("#tile-table tbody tr").nth(0)).to_contain_text(BAD_NAMES[0])
    expect(page.locator("#tile-feed li").nth(2)).to_contain_text(BAD_NAMES[2])
    expect(page.locator("#tile-bar")).to_contain_text("🚗🔥 éü")
    expect(page.locator("#tile-none .message")).to_have_text(BAD_NAMES[0])
    assert page.evaluate("window.hacked") is None
    assert page.locator("#page script, #page img, #page a[href^=javascript], #tile-note a").count() == 0


def test_null_and_nan_are_shown_as_what_they_are(stand: Stand, visit: Open, filled: Filled, now: datetime) -> None:
    tiles = [tile("null", "N", "number", unit="ms"), tile("nan", "N", "number", unit="ms"), tile("cells", "C", "grid", thresholds=[
        {"from": 0.5, "colour": "red", "word": "abnormal"}, {"from": 0, "colour": "blue", "word": "normal"}]),
        tile("table", "T", "table"), tile("line", "L", "line"), tile("bar", "B", "bar", options={"x": "k", "y": ["v"]}),
        tile("map", "M", "map", options={"latitude": "v", "longitude": "w"}), tile("feed", "F", "feed", options={"time": "t", "headline": "k"})]
    numbers = [("k", "text"), ("v", "number"), ("w", "number"), ("t", "time")]
    rows: list[list[Any]] = [["a", None, None, None], [None, 0.7, None, iso(now)], ["c", None, 5, iso(now)]]
    events = [data("null", now, [("v", "number")], [[None]], newest=None), data("nan", now, [("v", "number")], [[None]], nan=[[0, 0]]),
              *[data(name, now, numbers, rows, nan=[[2, 1]]) for name in ("cells", "table", "bar", "map", "feed")],
              data("line", now, [("t", "time"), ("v", "number")], [[None, 1], [iso(now), None]]), status(now, newest=None, job=None)]

    page = filled(visit(one_board(stand, tiles, events)))

    expect(page.locator("#tile-null .value")).to_have_text("–")
    expect(page.locator("#tile-nan .value")).to_have_text("NaN")
    expect(page.locator("#tile-cells .counts")).to_contain_text("1abnormal")
    expect(page.locator("#tile-cells .counts")).to_contain_text("2unknown")
    expect(page.locator("#tile-table tbody tr").nth(2)).to_contain_text("NaN")
    expect(page.locator("#tile-feed li")).to_have_count(3)
    expect(page.locator(".tile.failed")).to_have_count(0)


def test_a_tile_that_fails_says_why_and_the_others_go_on(stand: Stand, visit: Open, filled: Filled, now: datetime) -> None:
    page = filled(visit(f"{stand.address}/d/fleet"))
    for kind, words in (("query", "The query failed"), ("timeout", "The query took too long"), ("database", "The database does not answer")):
        stand.say("tile_error", {"id": "rate", "at": iso(now), "kind": kind, "message": 'column "spead" does not exist', "since": iso(now)})
        expect(page.locator("#tile-rate .message")).to_contain_text(words)
        expect(page.locator("#tile-rate .message")).to_contain_text('column "spead" does not exist')
        expect(page.locator("#tile-rate .figure")).to_have_text("59.3")
    stand.say(*data("dead", now, [("n", "number")], [[13]]))
    expect(page.locator("#tile-dead .figure")).to_have_text("13")

    stand.say("same", {"id": "rate", "at": iso(now), "newest": iso(now)})

    expect(page.locator("#tile-rate .message")).to_be_hidden()
    expect(page.locator(".tile.failed")).to_have_count(0)


def test_a_tile_that_never_had_rows_says_why(stand: Stand, visit: Open, now: datetime) -> None:
    broken = tile("wrong", "Wrong", "number", broken=True, line=4)
    slow = tile("slow", "Slow", "line", line=9)
    problem = {"code": "FS903", "message": "there is no sink `scores`", "file": "dashboards/one.yml", "line": 6}
    events = [("tile_error", {"id": "slow", "at": iso(now), "kind": "timeout", "message": "more than 10 s", "since": iso(now)}), status(now)]

    page = visit(one_board(stand, [broken, slow], events, problems=[problem]))

    expect(page.locator("#tile-wrong .message")).to_contain_text("there is no sink `scores`")
    expect(page.locator("#tile-slow .message")).to_contain_text("more than 10 s")
    expect(page.locator(".problems summary")).to_have_text("Mistakes in this page's file: 1")


def test_a_tile_without_rows_says_its_own_word(stand: Stand, visit: Open, now: datetime) -> None:
    kinds = ("number", "line", "bar", "table", "grid", "map", "feed")
    tiles = [tile(kind, kind, kind, empty="all is well" if kind == "feed" else None) for kind in kinds]
    page = visit(one_board(stand, tiles, [*[data(kind, now, [("a", "text")], [], newest=None) for kind in kinds], status(now)]))

    expect(page.locator("#tile-feed .message")).to_have_text("all is well")
    expect(page.locator(".tile.empty .message:has-text('No rows')")).to_have_count(6)


def test_rows_that_can_not_be_drawn_take_no_other_tile_with_them(stand: Stand, visit: Open, now: datetime) -> None:
    tiles = [tile("bad", "Bad", "table"), tile("good", "Good", "number")]
    bad = ("tile", {"id": "bad", "at": iso(now), "took_ms": 1, "newest": None, "columns": [{"name": "a", "kind": "text"}], "rows": [None], "more": False})
    page = visit(one_board(stand, tiles, [bad, data("good", now, [("n", "number")], [[7]]), status(now)]))

    expect(page.locator("#tile-bad .message")).to_contain_text("This tile can't be drawn")
    expect(page.locator("#tile-good .figure")).to_have_text("7")


def test_a_grid_carries_a_hundred_thousand_entities(stand: Stand, visit: Open, filled: Filled, now: datetime) -> None:
    states = [{"from": 0.5, "colour": "red", "word": "abnormal"}, {"colour": "blue", "word": "normal"}]
    red = {5, 50_000, 99_999}
    rows = [[f"car-{n:06d}", 0.9 if n in red else 0.1] for n in range(100_000)]
    cells = tile("cells", "Fleet", "grid", thresholds=states, options={"entity": "id", "state": "v"}, height=4)

    page = filled(visit(one_board(stand, [cells], [data("cells", now, [("id", "text"), ("v", "number")], rows), status(now)])))

    expect(page.locator("#tile-cells .counts")).to_contain_text("3abnormal")
    expect(page.locator("#tile-cells .counts")).to_contain_text("99,997normal")
    reds = page.evaluate("""() => {
      const canvas = document.querySelector("#tile-cells canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let n = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at] > 180 && data[at + 1] < 130 && data[at + 2] < 130) n += 1;
      return n;
    }""")
    assert 3 * 20 < reds < 3 * 200, "three marks, large enough to be seen among cells of one or two pixels"
    stand.say(*data("cells", now, [("id", "text"), ("v", "number")], [[row[0], 0.1] for row in rows]))
    expect(page.locator("#tile-cells .counts")).to_contain_text("100,000normal")
