"""Writing tests with the command's help: a first test, its expectation, tests that run again after a change."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flinksql_runner.services.control import remove

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
FILES = {
    "project.yml": "name: p\nprofile: p\n",
    "profiles.yml": "p: {outputs: {local: {type: local}}}\n",
    "sql/sources/clicks.sql": """CREATE TABLE clicks (page STRING, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'datagen', 'number-of-rows' = '4', 'fields.n.min' = '5', 'fields.n.max' = '5')\n""",
    "sql/transforms/big.sql": "SELECT page, n, ts FROM {{ ref('clicks') }} WHERE n >= 5\n",
    "sql/transforms/sums.sql": "SELECT page, SUM(n) AS n FROM {{ ref('big') }} GROUP BY page\n",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("authoring")
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    yield root
    remove(root)


def flinksql(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flinksql_runner", *words]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=280)


def test_a_first_test_is_written_updated_and_holds(project: Path) -> None:
    made = flinksql(project, "test", "--init", "big")
    assert made.returncode == 0, made.stderr
    assert made.stdout == "tests/sql/big.yml\n"
    again = flinksql(project, "test", "--init", "big")
    assert again.returncode == 2
    assert "tests/sql/big.yml is there already" in again.stderr
    refused = flinksql(project, "test", "--update")
    assert refused.returncode == 1
    assert "give --yes" in refused.stderr
    done = flinksql(project, "test", "--update", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    text = (project / "tests/sql/big.yml").read_text(encoding="utf-8")
    assert text.endswith("""    expect:
      rows:
        - {page: page-1, n: 5, ts: '2026-01-01 00:00:01'}
        - {page: page-2, n: 5, ts: '2026-01-01 00:00:11'}
"""), text
    assert flinksql(project, "test").returncode == 0


def test_rows_that_an_input_gives(project: Path) -> None:
    made = flinksql(project, "test", "--init", "sums", "--from-rows", "2")
    assert made.returncode == 0, made.stderr
    path = project / "tests/sql/sums.yml"
    assert len(re.findall(r"^          - \{page: .*, n: 5\b", path.read_text(encoding="utf-8"), re.MULTILINE)) == 2
    path.unlink()


def test_what_a_change_touches_runs_again(project: Path) -> None:
    given = "[{input: clicks, rows: [{n: 6, ts: '2026-01-01'}]}]"
    test = f"unit_tests:\n  - {{name: big, node: big, given: {given}, expect: {{rows: [{{n: 6}}]}}}}\n"
    (project / "tests/sql").mkdir(parents=True, exist_ok=True)
    (project / "tests/sql/watched.yml").write_text(test, encoding="utf-8")
    node = project / "sql/transforms/big.sql"
    log = project / "watch.log"
    with log.open("w", encoding="utf-8") as stream:
        running = subprocess.Popen([sys.executable, "-m", "flinksql_runner", "test", "--watch", "-k", "big"], cwd=project,
                                   stdout=stream, stderr=stream)
        try:
            until(log, r"\d passed in [\d.]+ s\nwaiting for changes")
            node.write_text(FILES["sql/transforms/big.sql"].replace("5", "7"), encoding="utf-8")
            until(log, r"sql/transforms/big.sql changed[\s\S]*failed in [\d.]+ s\nwaiting for changes[^\n]*; \d failing")
            node.write_text(FILES["sql/transforms/big.sql"], encoding="utf-8")
            until(log, r"failing\n[\s\S]*passed in [\d.]+ s\nwaiting for changes \(Ctrl-C ends\)\n")
            running.send_signal(signal.SIGINT)
            assert running.wait(60) == 0, log.read_text(encoding="utf-8")
        finally:
            if running.poll() is None:
                running.kill()
            node.write_text(FILES["sql/transforms/big.sql"], encoding="utf-8")


def until(log: Path, pattern: str) -> None:
    """Waits until the log says so."""
    deadline = time.monotonic() + 200
    while not re.search(pattern, log.read_text(encoding="utf-8")):
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.1)
