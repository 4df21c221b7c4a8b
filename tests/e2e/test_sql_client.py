"""The resolved file of the main job in the SQL client of Flink's own distribution."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from flinksql_runner.demo.places import new_run, places, variables
from flinksql_runner.demo.vehicles_tables import alerts, rows
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.control import remove
from flinksql_runner.services.flink import environment
from flinksql_runner.services.folders import Folders
from flinksql_runner.simulate.sinks import KafkaWriter, closing
from flinksql_runner.simulate.vehicles.fleet import Fleet, messages
from flinksql_runner.tables.create import create_tables
from flinksql_runner.workspace import open_workspace
from tests.e2e.conftest import heavy
from tests.repository import copy_project

pytestmark = [pytest.mark.e2e, pytest.mark.engine, pytest.mark.kafka, pytest.mark.timeout(400)]
ROOT = Path(__file__).resolve().parents[2]
JOB = "vehicles"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    copy_project(tmp_path, "udfs", "models")
    yield tmp_path
    remove(tmp_path)


@heavy
def test_the_resolved_file_fills_the_same_tables(project: Path) -> None:
    run = new_run()
    work = open_workspace(build(load(project, vars=variables(run), env=os.environ)), jobs=[JOB])
    place = places(run, work.build.project, work.values)
    place.make_topic()
    assert not create_tables(work.around(JOB).nodes, work.values).diagnostics
    script = project / "resolved.sql"
    flags = ["--resolved", str(script), "--vars", json.dumps(variables(run))]
    done = subprocess.run([sys.executable, "-m", "flinksql_runner", "compile", JOB, *flags], cwd=project, capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr
    assert script.stat().st_mode & 0o777 == 0o600

    client = subprocess.run(
        [str(Folders(project).flink_home / "bin" / "sql-client.sh"), "-f", str(script)], capture_output=True, text=True,
        timeout=200, env={**environment(Folders(project), work.running.java_home)})
    assert "[ERROR]" not in client.stdout, client.stdout[-3000:]
    (job_id,) = work.engine.find(JOB)

    sent = list(messages(Fleet(cars=40, duration=60, seed=9, time_scale=10, malformed=0.02,
                               start_ms=time.time_ns() // 1_000_000 - 75_000), []))
    kinds = Counter(m.kind for m in sent)
    with closing(KafkaWriter(place.servers, run)) as writer:
        for message in sent:
            writer.write(message)
    limit = time.monotonic() + 90
    while rows(place)["engine_scores"] < kinds["sound"] or rows(place)["dead_letters"] < kinds["malformed"]:
        assert time.monotonic() < limit, rows(place)
        time.sleep(0.2)
    work.engine.stop_with_savepoint(job_id, drain=True)
    found = rows(place)
    assert found["engine_scores"] == kinds["sound"]
    assert found["dead_letters"] == kinds["malformed"]
    assert found["vehicle_health"] >= 40
    assert found["alerts"] == len(alerts(place))
    assert place.archived("record_id") == (kinds["sound"], kinds["sound"])
