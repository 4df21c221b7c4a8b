"""Engine health: how likely an engine is faulty, and what its fault is, from one OBD-II record.

The model is trained by scripts/train_engine_health.py and lies in models/. A batch of records is one call of ONNX Runtime.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd

from flinksql_runner.udf import model_path, udf

AIR_G_PER_REVOLUTION = 1.6 * 1.184 / 120      # what 1.6 litres draw at full load and 25 °C: g/s per rpm


@udf(
    vectorised=True,
    takes=[float, float, float, float, float, float, float, float, float, float],
    returns="ROW<score DOUBLE, fault STRING, model_version STRING>",
)
def score_engine(
    engine_speed_rpm: pd.Series, engine_load_pct: pd.Series, coolant_temp_c: pd.Series, intake_temp_c: pd.Series,
    maf_g_s: pd.Series, throttle_pct: pd.Series, short_fuel_trim_pct: pd.Series, long_fuel_trim_pct: pd.Series,
    module_voltage_v: pd.Series, vehicle_speed_km_h: pd.Series,
) -> pd.DataFrame:
    """Probability of a fault (0 to 1), the most likely fault (`none` below one half) and the model's version."""
    probability, faults, version = predict(features(
        engine_speed_rpm, engine_load_pct, coolant_temp_c, intake_temp_c, maf_g_s, throttle_pct, short_fuel_trim_pct,
        long_fuel_trim_pct, module_voltage_v, vehicle_speed_km_h))
    return pd.DataFrame({"score": probability, "fault": faults, "model_version": version})


def features(
    rpm: Any, load: Any, coolant: Any, intake: Any, maf: Any, throttle: Any, short_trim: Any, long_trim: Any, voltage: Any,
    speed: Any,
) -> np.ndarray:
    """Ten columns of numbers (any length) -> float32 array (records, features), in the order of FEATURES."""
    rpm, load, coolant, intake, maf, throttle, short_trim, long_trim, voltage, speed = (
        np.asarray(c, dtype=np.float64) for c in (
            rpm, load, coolant, intake, maf, throttle, short_trim, long_trim, voltage, speed))
    drawn = AIR_G_PER_REVOLUTION * rpm * load / 100 * 298 / (273 + np.maximum(intake, -200))
    air = np.log((np.maximum(maf, 0) + 0.5) / (np.maximum(drawn, 0) + 0.5))
    opening = throttle - (6.0 + 0.52 * load + 0.0045 * rpm)
    columns = (
        rpm / 1000, load / 10, coolant / 10, intake / 10, np.clip(air, -2, 2) * 10, np.clip(opening, -40, 40) / 5,
        short_trim / 5, long_trim / 5, voltage, speed / 20,
    )
    return np.nan_to_num(np.column_stack(columns).astype(np.float32))


FEATURES = (
    "engine_speed_rpm", "engine_load_pct", "coolant_temp_c", "intake_temp_c", "air_against_model", "throttle_against_model",
    "short_fuel_trim_pct", "long_fuel_trim_pct", "module_voltage_v", "vehicle_speed_km_h",
)


@lru_cache(maxsize=1)
def model() -> tuple[onnxruntime.InferenceSession, np.ndarray, str]:
    """The model, opened once a process: session, names of the classes (`none` among them), version."""
    card = json.loads(model_path("engine_health.json").read_text(encoding="utf-8"))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1      # Flink runs one process per task already
    session = onnxruntime.InferenceSession(
        str(model_path("engine_health.onnx")), options, providers=["CPUExecutionProvider"])
    return session, np.array(card["classes"], dtype=object), str(card["version"])


def predict(inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray, str]:
    """Probability of a fault and name of the likeliest one for each row of ``features``; one call of the model."""
    session, classes, version = model()
    if not len(inputs):
        return np.array([]), np.array([], dtype=object), version
    (probabilities,) = session.run(["probabilities"], {"features": inputs})
    healthy = int(np.flatnonzero(classes == "none")[0])
    faulty = np.delete(probabilities, healthy, axis=1)
    score = 1.0 - probabilities[:, healthy].astype(np.float64)
    names = np.delete(classes, healthy)[faulty.argmax(axis=1)]
    return score, np.where(score >= 0.5, names, "none"), version
