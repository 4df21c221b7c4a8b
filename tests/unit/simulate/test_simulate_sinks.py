"""Writers: whole files, and pacing by the clock."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from flinksql_runner.diagnostics import Failure
from flinksql_runner.simulate.message import Message
from flinksql_runner.simulate.sinks import FileWriter, KafkaWriter, closing, paced


def message(due: float, value: bytes = b"{}") -> Message:
    return Message(due, 0, 0, b"k", value, "sound")


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "drive.jsonl"
    with closing(FileWriter(path)) as writer:
        writer.write(message(0, b"one"))
        assert not path.exists()
        writer.write(message(1, b""))
    assert path.read_bytes() == b"one\n\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_can_not_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Failure, match="can't write"):
        FileWriter(tmp_path / "file" / "drive.jsonl")


def test_no_kafka_is_a_sentence() -> None:
    with pytest.raises(Failure, match=r"Kafka at 127\.0\.0\.1:1 "):
        KafkaWriter("127.0.0.1:1", "telemetry").close()


def test_messages_wait_for_their_time_and_old_ones_do_not() -> None:
    start = time.time_ns() // 1_000_000
    left = [(m.due, time.time() - start / 1000) for m in paced([message(-5), message(0.05), message(0.1)], start)]
    assert all(at >= due for due, at in left)
    assert left[0][1] < 0.05
