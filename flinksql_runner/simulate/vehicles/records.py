"""Records as JSON, and the ways in which messages arrive broken."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import numpy as np

from flinksql_runner.simulate.vehicles.drive import Floats
from flinksql_runner.simulate.vehicles.pids import PIDS

_DECIMALS = [p.decimals for p in PIDS]
_KEYS = [p.field for p in PIDS]


def quantised(readings: dict[str, Floats]) -> dict[str, Floats]:
    """Readings as the control unit sends them: in the steps and limits of each parameter."""
    return {
        p.field: np.round(np.clip(np.round(readings[p.field] / p.step) * p.step, p.low, p.high), p.decimals) + 0.0 for p in PIDS
    }


def iso(ms: int) -> str:
    """``2026-01-31T12:00:00.123Z``."""
    moment = datetime.fromtimestamp(ms // 1000, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def key_of(vehicle_id: str) -> bytes:
    """The key of a car's messages, so that they stay in order."""
    return vehicle_id.encode("ascii")


def record(vehicle_id: str, sequence: int, event_ms: int, sent_ms: int, values: list[float], code: str) -> bytes:
    """One record as JSON; ``values`` in the order of PIDS, ``code`` a stored trouble code or empty."""
    parts = [
        f'"{key}": {int(value) if not decimals else value}'
        for key, value, decimals in zip(_KEYS, values, _DECIMALS, strict=True)
    ]
    codes = f'["{code}"]' if code else "[]"
    return (
        f'{{"record_id": "{vehicle_id}-{sequence}", "vehicle_id": "{vehicle_id}", "event_time": "{iso(event_ms)}", '
        f'"sent_time": "{iso(sent_ms)}", {", ".join(parts)}, "dtc": {codes}}}'
    ).encode()


def malformed(value: bytes, random: np.random.Generator) -> bytes:
    """A message as it arrives when something went wrong on the way: six ways, each of which a reader must survive."""
    way, place = int(random.integers(0, 6)), float(random.random())
    if way == 0:                                            # the connection broke off
        return value[: 1 + int(place * (len(value) - 2))]
    if way == 1:                                            # another protocol's line
        return b"AT+CGATT=1;ERROR 0x" + value[:8].hex().encode()
    if way == 2:
        return b""
    whole = json.loads(value)
    if way == 3:                                            # a field of the wrong type
        whole[_KEYS[int(place * len(_KEYS))]] = "n/a"
    elif way == 4:                                          # a field is missing
        del whole[["record_id", "vehicle_id", "event_time", *_KEYS][int(place * (3 + len(_KEYS)))]]
    else:                                                   # a value that no sensor can say
        pid = PIDS[int(place * len(PIDS))]
        whole[pid.field] = round(pid.high * 3 + 1000, 2)
    return json.dumps(whole).encode()
