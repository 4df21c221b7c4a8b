"""The API's page over the running job: a client that floods is in the feed and red on the map within ten seconds.

The whole chain runs: log files, the log shipper, Kafka, Flink, PostgreSQL, the page's server and Chromium.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from flinksql_runner.simulate.api_logs.lines import Request, line
from tests.browser.conftest import Open, thorough
from tests.browser.running import Running, running
from tests.browser.test_api_logs_page import RED

pytestmark = [thorough, pytest.mark.e2e, pytest.mark.engine, pytest.mark.kafka, pytest.mark.timeout(400)]
FROM = "91.198.174.192"         # an address whose place the database knows
PER_SECOND, SECONDS, FIFTIETH = 30, 6, 50
SEEN_WITHIN = 10.0


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("api")) as found:
        logs = found.project / "logs"
        logs.mkdir()
        found.flinksql("deploy", "api_logs")
        found.start("collect", str(logs / "*.log"), "--topic", "access_log", "--state", str(found.project / "collected.json"))
        found.start("simulate", "api_logs", "--folder", str(logs), "--rate", "100", "--attacks", "0", "--seed", "6")
        found.serve("api_logs")
        yield found


def requests(client: str, path: Path, seconds: float) -> list[float]:
    """Logs as many requests a second of one client as it takes, each at its time; when each was written."""
    began, written = time.time(), list[float]()
    for number in range(int(PER_SECOND * seconds)):
        time.sleep(max(0.0, began + number / PER_SECOND - time.time()))
        now = time.time()
        with path.open("ab") as file:
            request = Request(now, client, "GET", "/v1/usage", "", 200, 300, 500, 0.01, "", "curl/8.14.1")
            file.write(line(request, (int(began) << 32) + number, "gw-9", int(now * 1000)) + b"\n")
        written.append(now)
    return written


def test_a_flood_is_seen_within_ten_seconds_of_its_fiftieth_request(api: Running, visit: Open) -> None:
    page: Page = visit(api.address, 1600, 1000, forgiven=("willReadFrequently",))
    page.wait_for_function(f"() => ({RED})().blue > 50", timeout=90_000)
    expect(page.locator(".tile", has_text="Attacks now")).to_contain_text("none")
    assert page.evaluate(RED)["red"] == 0

    fiftieth = requests(FROM, api.project / "logs" / "gw-9.log", SECONDS)[FIFTIETH - 1]

    feed = page.locator(".tile", has_text="burst flood").last
    expect(feed).to_contain_text(FROM, timeout=max(1.0, fiftieth + SEEN_WITHIN - time.time()) * 1000)
    print(f"in the feed {time.time() - fiftieth:.1f} s after the fiftieth request")
    expect(feed).to_contain_text("going on")
    expect(page.locator(".tile", has_text="Attacks now")).to_contain_text("under attack")
    page.wait_for_function(f"() => ({RED})().red > 5", timeout=10_000)


def test_what_the_page_tells_is_of_the_last_seconds(api: Running, visit: Open) -> None:
    page: Page = visit(api.address, 1600, 1000)
    expect(page.locator(".tile", has_text="Behind")).to_contain_text("in time", timeout=20_000)
    expect(page.locator(".pill")).to_have_attribute("data-kind", "live")
