"""Numbers, times and words as a viewer reads them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.stand import Stand


@pytest.fixture
def call(stand: Stand, visit: Open) -> Any:
    page: Page = visit(f"{stand.address}/d/fleet")

    def called(module: str, name: str, *arguments: Any) -> Any:
        return page.evaluate("""async ([module, name, values]) => {
          const main = document.querySelector("script[type=module]").src;
          return (await import(main.replace("main.js", module)))[name](...values);
        }""", [module, name, list(arguments)])
    return called


def test_numbers(call: Any) -> None:
    cases = {12: "12", 1234567: "1,234,567", 0.5: "0.5", 0.01234: "0.0123", 59.349: "59.35", 123.456: "123.5", 1234.56: "1,235", -3: "−3", 0: "0"}
    assert {value: call("format.js", "number", value) for value in cases} == cases
    assert call("format.js", "number", 59.349, 1) == "59.3"
    assert call("format.js", "number", "12345678901234567890") == "12345678901234567890"
    assert call("format.js", "number", None) == "–"
    assert call("format.js", "withUnit", "5", "%") == "5 %"
    assert call("format.js", "withUnit", "5", "/s") == "5/s"
    assert call("format.js", "withUnit", "5", "km/h") == "5 km/h"


def test_ages_and_times(call: Any) -> None:
    cases = {0: "0 s", 59_000: "59 s", 61_000: "1 min", 3_600_000: "1 h", 7_800_000: "2 h 10 min", 200_000_000: "2 d", -5: "0 s"}
    assert {value: call("format.js", "age", value) for value in cases} == cases
    noon = call("format.js", "instant", "2026-07-01T12:00:00.000Z")
    assert call("format.js", "time", noon, {"utc": True, "date": "always"}) == "2026-07-01 12:00:00"
    assert call("format.js", "time", noon, {"utc": False, "date": "always"}) == "2026-07-01 14:00:00"
    assert call("format.js", "time", noon, {"utc": True, "now": noon}) == "12:00:00"
    assert call("format.js", "instant", "2026-07-01 12:00:00") == noon
    assert call("format.js", "instant", "yesterday") is None


def test_states(call: Any) -> None:
    limits = [{"from": 0.9, "colour": "red", "word": "severe"}, {"from": 0, "colour": "amber", "word": "mild"}, {"colour": "grey", "word": "silent"}]
    assert [call("states.js", "judge", v, limits)["word"] for v in (0.95, 0.9, 0.2, -1)] == ["severe", "severe", "mild", "silent"]
    assert call("states.js", "judge", None, limits) is None
    assert call("states.js", "judge", "OPEN", [{"is": "open", "colour": "red", "word": "open"}])["colour"] == "red"
    assert call("states.js", "judge", True, [{"is": True, "colour": "red", "word": "yes"}])["colour"] == "red"
    assert call("states.js", "judge", 1, [{"from": 0, "colour": "pink", "word": "?"}])["colour"] == "grey"


def test_both_languages_have_the_same_words(call: Any) -> None:
    assert call("i18n.js", "sameKeys") == {"missing": [], "extra": []}


def test_countries_by_codes_and_names(stand: Stand, visit: Open) -> None:
    page = visit(f"{stand.address}/d/fleet")
    found = page.evaluate("""async () => {
      const main = document.querySelector("script[type=module]").src;
      const { countryNumber } = await import(main.replace("main.js", "countries.js"));
      return ["DE", "de", " DEU ", "276", 276, "Germany", "XX", null, ""].map((word) => countryNumber(word, new Map([["germany", "276"]])));
    }""")
    assert found == ["276"] * 6 + [None] * 3


@pytest.mark.parametrize(("value", "text", "passes"), [
    ("Berlin", "erl", True), ("Berlin", "=berlin", True), ("Berlin", "=ber", False), (5, ">4.5", True), (5, "<=5", True), (5, "> 10", False),
    (None, "null", True), (0, "null", False), ("b", ">a", True), ("x", "!x", False), ("x", "!y", True), (None, ">1", False), ({"a": 1}, '"a":1', True),
    ("a>b", "a>", True), (5, "", True), ("5", "=5.0", True)])
def test_filters_of_the_exploring_page(call: Any, value: Any, text: str, passes: bool) -> None:
    assert call("explore_filter.js", "keeps", value, text) is passes
