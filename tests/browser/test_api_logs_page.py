"""The API's page over rows in a real PostgreSQL: the map is drawn, an attack is seen, percentiles are right, and all can read it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from math import ceil, log
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Page, expect

from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.control import down, ensure
from flinksql_runner.tables.create import create_tables
from tests.browser.conftest import Open
from tests.browser.test_page_access import serious
from tests.repository import copy_project

ROOT = Path(__file__).resolve().parents[2]
DURATIONS = [random.Random(4).lognormvariate(-3, 1) for _ in range(400)]
EVIL = "<img src=x onerror=alert(1)>"
RED = """() => {
  const canvas = document.querySelector(".map-tile canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = { red: 0, blue: 0, drawn: 0 };
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue, alpha] = data.slice(at, at + 4);
    if (alpha) found.drawn += 1;
    if (alpha && red > 150 && red > blue * 1.7 && red > green * 1.7) found.red += 1;
    if (alpha && blue > 150 && blue > red * 1.5) found.blue += 1;
  }
  return found;
}"""
Filled = Callable[[Page], Page]


@dataclass(frozen=True, slots=True)
class Api:
    """The page's server, and the database that it reads."""

    address: str
    database: psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    root = tmp_path_factory.mktemp("api")
    copy_project(root, "dashboards")
    server = None
    try:
        values = ensure(root, frozenset({"postgres"})).placeholders
        project = load(root, env=os.environ)
        sinks = [node for node in build(project).graph.nodes.values() if "api_logs" in node.tags]
        create_tables(sinks, values)
        url = urlsplit(values["FLINKSQL_SERVICE_POSTGRES_URL"].removeprefix("jdbc:"))
        with psycopg.connect(
            host=url.hostname, port=url.port, dbname=url.path.strip("/"), user=values["FLINKSQL_SERVICE_POSTGRES_USER"],
            password=values["FLINKSQL_SECRET_SERVICE_POSTGRES_PASSWORD"], autocommit=True, options="-c search_path=api_logs",
        ) as database:
            fill(database)
            server = subprocess.Popen([sys.executable, "-m", "flinksql_runner", "dashboard", "api_logs", "--port", "0"], cwd=root,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            assert server.stdout is not None
            yield Api(server.stdout.readline().strip(), database)
    finally:
        if server is not None:
            server.terminate()
            server.communicate(timeout=20)
        down(root)


def fill(database: psycopg.Connection[tuple[object, ...]]) -> None:
    """Rows as the job writes them, of the last minute."""
    now = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
    window = now.replace(second=0)
    for back in range(60):
        database.execute("INSERT INTO line_counts VALUES (%s, 100, 0)", [now - timedelta(seconds=back)])
    for place, latitude, longitude in (("Berlin", 52.5, 13.4), ("Tokyo", 35.7, 139.7), ("Sao Paulo", -23.5, -46.6)):
        database.execute("INSERT INTO live_places VALUES (%s, 'XX', %s, %s, %s, 100, 0, 0, %s)", [now, place, latitude, longitude, now])
    for name in ("/v1/blur", "/"):
        database.execute("INSERT INTO traffic_10s VALUES (%s, %s, 'DE', 'Berlin', %s, '2xx', 100, 1, 1)", [window, now, name])
        database.execute("INSERT INTO error_budget VALUES (%s, %s, 1000, 0, 1, %s)", [now.replace(hour=0, minute=0, second=0), name, now])
    for duration in DURATIONS:
        bucket = ceil(log(max(duration * 1000, 1.0)) / log(1.04))
        database.execute(
            "INSERT INTO latency_1m AS l VALUES (%s, %s, '/v1/blur', %s, 1) ON CONFLICT (window_start, endpoint, bucket) "
            "DO UPDATE SET requests = l.requests + 1", [window, now, bucket])
    database.execute("INSERT INTO top_clients VALUES (%s, %s, 1, '203.0.113.9', 'DE', 100, 3, 5)", [window, now])
    hour = now.replace(minute=0, second=0, microsecond=0)
    for customer, errors in (("Baltic Parking", 1), (EVIL, 30)):
        database.execute("INSERT INTO customer_usage VALUES (%s, %s, 'team', 200, %s, 4, 5, %s)", [hour, customer, errors, now])


def attack(database: psycopg.Connection[tuple[object, ...]]) -> None:
    """A burst flood, as the job tells it; its evidence holds what an attacker wrote."""
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    database.execute(
        "INSERT INTO attack_alerts VALUES ('burst_flood', 'client', '198.51.100.7', 1, %s, %s, 150, 'AU', 'Perth', -31.9, 115.9, 'r', %s) "
        "ON CONFLICT DO NOTHING", [now, now, f"150 requests within 10 s {EVIL}"])
    database.execute("INSERT INTO live_places VALUES (%s, 'AU', 'Perth', -31.9, 115.9, 150, 0, 150, %s) ON CONFLICT DO NOTHING", [now, now])
    database.execute("INSERT INTO client_verdicts VALUES ('203.0.113.9', 'suspicious', %s, %s, 'DE', 'r') ON CONFLICT DO NOTHING", [now, now])


def test_the_map_is_drawn_and_an_attack_turns_red(api: Api, visit: Open, filled: Filled) -> None:
    page = filled(visit(api.address, 1440, 1000, forgiven=("willReadFrequently",)))
    page.wait_for_function(f"() => ({RED})().blue > 50")
    before = page.evaluate(RED)
    assert before["drawn"] > 20_000     # countries
    assert before["red"] == 0
    attack(api.database)
    page.wait_for_function(f"() => ({RED})().red > 20", timeout=10_000)
    feed = page.locator(".tile", has_text="burst flood").last
    expect(feed).to_contain_text("198.51.100.7 · Perth, AU · 150 requests")
    expect(feed).to_contain_text(EVIL)
    expect(feed).to_contain_text("going on")
    expect(page.locator(".tile", has_text="Attacks now")).to_contain_text("under attack")
    expect(page.locator(".tile", has_text="Top clients")).to_contain_text("suspicious")


def test_customers_are_told_with_what_failed_for_them(api: Api, visit: Open, filled: Filled) -> None:
    rows = filled(visit(api.address, 1440, 1000)).locator(".tile", has_text="Customers").locator("tbody tr")
    assert [" ".join(row.split()) for row in rows.all_inner_texts()] == [
        f"{EVIL} 200 15.0 % failing 4", "Baltic Parking 200 0.5 % fine 4"]


def test_who_knows_the_places_is_named(api: Api, visit: Open, filled: Filled) -> None:
    expect(filled(visit(api.address)).get_by_text("IP Geolocation by DB-IP").first).to_be_visible()


def test_percentiles_are_right_by_two_per_cent(api: Api, visit: Open, filled: Filled) -> None:
    page = filled(visit(api.address, 1440, 1000))
    cells = page.locator(".tile", has_text="Endpoints").locator("tbody tr").first.locator("td").all_inner_texts()
    assert cells[:2] == ["/v1/blur", "400"]
    for share, cell in zip((50, 95, 99), cells[2:], strict=True):
        exact = sorted(DURATIONS)[ceil(len(DURATIONS) * share / 100) - 1] * 1000
        assert float(cell.split()[0].replace(",", "")) == pytest.approx(exact, rel=0.02, abs=0.5)


@pytest.mark.parametrize(("width", "height", "flags"), [(1920, 1080, "wall&dark"), (1024, 800, "light"), (390, 844, "light")])
def test_all_can_read_it(api: Api, visit: Open, filled: Filled, width: int, height: int, flags: str) -> None:
    attack(api.database)
    page = filled(visit(f"{api.address}#{flags}", width, height))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []
