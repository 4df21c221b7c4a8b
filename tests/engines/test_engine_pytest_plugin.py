"""The plugin on a real Flink: SQL tests as pytest's items, and tests of nodes written in Python."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flinksql_runner.services.control import remove

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
FILES = {
    "project.yml": "name: p\nprofile: p\n",
    "profiles.yml": "p: {outputs: {local: {type: local}}}\n",
    "sql/sources/clicks.sql": "CREATE TABLE clicks (k STRING, n DECIMAL(4, 1), ts TIMESTAMP(3)) WITH ('connector' = 'datagen')\n",
    "sql/transforms/sums.sql": "SELECT k, SUM(n) AS n, MAX(ts) AS ts FROM {{ ref('clicks') }} GROUP BY k\n",
    "tests/sql/sums.yml": """unit_tests:
  - name: holds
    node: sums
    given: [{input: clicks, rows: [{k: a, n: 1}, {k: a, n: 2}]}]
    expect: {rows: [{k: a, n: 3}]}
  - name: does_not_hold
    node: sums
    given: [{input: clicks, rows: [{k: a, n: 1}, {k: b, n: 2}]}]
    expect: {rows: [{k: a, n: 2}, {k: b, n: 2}]}
  - name: switched_off
    node: sums
    given: []
    expect: {rows: [{k: a}]}
    config: {enabled: false}
""",
    "tests/test_sums.py": """from datetime import datetime
from decimal import Decimal

START = datetime(2026, 1, 1)

def test_in_python(flinksql):
    rows = [{"k": "a", "n": Decimal("1.5"), "ts": START}, {"k": "a", "n": 2, "ts": START}]
    flinksql.node("sums").given("clicks", rows=rows).expect(
        rows=[{"k": "a", "n": 3.5, "ts": START}],
        changelog=[{"op": "+I", "n": 1.5}, {"op": "-U", "n": 1.5}, {"op": "+U", "n": 3.5}])

def test_other_rows(flinksql):
    flinksql.node("sums").given("clicks", rows=[{"k": "a", "n": 1}]).expect(rows=[{"k": "a", "n": 2}])

def test_a_wrong_key(flinksql):
    flinksql.node("sums").given("clicks", rows=[]).expect(row=[])
""",
}


ENDS = {
    "tests/sql/sums.yml::holds": "PASSED", "tests/sql/sums.yml::does_not_hold": "FAILED",
    "tests/sql/sums.yml::switched_off": "SKIPPED", "tests/test_sums.py::test_in_python": "PASSED",
    "tests/test_sums.py::test_other_rows": "FAILED", "tests/test_sums.py::test_a_wrong_key": "FAILED",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("plugin")
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    yield root
    remove(root)


def pytest_in(project: Path, *words: str) -> tuple[int, dict[str, str], str]:
    """The exit code of a session of pytest, test -> what came of it, and all that was printed."""
    plugin = ("-p", "no:flinksql", "-p", "flinksql_runner.pytest_plugin.plugin", "-p", "no:cacheprovider", "-p", "no:timeout")
    done = subprocess.run([sys.executable, "-m", "pytest", *plugin, "-v", *words],
                          cwd=project, capture_output=True, text=True, timeout=280)
    told = r"^(?:\[gw\d\].*? )?(PASSED|FAILED|SKIPPED)? ?(tests/\S+::\w+) ?(PASSED|FAILED|SKIPPED)?"
    ends = re.findall(told, done.stdout, re.MULTILINE)
    return done.returncode, {name: before or after for before, name, after in ends if before or after}, done.stdout + done.stderr


def test_two_workers_of_xdist_share_one_engine(project: Path) -> None:
    code, found, text = pytest_in(project, "-n", "2")
    assert code == 1, text
    assert found == ENDS, text
    assert {re.sub(r".*\[(gw\d)\].*", r"\1", line) for line in text.splitlines() if re.match(r"\[gw.*tests/sql/", line)} in (
        {"gw0"}, {"gw1"}), f"SQL tests went to two workers\n{text}"
    assert len(list((project / ".flinksql" / "engine" / "run").glob("gateway*"))) == 1, text


def test_xdist_ways_that_take_shared_jobs_apart_are_refused(project: Path) -> None:
    code, _, text = pytest_in(project, "-n", "2", "--dist", "each", "-m", "flinksql", "tests/sql")
    assert code == 1
    assert "SQL unit tests share their jobs, which `--dist each` takes apart: use -n with --dist load" in text


def test_a_session_of_pytest(project: Path) -> None:
    code, found, text = pytest_in(project, "--durations=3", "--flinksql-down")
    assert code == 1, text
    assert found == ENDS
    assert "FAIL does_not_hold  (tests/sql/sums.yml:6)\n  rows  (- missing, + not expected, ~ wanted ≠ found)\n" in text
    assert re.search(r"^    k  n\n    b  2\S*\n  ~ a  2 ≠ 1\.0$", text, re.MULTILINE), text
    assert "FAILED tests/sql/sums.yml::does_not_hold - rows: 1 different" in text
    assert "AssertionError: rows: 1 different" in text
    assert "unknown key `row`" in text
    assert not list((project / ".flinksql" / "engine" / "run").glob("*")), "--flinksql-down left a process"
