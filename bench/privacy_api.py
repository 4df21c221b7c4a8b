"""The web API: what its detectors find on rendered photos, how fast it answers, and whether its memory stays.

``python bench/privacy_api.py [--photos 400] [--seconds 10] [--many 2000] [--write]``

Photos are of seeds that the small model was not trained on. A plate counts as found where at least nine tenths of it are hidden.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import psutil
from report import table, write_section

SERVICES = Path(__file__).resolve().parents[1] / "services"
sys.path.insert(0, str(SERVICES))

from privacy_api.detectors import new_detector  # noqa: E402
from privacy_api.examples import Scene, example, scene  # noqa: E402
from privacy_api.regions import Detector, Region  # noqa: E402

FIRST_SEED = 60_000     # those of 50,000 and above chose the thresholds
DETECTORS = ("cascades", "plates", "plates+faces")


def main() -> None:
    """Measures, and prints or writes the section."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--photos", type=int, default=400)
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--many", type=int, default=2000)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    text = detection(chosen.photos)
    if chosen.seconds:
        text += "\n\n" + serving(chosen.seconds, chosen.many)
    print(text)
    if chosen.write:
        write_section("privacy_api", text)


def detection(count: int) -> str:
    """Recall by width of the plate, precision, hidden share of photos, and time, of each detector."""
    scenes = [scene(FIRST_SEED + number) for number in range(count)]
    rows = []
    for name in DETECTORS:
        detector = new_detector(name)
        rows.append([name, *measured(detector, scenes)])
    plates = sum(len(s.plates) for s in scenes)
    empty = sum(not s.plates and not s.partial for s in scenes)
    return (f"## What the web API finds\n\n{count} rendered photos (angles up to 45 degrees, night, shadow, noise, up to three "
            f"vehicles; {empty} without any plate) with {plates} whole plates. Found: at least nine tenths of the plate are "
            "hidden. Right: a region that touches a plate, whole or hidden in part. Real photos were not measured.\n\n"
            + table(["detector", "recall", "of plates under 40 px", "of 40 to 80 px", "of more", "precision of plate regions",
                     "hidden share of a photo", "ms a photo, median"], rows))


def measured(detector: Detector, scenes: Sequence[Scene]) -> list[str]:
    """One row of the table."""
    found: dict[str, list[bool]] = {"small": [], "middle": [], "large": []}
    right = told = 0
    shares, times = [], []
    for photo in scenes:
        height, width = photo.pixels.shape[:2]
        began = time.perf_counter()
        regions = detector.regions(photo.pixels)
        times.append(time.perf_counter() - began)
        hidden = np.zeros((height, width), bool)
        for region in regions:
            box = region.grown(0.15, width, height)
            hidden[box.top : box.top + box.height, box.left : box.left + box.width] = True
        shares.append(hidden.mean())
        for plate in photo.plates:
            size = "small" if plate.width < 40 else "middle" if plate.width < 80 else "large"
            part = hidden[plate.top : plate.top + plate.height, plate.left : plate.left + plate.width]
            found[size].append(bool(part.mean() >= 0.9))
        plates = [r for r in regions if r.kind == "plate"]
        told += len(plates)
        right += sum(any(touch(region, plate) for plate in (*photo.plates, *photo.partial)) for region in plates)
    every = [one for group in found.values() for one in group]
    return [share(every), *(share(group) for group in found.values()), f"{right / told:.1%}" if told else "-",
            f"{statistics.mean(shares):.1%}", f"{statistics.median(times) * 1000:.0f}"]


def touch(one: Region, other: Region) -> bool:
    """Whether two regions overlap."""
    return (one.left < other.left + other.width and other.left < one.left + one.width
            and one.top < other.top + other.height and other.top < one.top + one.height)


def share(found: Sequence[bool]) -> str:
    """As per cent, with how many."""
    return f"{sum(found) / len(found):.1%} of {len(found)}" if found else "-"


def serving(seconds: float, many: int) -> str:
    """Requests a second and percentiles for 1, 2 and 8 clients, and memory before and after many photos."""
    photos = [example(number, 1024) for number in range(1, 9)]
    rows = []
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen(
        [sys.executable, "-m", "privacy_api", "serve", "--logs", f"{folder}/logs", "--servers", "2"], text=True, cwd=folder,
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(SERVICES), "PRIVACY_API_PER_MINUTE": "1000000"},
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        for clients in (1, 2, 8):
            times = load(address, photos, clients, seconds)
            rows.append([str(clients), f"{len(times) / seconds:.1f}",
                         *(f"{np.percentile(times, p) * 1000:.0f}" for p in (50, 95, 99))])
        memory = [used(process.pid)]
        began, sent = time.perf_counter(), 0
        while sent < many:
            sent += len(load(address, photos, 2, 10.0))
            memory.append(used(process.pid))
        spent = time.perf_counter() - began
        process.terminate()
    steps = ", ".join(f"{m:.0f}" for m in memory[:: max(1, len(memory) // 8)])
    return ("Photos of 1024 pixels' width, two servers, clients and servers on one machine:\n\n"
            + table(["clients", "photos/s", "ms, median", "p95", "p99"], rows)
            + f"\n\nMemory of all processes, MB, in equal steps over {sent:,} photos in {spent:.0f} s: {steps}.")


def load(address: str, photos: Sequence[bytes], clients: int, seconds: float) -> list[float]:
    """Seconds of each answer, from so many clients at once, each of an address of its own."""
    until = time.perf_counter() + seconds

    def one(number: int) -> list[float]:
        times = []
        with httpx.Client(base_url=address, timeout=60) as client:
            while (began := time.perf_counter()) < until:
                client.post("/v1/blur", content=photos[len(times) % len(photos)],
                            headers={"Content-Type": "image/jpeg"}).raise_for_status()
                times.append(time.perf_counter() - began)
        return times

    with ThreadPoolExecutor(clients) as pool:
        return [t for times in pool.map(one, range(clients)) for t in times]


def used(pid: int) -> float:
    """Memory of a process and its children in MB, shared pages once (PSS)."""
    first = psutil.Process(pid)
    return sum(p.memory_full_info().pss for p in (first, *first.children(recursive=True))) / 1e6


if __name__ == "__main__":
    main()
