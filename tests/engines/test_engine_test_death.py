"""Flink dies while tests run: it is brought back, the tests run once more, and that is told. Whatever dies, nothing hangs."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from flinksql_runner.flink.gateway import Gateway, Session
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.control import ensure, remove, status
from flinksql_runner.testing.door import Door
from flinksql_runner.testing.read import read_tests
from flinksql_runner.testing.run import AGAIN
from flinksql_runner.testing.suite import run_suite

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
FILES = {
    "project.yml": "name: p\nprofile: p\n",
    "profiles.yml": "p: {outputs: {local: {type: local}}}\n",
    "sql/sources/clicks.sql": "CREATE TABLE clicks (k STRING) WITH ('connector' = 'datagen')\n",
    "sql/transforms/counts.sql": "SELECT k, COUNT(*) AS n FROM {{ ref('clicks') }} GROUP BY k\n",
    "tests/sql/t.yml": "unit_tests:\n" + "".join(
        f"  - {{name: t{n}, node: counts, given: [{{input: clicks, rows: [{{k: a}}]}}], expect: {{rows: [{{n: {n}}}]}}}}\n"
        for n in (1, 2)),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("death")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    yield folder
    remove(folder)


@pytest.mark.parametrize("victim", ["taskmanager", "gateway"])
def test_tests_run_again_on_a_new_engine(root: Path, victim: str) -> None:
    project, doors = load(root, env={}), list[Door]()
    built = build(project)

    def door(*_: object) -> Door:
        running = ensure(root, frozenset({"flink"}))
        doors.append(Door(_killing(root, running.gateway_url, victim) if not doors else Gateway(running.gateway_url).open,
                          running.rest_url))
        return doors[-1]

    found = run_suite(project, built.graph, built.functions, built.jobs, read_tests(root).tests, door, timeout=60)
    assert len(doors) == 2
    assert [(o.test.name, o.status, o.notes) for o in found] == [("t1", "pass", (AGAIN,)), ("t2", "fail", (AGAIN,))]


def _killing(root: Path, url: str, victim: str):  # type: ignore[no-untyped-def]
    @contextmanager
    def session(settings: Mapping[str, str]) -> Iterator[Session]:
        with Gateway(url).open(settings) as opened:
            pid = next(s.pid for s in status(root) if s.name == victim)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            yield opened

    return session
