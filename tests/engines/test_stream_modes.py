"""Changelog modes of the semantic cases, as the analyser tells them, against EXPLAIN CHANGELOG_MODE of a real planner."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from flinksql_runner.flink.gateway import Gateway
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.values import Running

SEMANTICS = Path(__file__).resolve().parents[1] / "semantics"


def planned(url: str) -> Mapping[str, str]:
    """Node -> the mode of its rows, over tables of inserts with the same columns."""
    project = load(SEMANTICS, env={})
    graph = build(project).graph
    found = {}
    with Gateway(url).open({"execution.runtime-mode": "streaming"}) as session:
        for name in graph.order:
            sql = graph.nodes[name].statements[0].sql
            if graph.nodes[name].kind == "source":
                files = "WITH ('connector' = 'filesystem', 'path' = '/nowhere', 'format' = 'json')"
                session.run(f"{sql.split(') WITH')[0]}) {files}")
                continue
            (row,) = session.run(f"EXPLAIN CHANGELOG_MODE {sql}")
            plan = str(row.values[0]).split("== Optimized Physical Plan ==")[1].split("==")[0]
            found[name] = re.findall(r"changelogMode=\[([^\]]*)\]", plan)[0]
            session.run(f"CREATE TEMPORARY VIEW `{name}` AS {sql}")
    return found


@pytest.mark.engine
def test_the_analyser_tells_what_the_planner_tells(flink: Running) -> None:
    built = build(load(SEMANTICS, env={}))
    assert built.streams is not None
    told = {n: s.mode for n, s in built.streams.nodes.items() if built.graph.nodes[n].kind == "transform"}
    known = {n: ",".join(mode) for n, mode in told.items() if mode is not None}
    wanted = planned(flink.gateway_url)
    assert {n: m for n, m in known.items() if wanted[n] != m} == {}
    assert len(told) - len(known) <= 2, "too much is not known"
