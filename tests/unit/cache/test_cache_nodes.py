"""Nodes out of the cache are those that were made anew, and nothing old is given for something new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

import pytest

from flinksql_runner.cache.nodes import KeptNodes
from flinksql_runner.cache.store import Store
from flinksql_runner.pipeline import fresh_nodes
from flinksql_runner.project.load import load
from flinksql_runner.project.values import MacroFile, Project, SqlFile, Target
from flinksql_runner.syntax.values import Made, Node, Statement

ROOT = Path(__file__).resolve().parents[3]
FILES = (
    SqlFile("sql/sources/s.sql", "CREATE TABLE s (a INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = '{{ var('c') }}')",
            "source", "s", "", {"tags": ["x"], "deep": {"k": [1, None, True]}}),
    SqlFile("sql/transforms/a/t.sql", "SELECT {{ twice('a') }}, '{{ env_var('E', 'none') }}' AS e\nFROM {{ ref('s') }}", "transform", "t", "a"),
    SqlFile("sql/transforms/u.sql", "{% for i in [1] %}SELECT a FROM {% endfor %}t WHERE", "transform", "u"),
    SqlFile("sql/sinks/k.sql", "CREATE TABLE k (a INT) WITH ('connector' = 'blackhole');\nINSERT INTO k SELECT a FROM s;", "sink", "k"),
    SqlFile("sql/transforms/bad.sql", "SELECT {{ nope }}", "transform", "bad"),
)
MACROS = (MacroFile("macros/m.sql", "{% set top = var('top', 1) %}{% macro twice(x) %}{{ x }} * 2 AS x{{ top }}{% endmacro %}"),)
PROJECT = Project(Path("/p"), "shop", "1", "2.3.0", Target("dev", "local", {"k": "v"}), FILES, MACROS,
                  vars={"c": "datagen"}, env={"E": "here"})


class Counting:
    """``fresh_nodes`` with the files that it was asked for."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def __call__(self, project: Project, files: Sequence[SqlFile]) -> Made:
        self.made += [f.name for f in files]
        return fresh_nodes(project, files)


def run(store: Store, project: Project, tool: str = "1") -> tuple[tuple[Node, ...], list[str]]:
    counting = Counting()
    return KeptNodes(store, tool, counting)(project).nodes, counting.made


def everything(node: Node) -> Mapping[str, object]:
    """All fields, trees as SQL, so that a field that is added and not kept fails here."""
    found = {f.name: getattr(node, f.name) for f in fields(Node)}
    found["statements"] = [
        {f.name: getattr(s, f.name) for f in fields(Statement) if f.name != "tree"} | {"tree": s.tree and s.tree.sql("flink")}
        for s in node.statements]
    return found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, b"k" * 32)


def test_kept_nodes_are_those_made_anew(store: Store) -> None:
    first, made = run(store, PROJECT)
    assert made == ["s", "t", "u", "k", "bad"]
    again, made = run(store, PROJECT)
    assert made == ["bad"]  # what can't be rendered is told anew
    assert [everything(n) for n in again] == [everything(n) for n in first]
    assert again[0].statements[0].tree is again[0].statements[0].tree


def test_nodes_of_the_repository(store: Store) -> None:
    project = load(ROOT, env={})
    first, _ = run(store, project)
    again, made = run(store, project)
    assert made == []
    assert [everything(n) for n in again] == [everything(n) for n in first]


@pytest.mark.parametrize(("change", "made"), [
    ({"files": (replace(FILES[0], text=FILES[0].text + " "), *FILES[1:])}, ["s", "bad"]),
    ({"files": (replace(FILES[0], config={"tags": ["y"]}), *FILES[1:])}, ["s", "bad"]),
    ({"files": (replace(FILES[0], path="sql/sources/b/s.sql", area="b"), *FILES[1:])}, ["s", "bad"]),
    ({"vars": {"c": "kafka"}}, ["s", "bad"]),
    ({"vars": {}}, ["s", "bad"]),
    ({"vars": {"c": "datagen", "other": 1}}, ["bad"]),
    ({"vars": {"c": "datagen", "top": 2}}, ["s", "t", "u", "k", "bad"]),
    ({"env": {"E": "there"}}, ["t", "bad"]),
    ({"env": {}}, ["t", "bad"]),
    ({"env": {"E": "here", "F": "x"}}, ["bad"]),
    ({"macros": (replace(MACROS[0], text=MACROS[0].text.replace("* 2", "* 3")),)}, ["s", "t", "u", "k", "bad"]),
    ({"target": Target("prod", "local", {"k": "v"})}, ["s", "t", "u", "k", "bad"]),
    ({"target": Target("dev", "local", {"k": "w"})}, ["s", "t", "u", "k", "bad"]),
], ids=str)
def test_what_a_text_hangs_on_makes_it_anew(store: Store, change: Mapping[str, object], made: list[str]) -> None:
    run(store, PROJECT)
    changed = replace(PROJECT, **change)  # type: ignore[arg-type]
    nodes, found = run(store, changed)
    assert found == made
    assert [everything(n) for n in nodes] == [everything(n) for n in fresh_nodes(changed, changed.files).nodes]
    assert run(store, PROJECT)[1] in (["bad"], made)  # the old ones are kept for a while


def test_another_tool_makes_all_anew(store: Store) -> None:
    run(store, PROJECT)
    assert run(store, PROJECT, "2")[1] == ["s", "t", "u", "k", "bad"]


def test_what_can_not_be_written_down_is_made_anew(store: Store) -> None:
    odd = SqlFile("sql/transforms/o.sql", "{{ config(f=range) }}SELECT 1", "transform", "o")
    project = replace(PROJECT, files=(odd,))
    run(store, project)
    assert run(store, project)[1] == ["o"]


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xc1", b"\x81\xc4\x01a\x90", b"[]"])
def test_a_content_of_another_shape_is_none(store: Store, content: bytes) -> None:
    store.write("nodes.msgpack", content)
    assert run(store, PROJECT)[1] == ["s", "t", "u", "k", "bad"]


def test_mistakes_of_macros_are_told_each_time(store: Store) -> None:
    broken = replace(PROJECT, macros=(*MACROS, MacroFile("macros/b.sql", "{% macro half(x) %}{{ x }")))
    kept = KeptNodes(store, "1", fresh_nodes)
    told = [kept(broken).mistakes for _ in range(2)]
    assert [[d.span and d.span.file for d in found] for found in told] == [["macros/b.sql"], ["macros/b.sql"]]
    assert not kept(PROJECT).mistakes
