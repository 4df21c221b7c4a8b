"""The scoring function without Flink: against the model itself, against its card, and on seeds that it never saw."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from itertools import pairwise

import numpy as np
import onnxruntime
import pandas as pd
import pytest

from flinksql_runner.simulate.vehicles.fleet import Fleet, ticks, vehicle_id
from flinksql_runner.simulate.vehicles.pids import FIELDS, KINDS
from flinksql_runner.udf import model_path
from udfs.scoring import FEATURES, features, model, score_engine

CARD = json.loads(model_path("engine_health.json").read_text(encoding="utf-8"))
SOUND = {
    "engine_speed_rpm": 2100.0, "engine_load_pct": 36.0, "coolant_temp_c": 90.0, "intake_temp_c": 28.0, "maf_g_s": 11.8,
    "throttle_pct": 34.0, "short_fuel_trim_pct": 0.8, "long_fuel_trim_pct": -0.8, "module_voltage_v": 14.1,
    "vehicle_speed_km_h": 49.0,
}


def scored(*changes: dict[str, float]) -> pd.DataFrame:
    rows = pd.DataFrame([{**SOUND, **change} for change in changes])
    return score_engine(*(rows[f] for f in FIELDS))


def test_the_model_is_the_one_of_the_card() -> None:
    content = model_path("engine_health.onnx").read_bytes()
    assert hashlib.sha256(content).hexdigest() == CARD["sha256"]
    assert len(content) == CARD["bytes"] < 1_000_000
    assert CARD["features"] == list(FEATURES)
    assert not set(CARD["training_seeds"]) & set(CARD["held_out_seeds"])


def test_a_sound_record_scores_low() -> None:
    result = scored({})
    assert list(result.columns) == ["score", "fault", "model_version"]
    assert result.score[0] < 0.1
    assert result.fault[0] == "none"
    assert result.model_version[0] == CARD["version"]


@pytest.mark.parametrize(("change", "fault"), [
    ({"coolant_temp_c": 125.0}, "cooling"),
    ({"module_voltage_v": 11.7}, "charging"),
    ({"long_fuel_trim_pct": 19.0, "short_fuel_trim_pct": 6.0, "maf_g_s": 9.7}, "air_leak"),
    ({"maf_g_s": 655.35}, "sensor_stuck"),
    ({"maf_g_s": 0.0}, "sensor_stuck"),
])
def test_a_faulty_record_names_its_fault(change: dict[str, float], fault: str) -> None:
    result = scored(change)
    assert result.score[0] > 0.5
    assert result.fault[0] == fault


def test_a_batch_scores_as_its_records_one_by_one() -> None:
    changes = [{"coolant_temp_c": float(t)} for t in range(60, 140, 4)]
    batch = scored(*changes)
    single = pd.concat([scored(c) for c in changes], ignore_index=True)
    np.testing.assert_allclose(batch.score, single.score, atol=1e-6)
    assert list(batch.fault) == list(single.fault)


def test_the_function_says_what_the_model_says() -> None:
    session = onnxruntime.InferenceSession(str(model_path("engine_health.onnx")), providers=["CPUExecutionProvider"])
    inputs = features(*(np.array([SOUND[f], SOUND[f] * 1.1]) for f in FIELDS))
    (probabilities,) = session.run(["probabilities"], {"features": inputs})
    result = score_engine(*(pd.Series([SOUND[f], SOUND[f] * 1.1]) for f in FIELDS))
    np.testing.assert_allclose(result.score, 1 - probabilities[:, CARD["classes"].index("none")], atol=1e-6)


def test_no_records_no_rows() -> None:
    assert len(score_engine(*(pd.Series([], dtype=float) for _ in FIELDS))) == 0


def test_a_missing_value_does_not_break_the_batch() -> None:
    assert scored({"maf_g_s": float("nan")}, {}).score.notna().all()


def test_one_session_a_process() -> None:
    assert model() is model()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_faults_of_unseen_seeds_are_found(seed: int) -> None:
    """The alert's rule in Python: two abnormal records of one car and fault within ten seconds."""
    fleet = Fleet(cars=200, duration=60, seed=seed, time_scale=10)
    injected, abnormal = {}, defaultdict(list)
    for tick in ticks(fleet):
        injected.update({(e.car, e.kind): e for e in tick.begun})
        result = score_engine(*(pd.Series(tick.values[f]) for f in FIELDS))
        for car in np.flatnonzero(result.score >= 0.5):
            abnormal[int(car), str(result.fault[car])].append(float(tick.event_seconds[car]))
    alerts = {key for key, times in abnormal.items() if any(b - a <= 10 for a, b in pairwise(times))}
    cars = {car for car, _ in injected}
    assert len(injected) > 10
    assert {kind for _, kind in injected} <= set(KINDS)
    assert sum(key in alerts for key in injected) / len(injected) >= 0.9
    assert sum(car in cars for car, _ in alerts) / len(alerts) >= 0.9, [vehicle_id(car) for car, _ in alerts - set(injected)]
