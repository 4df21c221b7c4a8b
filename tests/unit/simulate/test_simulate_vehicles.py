"""Simulated cars: the same seed gives the same bytes, faults are labelled, broken messages are broken."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from flinksql_runner.simulate.message import Message, Tally
from flinksql_runner.simulate.vehicles.fleet import Fleet, Label, messages, ticks
from flinksql_runner.simulate.vehicles.pids import KINDS, PIDS

START = 1_795_000_000_000
FLEET = Fleet(cars=120, duration=60, seed=3, start_ms=START, time_scale=10)


def sound(stream: list[Message]) -> list[dict[str, object]]:
    return [json.loads(m.value) for m in stream if m.kind == "sound"]


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second = list(messages(FLEET)), list(messages(FLEET))
    assert first == second
    assert [m.value for m in messages(replace(FLEET, seed=4))] != [m.value for m in first]


def test_another_start_moves_times_and_nothing_else() -> None:
    moved = sound(list(messages(replace(FLEET, start_ms=START + 3_600_000))))
    for before, after in zip(sound(list(messages(FLEET))), moved, strict=True):
        for key in ("event_time", "sent_time", "record_id"):
            assert before.pop(key) != after.pop(key)
        assert before == after


def test_each_car_sends_one_record_an_interval() -> None:
    records = sound(list(messages(FLEET)))
    assert len(records) == 120 * 20
    assert len({r["record_id"] for r in records}) == len(records)
    assert set(Counter(r["vehicle_id"] for r in records).values()) == {20}


def test_messages_leave_in_order_of_their_sending_time() -> None:
    due = [m.due for m in messages(FLEET)]
    assert due == sorted(due)
    assert due[0] >= 0


def test_values_keep_within_what_the_encoding_can_say() -> None:
    for record in sound(list(messages(replace(FLEET, cars=300)))):
        for pid in PIDS:
            assert pid.low <= float(str(record[pid.field])) <= pid.high


def test_records_come_late_and_out_of_order() -> None:
    fleet = replace(FLEET, late=0.05, disordered=0.1)
    waits = np.array([m.sent_ms - m.event_ms for m in messages(fleet) if m.kind == "sound"])
    assert 0.02 < np.mean(waits > 8_000) < 0.09
    assert 0.05 < np.mean((waits > 400) & (waits < 4_000)) < 0.16


def test_doubles_are_the_same_bytes_again() -> None:
    stream = list(messages(replace(FLEET, doubled=0.2)))
    values = {m.value for m in stream if m.kind == "sound"}
    doubles = [m for m in stream if m.kind == "double"]
    assert 300 < len(doubles) < 660
    assert all(m.value in values for m in doubles)


def test_the_share_of_malformed_messages() -> None:
    tally = Tally()
    for message in messages(replace(FLEET, cars=1000)):
        tally.add(message)
    assert tally.produced == 20_000
    assert 0.003 < tally.malformed / tally.produced < 0.007


def is_sound(value: bytes) -> bool:
    """What the job's SQL asks of a message, in Python."""
    try:
        record = json.loads(value)
    except ValueError:
        return False
    if not isinstance(record, dict) or not all(isinstance(record.get(k), str) for k in ("record_id", "vehicle_id", "event_time")):
        return False
    return all(isinstance(record.get(p.field), (int, float)) and p.low <= record[p.field] <= p.high for p in PIDS)


def test_malformed_messages_are_malformed_and_sound_ones_sound() -> None:
    stream = list(messages(replace(FLEET, cars=400, malformed=0.2)))
    broken = [m for m in stream if m.kind == "malformed"]
    assert len(broken) > 1000
    assert not [m.value for m in broken if is_sound(m.value)]
    assert all(is_sound(m.value) for m in stream if m.kind != "malformed")


def test_labels_tell_where_the_readings_change() -> None:
    labels: list[Label] = []
    stream = sound(list(messages(replace(FLEET, cars=400), labels)))
    assert {label.kind for label in labels} == set(KINDS)
    for label in (x for x in labels if x.kind == "charging"):
        own = [r for r in stream if r["vehicle_id"] == label.vehicle_id]
        volts = [(json_ms(r["event_time"]), float(str(r["module_voltage_v"]))) for r in own]
        inside = [v for at, v in volts if label.full_ms <= at <= label.end_ms]
        before = [v for at, v in volts if at < label.onset_ms]
        assert max(inside) < 12.6 < min(before)


def json_ms(text: object) -> int:
    return int(np.datetime64(str(text).removesuffix("Z"), "ms").astype(np.int64))


def test_faults_build_up() -> None:
    fleet = replace(FLEET, cars=300, time_scale=2, duration=300)
    severities = np.array([t.severity for t in ticks(fleet)])
    steps = np.diff(severities, axis=0)
    assert severities.max() == 1.0
    assert steps.max() <= 0.11      # at least a minute of driving from none to full, six seconds a tick


def test_no_fault_begins_that_could_not_build_up() -> None:
    labels: list[Label] = []
    list(messages(replace(FLEET, cars=2000), labels))
    assert labels
    assert all(label.full_ms <= START + 60_000 + 3_000 for label in labels)


def test_without_faults_there_are_no_labels() -> None:
    labels: list[Label] = []
    list(messages(replace(FLEET, fault_rate=0.0), labels))
    assert labels == []


def test_a_batch_leaves_at_the_end_of_its_minute() -> None:
    stream = list(messages(replace(FLEET, duration=180, batch_seconds=60.0)))
    assert {m.due % 60 for m in stream} == {0.0}
    assert all(m.due * 1000 + START > m.event_ms for m in stream)


@pytest.mark.parametrize("number", [1, 10])
def test_a_cold_start_warms_up(number: int) -> None:
    fleet = replace(FLEET, cars=400, duration=600, time_scale=1, fault_rate=0, seed=number)
    coolant = np.array([t.values["coolant_temp_c"] for t in ticks(fleet)])
    cold = coolant[0] < 40
    assert 0.1 < cold.mean() < 0.3
    assert (coolant[-1][cold] > 75).all()
