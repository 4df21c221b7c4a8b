"""Tests in other orders and with several subtasks, on a real Flink: what hangs on the order of arrival is found out."""

from __future__ import annotations

from pathlib import Path

import pytest

from flinksql_runner.flink.gateway import Gateway
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.values import Running
from flinksql_runner.testing.read import read_tests
from flinksql_runner.testing.run import run_tests
from flinksql_runner.testing.values import Outcome
from flinksql_runner.testing.ways import Ways

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
ROWS = "".join(f"          - {{k: a, v: {n}, ts: '2026-01-01 00:00:0{n}'}}\n" for n in range(1, 7))
FILES = {
    "project.yml": "name: p\nprofile: p\n",
    "profiles.yml": "p: {outputs: {local: {type: local}}}\n",
    "sql/sources/clicks.sql": "CREATE TABLE clicks (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)\n"
                              "WITH ('connector' = 'datagen')\n",
    "sql/transforms/by_arrival.sql": "SELECT k, LAST_VALUE(v) AS v FROM {{ ref('clicks') }} GROUP BY k\n",
    "sql/transforms/by_time.sql": "SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS n\n"
                                  "FROM {{ ref('clicks') }}) WHERE n = 1\n",
    "sql/transforms/overall.sql": "SELECT COUNT(*) AS n, SUM(v) AS total FROM {{ ref('by_time') }}\n",
    "tests/sql/t.yml": "unit_tests:\n" + "".join(
        f"  - name: {node}\n    node: {node}\n    {{more}}given:\n      - input: clicks\n        rows:\n{ROWS}"
        f"    expect:\n      rows: [{cells}]\n"
        for node, cells in (("by_arrival", "{k: a, v: 6}"), ("by_time", "{k: a, v: 6}"), ("overall", "{n: 1, total: 6}"))),
}


def outcomes(flink: Running, root: Path, more: str, ways: Ways) -> dict[str, Outcome]:
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.replace("{more}", more), encoding="utf-8")
    built, suite, told = build(load(root, env={})), read_tests(root), list[str]()
    assert not suite.diagnostics
    found = run_tests(suite.tests, built.graph, built.functions, built.jobs, Gateway(flink.gateway_url).open, ways=ways,
                      rest_url=flink.rest_url, tell=lambda o: told.append(o.test.name))
    assert sorted(told) == [o.test.name for o in found] == ["by_arrival", "by_time", "overall"]
    return {o.test.name: o for o in found}


@pytest.mark.parametrize(("more", "ways"), [("shuffle: true\n    ", Ways()), ("", Ways(shuffle=True))])
def test_a_node_that_hangs_on_the_order_of_arrival_fails_when_shuffled(
    flink: Running, tmp_path: Path, more: str, ways: Ways,
) -> None:
    found = outcomes(flink, tmp_path, more, ways)
    assert {n: o.status for n, o in found.items()} == {"by_arrival": "fail", "by_time": "pass", "overall": "pass"}
    assert found["by_arrival"].message.startswith("shuffled, order 1: rows:")
    assert [d.title for d in found["by_arrival"].differences] == ["rows, shuffled, order 1"]


@pytest.mark.parametrize(("more", "ways"), [("", Ways()), ("parallelism: 2\n    ", Ways()), ("", Ways(parallelism=2))])
def test_all_hold_as_they_are_and_with_two_subtasks(flink: Running, tmp_path: Path, more: str, ways: Ways) -> None:
    assert {o.status for o in outcomes(flink, tmp_path, more, ways).values()} == {"pass"}
