"""Boards and events as the server sends them: a fleet, a map, and what is hard to show. Made by a seed, at a given time."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta, timezone
from typing import Any

Event = tuple[str, dict[str, Any]]
STATES = [{"from": 0.5, "colour": "red", "word": "abnormal"}, {"colour": "blue", "word": "normal"}]
FAULTS = ("misfire", "overheating", "low voltage", "clogged filter")


def iso(at: datetime) -> str:
    return at.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def tile(name: str, title: str, kind: str, **more: Any) -> dict[str, Any]:
    """One tile of a description, with all keys that the server sends."""
    base = {
        "id": name, "title": title, "type": kind, "unit": None, "decimals": None, "thresholds": [], "width": None, "height": None,
        "columns": {}, "options": {}, "empty": None, "sql": f"SELECT *\nFROM vehicles.engine_scores -- {name}\nWHERE vehicle_id = :car AND score >= 0.5",
        "node": "engine_scores", "feeds": ["telemetry", "telemetry_fields", "telemetry_scored", "engine_scores"],
        "file": "dashboards/fleet.yml", "line": 12,
    }
    return {**base, **more}


def data(name: str, now: datetime, columns: list[tuple[str, str]], rows: list[list[Any]], **more: Any) -> Event:
    """A ``tile`` event."""
    return "tile", {
        "id": name, "at": iso(now), "took_ms": 4.2, "newest": iso(now - timedelta(seconds=1)),
        "columns": [{"name": n, "kind": k} for n, k in columns], "rows": rows, "more": False, **more,
    }


def status(now: datetime, **more: Any) -> Event:
    return "status", {"at": iso(now), "database": "up", "since": iso(now), "job": {"name": "vehicles", "state": "running"},
                      "newest": iso(now - timedelta(seconds=1)), **more}


def fleet(cars: int = 200) -> dict[str, Any]:
    """The description of the fleet's page."""
    return {
        "title": "Fleet", "description": "Engine health of every car, a few seconds behind the road", "refresh_ms": 5000, "problems": [],
        "parameters": [
            {"name": "car", "type": "choice", "label": "Car", "default": None},
            {"name": "range", "type": "time_range", "label": "Time", "default": "15min"},
            {"name": "search", "type": "text", "label": "Search", "default": ""},
        ],
        "tiles": [
            tile("rate", "Records per second", "number", unit="/s", decimals=1, options={"value": "rate", "x": "t"}),
            tile("delay", "End-to-end delay, p95", "number", unit="ms", decimals=0, options={"value": "p95", "previous": "before"},
                 thresholds=[{"from": 5000, "colour": "red", "word": "late"}, {"from": 2000, "colour": "amber", "word": "slow"}, {"colour": "green", "word": "in time"}]),
            tile("abnormal", "Cars abnormal now", "number", options={"value": "n", "previous": "before"}, thresholds=[{"from": 1, "colour": "red", "word": "look at them"}]),
            tile("dead", "Dead letters", "number", options={"value": "n"}, thresholds=[{"from": 1, "colour": "amber", "word": "unreadable"}, {"colour": "green", "word": "none"}]),
            tile("cells", "Fleet", "grid", thresholds=STATES, options={"entity": "vehicle_id", "state": "score"}, columns={"vehicle_id": {"link": {"car": "vehicle_id"}}}),
            tile("alerts", "Abnormal now", "table", columns={
                "vehicle_id": {"label": "car", "link": {"car": "vehicle_id"}}, "worst": {"decimals": 2, "thresholds": STATES}, "since": {"label": "since"}}),
            tile("trend", "Score of the chosen car", "line", options={"x": "t", "y": ["score"], "high": 0.5}, decimals=2),
            tile("share", "Share abnormal", "bar", unit="%", options={"x": "t", "y": ["share"]}),
            tile("faults", "Faults by kind", "bar", options={"x": "fault", "y": ["n"]}, width=4),
            tile("temps", "Coolant of four cars", "line", unit="°C", options={"x": "t", "y": ["c"], "series": "car", "high": 105}, width=8),
            tile("feed", "Alerts", "feed", thresholds=STATES, options={"time": "at", "headline": "car", "body": ["fault", "score"], "state": "score"}, columns={"score": {"label": "score", "decimals": 2}}),
            tile("notes", "About this page", "text", width=8, options={"text": "## Fleet\nA car is **abnormal** when the model's score is *0.5* or more.\n\n- red ▲: abnormal\n- blue ●: normal\n\nSee `sql/sinks/vehicles` or [the docs](https://example.org/docs)."}),
        ],
    }


def fleet_events(now: datetime, cars: int = 200, seed: int = 1, red: tuple[int, ...] = (17, 64, 131)) -> list[Event]:
    """What a page hears when it connects."""
    rng = random.Random(seed)
    names = [f"car-{n:04d}" for n in range(1, cars + 1)]
    steps = [now - timedelta(seconds=15 * n) for n in range(60, -1, -1)]
    scores = [[name, round(rng.uniform(0.55, 0.97) if n in red else rng.betavariate(1.3, 9) * 0.49, 3)] for n, name in enumerate(names)]
    found = [[names[n], FAULTS[n % 4], iso(now - timedelta(seconds=20 + 3 * n)), scores[n][1]] for n in red if n < cars]
    trend = [[iso(t), round(0.12 + 0.06 * math.sin(i / 6) + rng.uniform(0, 0.05) + (0.5 if 38 < i < 47 else 0), 3)] for i, t in enumerate(steps)]
    temps = [[iso(t), car, round(86 + 4 * k + 3 * math.sin(i / 8 + k) + rng.uniform(-0.6, 0.6) + (9 if k == 2 and i > 45 else 0), 1)]
             for i, t in enumerate(steps) for k, car in enumerate(names[:4])]
    return [
        ("choices", {"name": "car", "values": names}),
        data("rate", now, [("t", "time"), ("rate", "number")], [[iso(t), round(64 + 6 * math.sin(i / 5) + rng.uniform(-2, 2), 1)] for i, t in enumerate(steps)]),
        data("delay", now, [("p95", "number"), ("before", "number")], [[386, 412]]),
        data("abnormal", now, [("n", "number"), ("before", "number")], [[len(found), 2]]),
        data("dead", now, [("n", "number")], [[12]]),
        data("cells", now, [("vehicle_id", "text"), ("score", "number")], scores),
        data("alerts", now, [("vehicle_id", "text"), ("fault", "text"), ("since", "time"), ("worst", "number")], found),
        data("trend", now, [("t", "time"), ("score", "number")], trend),
        data("share", now, [("t", "time"), ("share", "number")], [[iso(t), round(max(0, 1.5 + math.sin(i / 4) + rng.uniform(-0.4, 0.4)), 2)] for i, t in enumerate(steps)][::2]),
        data("faults", now, [("fault", "text"), ("n", "number")], [["misfire", 14], ["overheating", 9], ["low voltage", 5], ["clogged filter", 3]]),
        data("temps", now, [("t", "time"), ("car", "text"), ("c", "number")], temps),
        data("feed", now, [("at", "time"), ("car", "text"), ("fault", "text"), ("score", "number")],
             [[iso(now - timedelta(seconds=7 + 23 * i)), rng.choice(names), rng.choice(FAULTS), round(rng.uniform(0.5, 0.95), 2)] for i in range(14)]),
        status(now),
    ]


COUNTRIES = {"US": 18234, "CN": 12910, "DE": 8120, "FR": 5310, "GB": 6120, "BR": 4211, "IN": 7630, "JP": 5120, "RU": 2400, "AU": 1980, "ZA": 960,
             "CA": 2210, "MX": 1310, "AR": 720, "NG": 610, "EG": 540, "TR": 890, "SE": 760, "PL": 1150, "ID": 1490, "KR": 2120, "ES": 2310, "IT": 2740}
CITIES = [("Berlin", 52.52, 13.4, 410, False), ("São Paulo", -23.55, -46.63, 320, False), ("Tokyo", 35.68, 139.69, 510, False), ("Lagos", 6.52, 3.38, 120, True),
          ("New York", 40.71, -74.0, 640, False), ("Sydney", -33.87, 151.2, 140, False), ("Mumbai", 19.07, 72.88, 380, True), ("Shanghai", 31.23, 121.47, 560, False),
          ("London", 51.5, -0.12, 450, False), ("Nairobi", -1.29, 36.82, 60, False), ("Moscow", 55.75, 37.62, 90, False), ("Mexico City", 19.43, -99.13, 210, False)]


def traffic() -> dict[str, Any]:
    """The page of an API: a map of countries, one of points, and times."""
    return {
        "title": "API traffic", "description": "Requests of the last 15 minutes", "refresh_ms": 5000, "problems": [], "parameters": [],
        "tiles": [
            tile("world", "Requests by country", "map", unit="requests", options={"country": "country", "value": "n"}, width=7),
            tile("cities", "Attacks by city", "map", options={"latitude": "lat", "longitude": "lon", "size": "n", "state": "bad", "label": "city"},
                 thresholds=[{"is": True, "colour": "red", "word": "attack"}, {"colour": "blue", "word": "normal"}], width=5),
            tile("codes", "Answers by class", "bar", options={"x": "t", "y": ["n"], "series": "class"}, width=8),
            tile("top", "Paths", "bar", options={"x": "path", "y": ["n"]}, width=4),
        ],
    }


def traffic_events(now: datetime, seed: int = 2) -> list[Event]:
    rng = random.Random(seed)
    steps = [now - timedelta(minutes=n) for n in range(30, -1, -1)]
    classes = {"2xx": 900, "4xx": 120, "5xx": 20}
    return [
        data("world", now, [("country", "text"), ("n", "number")], [[k, v] for k, v in COUNTRIES.items()]),
        data("cities", now, [("city", "text"), ("lat", "number"), ("lon", "number"), ("n", "number"), ("bad", "bool")], [[c, a, o, n, b] for c, a, o, n, b in CITIES]),
        data("codes", now, [("t", "time"), ("class", "text"), ("n", "number")], [[iso(t), k, int(n * rng.uniform(0.7, 1.3))] for t in steps for k, n in classes.items()]),
        data("top", now, [("path", "text"), ("n", "number")], [["/blur", 5210], ["/health", 1220], ["/login", 830], ["/", 610], ["/wp-admin.php", 270], ["/.env", 122]]),
        status(now),
    ]
