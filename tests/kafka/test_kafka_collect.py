"""The log shipper as a process on a real Kafka: killed again and again while files are written and rotated."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition

from flinksql_runner.services.topics import make_topics

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


def start(kafka, topic: str, log: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "flinksql_runner", "collect", str(log), "--topic", topic, "--servers", kafka.servers,
               "--state", str(log.parent / "state.json"), *words]
    return subprocess.Popen(command, cwd=log.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(is_so, limit: float, what: str) -> None:
    end = time.monotonic() + limit
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def sent(log: Path) -> int:
    """Bytes that are written down as sent, of all files."""
    try:
        return sum(f["offset"] for f in json.loads((log.parent / "state.json").read_text("utf-8"))["files"])
    except FileNotFoundError:
        return 0


def messages(kafka, topic: str) -> list[dict]:
    """All messages of the topic, which has one partition."""
    consumer = Consumer({"bootstrap.servers": kafka.servers, "group.id": "t", "enable.auto.commit": False})
    _, high = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=20)
    consumer.assign([TopicPartition(topic, 0, 0)])
    found: list[dict] = []
    end = time.monotonic() + 60
    while len(found) < high:
        assert time.monotonic() < end, f"{len(found)} of {high} messages came"
        found += [json.loads(m.value()) for m in consumer.consume(high - len(found), timeout=1) if m.error() is None]
    consumer.close()
    return found


def test_kills_and_rotations_lose_nothing(kafka, topic, tmp_path):
    make_topics(kafka.servers, [topic])
    log = tmp_path / "access.log"
    written: list[str] = []

    def write(count: int) -> None:
        lines = [f'{{"n": {len(written) + i}, "path": "/v1/blur"}}' for i in range(count)]
        written.extend(lines)
        with log.open("a", encoding="utf-8") as stream:
            stream.write("".join(line + "\n" for line in lines))

    write(20_000)
    for turn in range(5):
        process = start(kafka, topic, log)
        before = sent(log)
        until(lambda before=before: sent(log) > before, 60, f"nothing was sent in turn {turn}")
        write(5_000)
        if turn % 2:
            shutil.copy(log, tmp_path / f"access.log.{turn}")
            os.truncate(log, 0)
        else:
            log.rename(tmp_path / f"access.log.{turn}")
        write(5_000)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    process = start(kafka, topic, log)
    total = sum(len(line) + 1 for line in written)
    until(lambda: sent(log) >= total, 60, f"{sent(log)} of {total} bytes were sent")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "lines/s)" in out
    found = messages(kafka, topic)
    by_place = {(m["host"], m["id"], m["offset"]): m["line"] for m in found}
    assert sorted(by_place.values()) == sorted(written)
    assert {m["file"] for m in found} == {str(log)}, "a rotated file keeps its name in the messages"


def test_once_metrics_and_a_second_collector(kafka, topic, tmp_path):
    make_topics(kafka.servers, [topic])
    log = tmp_path / "access.log"
    log.write_text("one\ntwo\nopen", encoding="utf-8")
    done = start(kafka, topic, log, "--once", "--output", "json", "--host", "web-1")
    out, err = done.communicate(timeout=60)
    assert done.returncode == 0, err
    assert json.loads(out)["lines"] == 2
    process = start(kafka, topic, log, "--metrics", "0")
    assert process.stderr is not None
    address = process.stderr.readline().split("metrics: ")[1].strip()
    try:
        with log.open("a", encoding="utf-8") as stream:
            stream.write(" to the end\n")
        until(lambda: "flinksql_collect_lines_total 1.0" in urllib.request.urlopen(address).read().decode(), 60, "no line")
        second = start(kafka, topic, log)
        _, err = second.communicate(timeout=60)
        assert second.returncode == 2
        assert "another `flinksql collect` sends these files already" in err
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert [(m["line"], m["offset"]) for m in messages(kafka, topic)] == [("one", 0), ("two", 4), ("open to the end", 8)]


def test_kafka_that_is_away_is_waited_for(topic, tmp_path):
    log = tmp_path / "access.log"
    log.write_text("one\n", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "flinksql_runner", "collect", str(log), "--topic", topic, "--servers", "127.0.0.1:9", "--state",
         str(tmp_path / "state.json")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "Kafka does not answer" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert sent(log) == 0
    process.communicate()
