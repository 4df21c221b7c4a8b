"""The whole main job as a user runs it: simulated cars through Kafka, Flink and PostgreSQL, with a restart in the middle."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import httpx
import jsonschema
import psutil
import pytest

from flinksql_runner.services.control import down, status
from tests.e2e.conftest import heavy
from tests.repository import copy_project

pytestmark = [pytest.mark.e2e, pytest.mark.engine, pytest.mark.kafka, pytest.mark.timeout(600)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A copy of this repository's project, with services of its own."""
    copy_project(tmp_path, "udfs", "models")
    yield tmp_path
    down(tmp_path)


def processes(project: Path) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if str(project) in line and "pytest" not in line:
            found.append(line[:200])
    return found


def test_nothing_is_lost_or_doubled_across_a_restart(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flinksql_runner", "demo", "vehicles", "--cars", "120", "--duration", "36", "--restart-at", "12",
         "--seed", "77", "--output", "json"],
        cwd=project, capture_output=True, text=True, timeout=580,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    schema = json.loads(files("flinksql_runner.demo").joinpath("schemas/demo.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(result, schema)
    assert result["produced"] == result["archived"] == result["archived_distinct"] == result["scored"] == 120 * 12
    assert result["malformed"] == result["dead_letter"]
    assert result["consumed"] == result["in_kafka"] == result["produced"] + result["duplicates"] + result["malformed"]
    assert result["restarted"]
    assert result["faults"]["injected"] >= 5
    assert result["faults"]["recall"] >= 0.9
    assert result["faults"]["precision"] >= 0.9
    assert 0 < result["latency_ms_undisturbed"]["p50"] < 30_000
    assert processes(project) == []
    assert list((project / ".flinksql" / "data" / "archive").iterdir()) == []


@heavy
def test_it_goes_on_with_its_page(project: Path) -> None:
    shutil.copytree(ROOT / "dashboards", project / "dashboards")
    done = subprocess.run(
        [sys.executable, "-m", "flinksql_runner", "demo", "vehicles", "--cars", "60", "--duration", "15", "--no-restart",
         "--keep"], cwd=project, capture_output=True, text=True, timeout=400,
    )
    assert done.returncode == 0, done.stderr
    (address,) = set(re.findall(r"http://127\.0\.0\.1:\d+/d/vehicles", done.stderr))
    assert f"watch it: {address}" in done.stderr
    tiles: dict[str, str] = {}
    states: set[str] = set()
    with httpx.stream("GET", address.replace("/d/vehicles", "/api/boards/vehicles/events"), timeout=60) as stream:
        name = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                told = json.loads(line[6:])
                if name in ("tile", "tile_error"):
                    tiles[told["id"]] = name
                elif name == "status" and told["job"]:
                    states.add(told["job"]["state"])
            if len(tiles) == 9 and states == {"running"}:
                break
    assert set(tiles.values()) == {"tile"}
    assert {s.name for s in status(project) if s.state == "running"} >= {"dashboard", "simulator", "taskmanager", "postgres"}
    down(project)
    assert processes(project) == []
