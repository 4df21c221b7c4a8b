"""Nodes come in the order in which studying them leaves nobody waiting."""

from __future__ import annotations

from pathlib import Path

from flinksql_runner.lint.plan import by_urgency, plan
from flinksql_runner.pipeline import begin
from flinksql_runner.project.load import load

FILES = {
    "project.yml": "name: shop\n",
    "sql/sources/a.sql": "CREATE TABLE a (id INT) WITH ('connector' = 'datagen')",
    "sql/sources/b.sql": "CREATE TABLE b (id INT) WITH ('connector' = 'datagen')",
    "sql/transforms/a1.sql": "SELECT id FROM a",
    "sql/transforms/b1.sql": "SELECT id FROM b",
    "sql/transforms/b2.sql": "SELECT id FROM b1",
    "sql/transforms/b3.sql": "SELECT id FROM b2",
    "sql/transforms/c1.sql": "SELECT id FROM c2",
    "sql/transforms/c2.sql": "SELECT id FROM c1",
}


def test_the_longest_chain_comes_first_and_circles_have_no_place(tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    project = load(tmp_path, env={})
    begun = begin(project)
    found = by_urgency(plan(project, begun.graph, begun.functions, begun.jobs, {}))
    assert found == ["b", "b1", "a", "b2", "a1", "b3"]
