"""``flinksql simulate api_logs``: access logs to Kafka or into log files."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

import click

from flinksql_runner.cli.geo_databases import geo_databases
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import message, output_option, print_json
from flinksql_runner.cli.target_kafka import kafka_servers
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.project.files import write_text_atomic
from flinksql_runner.simulate.api_logs.addresses import read_addresses
from flinksql_runner.simulate.api_logs.attacks import Label
from flinksql_runner.simulate.api_logs.traffic import Traffic, messages
from flinksql_runner.simulate.api_logs.writers import LogFiles, Shipped
from flinksql_runner.simulate.message import Message, Tally
from flinksql_runner.simulate.sinks import FileWriter, KafkaWriter, Writer, closing, paced

_FOREVER = 86_400.0 * 365
_TELL_SECONDS = 10.0
_START = click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"])


@verb("api_logs")
@click.option("--rate", type=click.FloatRange(1, 1_000_000), default=200.0, show_default=True, metavar="N",
              help="Lines a second, attacks not counted.")
@click.option("--duration", type=click.FloatRange(1), metavar="SECONDS", help="How long; without: until Ctrl-C.")
@click.option("--clients", type=click.IntRange(1, 10_000_000), metavar="N",
              help="How many there are; by default ten for each line a second.")
@click.option("--servers", type=click.IntRange(1, 100), default=3, show_default=True, help="How many gateways write logs.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same lines.")
@click.option("--start", type=_START, metavar="TIME", help="Time of the first line, UTC (2026-01-31T08:00:00); by default now.")
@click.option("--attacks", type=click.FloatRange(0, 600), default=14.0, show_default=True, metavar="N",
              help="Attacks a minute, of seven kinds in turn, and each at least once; 0: none.")
@click.option("--malformed", type=click.FloatRange(0, 0.5), default=0.005, show_default=True, help="Share of broken lines.")
@click.option("--fast", is_flag=True, help="Do not wait for the clock: as fast as this machine can.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Append to log files there, one for each gateway, instead of Kafka.")
@click.option("--file", "path", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write all lines to one file; does not wait for the clock.")
@click.option("--topic", metavar="TOPIC", help="Kafka's topic; by default the project's variable api_logs_topic.")
@click.option("--labels", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the injected attacks there, a JSON value a line.")
@output_option
def command(
    options: Globals, rate: float, duration: float | None, clients: int | None, servers: int, seed: int, start: datetime | None,
    attacks: float, malformed: float, fast: bool, folder: Path | None, path: Path | None, topic: str | None, labels: Path | None,
    output: str,
) -> int:
    """Make lines of a web API's access logs: clients of all countries, broken and doubled lines, and attacks.

    \b
    flinksql simulate api_logs --rate 1000
    flinksql simulate api_logs --folder /var/log/api --duration 600 --labels attacks.jsonl
    """  # noqa: D301
    if path is not None and (folder is not None or duration is None):
        raise click.UsageError("--file needs --duration, or it would fill the disk; and it contradicts --folder")
    start_ms = int(start.replace(tzinfo=timezone.utc).timestamp() * 1000) if start else time.time_ns() // 1_000_000
    traffic = Traffic(rate=rate, duration=duration or _FOREVER, seed=seed, start_ms=start_ms, clients=clients, servers=servers,
                      attacks=attacks, malformed=malformed)
    book = read_addresses(geo_databases(open_project(options)), seed)
    writer, where = _writer(options, traffic, folder, path, topic)
    found: list[Label] = []
    tally, is_whole = Tally(), False
    stream = messages(traffic, book, found)
    began = time.monotonic()
    try:
        with closing(writer) as open_writer:
            for item in _told(stream if fast or path is not None else paced(stream, start_ms), tally, options):
                open_writer.write(item)
        is_whole = True
    except KeyboardInterrupt:
        message("stopped", options)
    if labels is not None:
        write_text_atomic(labels, "".join(json.dumps(asdict(label)) + "\n" for label in found))
    _summary(tally, len(found), time.monotonic() - began, where, output)
    return 0 if is_whole or duration is None else 1


def _writer(options: Globals, traffic: Traffic, folder: Path | None, path: Path | None, topic: str | None) -> tuple[Writer, str]:
    if path is not None:
        return FileWriter(path), str(path)
    if folder is not None:
        return LogFiles(folder), str(folder)
    project, servers = kafka_servers(options, "write into log files with --folder")
    name = topic or str(project.vars.get("api_logs_topic", "access_log"))
    return Shipped(KafkaWriter(servers, name), f"simulated-{traffic.seed}-{traffic.start_ms}"), f"Kafka topic {name}"


def _told(stream: Iterator[Message], tally: Tally, options: Globals) -> Iterator[Message]:
    """Counts what goes by, and tells it now and then."""
    last = time.monotonic()
    for item in stream:
        yield item
        tally.add(item)
        if time.monotonic() - last > _TELL_SECONDS:
            last = time.monotonic()
            message(f"{tally.sent:,} lines", options)


def _summary(tally: Tally, attacks: int, seconds: float, where: str, output: str) -> None:
    if output == "json":
        print_json({"produced": tally.produced, "duplicates": tally.duplicates, "malformed": tally.malformed, "attacks": attacks,
                    "seconds": round(seconds, 2), "to": where})
    else:
        click.echo(f"{tally.produced:,} requests, {tally.duplicates:,} lines twice, {tally.malformed:,} broken lines, "
                   f"{attacks} attacks -> {where} ({tally.sent / max(seconds, 0.001):,.0f} lines/s)")
