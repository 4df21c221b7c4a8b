"""The main job's SQL and its Python functions on a Kafka that is not the job's own: the fixture's."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from flinksql_runner.demo.places import Places, new_run, places, variables
from flinksql_runner.demo.vehicles_tables import alerts, rows, scored
from flinksql_runner.deploy.apply import deploy, resume
from flinksql_runner.deploy.ending import stop
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.control import remove
from flinksql_runner.simulate.sinks import KafkaWriter, closing
from flinksql_runner.simulate.vehicles.fleet import Fleet, Label, messages
from flinksql_runner.workspace import Workspace, open_workspace

pytestmark = [pytest.mark.kafka, pytest.mark.engine, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
JOB = "vehicles"
PROFILES = """
fleet:
  target: there
  outputs:
    there: {{type: local, kafka: {{servers: "{servers}"}}, postgres: embedded, archive: embedded}}
"""


@pytest.fixture
def project(kafka, tmp_path: Path) -> Iterator[Path]:
    for part in ("sql", "macros", "udfs", "models"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("project.yml", "flinksql.lock"):
        shutil.copyfile(ROOT / part, tmp_path / part)
    (tmp_path / "profiles.yml").write_text(PROFILES.format(servers=kafka.servers), encoding="utf-8")
    yield tmp_path
    remove(tmp_path)


def rows_become(place: Places, count: int, *, seconds: float = 90) -> None:
    """Waits until that many messages have ended in a table."""
    limit = time.monotonic() + seconds
    while (found := sum(rows(place)[t] for t in ("engine_scores", "dead_letters"))) < count:
        assert time.monotonic() < limit, f"{found} of {count} messages after {seconds} s"
        time.sleep(0.2)


def test_every_message_is_scored_or_a_dead_letter_across_a_restart(kafka, project: Path) -> None:
    run = new_run()
    work: Workspace = open_workspace(build(load(project, vars=variables(run), env=os.environ)), jobs=[JOB])
    place = places(run, work.build.project, work.values)
    assert place.servers == kafka.servers
    place.make_topic()
    labels: list[Label] = []
    fleet = Fleet(cars=40, duration=75, seed=5, time_scale=10, malformed=0.02, start_ms=time.time_ns() // 1_000_000 - 90_000)
    sent = list(messages(fleet, labels))
    kinds = Counter(m.kind for m in sent)
    half = len(sent) // 2
    deploy(work.job(JOB), work.engine, work.store, work.around(JOB))
    for number, part in enumerate((sent[:half], sent[half:])):
        with closing(KafkaWriter(kafka.servers, run)) as writer:
            for message in part:
                writer.write(message)
        if number == 0:
            rows_become(place, 1)
            stop(JOB, work.engine, work.store)
            resume(JOB, work.engine, work.store, work.around(JOB))
    sound, wrong = kinds["sound"], kinds["malformed"]
    rows_become(place, sound + wrong)
    stop(JOB, work.engine, work.store, drain=True)

    assert place.in_kafka() == len(sent) == sound + wrong + kinds["double"]
    assert scored(place)[0] == rows(place)["engine_scores"] == sound
    assert place.archived("record_id") == (sound, sound)
    assert rows(place)["dead_letters"] == wrong
    with place.connect() as database:
        scores = database.execute(f'SELECT min(score), max(score), count(DISTINCT model_version) FROM "{run}".engine_scores')
        low, high, versions = scores.fetchone()
        reasons = dict(database.execute(f'SELECT reason, count(*) FROM "{run}".dead_letters GROUP BY reason').fetchall())
    assert 0 <= low < 0.1
    assert 0.9 < high <= 1
    assert versions == 1
    assert all(reasons)
    assert {(a.vehicle_id, a.fault) for a in alerts(place)} == {(label.vehicle_id, label.kind) for label in labels}
    plan = json.loads(work.store.releases(JOB)[-1].plan)
    assert sum("telemetry" in json.dumps(n) and n["type"].startswith("stream-exec-table-source") for n in plan["nodes"]) == 1
