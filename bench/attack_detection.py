"""How well the job ``api_logs`` tells attacks: simulated logs of some seeds, read by the job, alerts beside the labels.

``python bench/attack_detection.py [--seeds 11 12 13 14 15] [--rates 200] [--duration 90] [--misses] [--write]``

Lines go into Kafka as fast as it takes them, with the times at which they would have come. Rules were tuned on seeds 1 to 5.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

from api_logs import JOB, PATIENCE_S, counted, opened
from project import project_folder
from report import table, write_section

from flinksql_runner.cli.geo_databases import geo_databases
from flinksql_runner.demo.api_logs_tables import alerts as alerts_of
from flinksql_runner.demo.attacks import Alert, Found, belongs, compare, wrong_alerts
from flinksql_runner.demo.places import Places
from flinksql_runner.deploy.apply import deploy
from flinksql_runner.deploy.ending import stop
from flinksql_runner.simulate.api_logs.addresses import read_addresses
from flinksql_runner.simulate.api_logs.attacks import Label
from flinksql_runner.simulate.api_logs.traffic import Traffic, messages
from flinksql_runner.simulate.api_logs.writers import Shipped
from flinksql_runner.simulate.sinks import KafkaWriter, closing
from flinksql_runner.workspace import Workspace


def main() -> None:
    """Runs the benchmark in a copy of the project with services of its own, or in this checkout with those that run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13, 14, 15])
    options.add_argument("--rates", type=float, nargs="+", default=[200.0])
    options.add_argument("--duration", type=float, default=90.0)
    options.add_argument("--misses", action="store_true")
    options.add_argument("--here", action="store_true")
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    with project_folder(here=chosen.here) as folder:
        text = measured(folder, chosen)
    print(text)
    if chosen.write:
        write_section("attack_detection", text)


def measured(folder: Path, chosen: argparse.Namespace) -> str:
    """The section's text."""
    sums: dict[str, Found] = {}
    lines = 0
    for rate in chosen.rates:
        for seed in chosen.seeds:
            count, labels, alerts = one(folder, Traffic(rate=rate, duration=chosen.duration, seed=seed))
            lines += count
            for kind, found in compare(labels, alerts).items():
                sums[kind] = sums.get(kind, Found()) + found
            if chosen.misses:
                tell(seed, rate, labels, alerts)
    rows = [[kind.replace("_", " "), str(f.injected), str(f.found), share(f.recall), str(f.alerts), share(f.precision)]
            for kind, f in sorted(sums.items())]
    columns = ["kind", "injected", "found", "recall", "alerts", "precision"]
    seeds = ", ".join(map(str, chosen.seeds))
    return (f"## Attacks told by the job `api_logs`\n\nSimulated logs of {chosen.duration:g} s, seeds {seeds}, "
            f"{' and '.join(f'{rate:g}' for rate in chosen.rates)} lines/s and attacks: {lines:,} lines. "
            "The rules were tuned on seeds 1 to 5.\n\n" + table(columns, rows))


def one(folder: Path, traffic: Traffic) -> tuple[int, list[Label], list[Alert]]:
    """Sound lines, injected attacks, and alerts after the job has read all of it."""
    traffic = replace(traffic, start_ms=int((time.time() - traffic.duration - 60) * 1000))
    labels: list[Label] = []
    work, place = opened(folder)
    book = read_addresses(geo_databases(work.build.project), traffic.seed)
    sound = 0
    with closing(Shipped(KafkaWriter(place.servers, place.run), place.run)) as writer:
        for message in messages(traffic, book, labels):
            writer.write(message)
            sound += message.kind == "sound"
    return sound, labels, told(work, place, sound)


def told(work: Workspace, place: Places, sound: int) -> list[Alert]:
    """The job's alerts at the end of the topic."""
    deploy(work.job(JOB), work.engine, work.store, work.around(JOB))
    began = time.monotonic()
    with place.connect() as database:
        while (lines := counted(database, place.run)) < sound:
            if time.monotonic() - began > PATIENCE_S:
                raise SystemExit(f"the job counted {lines} of {sound} lines within 15 minutes")
            time.sleep(0.2)
    stop(JOB, work.engine, work.store, drain=True)
    ((both,),) = place.query(
        "SELECT (SELECT SUM(requests) FROM {}.traffic_10s) + (SELECT SUM(late) FROM {}.line_counts)")
    if both != lines:
        raise SystemExit(f"windows and late lines are {both}, but {lines} came")
    return alerts_of(place)


def tell(seed: int, rate: float, labels: list[Label], alerts: list[Alert]) -> None:
    """Prints what was missed, and what was wrong."""
    for label in labels:
        if not any(belongs(a, label) for a in alerts):
            seconds = (label.end_ms - label.onset_ms) / 1000
            print(f"seed {seed} at {rate:g}/s: missed {label.kind} of {label.requests} requests in {seconds:.0f} s, "
                  f"{label.endpoint or label.key or label.subjects[0]}")
    for alert in wrong_alerts(labels, alerts):
        print(f"seed {seed} at {rate:g}/s: wrong {alert}, of labels {[x for x in labels if x.kind == alert.kind]}")


def share(value: float | None) -> str:
    """As per cent."""
    return "-" if value is None else f"{value:.0%}"


if __name__ == "__main__":
    main()
