"""Faults that build up in single cars: when they begin and end, and what they do to the readings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flinksql_runner.simulate.vehicles.drive import Floats
from flinksql_runner.simulate.vehicles.pids import KINDS

_GAP_LEAST, _RAMP, _HOLD = 60.0, (60.0, 150.0), (180.0, 360.0)     # seconds of driving
_STORED_AFTER = 0.8                                                 # of full severity: then a trouble code is stored
_COOLING_DOWN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Episode:
    """One fault of one car, from the first sign to its end, in seconds of driving since the start of the run."""

    car: int
    kind: str
    onset: float
    full: float
    end: float


@dataclass(slots=True)
class Faults:
    """The present or next episode of each of N cars; ``kind`` is an index into KINDS."""

    kind: NDArray[np.int64]
    onset: Floats
    full: Floats
    end: Floats
    extra_heat: Floats
    stuck_maf: Floats
    mean_gap: float
    horizon: float
    is_known: NDArray[np.bool_]


def new_faults(count: int, rate: float, horizon: float, random: np.random.Generator) -> Faults:
    """Draws the first episode of each car.

    :param rate: episodes per car and ten minutes of driving.
    :param horizon: seconds until the end of the run; no episode begins that could not reach its full size before it.
    """
    nothing = np.zeros(count)
    faults = Faults(np.zeros(count, np.int64), nothing.copy(), nothing.copy(), np.full(count, -np.inf), nothing.copy(),
                    np.full(count, np.nan), 600.0 / rate if rate > 0 else np.inf, horizon, np.zeros(count, np.bool_))
    _draw(faults, 0.0, np.ones(count, np.bool_), random)
    return faults


def _draw(faults: Faults, now: float, which: NDArray[np.bool_], random: np.random.Generator) -> None:
    count = len(which)
    gaps, kinds = random.exponential(1.0, count), random.integers(0, len(KINDS), count)
    ramps, holds = random.uniform(*_RAMP, count), random.uniform(*_HOLD, count)
    onset = now + _GAP_LEAST + gaps * faults.mean_gap
    is_late = onset + ramps + _RAMP[0] > faults.horizon
    onset = np.where(is_late, np.inf, onset)
    faults.kind = np.where(which, kinds, faults.kind)
    faults.onset = np.where(which, onset, faults.onset)
    faults.full = np.where(which, onset + ramps, faults.full)
    faults.end = np.where(which, onset + ramps + holds, faults.end)
    faults.stuck_maf = np.where(which, np.nan, faults.stuck_maf)
    faults.is_known &= ~which


def advance(faults: Faults, now: float, random: np.random.Generator) -> tuple[Floats, list[Episode]]:
    """Severity of each car's fault at ``now`` (0 none, 1 full), and the episodes that have begun since the last call."""
    over = faults.end <= now
    _draw(faults, now, over, random)
    active = faults.onset <= now
    begun = active & ~faults.is_known
    faults.is_known |= begun
    with np.errstate(invalid="ignore"):
        rising = (now - faults.onset) / (faults.full - faults.onset)
    severity = np.where(active, np.clip(rising, 0.0, 1.0), 0.0)
    return severity, [
        Episode(int(i), KINDS[faults.kind[i]], float(faults.onset[i]), float(faults.full[i]),
                float(min(faults.end[i], faults.horizon)))
        for i in np.flatnonzero(begun)
    ]


def spoil(
    readings: dict[str, Floats], faults: Faults, severity: Floats, seconds: float, random: np.random.Generator,
) -> tuple[dict[str, Floats], NDArray[np.str_]]:
    """What the sensors say with the faults, and the stored trouble codes' kinds (empty for none); ``readings`` is changed."""
    count = len(severity)
    share = {kind: np.where(faults.kind == i, severity, 0.0) for i, kind in enumerate(KINDS)}
    noise, swing = random.normal(0, 1, count), random.normal(0, 1, count)
    sticks, ends = random.random(count), random.random(count)

    heat = 42.0 * share["cooling"]
    slow = 1.0 - np.exp(-seconds / _COOLING_DOWN_SECONDS)
    faults.extra_heat = np.where(heat > faults.extra_heat, heat, faults.extra_heat + (heat - faults.extra_heat) * slow)
    readings["coolant_temp_c"] += faults.extra_heat
    readings["intake_temp_c"] += 0.15 * faults.extra_heat

    s = share["misfire"]
    readings["engine_speed_rpm"] *= 1.0 - s * (0.10 + 0.05 * np.abs(noise))
    readings["engine_load_pct"] *= 1.0 + 0.22 * s
    readings["maf_g_s"] *= 1.0 + 0.16 * s
    readings["short_fuel_trim_pct"] += s * (17.0 + 5.0 * swing)

    s = share["air_leak"]
    readings["maf_g_s"] *= 1.0 - 0.18 * s
    readings["long_fuel_trim_pct"] += s * (19.0 + 1.0 * swing)
    readings["short_fuel_trim_pct"] += s * 6.0

    readings["module_voltage_v"] -= share["charging"] * (2.5 + 0.15 * np.abs(noise))

    s = share["sensor_stuck"]
    began = (s > 0) & np.isnan(faults.stuck_maf)
    faults.stuck_maf = np.where(began, _stuck_value(readings["maf_g_s"], ends), faults.stuck_maf)
    readings["maf_g_s"] = np.where((s > 0) & (sticks < 2.0 * s), faults.stuck_maf, readings["maf_g_s"])

    stored = np.where(severity >= _STORED_AFTER, np.array(KINDS)[faults.kind], "")
    return readings, stored


def _stuck_value(now: Floats, dice: Floats) -> Floats:
    """Sensors stick at what they showed last, or at one end of their range (short circuit, broken wire)."""
    return np.where(dice < 0.34, 0.0, np.where(dice < 0.67, 655.35, now))
