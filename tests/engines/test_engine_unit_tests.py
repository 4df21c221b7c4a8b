"""SQL unit tests through the real command on a real Flink: what passes, what fails and how it is told."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from flinksql_runner.services.control import remove

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "unit_tests.txt"
FILES = {
    "project.yml": "name: clicks\nprofile: clicks\njobs:\n  daily: {select: totals}\n",
    "profiles.yml": "clicks: {outputs: {local: {type: local}}}\n",
    "sql/sources/clicks.sql": """CREATE TABLE clicks (
  user_id INT NOT NULL, amount DECIMAL(10, 2), tags ARRAY<STRING>, ts TIMESTAMP(3), seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'properties.bootstrap.servers' = '${FLINKSQL_SECRET_PLACE}')
""",
    "sql/transforms/per_minute.sql": """SELECT user_id, window_start, COUNT(*) AS n, SUM(amount) AS amount
FROM TABLE(TUMBLE(TABLE {{ ref('clicks') }}, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY user_id, window_start, window_end
""",
    "sql/transforms/ratio.sql": "SELECT user_id, 100 / CAST(amount AS INT) AS ratio FROM {{ ref('clicks') }}\n",
    "sql/sinks/totals.sql": """CREATE TABLE totals (who INT, amount DECIMAL(38, 2), PRIMARY KEY (who) NOT ENFORCED)
WITH ('connector' = 'blackhole');
INSERT INTO totals SELECT user_id, SUM(amount) FROM {{ ref('clicks') }} GROUP BY user_id
""",
    "tests/sql/clicks.yml": """unit_tests:
  - name: windows_close_and_late_rows_are_dropped
    node: per_minute
    given:
      - input: ref('clicks')
        rows:
          - {user_id: 1, amount: 1.5, ts: '2026-01-01 00:00:01'}
          - watermark: '2026-01-01 00:01:00'
          - {user_id: 1, amount: 9.5, ts: '2026-01-01 00:00:59'}
          - {user_id: 2, amount: 2, ts: '2026-01-01 00:01:59'}
    expect:
      rows:
        - {user_id: 1, n: 1, amount: 1.5}
        - {user_id: 2, n: 1, amount: 2}
      late: {clicks: [{user_id: 1, ts: '2026-01-01 00:00:59'}]}
  - name: without_a_watermark_nothing_is_late
    node: per_minute
    given:
      - input: clicks
        rows:
          - {user_id: 1, ts: '2026-01-01 00:10:00'}
          - {user_id: 1, ts: '2026-01-01 00:00:01'}
    expect: {rows: [{n: 1, amount: null}, {n: 1, amount: null}], late: {clicks: []}}
  - name: a_total_changes
    node: totals
    given: [{input: clicks, rows: [{user_id: 1, amount: 1, ts: '2026-01-01'}, {user_id: 1, amount: 2, ts: '2026-01-01'}]}]
    expect:
      changelog: [{op: +I, who: 1, amount: 1}, {op: -U, who: 1, amount: 1}, {op: +U, who: 1, amount: 3}]
      rows: [{who: 1, amount: 3}]
  - name: an_input_without_rows
    node: totals
    given: []
    expect: {rows: []}
  - name: nested_values
    node: clicks
    given: [{input: clicks, rows: [{user_id: 7, tags: [a, null], ts: '2026-01-01'}, {user_id: 7, ts: '2026-01-01'}]}]
    expect: {rows: [{tags: [a, null]}, {tags: null}]}
  - name: switched_off
    node: totals
    given: []
    expect: {rows: [{who: 1}]}
    config: {enabled: false}
""",
}
WRONG = """unit_tests:
  - name: other_values
    node: per_minute
    given:
      - input: ref('clicks')
        rows:
          - {user_id: 1, amount: 1.5, ts: '2026-01-01 00:00:01'}
          - {user_id: 2, amount: 2, ts: '2026-01-01 00:00:02'}
          - {user_id: 4, amount: 4, ts: '2026-01-01 00:00:03'}
    expect:
      rows:
        - {user_id: 1, n: 1, amount: 1.25}
        - {user_id: 3, n: 7, amount: 3}
        - {user_id: 4, n: 1, amount: 4}
      late: {clicks: [{user_id: 1}]}
  - name: other_changes
    node: totals
    given: [{input: clicks, rows: [{user_id: 1, amount: 1, ts: '2026-01-01'}, {user_id: 1, amount: 2, ts: '2026-01-01'}]}]
    expect: {changelog: [{op: +I, who: 1}, {op: +U, who: 1}]}
  - name: a_crash
    node: ratio
    given: [{input: clicks, rows: [{user_id: 1, amount: 0, ts: '2026-01-01'}]}]
    expect: {rows: []}
  - name: a_neighbour_of_the_crash
    node: ratio
    given: [{input: clicks, rows: [{user_id: 1, amount: 50, ts: '2026-01-01'}]}]
    expect: {rows: [{ratio: 2}]}
  - name: misspelt
    node: per_minute
    given: [{input: clicks, rows: [{user_id: x, amout: 1, ts: '2026-01-01'}]}]
    expect: {rows: []}
  - name: another_input
    node: per_minute
    given: [{input: totals, rows: []}]
    expect: {rows: []}
  - name: no_such_node
    node: per_minut
    given: []
    expect: {rows: []}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("unit_tests")
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    yield root
    remove(root)


def flinksql(root: Path, *words: str, limit: float = 280) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flinksql_runner", *words]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=limit)


def test_tests_that_hold(project: Path) -> None:
    done = flinksql(project, "test", "--output", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert {t["name"]: t["status"] for t in found["tests"]} == {
        "windows_close_and_late_rows_are_dropped": "pass", "without_a_watermark_nothing_is_late": "pass",
        "a_total_changes": "pass", "an_input_without_rows": "pass", "nested_values": "pass", "switched_off": "skipped"}
    assert found["summary"] == {"pass": 5, "fail": 0, "error": 0, "skipped": 1}
    assert found["tests"][0] | {"seconds": 0} == {
        "name": "windows_close_and_late_rows_are_dropped", "node": "per_minute", "status": "pass", "seconds": 0, "message": "",
        "file": "tests/sql/clicks.yml", "line": 2, "notes": []}


def test_tests_that_do_not_hold_are_told_and_hurt_no_other(project: Path) -> None:
    path = project / "tests/sql/wrong.yml"
    path.write_text(WRONG, encoding="utf-8")
    try:
        done = flinksql(project, "test", "--junit", "target/junit.xml")
        again = flinksql(project, "test", "--failed", "-k", "other_", "--output", "json")
    finally:
        path.unlink()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(done.stdout, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == done.stdout
    assert re.search(r"6 passed, 2 failed, 4 could not run, 1 skipped in [\d.]+ s", done.stderr)
    suite = ElementTree.parse(project / "target/junit.xml").getroot()
    assert {k: suite.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "13", "failures": "2", "errors": "4", "skipped": "1"}
    failed = json.loads(again.stdout)["tests"]
    assert {t["name"]: t["status"] for t in failed} == {
        "other_values": "fail", "other_changes": "fail", "another_input": "error"}
    results = json.loads((project / "target/run_results.json").read_text(encoding="utf-8"))
    assert results["metadata"]["command"] == "test"
    assert results["tests"] == failed


def test_the_first_failure_ends_the_run(project: Path) -> None:
    path = project / "tests/sql/aa_wrong.yml"
    path.write_text("unit_tests:\n  - {name: aa, node: nowhere, given: [], expect: {rows: []}}\n", encoding="utf-8")
    try:
        done = flinksql(project, "test", "-x", "-v")
    finally:
        path.unlink()
    assert done.returncode == 1
    assert "error     0.00 s  tests/sql/aa_wrong.yml:2  aa" in done.stderr
    assert re.search(r"^1 could not run, 1 skipped, 5 not run in", done.stderr, re.MULTILINE), done.stderr


def test_a_selection_of_them(project: Path) -> None:
    done = flinksql(project, "test", "-s", "per_minute", "-k", "late", "--output", "json")
    assert [t["name"] for t in json.loads(done.stdout)["tests"]] == [
        "windows_close_and_late_rows_are_dropped", "without_a_watermark_nothing_is_late"]


@pytest.mark.timeout(1200)
def test_the_tests_of_this_repository_s_project_hold(tmp_path: Path) -> None:
    for part in ("sql", "macros", "udfs", "models", "tests/sql"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("project.yml", "profiles.yml", "flinksql.lock"):
        shutil.copyfile(ROOT / part, tmp_path / part)
    try:
        done = flinksql(tmp_path, "test", limit=1100)
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"^\d+ passed in", done.stderr, re.MULTILINE), done.stderr
    finally:
        remove(tmp_path)
