"""The OBD-II parameters of a record: SAE J1979 (mode 01) identifiers, names, units, ranges and resolutions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pid:
    """One parameter. ``field`` is its key in a record; values are ``low`` to ``high`` in steps of ``step``."""

    field: str
    code: int
    name: str
    unit: str
    low: float
    high: float
    step: float
    decimals: int


PIDS = (
    Pid("engine_speed_rpm", 0x0C, "Engine speed", "rpm", 0.0, 16383.75, 0.25, 2),
    Pid("engine_load_pct", 0x04, "Calculated engine load", "%", 0.0, 100.0, 100 / 255, 2),
    Pid("coolant_temp_c", 0x05, "Engine coolant temperature", "°C", -40.0, 215.0, 1.0, 0),
    Pid("intake_temp_c", 0x0F, "Intake air temperature", "°C", -40.0, 215.0, 1.0, 0),
    Pid("maf_g_s", 0x10, "Mass air flow sensor air flow rate", "g/s", 0.0, 655.35, 0.01, 2),
    Pid("throttle_pct", 0x11, "Throttle position", "%", 0.0, 100.0, 100 / 255, 2),
    Pid("short_fuel_trim_pct", 0x06, "Short term fuel trim, bank 1", "%", -100.0, 99.22, 100 / 128, 2),
    Pid("long_fuel_trim_pct", 0x07, "Long term fuel trim, bank 1", "%", -100.0, 99.22, 100 / 128, 2),
    Pid("module_voltage_v", 0x42, "Control module voltage", "V", 0.0, 65.535, 0.001, 3),
    Pid("vehicle_speed_km_h", 0x0D, "Vehicle speed", "km/h", 0.0, 255.0, 1.0, 0),
)
FIELDS = tuple(p.field for p in PIDS)

# what a control unit stores once a fault has lasted (SAE J2012)
TROUBLE_CODES = {
    "cooling": "P0217",        # engine over temperature condition
    "misfire": "P0300",        # random or multiple cylinder misfire detected
    "air_leak": "P0171",       # system too lean, bank 1
    "charging": "P0562",       # system voltage low
    "sensor_stuck": "P0101",   # mass air flow circuit range or performance
}
KINDS = tuple(TROUBLE_CODES)
