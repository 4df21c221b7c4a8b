"""The verbs deps, debug, down and clean on a tiny project; none of them starts anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flinksql_runner.cli.main import cli

PROJECT = """\
name: tiny
version: '1.0'
profile: tiny
flink_version: 2.3.0
jobs:
  j: {select: out_t}
dependencies:
  jars:
    thing: ['org.example:thing:1.0']
"""
PROFILES = "tiny: {target: local, outputs: {local: {type: local, kafka: embedded}}}\n"
SINK = "CREATE TABLE out_t (id BIGINT) WITH ('connector' = '%s');\nINSERT INTO out_t SELECT id FROM clicks\n"
SOURCE = "CREATE TABLE clicks (id BIGINT) WITH ('connector' = 'datagen')\n"


@pytest.fixture
def project(tmp_path: Path, repository, env, monkeypatch: pytest.MonkeyPatch) -> Path:
    repository.put("org.example:thing:1.0", b"bytes")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    root = tmp_path / "project"
    (root / "sql" / "sources").mkdir(parents=True)
    (root / "sql" / "sinks").mkdir()
    (root / "project.yml").write_text(PROJECT)
    (root / "profiles.yml").write_text(PROFILES)
    (root / "sql" / "sources" / "clicks.sql").write_text(SOURCE)
    (root / "sql" / "sinks" / "out_t.sql").write_text(SINK % "thing")
    return root


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--project-dir", str(root)])


def test_deps_locks_and_says_what_for(project):
    first = run(project, "deps", "--output", "json")
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert told["changed"]
    assert [(j["coordinate"], j["provides"]) for j in told["jars"]] == [
        ("org.example:thing:1.0", ["connector:thing", "jar:thing"])]
    assert Path(told["jars"][0]["path"]).read_bytes() == b"bytes"
    assert not json.loads(run(project, "deps", "--output", "json").stdout)["changed"]


def test_deps_check_fails_and_puts_the_lock_back(project):
    assert run(project, "deps", "--check").exit_code == 1
    assert not (project / "flinksql.lock").exists()
    assert run(project, "deps").exit_code == 0
    assert run(project, "deps", "--check").exit_code == 0


def test_deps_points_at_an_unknown_connector(project):
    (project / "sql" / "sinks" / "out_t.sql").write_text(SINK % "kafak")
    done = run(project, "deps")
    assert done.exit_code == 1
    assert "sql/sinks/out_t.sql:1:" in done.output
    assert "did you mean `kafka`?" in done.output
    assert not (project / "flinksql.lock").exists()


def test_debug_says_what_is_missing_and_then_that_all_is_right(project):
    before = run(project, "debug", "--output", "json")
    assert before.exit_code == 1
    wrong = [c for c in json.loads(before.stdout)["checks"] if not c["ok"]]
    assert [c["name"] for c in wrong] == ["jars"]
    assert "run `flinksql deps`" in wrong[0]["message"]
    run(project, "deps")
    after = run(project, "debug")
    assert after.exit_code == 0, after.output
    assert not (project / ".flinksql" / "engine").exists()


def test_debug_tells_a_broken_project_in_its_line(project):
    (project / "project.yml").write_text("name: [")
    done = run(project, "debug")
    assert done.exit_code == 1
    assert "FAIL  configuration" in done.output
    assert "Traceback" not in done.output


def test_down_and_clean_work_where_nothing_runs_and_the_project_is_broken(project):
    (project / "project.yml").write_text("name: [")
    (project / "target").mkdir()
    (project / ".flinksql" / "data").mkdir(parents=True)
    assert "nothing was running" in run(project, "down").output
    assert "removed target and .flinksql" in run(project, "clean", "--all").output
    assert sorted(p.name for p in project.iterdir()) == ["profiles.yml", "project.yml", "sql"]


def test_clean_removes_nothing_outside_of_a_project(tmp_path):
    (tmp_path / "target").mkdir()
    done = run(tmp_path, "clean")
    assert done.exit_code == 2
    assert (tmp_path / "target").is_dir()
