"""From an access log's line to the pixel: the tile of live requests at 5,000 lines/s, and a burst flood in the feed, in Chromium.

``python bench/live_page.py [--rate 5000] [--seconds 90] [--here] [--write]``

Each second has another number of lines, so that the number on the page tells which second it shows. A latency is that of the
first line of a second: from the second's beginning until the page shows it. After a third and two thirds one client sends 30
requests a second for six seconds: the time counts from its fiftieth.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from api_logs import JOB, opened
from confluent_kafka import Producer
from playwright.sync_api import Page, sync_playwright
from project import project_folder
from report import table, write_section

from flinksql_runner.cli.geo_databases import geo_databases
from flinksql_runner.collect.lines import Line
from flinksql_runner.collect.message import Packer
from flinksql_runner.demo.latency import percentiles
from flinksql_runner.demo.places import variables
from flinksql_runner.deploy.apply import deploy
from flinksql_runner.deploy.ending import stop
from flinksql_runner.project.load import load
from flinksql_runner.simulate.api_logs.addresses import read_addresses
from flinksql_runner.simulate.api_logs.traffic import Traffic, messages

BURST, BURST_RATE, BURST_SECONDS, FIFTIETH = "203.0.113.{}", 30, 6, 50
WATCH = """(clients) => {
  const tile = (title) => [...document.querySelectorAll(".tile")].find((t) => t.querySelector("h2")?.textContent.includes(title));
  const live = tile("Requests per second"), feed = tile("Attacks");
  window.shown = []; window.alerts = {};
  let last = "";
  const look = () => {
    const text = live.innerText;
    if (text !== last) { last = text; window.shown.push([Date.now(), text]); }
    for (const client of clients) {
      const all = [...document.querySelectorAll(".tile")].some((t) => t.innerText.includes(client));
      if (all && !window.alerts[client]) window.alerts[client] = Date.now();
    }
    requestAnimationFrame(look);
  };
  look();
  return [Boolean(live), Boolean(feed)];
}"""


def main() -> None:
    """Runs the benchmark in a copy of the project with services of its own, or in this checkout with those that run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rate", type=int, default=5000)
    options.add_argument("--seconds", type=int, default=90)
    options.add_argument("--here", action="store_true")
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    with project_folder("dashboards", here=chosen.here) as folder:
        text = measured(folder, chosen)
    print(text)
    if chosen.write:
        write_section("live_page", text)


def measured(folder: Path, chosen: argparse.Namespace) -> str:
    """The section's text."""
    work, place = opened(folder)
    deploy(work.job(JOB), work.engine, work.store, work.around(JOB))
    command = [sys.executable, "-m", "flinksql_runner", "--vars", json.dumps(dict(variables(place.run, JOB))), "dashboard", JOB,
               "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        address = next(found[0] for line in server.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+\S*", line)))
        began = int(time.time()) + 20 + chosen.rate * chosen.seconds // 15_000    # lines are made before the first is due
        counts = numbers(chosen.rate, chosen.seconds)
        bursts = {BURST.format(9 + n): began + (n + 1) * chosen.seconds // 3 for n in range(2)}
        envelopes = prepared(folder, counts, began, bursts)
        print(f"{len(envelopes):,} lines made, {began - time.time():.0f} s before the first is due", file=sys.stderr, flush=True)
        sender = threading.Thread(target=send, args=(place.servers, place.run, envelopes))
        sender.start()
        try:
            shown, alerts = watched(f"{address.rstrip('/')}", list(bursts), began + chosen.seconds + 15, folder)
        finally:
            sender.join()
            server.terminate()
    stop(JOB, work.engine, work.store, savepoint=False)
    delays = sorted(seen(shown, counts, began))
    found = percentiles([round(d * 1000) for d in delays])
    flood = ", ".join(f"{alerts[client] / 1000 - (start + FIFTIETH / BURST_RATE):.1f}" if client in alerts else "not seen"
                      for client, start in bursts.items())
    rows = [[f"first line of a second to the tile, {len(delays)} of {chosen.seconds} seconds seen: p50, p95, most",
             f"{(found['p50'] or 0) / 1000:.1f}, {(found['p95'] or 0) / 1000:.1f}, {delays[-1] if delays else 0:.1f} s"],
            ["fiftieth request of a burst flood to its alert in the feed", f"{flood} s"]]
    return (f"## From a log line to the page\n\n{chosen.rate:,} simulated lines/s for {chosen.seconds} s, in the "
            "collector's envelope straight into Kafka; job, database, the page's server and Chromium share the machine. The "
            "tile shows a second when lines of the next one are counted.\n\n" + table(["what", ""], rows))


def numbers(rate: int, seconds: int) -> Sequence[int]:
    """How many lines each second has: near the rate, each a per cent or more from all others of its half minute."""
    steps = list(range(-15, 15))
    chance = random.Random(3)
    found: list[int] = []
    while len(found) < seconds:
        chance.shuffle(steps)
        found += [rate + step * max(1, rate // 100) for step in steps]
    return found[:seconds]


def prepared(folder: Path, counts: Sequence[int], began: int, bursts: Mapping[str, int]) -> list[tuple[float, bytes]]:
    """Lines of simulated clients that mean well, thinned to so many a second, and of those that burst: when, and enveloped."""
    traffic = Traffic(rate=max(counts) * 1.1, duration=len(counts), start_ms=began * 1000, attacks=0, malformed=0, doubled=0,
                      late=0)
    by_second: dict[int, list[tuple[int, bytes]]] = {}
    for message in messages(traffic, read_addresses(geo_databases(load(folder, env=os.environ)), 1)):
        by_second.setdefault(message.event_ms // 1000 - began, []).append((message.event_ms, message.value))
    chance, found = random.Random(5), list[tuple[int, bytes]]()
    for second, count in enumerate(counts):
        client = next((c for c, start in bursts.items() if start <= began + second < start + BURST_SECONDS), None)
        kept = sorted(chance.sample(by_second[second], count))
        every = count // BURST_RATE
        found += ((moment, bursting(line, client) if client is not None and n % every == 0 and n // every < BURST_RATE else line)
                  for n, (moment, line) in enumerate(kept))
    packer, offset, envelopes = Packer("bench"), 0, list[tuple[float, bytes]]()
    for moment, line in found:
        place = Line(offset, offset + len(line) + 1, line)
        offset = place.end
        envelopes.append((moment / 1000, packer.value(place, "/var/log/api/access.log", "bench-1", moment)))
    return envelopes


def bursting(line: bytes, client: str) -> bytes:
    """The same request by a client that bursts."""
    return json.dumps({**json.loads(line), "client": client, "path": "/v1/usage", "status": 200}, separators=(",", ":")).encode()


def send(servers: str, topic: str, envelopes: Sequence[tuple[float, bytes]]) -> None:
    """Sends each at its time."""
    producer = Producer({"bootstrap.servers": servers, "linger.ms": 20, "compression.type": "lz4",
                         "queue.buffering.max.messages": 500_000})
    for number, (moment, payload) in enumerate(envelopes):
        if number % 20 == 0:
            time.sleep(max(0.0, moment - time.time()))
        producer.produce(topic, payload, timestamp=int(moment * 1000), partition=number % 2)
        producer.poll(0)
    producer.flush()


def watched(address: str, clients: Sequence[str], until: float, folder: Path) -> tuple[list[tuple[int, str]], dict[str, int]]:
    """What the live tile showed and when, and when each client stood on the page (ms of the epoch)."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        raise SystemExit("no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        page: Page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(address if "/d/" in address else f"{address}/d/{JOB}")
        page.locator(".tile").first.wait_for()
        if page.evaluate(WATCH, list(clients)) != [True, True]:
            raise SystemExit("the page has no live tile or no feed")
        while time.time() < until:
            page.wait_for_timeout(500)
            if time.time() > until - 45 and not (folder / "target" / "page.png").exists():
                (folder / "target").mkdir(exist_ok=True)
                page.screenshot(path=folder / "target" / "page.png")
        shown: list[tuple[int, str]] = page.evaluate("() => window.shown")
        alerts: dict[str, int] = page.evaluate("() => window.alerts")
        shutil.copyfile(folder / "target" / "page.png", Path(os.environ.get("LIVE_PAGE_PICTURE", os.devnull)))
        browser.close()
    return shown, alerts


def seen(shown: Sequence[tuple[int, str]], counts: Sequence[int], began: int) -> Iterator[float]:
    """Seconds from the beginning of each second until the tile showed its number for the first time."""
    by_count: dict[int, list[int]] = {}
    for second, count in enumerate(counts):
        by_count.setdefault(count, []).append(second)
    told: set[int] = set()
    for moment, text in shown:
        number = max((int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text)), default=-1)  # the other is its age
        near = min(by_count, key=lambda count: abs(count - number))
        if abs(near - number) > 10:
            continue
        for second in by_count[near]:
            delay = moment / 1000 - (began + second)
            if second not in told and 0 < delay < 20:
                told.add(second)
                yield delay


if __name__ == "__main__":
    main()
