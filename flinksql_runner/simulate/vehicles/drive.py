"""How healthy cars drive: idle, city and motorway, from a cold start on. One step moves all cars at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

IDLE, CITY, MOTORWAY = 0, 1, 2
_MODE_SECONDS = np.array([45.0, 240.0, 420.0])       # mean stay in a mode
_NEXT_MODE = np.array([[0.0, 0.75, 0.25], [0.35, 0.0, 0.65], [0.15, 0.85, 0.0]])
_GEAR_ABOVE = np.array([0.0, 18.0, 34.0, 52.0, 74.0, 98.0])          # km/h
_RPM_PER_KM_H = np.array([105.0, 62.0, 44.0, 34.0, 27.0, 22.5])
_WARM_C, _WARMING_SECONDS = 90.0, 240.0
_DISPLACEMENT_L, _AIR_G_L = 1.6, 1.184


@dataclass(slots=True)
class Cars:
    """State of N cars; each array has N entries. ``heat`` is the coolant's temperature without any fault, in °C."""

    mode: NDArray[np.int64]
    mode_left: Floats
    speed: Floats
    target: Floats
    target_left: Floats
    heat: Floats
    ambient: Floats
    idle_rpm: Floats
    size: Floats
    long_trim: Floats
    short_trim: Floats
    voltage: Floats


def new_cars(count: int, random: np.random.Generator) -> Cars:
    """Cars at some point of a trip; a fifth of them have just been started cold."""
    mode = random.choice(3, count, p=[0.2, 0.5, 0.3])
    ambient = random.normal(14.0, 7.0, count)
    cold = random.random(count) < 0.2
    heat = np.where(cold, ambient + random.uniform(0, 10, count), random.normal(_WARM_C, 1.5, count))
    return Cars(
        mode=mode, mode_left=random.exponential(_MODE_SECONDS[mode]), speed=np.zeros(count), target=np.zeros(count),
        target_left=np.zeros(count), heat=heat, ambient=ambient, idle_rpm=random.normal(760.0, 25.0, count),
        size=_DISPLACEMENT_L * random.normal(1.0, 0.015, count), long_trim=random.normal(0.0, 1.6, count),
        short_trim=np.zeros(count), voltage=random.normal(14.15, 0.1, count),
    )


def step(cars: Cars, seconds: float, random: np.random.Generator) -> dict[str, Floats]:
    """Moves all cars by ``seconds`` of driving; returns what sound sensors of healthy engines say, by field."""
    before = cars.speed.copy()
    _choose(cars, seconds, random)
    cars.speed += (cars.target - cars.speed) * (1.0 - np.exp(-seconds / 7.0)) + random.normal(0.0, 1.2, len(before))
    cars.speed = np.where(cars.mode == IDLE, 0.0, np.clip(cars.speed, 0.0, 180.0))
    pull = np.clip((cars.target - cars.speed) / 7.0 + (cars.speed - before) / 20.0, -2.0, 2.5)
    cars.heat += (_WARM_C - cars.heat) * (1.0 - np.exp(-seconds / _WARMING_SECONDS)) + random.normal(0.0, 0.35, len(before))
    cars.short_trim = 0.5 * cars.short_trim + random.normal(0.0, 1.3, len(before))
    return _readings(cars, pull, random)


def _choose(cars: Cars, seconds: float, random: np.random.Generator) -> None:
    """New modes and new speeds to aim at, where the old ones have run out."""
    count = len(cars.mode)
    dice, stays = random.random(count), random.exponential(1.0, count)
    aims, lasts = random.normal(0.0, 1.0, count), random.random(count)
    cars.mode_left -= seconds
    cars.target_left -= seconds
    over = cars.mode_left <= 0
    following = (dice[:, None] > np.cumsum(_NEXT_MODE[cars.mode], axis=1)).sum(axis=1).clip(0, 2)
    cars.mode = np.where(over, following, cars.mode)
    cars.mode_left = np.where(over, 10.0 + stays * _MODE_SECONDS[cars.mode], cars.mode_left)
    new = over | (cars.target_left <= 0)
    city = np.where(lasts < 0.25, 0.0, np.clip(36.0 + 12.0 * aims, 8.0, 65.0))      # 0: a red light
    motorway = np.clip(116.0 + 11.0 * aims, 80.0, 160.0)
    wished = np.select([cars.mode == IDLE, cars.mode == CITY], [np.zeros(count), city], motorway)
    cars.target = np.where(new, wished, cars.target)
    cars.target_left = np.where(new, 6.0 + 30.0 * lasts, cars.target_left)


def _readings(cars: Cars, pull: Floats, random: np.random.Generator) -> dict[str, Floats]:
    count, speed = len(cars.speed), cars.speed
    cold = np.clip((60.0 - cars.heat) / 60.0, 0.0, 1.0)
    gear = np.searchsorted(_GEAR_ABOVE, speed, side="right") - 1
    rpm = np.maximum(speed * _RPM_PER_KM_H[gear], cars.idle_rpm + 420.0 * cold) * random.normal(1.0, 0.012, count)
    load = np.clip(21.0 + 6.0 * cold + 0.0021 * speed**2 + np.where(pull > 0, 16.0, 5.0) * pull, 11.0, 97.0)
    load *= random.normal(1.0, 0.015, count)
    intake = cars.ambient + 9.0 + 9.0 * np.exp(-speed / 40.0) + random.normal(0.0, 0.7, count)
    density = 298.0 / (273.0 + intake)
    maf = rpm / 120.0 * cars.size * _AIR_G_L * density * load / 100.0 * random.normal(1.0, 0.015, count)
    throttle = 6.0 + 0.52 * load + 0.0045 * rpm + random.normal(0.0, 0.8, count)
    trim = cars.short_trim + 5.0 * cold
    voltage = cars.voltage + random.normal(0.0, 0.06, count) - 0.25 * cold
    return {
        "engine_speed_rpm": rpm, "engine_load_pct": load, "coolant_temp_c": cars.heat + random.normal(0.0, 0.6, count),
        "intake_temp_c": intake, "maf_g_s": maf, "throttle_pct": throttle, "short_fuel_trim_pct": trim,
        "long_fuel_trim_pct": cars.long_trim + random.normal(0.0, 0.3, count), "module_voltage_v": voltage,
        "vehicle_speed_km_h": speed,
    }
