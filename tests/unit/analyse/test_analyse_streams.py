"""Changelog modes, upsert keys and refusals of the analyser against what Flink's planner said of the same queries."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from flinksql_runner.pipeline import Build, build
from flinksql_runner.project.values import NodeKind, Project, SqlFile, Target

HERE = Path(__file__).parent
CASES: Mapping[str, Mapping[str, str]] = yaml.safe_load((HERE / "stream_cases.yml").read_text(encoding="utf-8"))
TOLD = [line.split("\t") for line in (HERE / "stream_cases.tsv").read_text(encoding="utf-8").split("\n")[1:-1]]
QUERIES = {**CASES["queries"], **CASES["more"]}
NOT_HERE = {"top_n_rank"}  # RANK() in a stream is no matter of changes


def table(name: str, as_name: str) -> str:
    columns, options = CASES["tables"][name].split(" | ")
    return f"CREATE TABLE `{as_name}` ({columns}) WITH ({options})"


@lru_cache(maxsize=1)
def built() -> Build:
    def file(kind: NodeKind, name: str, text: str) -> SqlFile:
        return SqlFile(f"sql/{kind}s/{name}.sql", text, kind, name)

    files = [file("source", n, table(n, n)) for n in CASES["tables"] if not n.startswith("to_")]
    files += [file("transform", n, q) for n, q in CASES["views"].items()]
    files += [file("transform", f"q_{n}", q) for n, q in QUERIES.items()]
    for name, statement in CASES["inserts"].items():
        target = statement.split()[2]
        text = f"{table(target, f'i_{name}')};\n{statement.replace(target, f'i_{name}', 1)}"
        files.append(file("sink", f"i_{name}", text))
    return build(Project(Path("p"), "p", "1.0", "2.3.0", Target("local", "local"), tuple(files)))


def node(name: str) -> str:
    return f"q_{name}" if name in QUERIES else f"i_{name}"


def test_all_cases_are_recorded_and_can_be_read() -> None:
    assert {line[0] for line in TOLD} == {*QUERIES, *CASES["inserts"]}
    assert not [d.message for d in built().diagnostics if d.is_error]


@pytest.mark.parametrize(("name", "refused"), [(n, r) for n, _, _, r in TOLD if n not in NOT_HERE])
def test_refused_where_the_planner_refuses(name: str, refused: str) -> None:
    wrong = [f"{d.code} {d.message}" for d in built().types if d.node == node(name) and d.is_error]
    assert bool(wrong) == bool(refused), f"planner: {refused or 'takes it'}; analyser: {wrong}"


@pytest.mark.parametrize(("name", "mode"), [(n, m) for n, m, _, r in TOLD if not r])
def test_changelog_mode(name: str, mode: str) -> None:
    streams = built().streams
    assert streams is not None
    assert ",".join(streams.node(node(name)).mode or ("not known",)) == mode


@pytest.mark.parametrize(("name", "keys"), [(n, k) for n, _, k, r in TOLD if not r and n in CASES["queries"]])
def test_upsert_keys(name: str, keys: str) -> None:
    streams = built().streams
    assert streams is not None
    found = streams.node(node(name)).keys
    assert found is not None
    columns = [c.name for c in built().analysis.nodes[node(name)].columns]
    good = [k for size in (1, 2) for k in combinations(columns, size) if any(set(own) <= set(k) for own in found)]
    assert " ".join(",".join(k) for k in good) == keys
