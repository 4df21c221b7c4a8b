"""Records per second of the main job: a topic filled beforehand, read by one task slot through check, scoring and database.

``python bench/throughput.py [--records 300000] [--write]``
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from project import project_folder
from report import table, write_section

from flinksql_runner.demo.places import new_run, places, variables
from flinksql_runner.demo.vehicles_tables import rows
from flinksql_runner.deploy.apply import deploy
from flinksql_runner.deploy.ending import stop
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.simulate.message import Tally
from flinksql_runner.simulate.sinks import KafkaWriter, closing
from flinksql_runner.simulate.vehicles.fleet import Fleet, messages
from flinksql_runner.workspace import open_workspace

JOB, CARS, INTERVAL_S = "vehicles", 1000, 3


def main() -> None:
    """Runs the benchmark in a copy of the project, with services of its own."""
    options = argparse.ArgumentParser()
    options.add_argument("--records", type=int, default=300_000)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    with project_folder() as folder:
        text = measured(folder, chosen.records)
    print(text)
    if chosen.write:
        write_section("throughput", text)


def measured(folder: Path, records: int) -> str:
    """The section's text."""
    run = new_run()
    work = open_workspace(build(load(folder, vars=variables(run), env=os.environ)), jobs=[JOB])
    place = places(run, work.build.project, work.values)
    place.make_topic()
    duration = records / CARS * INTERVAL_S
    fleet = Fleet(cars=CARS, duration=duration, seed=1, time_scale=1.0, start_ms=int((time.time() - duration - 60) * 1000))
    tally, began = Tally(), time.perf_counter()
    with closing(KafkaWriter(place.servers, run)) as writer:
        for message in messages(fleet, []):
            writer.write(message)
            tally.add(message)
    filled = time.perf_counter() - began
    deploy(work.job(JOB), work.engine, work.store, work.around(JOB))
    started, first = time.perf_counter(), rows(place)["engine_scores"]
    while rows(place)["engine_scores"] < tally.produced:
        if time.perf_counter() - started > 900:
            raise SystemExit("the job did not come to the end of the topic within 15 minutes")
        time.sleep(0.1)
    seconds = time.perf_counter() - started
    stop(JOB, work.engine, work.store, savepoint=False)
    sent = tally.produced + tally.duplicates + tally.malformed
    whole = "the whole job: taken apart, checked, doubles removed, scored, windows, alerts, archive, a row each in PostgreSQL"
    figures = [["simulator to Kafka, one process", f"{sent / filled:,.0f}"],
               [whole, f"{(tally.produced - first) / seconds:,.0f}"]]
    return (f"## Records per second of the job `vehicles`\n\nA topic filled with {sent:,} messages of {CARS:,} cars "
            f"({tally.duplicates:,} doubles, {tally.malformed:,} malformed), then read by one task slot; Flink, Kafka, "
            "PostgreSQL and the Python worker share the machine. Counted from the moment when the job runs until its last row "
            "can be read.\n\n" + table(["what", "records/s"], figures))


if __name__ == "__main__":
    main()
