"""``flinksql simulate api_logs``: access logs to Kafka or into log files."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from pathlib import Path

import click

from flinksql_runner.cli.geo_databases import geo_databases
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import message, output_option, print_json
from flinksql_runner.cli.simulating import FOREVER, START, send, start_ms, write_labels
from flinksql_runner.cli.target_kafka import kafka_servers
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.simulate.api_logs.addresses import AddressBook, read_addresses
from flinksql_runner.simulate.api_logs.attacks import Label
from flinksql_runner.simulate.api_logs.http import HttpClients
from flinksql_runner.simulate.api_logs.traffic import Traffic, messages, requests
from flinksql_runner.simulate.api_logs.writers import LogFiles, Shipped
from flinksql_runner.simulate.message import Tally
from flinksql_runner.simulate.sinks import FileWriter, KafkaWriter, Writer


@verb("api_logs")
@click.option("--rate", type=click.FloatRange(1, 1_000_000), default=200.0, show_default=True, metavar="N",
              help="Lines a second, attacks not counted.")
@click.option("--duration", type=click.FloatRange(1), metavar="SECONDS", help="How long; without: until Ctrl-C.")
@click.option("--clients", type=click.IntRange(1, 10_000_000), metavar="N",
              help="How many there are; by default ten for each line a second.")
@click.option("--servers", type=click.IntRange(1, 100), default=3, show_default=True, help="How many gateways write logs.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same lines.")
@click.option("--start", type=START, metavar="TIME", help="Time of the first line, UTC (2026-01-31T08:00:00); by default now.")
@click.option("--attacks", type=click.FloatRange(0, 600), default=14.0, show_default=True, metavar="N",
              help="Attacks a minute, of seven kinds in turn, and each at least once; 0: none.")
@click.option("--malformed", type=click.FloatRange(0, 0.5), default=0.005, show_default=True, help="Share of broken lines.")
@click.option("--fast", is_flag=True, help="Do not wait for the clock: as fast as this machine can.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Append to log files there, one for each gateway, instead of Kafka.")
@click.option("--file", "path", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write all lines to one file; does not wait for the clock.")
@click.option("--http", metavar="URL", help="Call a web API there (services/privacy_api), which logs the requests itself.")
@click.option("--keys", type=click.Path(dir_okay=False, exists=True, path_type=Path), metavar="FILE",
              help="For --http: keys that are right, KEYID.SECRET a line; all others are shown with a wrong secret.")
@click.option("--topic", metavar="TOPIC", help="Kafka's topic; by default the project's variable api_logs_topic.")
@click.option("--labels", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the injected attacks there, a JSON value a line.")
@output_option
def command(
    options: Globals, rate: float, duration: float | None, clients: int | None, servers: int, seed: int, start: datetime | None,
    attacks: float, malformed: float, fast: bool, folder: Path | None, path: Path | None, http: str | None, keys: Path | None,
    topic: str | None, labels: Path | None, output: str,
) -> int:
    """Make lines of a web API's access logs: clients of all countries, broken and doubled lines, and attacks.

    \b
    flinksql simulate api_logs --rate 1000
    flinksql simulate api_logs --http http://127.0.0.1:8080 --rate 20 --duration 60
    flinksql simulate api_logs --folder /var/log/api --duration 600 --labels attacks.jsonl
    """  # noqa: D301
    if path is not None and (folder is not None or duration is None):
        raise click.UsageError("--file needs --duration, or it would fill the disk; and it contradicts --folder")
    if http is not None and (folder or path or topic or fast):
        raise click.UsageError("--http contradicts --folder, --file, --topic and --fast")
    book = read_addresses(geo_databases(open_project(options)), seed)
    begin_ms = start_ms(start)      # reading addresses takes seconds, by which all lines would come too late
    traffic = Traffic(rate=rate, duration=duration or FOREVER, seed=seed, start_ms=begin_ms, clients=clients, servers=servers,
                      attacks=attacks, malformed=malformed)
    writer, where = _writer(options, traffic, folder, path, topic)
    if http is not None:
        return _call(traffic, book, http, keys, labels, options, output)
    found: list[Label] = []
    tally, began = Tally(), time.monotonic()
    is_whole = send(messages(traffic, book, found), writer, tally, options, lambda t: f"{t.sent:,} lines",
                    None if fast or path is not None else begin_ms)
    if labels is not None:
        write_labels(labels, found)
    _summary(tally, len(found), time.monotonic() - began, where, output)
    return 0 if is_whole or duration is None else 1


def _call(
    traffic: Traffic, book: AddressBook, address: str, keys: Path | None, labels: Path | None, options: Globals, output: str,
) -> int:
    """Lets clients call a web API, until time is over or Ctrl-C."""
    lines = keys.read_text(encoding="utf-8").split() if keys is not None else []
    clients = HttpClients(address, {name: secret for name, dot, secret in (line.partition(".") for line in lines) if dot}, 16)
    fetched, found, began, is_whole = clients.answers.answered, list[Label](), time.monotonic(), True
    stop = threading.Event()
    try:
        clients.send(requests(traffic, book, found), traffic.start_ms, traffic.duration, stop)
    except KeyboardInterrupt:
        stop.set()
        message("stopped", options)
        is_whole = False
    finally:
        clients.close()
    if labels is not None:
        write_labels(labels, found)
    seconds, answers = time.monotonic() - began, clients.answers
    if output == "json":
        print_json({"answered": answers.answered - fetched, "failed": answers.failed, "attacks": len(found),
                    "by_status": {str(status): count for status, count in sorted(answers.by_status.items())},
                    "seconds": round(seconds, 2), "to": address})
    else:
        told = ", ".join(f"{count:,} of {status}" for status, count in sorted(answers.by_status.items()))
        click.echo(f"{answers.answered - fetched:,} answers ({told}), {answers.failed:,} requests failed, {len(found)} attacks "
                   f"-> {address} ({answers.answered / max(seconds, 0.001):,.0f}/s)")
    return 0 if is_whole and not answers.failed else 1


def _writer(options: Globals, traffic: Traffic, folder: Path | None, path: Path | None, topic: str | None) -> tuple[Writer, str]:
    if path is not None:
        return FileWriter(path), str(path)
    if folder is not None:
        return LogFiles(folder), str(folder)
    project, servers = kafka_servers(options, "write into log files with --folder")
    name = topic or str(project.vars.get("api_logs_topic", "access_log"))
    return Shipped(KafkaWriter(servers, name), f"simulated-{traffic.seed}-{traffic.start_ms}"), f"Kafka topic {name}"


def _summary(tally: Tally, attacks: int, seconds: float, where: str, output: str) -> None:
    if output == "json":
        print_json({"produced": tally.produced, "duplicates": tally.duplicates, "malformed": tally.malformed, "attacks": attacks,
                    "seconds": round(seconds, 2), "to": where})
    else:
        click.echo(f"{tally.produced:,} requests, {tally.duplicates:,} lines twice, {tally.malformed:,} broken lines, "
                   f"{attacks} attacks -> {where} ({tally.sent / max(seconds, 0.001):,.0f} lines/s)")
