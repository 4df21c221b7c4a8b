"""Which engine a target gets, and what its states mean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flinksql_runner.diagnostics import Failure
from flinksql_runner.engines.local import _state
from flinksql_runner.engines.registry import open_engine
from flinksql_runner.flink.rest import JobDetail, Vertex
from flinksql_runner.project.values import Project, Target
from flinksql_runner.services.values import Running

RUNNING = Running("http://127.0.0.1:1", "http://127.0.0.1:2", None, Path("java"), Path("python"), Path("flink"))


def test_local(shop: Project) -> None:
    engine = open_engine(shop, RUNNING, [Path("a.jar")], Path("bundle"), {"X": "hush-hush"})
    assert (engine.name, engine.rest_url, engine.gateway_url) == ("local", RUNNING.rest_url, RUNNING.gateway_url)
    assert (engine.jars, engine.bundle, engine.cluster) == ((Path("a.jar"),), Path("bundle"), {})
    assert "hush-hush" not in repr(engine)


def test_session_cluster_by_the_local_gateway(shop: Project) -> None:
    engine = open_engine(replace(shop, target=Target("prod", "session", {"rest_url": "http://flink:8081"})), RUNNING)
    assert (engine.rest_url, engine.gateway_url) == ("http://flink:8081", RUNNING.gateway_url)
    assert engine.cluster == {"execution.target": "remote", "rest.address": "flink", "rest.port": "8081"}


@pytest.mark.parametrize(("kind", "words"), [("session", "needs `rest_url`"), ("kubernetes", "no engine yet")])
def test_target_that_cannot_be_served(kind: str, words: str, shop: Project) -> None:
    with pytest.raises(Failure, match=words):
        open_engine(replace(shop, target=Target("prod", kind)), RUNNING)


@pytest.mark.parametrize(("flink", "tasks", "restarts", "state"), [
    ("RUNNING", {"RUNNING": 2}, 0, "running"),
    ("RUNNING", {"RUNNING": 1, "FINISHED": 1}, 0, "running"),
    ("RUNNING", {"RUNNING": 1, "INITIALIZING": 1}, 0, "starting"),
    ("RUNNING", {"RUNNING": 1, "SCHEDULED": 1}, 2, "failing"),
    ("RUNNING", {}, 0, "starting"),
    ("CREATED", {}, 0, "starting"),
    ("RESTARTING", {"CANCELED": 2}, 1, "failing"),
    ("FINISHED", {"FINISHED": 2}, 0, "finished"),
    ("CANCELED", {"CANCELED": 2}, 0, "stopped"),
    ("FAILED", {"FAILED": 1}, 3, "failed"),
])
def test_states(flink: str, tasks: dict[str, int], restarts: int, state: str) -> None:
    assert _state(JobDetail("1", "cars", flink, (Vertex("v", "t", tasks),)), restarts) == state
