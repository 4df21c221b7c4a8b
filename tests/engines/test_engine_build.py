"""``flinksql build`` on a real Flink: what fails at each stage, what is left out behind it, what a pipeline reads of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flinksql_runner.services.control import remove

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
SOURCE = "(k STRING, n INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1')"
FILES = {
    "project.yml": "name: p\nprofile: p\njobs: {all: {select: out}}\n",
    "profiles.yml": "p: {outputs: {local: {type: local}}}\n",
    "sql/sources/clicks.sql": f"CREATE TABLE clicks {SOURCE}\n",
    "sql/transforms/big.sql": "SELECT k, n FROM {{ ref('clicks') }} WHERE n > 5\n",
    "sql/transforms/sums.sql": "SELECT k, SUM(n) AS n FROM {{ ref('big') }} GROUP BY k\n",
    "sql/transforms/apart.sql": "SELECT k, UPPER(k) AS u FROM {{ ref('clicks') }}\n",
    "sql/sinks/out.sql": "CREATE TABLE `out` (k STRING, n INT) WITH ('connector' = 'blackhole');\n"
                         "INSERT INTO `out` SELECT k, n FROM {{ ref('sums') }}\n",
    "tests/sql/all.yml": """unit_tests:
  - {name: only big ones, node: big, given: [{input: clicks, rows: [{n: 5}, {n: 6}]}], expect: {rows: [{n: 6}]}}
  - {name: a sum, node: sums, given: [{input: big, rows: [{k: a, n: 1}, {k: a, n: 2}]}], expect: {rows: [{k: a, n: 3}]}}
  - {name: a letter, node: apart, given: [{input: clicks, rows: [{op: +I, k: a}, {op: -D, k: a}]}], expect: {rows: []}}
""",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("build")
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    yield root
    remove(root)


def build(root: Path, *words: str) -> tuple[int, dict[str, tuple[str, str | None]], str]:
    """The exit code, and node -> its status and the stage at which it failed."""
    done = subprocess.run([sys.executable, "-m", "flinksql_runner", "build", "--output", "json", *words], cwd=root,
                          capture_output=True, text=True, timeout=280)
    assert done.stdout, done.stderr
    nodes = json.loads(done.stdout)["nodes"]
    return done.returncode, {n["node"]: (n["status"], n.get("stage")) for n in nodes}, done.stdout


def test_a_sound_project_passes(project: Path) -> None:
    code, nodes, text = build(project)
    assert code == 0, text
    assert set(nodes.values()) == {("pass", None)}, text
    assert json.loads((project / "target/run_results.json").read_text("utf-8"))["metadata"]["command"] == "build"
    assert (project / "target/compiled/all.sql").is_file()


def test_changes_that_a_source_never_gives_are_noted(project: Path) -> None:
    build(project, "-s", "apart")
    tests = json.loads((project / "target/run_results.json").read_text("utf-8"))["tests"]
    assert [t["notes"] for t in tests] == [
        ["`clicks` is given `-D`, which its connector (datagen) never gives: "
         "Flink may plan other operators here than in the job"]]


def test_what_hangs_on_a_failed_test_is_left_out(project: Path) -> None:
    node = project / "sql/transforms/big.sql"
    node.write_text(FILES["sql/transforms/big.sql"].replace("> 5", "> 6"), encoding="utf-8")
    code, nodes, text = build(project)
    node.write_text(FILES["sql/transforms/big.sql"], encoding="utf-8")
    assert code == 1
    assert nodes == {"clicks": ("pass", None), "apart": ("pass", None), "big": ("fail", "test"), "sums": ("skipped", None),
                     "out": ("skipped", None)}, text


def test_what_only_the_planner_refuses_fails_at_check(project: Path) -> None:
    node = project / "sql/transforms/apart.sql"
    node.write_text("SELECT k, nobody AS u FROM {{ ref('clicks') }}  -- noqa: FS320 lint is silent\n", encoding="utf-8")
    code, nodes, text = build(project)
    node.write_text(FILES["sql/transforms/apart.sql"], encoding="utf-8")
    assert code == 1
    assert nodes == {"clicks": ("pass", None), "apart": ("fail", "check"), "big": ("pass", None), "sums": ("pass", None),
                     "out": ("pass", None)}, text
