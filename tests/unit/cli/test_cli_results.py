"""The results of the last run: written, and read for --failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from flinksql_runner.cli.results import failed_before, write_results
from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.values import Project, Target


def project(root: Path) -> Project:
    return Project(root, "shop", "1.0", "2.3.0", Target("local", "local"), (), ())


def test_what_failed_is_known_again(tmp_path: Path) -> None:
    rows = [{"name": n, "file": "tests/sql/a.yml", "status": s} for n, s in
            (("one", "pass"), ("two", "fail"), ("three", "error"), ("four", "skipped"))]
    path = write_results(project(tmp_path), {"version": 1, "tests": rows, "summary": {}}, 1.23456)
    assert path == tmp_path / "target" / "run_results.json"
    assert '"elapsed_time": 1.235' in path.read_text(encoding="utf-8")
    assert failed_before(project(tmp_path)) == {("tests/sql/a.yml", "two"), ("tests/sql/a.yml", "three")}


def test_a_narrower_run_forgets_nothing(tmp_path: Path) -> None:
    def rows(**status: str) -> dict[str, object]:
        return {"tests": [{"name": n, "file": "a.yml", "status": s} for n, s in status.items()]}

    write_results(project(tmp_path), rows(one="fail", two="fail", three="pass"), 1)
    write_results(project(tmp_path), rows(two="pass", three="error"), 1)
    assert failed_before(project(tmp_path)) == {("a.yml", "one"), ("a.yml", "three")}


def test_without_an_earlier_run_the_way_out_is_told(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"target/run_results\.json is not there; run flinksql test without --failed first"):
        failed_before(project(tmp_path))


@pytest.mark.parametrize("text", ["", "[]", '{"failed": 1}', '{"failed": [1]}', '{"tests": []}'])
def test_a_broken_file_is_no_traceback(tmp_path: Path, text: str) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "run_results.json").write_text(text, encoding="utf-8")
    with pytest.raises(Failure, match="can't be read"):
        failed_before(project(tmp_path))
