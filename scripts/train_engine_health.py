"""Trains models/engine_health.onnx from simulated history, and writes its card.

    .venv/bin/python scripts/train_engine_health.py

The same versions of numpy, scikit-learn and skl2onnx give the same bytes. Seeds below 1000 are never trained on, so that
demos and tests with them show the model cars that it has not seen.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")          # sums in another order are other bytes
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.metrics import precision_recall_fscore_support
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))       # udfs/ is no installed package

from flinksql_runner.simulate.vehicles.fleet import Fleet, ticks  # noqa: E402
from flinksql_runner.simulate.vehicles.pids import FIELDS, KINDS  # noqa: E402
from udfs.scoring import AIR_G_PER_REVOLUTION, FEATURES, features  # noqa: E402

VERSION = "1"
TRAINING_SEEDS, HELD_OUT_SEEDS = tuple(range(1000, 1016)), tuple(range(2000, 2004))
TIME_SCALES = (1.0, 4.0, 10.0, 20.0)
CLASSES = ("none", *KINDS)
CLEAR, NOTHING = 0.35, 0.02         # severities between these are neither a fault nor none: not shown to the model
SIZE_LIMIT = 1_000_000


def history(seeds: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Features and classes (indexes into CLASSES) of the records of whole fleets."""
    inputs, classes = [], []
    for number, seed in enumerate(seeds):
        scale = TIME_SCALES[number % len(TIME_SCALES)]
        fleet = Fleet(cars=250, duration=3600 / scale, seed=seed, time_scale=scale, fault_rate=0.6)
        for tick in ticks(fleet):
            if tick.number % 3 and scale == 1.0:
                continue
            columns = features(*(tick.values[f] for f in FIELDS))
            truth = np.where(tick.severity >= CLEAR, tick.kind + 1, 0)
            is_clear = (tick.severity >= CLEAR) | (tick.severity <= NOTHING)
            is_hot = (tick.severity <= NOTHING) & (tick.values["coolant_temp_c"] > 100)       # still cools down after a fault
            stuck = truth == 1 + KINDS.index("sensor_stuck")
            looks_sound = stuck & (np.abs(columns[:, FEATURES.index("air_against_model")]) < 1.2)
            keep = is_clear & ~is_hot & ~looks_sound
            inputs.append(columns[keep])
            classes.append(truth[keep])
    return np.concatenate(inputs), np.concatenate(classes)


def main() -> None:
    """Trains, measures on seeds that were held out, writes the model and its card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "models")
    out = parser.parse_args().out
    inputs, classes = history(TRAINING_SEEDS)
    random = np.random.default_rng(7)
    sound = np.flatnonzero(classes == 0)
    chosen = np.sort(np.concatenate([
        np.flatnonzero(classes != 0), random.choice(sound, min(len(sound), 150_000), replace=False)]))
    inputs, classes = inputs[chosen], classes[chosen]
    print(f"training on {len(classes)} records: " + ", ".join(f"{c} {int((classes == i).sum())}" for i, c in enumerate(CLASSES)))
    pipeline = make_pipeline(
        StandardScaler(),
        MLPClassifier((32, 16), batch_size=512, max_iter=25, random_state=7, early_stopping=False, learning_rate_init=2e-3))
    pipeline.fit(inputs, classes)

    held_inputs, held_classes = history(HELD_OUT_SEEDS)
    found = pipeline.predict(held_inputs)
    precision, recall, _, count = precision_recall_fscore_support(
        held_classes, found, labels=range(len(CLASSES)), zero_division=0)
    metrics = {c: {"precision": round(float(precision[i]), 4), "recall": round(float(recall[i]), 4), "records": int(count[i])}
               for i, c in enumerate(CLASSES)}
    false_alarms = float(np.mean(found[held_classes == 0] != 0))
    print(json.dumps(metrics, indent=1), f"false alarms per sound record: {false_alarms:.6f}")

    onnx = to_onnx(
        pipeline, initial_types=[("features", FloatTensorType([None, len(FEATURES)]))], name="engine_health",
        options={"zipmap": False}, target_opset=17).SerializeToString()
    if len(onnx) > SIZE_LIMIT:
        raise SystemExit(f"the model has {len(onnx)} bytes, more than {SIZE_LIMIT}")
    digest = hashlib.sha256(onnx).hexdigest()
    card = {
        "name": "engine_health", "version": f"{VERSION}.{digest[:8]}", "sha256": digest, "bytes": len(onnx),
        "features": list(FEATURES), "classes": list(CLASSES), "constants": {"air_g_per_revolution": AIR_G_PER_REVOLUTION},
        "training_seeds": list(TRAINING_SEEDS), "held_out_seeds": list(HELD_OUT_SEEDS), "time_scales": list(TIME_SCALES),
        "training_records": len(classes), "metrics_per_record": metrics, "false_alarms_per_sound_record": round(false_alarms, 6),
        "made_with": {p: version(p) for p in ("numpy", "scikit-learn", "skl2onnx", "onnx")},
        "made_by": "scripts/train_engine_health.py",
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "engine_health.onnx").write_bytes(onnx)
    (out / "engine_health.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {out / 'engine_health.onnx'} ({len(onnx)} bytes, version {card['version']})")


if __name__ == "__main__":
    main()
