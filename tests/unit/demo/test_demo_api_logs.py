"""What the demo ``api_logs`` makes of its counts: balance, latencies, lines of the web API, and the published form."""

from __future__ import annotations

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from flinksql_runner.demo.api_logs import Noted
from flinksql_runner.demo.api_logs_values import LogsResult, LogsSpec
from flinksql_runner.demo.attacks import Alert, Found
from flinksql_runner.demo.latency import CountProbe, percentiles
from flinksql_runner.demo.web_api import WebApi
from flinksql_runner.simulate.api_logs.addresses import AddressBook
from flinksql_runner.simulate.api_logs.countries import COUNTRIES
from flinksql_runner.simulate.message import Message

RESULT = LogsResult(
    produced=100, duplicates=2, malformed=3, in_kafka=112, consumed=100, in_windows=96, late=4, archived=100,
    archived_distinct=100, dead_letter=3, sinks={"line_counts": 9},
    attacks={"scraping": Found(2, 2, 3, 2), "burst_flood": Found(1, 0, 0, 0)},
    wrong=(Alert("scraping", "192.0.2.7", 5, 9, "30 examples within 20 s"),),
    latency_ms=percentiles([1, 2, 3]), latency_ms_undisturbed=percentiles([]), records_per_second=20.0, restarted=False,
    killed=True, answered=7, logged=8, spec=LogsSpec(),
)
BOOK = AddressBook({(4, c.code): (ip_network(f"{20 + n}.4.0.0/16"),) for n, c in enumerate(COUNTRIES)})


def test_equal_counts_balance() -> None:
    assert RESULT.mistakes == ()
    assert RESULT.repeated == 7


@pytest.mark.parametrize("change", [
    {"consumed": 99}, {"archived": 101}, {"archived_distinct": 99}, {"dead_letter": 4}, {"in_windows": 95}, {"late": 5},
    {"in_kafka": 104}, {"killed": False}, {"answered": 9},
])
def test_lost_and_doubled_lines_are_told(change: dict[str, Any]) -> None:
    found = replace(RESULT, **change).mistakes
    assert len(found) == (2 if "consumed" in change else 1), found   # what is not counted is in windows, or is not


def test_the_json_is_as_published() -> None:
    schema = json.loads(files("flinksql_runner.demo").joinpath("schemas/demo_api_logs.schema.json").read_text(encoding="utf-8"))
    value = json.loads(json.dumps(RESULT.to_json()))
    jsonschema.validate(value, schema)
    assert set(value) <= set(schema["properties"])
    assert value["attacks"]["injected"] == 3
    assert value["attacks"]["recall"] == 0.6667
    assert value["attacks"]["wrong"] == [
        {"kind": "scraping", "subject": "192.0.2.7", "first_ms": 5, "last_ms": 9, "evidence": "30 examples within 20 s"}]
    assert value["attacks"]["by_kind"]["burst_flood"]["precision"] is None
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**value, "late": -1}, schema)


class Rows:
    """A database whose counts are told look by look; at the end it counts no more."""

    def __init__(self, looks: Sequence[Mapping[int, int]]) -> None:
        self.looks = list(looks)

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, _: str, __: object) -> Rows:
        return self

    def fetchall(self) -> list[tuple[int, int]]:
        return list((self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]).items())


def looked(looks: Sequence[Mapping[int, int]], written: Mapping[int, Sequence[int]]) -> list[int]:
    probe = CountProbe(lambda: Rows(looks), "line_counts", lambda: written)
    for counts in looks:
        probe._look(Rows([counts]))
    return probe.latencies()


def test_each_line_is_seen_once_in_the_order_of_writing() -> None:
    now = time.time_ns() // 1_000_000
    written = {10: [now - 900, now - 500, now - 100], 11: [now - 50]}
    found = looked([{10: 1}, {10: 3, 11: 0}, {10: 3, 11: 1}], written)
    assert len(found) == 4
    for spent, wanted in zip(found, (900, 500, 100, 50), strict=True):
        assert wanted <= spent < wanted + 2000


def test_what_was_not_noted_is_not_seen() -> None:
    """More lines than were noted: nothing to tell of them, and no line is told twice when it is noted later."""
    now = time.time_ns() // 1_000_000
    written: dict[int, list[int]] = {10: [now]}
    probe = CountProbe(lambda: Rows([{}]), "line_counts", lambda: written)
    probe._look(Rows([{10: 5, 12: 3}]))
    assert len(probe.latencies()) == 1
    written[10].append(now)
    probe._look(Rows([{10: 5}]))
    assert len(probe.latencies()) == 2


def test_a_restart_is_left_out() -> None:
    probe = CountProbe(lambda: Rows([{}]), "line_counts", lambda: {1: [1000, 2000, 3000]})
    probe._look(Rows([{1: 3}]))
    assert len(probe.latencies()) == 3
    assert len(probe.latencies(without=(1500, 2500))) == 2


class Kept:
    """Takes messages."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.is_closed = False

    def write(self, message: Message) -> None:
        self.messages.append(message)

    def close(self) -> None:
        self.is_closed = True


def test_sound_lines_alone_are_noted() -> None:
    kept = Kept()
    noted = Noted(kept)
    for kind in ("sound", "double", "malformed", "sound"):
        noted.write(Message(0.0, 7_400, 7_400, b"gw-1", b"x", kind))  # type: ignore[arg-type]
    noted.close()
    assert [len(moments) for moments in noted.moments.values()] == [2]
    assert list(noted.moments) == [7]
    assert len(kept.messages) == 4
    assert kept.is_closed


@pytest.fixture
def web(tmp_path: Path) -> WebApi:
    return WebApi(5.0, 20.0, 1, BOOK, tmp_path)


def test_the_api_gets_hashes_of_secrets(web: WebApi) -> None:
    web.write_keys()
    text = web.keys.read_text()
    held = json.loads(text)
    assert len(held) > 10
    for key, secret in web._secrets.items():
        assert key.startswith("h")      # none that simulated lines have
        assert not key.endswith("x")
        assert held[key]["sha256"] == hashlib.sha256(secret.encode()).hexdigest()
        assert secret not in text


def test_lines_of_the_api_are_read_as_they_grow(web: WebApi) -> None:
    moments: defaultdict[int, list[int]] = defaultdict(list)
    assert web.read_lines(moments) == 0
    web.logs.mkdir()
    first, second = web.logs / "access-api-1.log", web.logs / "access-api-2.log"
    line = b'{"time":"1970-01-01T00:00:07.250Z","path":"/"}\n'
    first.write_bytes(line + line[:20])
    second.write_bytes(b"\xff no JSON\n")
    assert web.read_lines(moments) == 2
    assert dict(moments) == {7: [7250]}
    with first.open("ab") as file:
        file.write(line[20:])
    assert web.read_lines(moments) == 3
    assert web.read_lines(moments) == 3
    assert dict(moments) == {7: [7250, 7250]}
