"""Simulated access logs: the same seed gives the same bytes, labels tell what was sent, broken lines are broken."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from flinksql_runner.diagnostics import Failure
from flinksql_runner.simulate.api_logs.addresses import AddressBook, read_addresses
from flinksql_runner.simulate.api_logs.attacks import MAKERS, QUIET_AFTER, QUIET_BEFORE, Label
from flinksql_runner.simulate.api_logs.countries import COUNTRIES
from flinksql_runner.simulate.api_logs.lines import broken
from flinksql_runner.simulate.api_logs.traffic import Traffic, messages, requests
from flinksql_runner.simulate.api_logs.writers import LogFiles
from flinksql_runner.simulate.message import Tally
from flinksql_runner.simulate.sinks import closing

START = 1_795_000_000_000
BOOK = AddressBook({
    **{(4, c.code): (ip_network(f"{20 + n}.4.0.0/16"),) for n, c in enumerate(COUNTRIES)},
    **{(6, c.code): (ip_network(f"2a00:{n:x}::/32"),) for n, c in enumerate(COUNTRIES)},
})
TRAFFIC = Traffic(rate=50, duration=90, seed=3, start_ms=START)


def test_the_same_seed_gives_the_same_bytes() -> None:
    first = list(messages(TRAFFIC, BOOK))
    assert first == list(messages(TRAFFIC, BOOK))
    assert [m.value for m in messages(replace(TRAFFIC, seed=4), BOOK)] != [m.value for m in first]


def test_lines_are_written_in_order_and_have_ids_of_their_own() -> None:
    stream = list(messages(TRAFFIC, BOOK))
    assert [m.due for m in stream] == sorted(m.due for m in stream)
    ids = [json.loads(m.value)["request_id"] for m in stream if m.kind == "sound"]
    assert len(set(ids)) == len(ids)
    assert {m.key for m in stream} == {b"gw-1", b"gw-2", b"gw-3"}


def test_the_rate_is_kept_and_attacks_come_on_top() -> None:
    calm = list(requests(replace(TRAFFIC, attacks=0), BOOK))
    assert 0.8 < len(calm) / (50 * 90) < 1.4     # look-alikes are among them
    labels: list[Label] = []
    busy = list(requests(TRAFFIC, BOOK, labels))
    assert len(busy) == len(calm) + sum(label.requests for label in labels)


def test_labels_tell_what_was_sent() -> None:
    labels: list[Label] = []
    sent = list(requests(TRAFFIC, BOOK, labels))
    assert {label.kind for label in labels} == set(MAKERS)
    for label in labels:
        its = [r for r in sent if r.client in label.subjects and label.onset_ms <= START + int(r.at * 1000) <= label.end_ms]
        if label.endpoint:
            its = [r for r in its if r.path == label.endpoint]
        assert len(its) >= label.requests
        assert {r.client for r in its} == set(label.subjects)
        if label.key:
            assert label.key in {r.key for r in its}


def test_a_run_begins_and_ends_without_attacks() -> None:
    for seed in range(5):
        labels: list[Label] = []
        list(requests(replace(TRAFFIC, rate=5, seed=seed), BOOK, labels))
        assert min(label.onset_ms for label in labels) >= START + QUIET_BEFORE * 1000
        assert max(label.end_ms for label in labels) <= START + (90 - QUIET_AFTER) * 1000


def test_a_short_run_has_no_attacks() -> None:
    labels: list[Label] = []
    for duration in (20, 39):
        assert list(requests(replace(TRAFFIC, duration=duration), BOOK, labels))
    assert labels == []


def test_a_long_run_thinks_of_its_attacks_in_chapters() -> None:
    labels: list[Label] = []
    stream = requests(replace(TRAFFIC, rate=5, duration=1800), BOOK, labels)
    next(stream)
    assert max(label.onset_ms for label in labels) < START + 600_000
    list(stream)
    assert {(label.onset_ms - START) // 600_000 for label in labels} == {0, 1, 2}


def test_no_client_who_means_well_calls_more_than_is_human() -> None:
    calm = Counter(r.client for r in requests(replace(TRAFFIC, rate=2000, attacks=0, duration=20), BOOK))
    assert max(calm.values()) < 20 * 3 + 120 + 60     # one batch of photos may come on top


def test_doubles_are_the_same_bytes_again() -> None:
    stream = list(messages(replace(TRAFFIC, doubled=0.2), BOOK))
    values = {m.value for m in stream if m.kind == "sound"}
    doubles = [m for m in stream if m.kind == "double"]
    assert 0.15 < len(doubles) / len(values) < 0.25
    assert all(m.value in values for m in doubles)


def test_late_lines_come_after_all_that_windows_wait_for() -> None:
    stream = [m for m in messages(replace(TRAFFIC, late=0.05), BOOK) if m.kind == "sound"]
    waits = [m.sent_ms - m.event_ms for m in stream]
    assert 0.03 < sum(w > 13_000 for w in waits) / len(waits) < 0.07
    assert all(w <= 21 or 14_000 <= w <= 25_100 for w in waits)


def test_broken_lines_come_on_top() -> None:
    stream = list(messages(replace(TRAFFIC, malformed=0.2), BOOK))
    tally = Tally()
    for message in stream:
        tally.add(message)
    assert 0.15 < tally.malformed / tally.produced < 0.25
    assert not any(is_usable(m.value) for m in stream if m.kind == "malformed")
    assert all(is_usable(m.value) for m in stream if m.kind != "malformed")


def test_broken_lines_are_broken() -> None:
    line = next(m.value for m in messages(TRAFFIC, BOOK) if m.kind == "sound")
    chance = random.Random(1)
    for _ in range(500):
        assert not is_usable(broken(line, chance))
    assert is_usable(line)


def is_usable(value: bytes) -> bool:
    """What docs/api_logs.md asks of a line."""
    try:
        line = json.loads(value)
        return (len(line["request_id"]) == 32 and line["time"].endswith("Z") and "." in line["client"].replace(":", ".")
                and bool(line["path"]) and 100 <= line["status"] <= 599 and line["bytes_out"] >= 0
                and float(line["duration_s"]) >= 0 and bool(line["method"]))
    except (ValueError, KeyError, TypeError):
        return False


def test_log_files_hold_whole_lines_of_each_server(tmp_path: Path) -> None:
    stream = list(messages(replace(TRAFFIC, duration=5), BOOK))
    with closing(LogFiles(tmp_path / "logs")) as files:
        for message in stream:
            files.write(message)
    for server in ("gw-1", "gw-2", "gw-3"):
        written = (tmp_path / "logs" / f"access-{server}.log").read_bytes()
        assert written == b"".join(m.value + b"\n" for m in stream if m.key == server.encode())


def test_a_folder_that_can_not_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Failure, match="can't write into"):
        LogFiles(tmp_path / "file")


def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "geo.mmdb").write_bytes(b"no database")
    with pytest.raises(Failure, match=r"geo\.mmdb is no database of addresses"):
        read_addresses([tmp_path / "geo.mmdb"], 1)
