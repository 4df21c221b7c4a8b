"""From the phone to the wall: nothing overlaps, nothing runs out of its place."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open, thorough
from tests.browser.recorded import tile
from tests.browser.stand import Stand

pytestmark = thorough
Filled = Callable[[Page], Page]
KINDS = ("number", "number", "line", "bar", "table", "grid", "map", "feed", "text")


@pytest.mark.parametrize("board", ["fleet", "traffic"])
@pytest.mark.parametrize(("width", "height", "flags"), [
    (360, 740, "dark"), (768, 1024, "light"), (1280, 800, "light"), (1920, 1080, "dark&wall"), (3840, 2160, "dark&wall"), (3840, 2160, "light")])
def test_nothing_runs_out_of_its_place(stand: Stand, visit: Open, filled: Filled, board: str, width: int, height: int, flags: str) -> None:
    page = filled(visit(f"{stand.address}/d/{board}#{flags}", width, height))

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wrong = page.evaluate("""() => {
      const boxes = [...document.querySelectorAll(".tiles > .tile")].map((tile) => [tile.id, tile.getBoundingClientRect()]);
      const found = [];
      boxes.forEach(([name, a], index) => {
        for (const [other, b] of boxes.slice(index + 1)) {
          if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) found.push(`${name} lies over ${other}`);
        }
        for (const inner of document.querySelectorAll(`#${name} .figure, #${name} .plot, #${name} canvas, #${name} h2, #${name} .below`)) {
          const box = inner.getBoundingClientRect();
          if (box.width && (box.right > a.right + 1 || box.bottom > a.bottom + 1 || box.left < a.left - 1)) found.push(`${inner.className || inner.tagName} runs out of ${name}`);
        }
      });
      return found;
    }""")
    assert wrong == []


def test_any_page_has_no_overlaps_and_no_holes_between_tiles(stand: Stand, visit: Open) -> None:
    page = visit(f"{stand.address}/d/fleet")
    rng = random.Random(3)
    for _ in range(300):
        tiles: list[dict[str, Any]] = []
        for n in range(rng.randint(1, 14)):
            sizes = {} if rng.random() < 0.6 else {"width": rng.randint(1, 12), "height": rng.randint(1, 4)}
            tiles.append(tile(str(n), "t", rng.choice(KINDS), **sizes))
        for wall in (False, True):
            made = page.evaluate("""async ([tiles, wall]) => {
              const main = document.querySelector("script[type=module]").src;
              return (await import(main.replace("main.js", "layout.js"))).arrange(tiles, wall);
            }""", [tiles, wall])
            taken: set[tuple[int, int]] = set()
            for place in made["places"]:
                cells = {(x, y) for x in range(place["x"], place["x"] + place["width"]) for y in range(place["y"], place["y"] + place["height"])}
                assert not cells & taken
                assert place["x"] + place["width"] <= made["columns"]
                taken |= cells
            if not any(t["width"] for t in tiles) and not wall and tiles[-1]["type"] != "number":
                assert len(taken) >= 12 * max(y + 1 for _, y in taken) - 12, "free tiles fill their rows"
