"""``flinksql collect``: lines of log files to Kafka."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Event

import click
from filelock import FileLock, Timeout
from platformdirs import user_state_path

from flinksql_runner.cli.output import message, output_option, print_json
from flinksql_runner.cli.target_kafka import kafka_servers
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.diagnostics import Failure


@verb()
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@click.option("--topic", required=True, metavar="TOPIC", help="Kafka's topic.")
@click.option("--servers", metavar="HOST:PORT,...", help="Kafka's addresses; by default those of the project's target.")
@click.option("-X", "settings", multiple=True, metavar="KEY=VALUE",
              help="A setting of librdkafka: security.protocol, sasl.username ... (again for each).")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Where it is written how far each file was sent; by default in the user's state folder.")
@click.option("--from-end", is_flag=True, help="At the very first start, leave out what stands in the files already.")
@click.option("--once", is_flag=True, help="End when all whole lines are sent.")
@click.option("--host", metavar="NAME", help="The name of this machine in the messages; by default its own.")
@click.option("--metrics", type=click.IntRange(0, 65535), metavar="PORT",
              help="Tell counters to Prometheus on this port of loopback.")
@output_option
def command(
    options: Globals, files: Sequence[str], topic: str, servers: str | None, settings: Sequence[str], state: Path | None,
    from_end: bool, once: bool, host: str | None, metrics: int | None, output: str,
) -> int:
    """Send lines of log files to Kafka as they are written, through rotation and restarts, without losing one.

    FILES are names or patterns in quotes. Each message is JSON: `line`, and `host`, `file`, `id` and `offset`, by which a line
    that comes twice is known. Ctrl-C ends it; the next start goes on where this one ended.

    \b
    flinksql collect '/var/log/api/*.log' --topic access_logs --servers kafka-1:9092
    flinksql collect access.log --topic access_logs --once
    """  # noqa: D301
    from flinksql_runner.collect.follow import Follower
    from flinksql_runner.collect.offsets import load
    from flinksql_runner.collect.run import Collector

    try:
        from flinksql_runner.collect.kafka import Sender
        from flinksql_runner.collect.metrics import serve_metrics
    except ImportError as missing:
        raise Failure(f"`flinksql collect` needs the package {missing.name}: pip install 'flinksql-runner[collect]'") from None
    given = dict(_setting(text) for text in settings)
    addresses = servers or given.get("bootstrap.servers") or kafka_servers(options, "name one with --servers")[1]
    patterns = [os.path.abspath(f) for f in files]
    place = state or _state_of(patterns, topic)

    def tell(text: str) -> None:
        message(text, options)

    with _alone(place), _stopped() as stop:
        sender = Sender(topic, {**given, "bootstrap.servers": addresses}, tell, stop.is_set)
        follower = Follower(patterns, load(place), tell, from_end=from_end)
        collector = Collector(follower, sender, place, host or socket.gethostname())
        if metrics is not None:
            server = serve_metrics(metrics, lambda: collector.progress)
            tell(f"metrics: http://127.0.0.1:{server.server_port}/metrics")
        began = time.monotonic()
        try:
            collector.run(stop.is_set, stop.wait, once=once)
        finally:
            follower.close()
    done, seconds = collector.progress, time.monotonic() - began
    if output == "json":
        print_json({**asdict(done), "seconds": round(seconds, 2), "topic": topic})
    else:
        click.echo(f"{done.lines:,} lines -> Kafka topic {topic} ({done.lines / max(seconds, 0.001):,.0f} lines/s)")
    return 0


def _setting(text: str) -> tuple[str, str]:
    key, is_there, value = text.partition("=")
    if not is_there or not key.strip():
        raise click.UsageError(f"-X {text}: write KEY=VALUE")
    return key.strip(), value


def _state_of(patterns: Sequence[str], topic: str) -> Path:
    """A file of its own for each set of files and topic."""
    name = hashlib.blake2b("\0".join([topic, *sorted(patterns)]).encode(), digest_size=8).hexdigest()
    return Path(user_state_path("flinksql")) / "collect" / f"{name}.json"


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Holds the state against a second collector, which would send all lines once more."""
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{state}.lock", timeout=0):
            yield
    except Timeout:
        raise Failure(f"another `flinksql collect` sends these files already ({state} is in use); end that one first.") from None
    except OSError as problem:
        reason = os.strerror(problem.errno or 0).lower()
        raise Failure(f"the folder of {state} can't be used ({reason}); name another file with --state.") from None


@contextmanager
def _stopped() -> Iterator[Event]:
    """An event that Ctrl-C and SIGTERM set, so that the batch on its way is finished and written down."""
    stop = Event()
    before = {s: signal.signal(s, lambda *_: stop.set()) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
