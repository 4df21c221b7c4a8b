"""Access logs by rsyslog and omkafka, as services/rsyslog/api-logs.conf ships them: every line arrives, through a kill, in the
collector's envelope."""

from __future__ import annotations

import glob
import json
import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer

pytestmark = pytest.mark.kafka
CONFIG = Path(__file__).resolve().parents[2] / "services" / "rsyslog" / "api-logs.conf"
PROGRAM = shutil.which("rsyslogd") or shutil.which("rsyslogd", path="/usr/sbin")
needs_rsyslog = pytest.mark.skipif(
    PROGRAM is None or not glob.glob("/usr/lib/*/rsyslog/omkafka.so"),
    reason="rsyslog with omkafka is not installed (Debian: apt install rsyslog rsyslog-kafka): shipping by it was not tried")
Start = Callable[[], "subprocess.Popen[bytes]"]
ODD = (
    b'{"path":"/a\\"b\\\\c","user_agent":"x"}', '{"path":"/Grüße/日本"}'.encode(), b"no JSON at all", b'{"tab":"\t"}',
    b'{"x":"\xff\xfe"}', b'{"long":"' + b"y" * 100_000 + b'"}', b"'single' %percent% $dollar `tick`",
)


@pytest.fixture
def start(tmp_path: Path, kafka: Any, topic: str) -> Iterator[Start]:
    """Starts rsyslog with the configuration as it lies there."""
    (tmp_path / "state").mkdir()
    (tmp_path / "logs").mkdir()
    started: list[subprocess.Popen[bytes]] = []

    def run() -> subprocess.Popen[bytes]:
        assert PROGRAM is not None
        with (tmp_path / "out").open("ab") as out:
            started.append(subprocess.Popen(
                [PROGRAM, "-n", "-f", str(CONFIG), "-i", str(tmp_path / "pid")], stdout=out, stderr=out,
                env={**os.environ, "API_LOG_FILES": str(tmp_path / "logs" / "*.log"), "KAFKA_SERVERS": kafka.servers,
                     "KAFKA_TOPIC": topic, "RSYSLOG_STATE": str(tmp_path / "state")}))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def arrived(servers: str, topic: str, wanted: int, seconds: float = 60) -> list[dict[str, Any]]:
    """Envelopes of the topic, when there are so many different lines."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": uuid.uuid4().hex, "auto.offset.reset": "earliest",
                         "topic.metadata.refresh.interval.ms": 500, "allow.auto.create.topics": True})
    consumer.subscribe([topic])
    found: list[dict[str, Any]] = []
    until = time.monotonic() + seconds
    try:
        while len({e["line"] for e in found}) < wanted and time.monotonic() < until:
            for record in consumer.consume(500, 0.5):
                if record.error() is None:
                    found.append(json.loads(record.value().decode("utf-8", "replace"), strict=False))
    finally:
        consumer.close()
    return found


@needs_rsyslog
def test_every_line_arrives_in_the_envelope(start: Start, tmp_path: Path, kafka: Any, topic: str) -> None:
    log = tmp_path / "logs" / "access-gw-1.log"
    log.write_bytes(b"".join(line + b"\n" for line in ODD))
    start()
    found = arrived(kafka.servers, topic, len(ODD))
    assert {e["line"] for e in found} == {line.decode("utf-8", "replace") for line in ODD}, (tmp_path / "out").read_text()
    for envelope in found:
        assert set(envelope) == {"host", "file", "id", "offset", "read_ms", "line"}
        assert envelope["file"] == str(log)
        assert envelope["id"].startswith(f"{log}@20")
        assert abs(envelope["read_ms"] / 1000 - time.time()) < 300
    offsets = sorted(e["offset"] for e in found)
    assert len(set(offsets)) == len(ODD)


@needs_rsyslog
def test_a_kill_loses_nothing(start: Start, tmp_path: Path, kafka: Any, topic: str) -> None:
    log = tmp_path / "logs" / "access-gw-1.log"

    def write(first: int, last: int) -> None:
        with log.open("ab") as file:
            file.write(b"".join(f'{{"n":{n}}}\n'.encode() for n in range(first, last)))

    write(0, 1000)
    process = start()
    assert len({e["line"] for e in arrived(kafka.servers, topic, 1000)}) == 1000
    write(1000, 2000)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (tmp_path / "pid").unlink(missing_ok=True)
    write(2000, 3000)
    start()
    lines = [e["line"] for e in arrived(kafka.servers, topic, 3000)]
    assert set(lines) == {f'{{"n":{n}}}' for n in range(3000)}
