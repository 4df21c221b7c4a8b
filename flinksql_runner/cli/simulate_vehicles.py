"""``flinksql simulate vehicles``: events to Kafka or to a file."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import click

from flinksql_runner.cli.output import output_option, print_json
from flinksql_runner.cli.simulating import FOREVER, START, send, start_ms, write_labels
from flinksql_runner.cli.target_kafka import kafka_servers
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.simulate.message import Tally
from flinksql_runner.simulate.sinks import FileWriter, KafkaWriter, Writer
from flinksql_runner.simulate.vehicles.fleet import Fleet, Label, messages


@verb("vehicles")
@click.option("--cars", type=click.IntRange(1, 1_000_000), default=200, show_default=True, help="How many cars drive.")
@click.option("--duration", type=click.FloatRange(1), metavar="SECONDS", help="How long, in event time; without: until Ctrl-C.")
@click.option("--interval", type=click.FloatRange(0.01), default=3.0, show_default=True, metavar="SECONDS",
              help="Time between two records of a car.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same records.")
@click.option("--start", type=START, metavar="TIME", help="Time of the first record, UTC (2026-01-31T08:00:00); by default now.")
@click.option("--time-scale", type=click.FloatRange(0.1, 100), default=1.0, show_default=True, metavar="N",
              help="Seconds of driving in one second of event time, so that faults build up sooner.")
@click.option("--fault-rate", type=click.FloatRange(0, 10), default=0.25, show_default=True,
              help="Faults per car and ten minutes of driving.")
@click.option("--malformed", type=click.FloatRange(0, 0.5), default=0.005, show_default=True, help="Share of broken messages.")
@click.option("--batch-minute", is_flag=True, help="Send all of a minute at its end, as a serverless function would.")
@click.option("--fast", is_flag=True, help="Do not wait for the clock: as fast as this machine can.")
@click.option("--file", "path", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write to a file, a message a line, instead of Kafka; does not wait for the clock.")
@click.option("--topic", metavar="TOPIC", help="Kafka's topic; by default the project's variable vehicles_topic.")
@click.option("--labels", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the injected faults there, a JSON value a line.")
@output_option
def command(
    options: Globals, cars: int, duration: float | None, interval: float, seed: int, start: datetime | None,
    time_scale: float, fault_rate: float, malformed: float, batch_minute: bool, fast: bool, path: Path | None,
    topic: str | None, labels: Path | None, output: str,
) -> int:
    """Make OBD-II records of simulated cars, with faults that build up, to Kafka or to a file.

    \b
    flinksql simulate vehicles --cars 500
    flinksql simulate vehicles --duration 600 --start 2026-01-31T08:00:00 --file drive.jsonl --labels faults.jsonl
    """  # noqa: D301
    if path is not None and duration is None:
        raise click.UsageError("--file needs --duration, or it would fill the disk")
    begin_ms = start_ms(start)
    fleet = Fleet(
        cars=cars, duration=duration or FOREVER, seed=seed, start_ms=begin_ms, interval=interval, time_scale=time_scale,
        fault_rate=fault_rate, malformed=malformed, batch_seconds=60.0 if batch_minute else None)
    writer, where = (FileWriter(path), str(path)) if path is not None else _kafka(options, topic)
    found: list[Label] = []
    tally, began = Tally(), time.monotonic()
    is_whole = send(messages(fleet, found), writer, tally, options, lambda t: f"{t.produced:,} records",
                    None if fast or path is not None else begin_ms)
    if labels is not None:
        write_labels(labels, found)
    seconds = time.monotonic() - began
    result = {"produced": tally.produced, "duplicates": tally.duplicates, "malformed": tally.malformed, "faults": len(found),
              "seconds": round(seconds, 2), "to": where}
    if output == "json":
        print_json(result)
    else:
        click.echo(f"{tally.produced:,} records, {tally.duplicates:,} sent twice, {tally.malformed:,} broken messages, "
                   f"{len(found)} faults -> {where} ({tally.produced / max(seconds, 0.001):,.0f} records/s)")
    return 0 if is_whole or duration is None else 1


def _kafka(options: Globals, topic: str | None) -> tuple[Writer, str]:
    """A writer to the target's Kafka, which is started where it is the embedded one."""
    project, servers = kafka_servers(options, "write to a file with --file")
    name = topic or str(project.vars.get("vehicles_topic", "telemetry"))
    return KafkaWriter(servers, name), f"Kafka topic {name}"
