"""What `compile` leaves below target/."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flinksql_runner.analyse.values import Analysis
from flinksql_runner.compiler.artefacts import remove_stale, write_jobs, write_manifest
from flinksql_runner.compiler.compile import compile_job
from flinksql_runner.functions.values import Functions
from flinksql_runner.project.values import JobSpec

FILES = {
    "sql/sources/o.sql": "CREATE TABLE o (a INT) WITH ('connector' = 'datagen')",
    "sql/sinks/s.sql": "CREATE TABLE s (a INT) WITH ('connector' = 'print'); INSERT INTO s SELECT a FROM o",
}


def test_files_are_written_once_and_stale_ones_go(make_graph, shop, tmp_path: Path) -> None:
    project = replace(shop, root=tmp_path)
    graph = make_graph(FILES)
    job, _ = compile_job(graph, JobSpec("j", "s"), Functions(), project)
    assert job is not None
    paths = write_jobs(project, {"j": job, "old": job})
    assert paths["j"] == tmp_path / "target" / "compiled" / "j.sql"
    assert paths["j"].read_text(encoding="utf-8") == job.text
    first = write_manifest(project, graph, {"j": job}, Functions(), Analysis()).read_bytes()
    assert write_manifest(project, graph, {"j": job}, Functions(), Analysis()).read_bytes() == first
    mine = tmp_path / "target" / "compiled" / "mine.sql"
    mine.write_text("SELECT 1")
    assert remove_stale(project, {"j": job}) == (paths["old"],)
    assert sorted(p.name for p in mine.parent.iterdir()) == ["j.sql", "mine.sql"]
    assert remove_stale(replace(project, target_path="elsewhere"), {}) == ()
