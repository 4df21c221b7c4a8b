"""Files that are renamed, emptied in place, packed, and collected by a collector that is killed: all lines come, in order."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flinksql_runner.collect import follow, identity
from flinksql_runner.collect.follow import LINGER, Follower
from flinksql_runner.collect.lines import LONGEST
from flinksql_runner.collect.offsets import State, load
from flinksql_runner.collect.run import Collector
from flinksql_runner.diagnostics import Failure


class Killed(Exception):
    """Stands for ``kill -9`` behind a batch that is safe in Kafka, and before that is written down."""


class Kafka:
    """Takes all messages, in order; ``is_deadly`` kills the collector behind the next batch."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.is_deadly = False

    def send(self, messages: Iterable[tuple[bytes, bytes]]) -> bool:
        self.messages += [json.loads(value) for _, value in messages]
        if self.is_deadly:
            self.is_deadly = False
            raise Killed
        return True

    @property
    def lines(self) -> list[str]:
        """All lines, those that came twice once."""
        return list({(m["id"], m["offset"]): m["line"] for m in self.messages}.values())


class Machine:
    """A machine with a clock of its own, log files, and a collector that can be started again."""

    def __init__(self, root: Path, pattern: str = "access.log") -> None:
        self.root, self.now, self.kafka, self.told = root, time.time(), Kafka(), list[str]()
        self.pattern = str(root / pattern)
        self.state = root / "state.json"
        self.follower = Follower([], State(), self.told.append)
        self.start()

    @property
    def log(self) -> Path:
        return self.root / "access.log"

    def start(self, *, from_end: bool = False) -> None:
        """A new collector, as after a kill; open files of the old one are let go."""
        self.follower.close()
        self.follower = Follower([self.pattern], load(self.state), self.told.append, from_end=from_end, clock=lambda: self.now)
        self.collector = Collector(self.follower, self.kafka, self.state, "host-1")

    def write(self, text: str) -> None:
        with self.log.open("a", encoding="utf-8") as stream:
            stream.write(text)

    def collect(self, seconds: float = 0.0) -> None:
        """Looks again at all files, ``seconds`` later, and takes all lines that there are."""
        self.now += seconds
        for _ in range(3):
            self.collector._scanned = float("-inf")
            while self.collector.step():
                pass


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    found = Machine(tmp_path)
    yield found
    found.follower.close()


def test_lines_come_with_their_places(machine: Machine) -> None:
    machine.write("one\nzwei ö\r\nthr")
    machine.collect()
    assert [(m["line"], m["offset"]) for m in machine.kafka.messages] == [("one", 0), ("zwei ö", 4)]
    assert {(m["host"], m["file"]) for m in machine.kafka.messages} == {("host-1", machine.pattern)}
    machine.write("ee\n")
    machine.collect()
    assert machine.kafka.messages[-1]["line"] == "three"
    assert machine.kafka.messages[-1]["offset"] == 13
    assert len({m["id"] for m in machine.kafka.messages}) == 1


def test_a_line_in_two_halves_over_a_restart(machine: Machine) -> None:
    machine.write("one\ntw")
    machine.collect()
    machine.start()
    machine.write("o\n")
    machine.collect()
    assert [m["line"] for m in machine.kafka.messages] == ["one", "two"]


@pytest.mark.parametrize("is_up", [True, False])
def test_a_renamed_file_is_read_to_its_end(machine: Machine, is_up: bool) -> None:
    machine.write("one\n")
    machine.collect()
    if not is_up:
        machine.follower.close()
    held = machine.log.open("a", encoding="utf-8")  # its writer goes on for a moment
    machine.log.rename(machine.root / "access.log.1")
    machine.write("three\n")
    held.write("two\nlast")
    held.close()
    if not is_up:
        machine.start()
    machine.collect()
    assert sorted(machine.kafka.lines) == ["one", "three", "two"]
    machine.collect(LINGER + 1)
    assert sorted(machine.kafka.lines) == ["last", "one", "three", "two"]
    assert [m["line"] for m in machine.kafka.messages if m.get("open")] == ["last"]
    assert machine.follower.lost == 0
    machine.start()
    machine.collect()
    assert len(machine.kafka.messages) == 4


@pytest.mark.parametrize("is_up", [True, False])
def test_a_file_emptied_in_place_goes_on_with_its_copy(machine: Machine, is_up: bool) -> None:
    machine.write("one\n")
    machine.collect()
    machine.write("two\n")  # is not collected before it is copied
    shutil.copy(machine.log, machine.root / "access.log.1")
    os.truncate(machine.log, 0)
    machine.write("three, longer than all that was there before\n")
    if not is_up:
        machine.start()
    machine.collect(1)
    assert sorted(machine.kafka.lines) == ["one", "three, longer than all that was there before", "two"]
    assert len({m["id"] for m in machine.kafka.messages}) == 2
    assert machine.follower.lost == 0


def test_a_file_that_was_packed_while_nothing_collected(machine: Machine) -> None:
    machine.write("one\n")
    machine.collect()
    machine.write("two\n")
    (machine.root / "access.log.1.gz").write_bytes(gzip.compress(machine.log.read_bytes()))
    machine.log.unlink()
    machine.write("three\n")
    machine.start()
    machine.collect()
    assert sorted(machine.kafka.lines) == ["one", "three", "two"]
    assert len(machine.kafka.messages) == 3


def test_packed_files_of_a_pattern_are_read_once(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "access.log*")
    (tmp_path / "access.log.2.gz").write_bytes(gzip.compress(b"old 1\nold 2"))
    machine.write("one\n")
    machine.collect()
    assert sorted(machine.kafka.lines) == ["old 1", "old 2", "one"]
    (tmp_path / "access.log.1.gz").write_bytes(gzip.compress(machine.log.read_bytes()))
    machine.log.unlink()
    machine.collect(LINGER + 1)
    machine.collect(1)
    machine.start()
    machine.collect(1)
    machine.follower.close()
    assert len(machine.kafka.messages) == 3, machine.kafka.messages


def test_a_file_that_is_being_packed_is_left_alone(machine: Machine) -> None:
    text = "".join(f"{i * 7919 ** 5:032x}\n" for i in range(9_000))
    machine.write(text)
    machine.collect()
    packed = gzip.compress(text.encode())
    beside = machine.root / "access.log.1.gz"
    for size in (20, 9_000, len(packed) - 1, len(packed)):
        beside.write_bytes(packed[:size])
        machine.collect(1)
    machine.log.unlink()
    machine.collect(LINGER + 1)
    machine.collect(1)
    machine.start()
    machine.collect(1)
    assert len(machine.kafka.messages) == 9_000
    assert machine.follower.lost == 0, machine.told


def test_what_is_known_to_be_sent_is_not_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path, "access.log*")
    (tmp_path / "access.log.3.gz").write_bytes(gzip.compress(b"older\n"))
    cut = gzip.compress(b"".join(b"%032x\n" % (i * 7919 ** 5) for i in range(9_000)))[:9_000]
    (tmp_path / "access.log.2.gz").write_bytes(cut)
    machine.write("one\n")
    machine.collect()
    machine.log.rename(tmp_path / "access.log.1")
    machine.collect(LINGER + 1)
    machine.collect(LINGER + 1)
    shutil.copy(tmp_path / "access.log.1", tmp_path / "access.log.4")
    machine.collect(1)
    lost = machine.follower.lost
    paths: list[str] = []
    monkeypatch.setattr(follow, "opened", lambda path: paths.append(path.name) or identity.opened(path))
    machine.collect(1)
    machine.follower.close()
    assert paths == []
    assert machine.follower.lost == lost == 1


def test_a_number_of_the_disk_that_is_given_again(machine: Machine) -> None:
    machine.write("one\n")
    machine.collect()
    held = machine.log.stat().st_ino
    saved = machine.state.read_text(encoding="utf-8")
    machine.log.unlink()
    machine.write("another file\n")
    text = saved.replace(f'"inode":{held}', f'"inode":{machine.log.stat().st_ino}')  # as if the disk had given it again
    machine.state.write_text(text, encoding="utf-8")
    machine.start()
    machine.collect()
    assert machine.kafka.lines == ["one", "another file"]


def test_a_file_that_went_away_is_told(machine: Machine) -> None:
    machine.write("one\n")
    machine.collect()
    machine.log.unlink()
    machine.write("two\n")
    (machine.root / "hold").hardlink_to(machine.log)
    machine.start()
    machine.collect()
    assert machine.kafka.lines == ["one", "two"]
    assert machine.follower.lost == 1
    assert any("went away while nothing was collected" in line for line in machine.told), machine.told


def test_from_end_is_for_the_very_first_start(machine: Machine) -> None:
    machine.write("old\n")
    machine.start(from_end=True)
    machine.collect()
    machine.write("new\n")
    machine.collect()
    machine.log.rename(machine.root / "access.log.1")
    machine.write("after a rotation\n")
    machine.collect()
    machine.start(from_end=True)
    machine.write("more\n")
    machine.collect()
    assert machine.kafka.lines == ["new", "after a rotation", "more"]


def test_long_odd_and_empty_lines(machine: Machine) -> None:
    with machine.log.open("wb") as stream:
        stream.write(b"x" * (2 * LONGEST) + b"\nbad \xff byte\n\n\0\0after a hole\n")
    machine.collect()
    long, odd, empty, hole = machine.kafka.messages
    assert (len(long["line"]), long["cut"]) == (LONGEST, True)
    assert (odd["line"], odd["bytes"], odd["offset"]) == ("bad \\xff byte", True, 2 * LONGEST + 1)
    assert empty["line"] == ""
    assert hole["line"] == "\0\0after a hole"


def test_damaged_offsets_are_no_reason_to_send_all_again(machine: Machine) -> None:
    machine.write("one\n")
    machine.collect()
    machine.state.write_text("{", encoding="utf-8")
    with pytest.raises(Failure, match="are damaged; move the file away"):
        machine.start()


def test_a_packed_file_that_is_cut_is_told_and_others_go_on(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "access.log*")
    text = b"".join(b"%032x\n" % (i * 7919 ** 5) for i in range(9_000))
    (tmp_path / "access.log.1.gz").write_bytes(gzip.compress(text)[:9_000])
    (tmp_path / "access.log.2.gz").write_bytes(b"no gzip at all")
    machine.write("one\n")
    machine.collect()
    machine.follower.close()
    assert "one" in machine.kafka.lines
    assert any("access.log.2.gz can't be read" in line for line in machine.told), machine.told
    assert any("access.log.1.gz can't be read any more" in line for line in machine.told), machine.told


def test_offsets_that_can_not_be_written_end_the_collector(machine: Machine) -> None:
    machine.write("one\n")
    machine.collect()
    machine.write("two\n")
    machine.state.unlink()
    machine.state.mkdir()
    with pytest.raises(Failure, match=r"can't be written to .*make room, or name another folder with --state"):
        machine.collect()


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_no_line_is_lost(tmp_path: Path, seed: int) -> None:
    """Writes, rotations of all kinds, kills at any moment; in the end each line has come, at most one batch a kill twice."""
    pick = random.Random(seed)
    machine = Machine(tmp_path, pick.choice(["access.log", "access.log*"]))
    written: list[str] = []
    kills = most = 0

    def line() -> str:
        written.append(f"{len(written)} {'y' * pick.choice([0, 5, 40, 400])}")
        return written[-1] + "\n"

    def rotate() -> None:
        for number in range(8, 0, -1):
            for end in ("", ".gz"):
                old = tmp_path / f"access.log.{number}{end}"
                if old.exists():
                    old.rename(tmp_path / f"access.log.{number + 1}{end}")

    for _ in range(120):
        do = pick.random()
        if do < 0.5:
            text = "".join(line() for _ in range(pick.randint(1, 6)))
            cut = pick.randint(0, len(text))
            machine.write(text[:cut])
            if pick.random() < 0.3:
                machine.collect()
            machine.write(text[cut:])
        elif do < 0.6 and machine.log.exists():
            rotate()
            if pick.random() < 0.5:
                machine.log.rename(tmp_path / "access.log.1")
                machine.write(line())
            else:
                shutil.copy(machine.log, tmp_path / "access.log.1")
                os.truncate(machine.log, 0)
        elif do < 0.65:
            for old in sorted(tmp_path.glob("access.log.[0-9]"))[:1]:
                (tmp_path / f"{old.name}.gz").write_bytes(gzip.compress(old.read_bytes()))
                old.unlink()
        elif do < 0.75:
            machine.kafka.is_deadly = True
            before = len(machine.kafka.messages)
            try:
                machine.collect()
            except Killed:
                kills += 1
                most += len(machine.kafka.messages) - before
            machine.kafka.is_deadly = False
            machine.start()
        else:
            machine.collect(pick.choice([0.0, 1.0, LINGER + 1]))
    machine.collect()
    machine.collect(LINGER + 1)
    machine.follower.close()
    assert sorted(machine.kafka.lines) == sorted(written)
    assert len(machine.kafka.messages) <= len(written) + most
    assert machine.follower.lost == 0, machine.told
