"""Root causes without Java's wrapping, and what a job is apart from its layout."""

from __future__ import annotations

import pytest

from flinksql_runner.compiler.job import Job, JobStatement
from flinksql_runner.deploy.causes import explain_failure, failing_nodes, root_cause
from flinksql_runner.deploy.identity import logic_of, stripped
from flinksql_runner.deploy.values import Surroundings
from flinksql_runner.engines.engine import Observed, VertexStatus

JAVA = """org.apache.flink.runtime.JobException: Recovery is suppressed by NoRestartBackoffTimeStrategy
\tat org.apache.flink.runtime.executiongraph.failover.X.handle(X.java:219)
Caused by: org.apache.flink.util.FlinkRuntimeException: Could not forward element
\tat a.B.c(D.java:1)
\t... 19 more
Caused by: java.io.IOException: Failed to deserialize JSON '{"a": '.
\tat a.B.c(D.java:1)
Caused by: com.fasterxml.jackson.core.JsonParseException: Unexpected end-of-input
 at [Source: (byte[]); line: 1, column: 7]
\tat x.Y$1.z(W.java:5)
"""
PYTHON = """java.lang.RuntimeException: Error received from SDK harness for instruction 4: Traceback (most recent call last):
  File "/opt/venv/lib/python3.11/site-packages/apache_beam/runners/worker/sdk_worker.py", line 312, in _execute
    response = task()
  File "/x/.flinksql/bundles/ab/udfs/scoring.py", line 12, in score
    return 1 / load
ZeroDivisionError: division by zero

\tat org.apache.beam.X.y(Z.java:1)
"""


@pytest.mark.parametrize(("text", "cause"), [
    (JAVA, "JsonParseException: Unexpected end-of-input at [Source: (byte[]); line: 1, column: 7]"),
    (PYTHON, "ZeroDivisionError: division by zero (udfs/scoring.py, line 12)"),
    ("java.lang.NullPointerException", "NullPointerException"),
    ("java.lang.RuntimeException: org.a.FooException: deep", "FooException: deep"),
    ("plain words", "plain words"),
    ("", ""),
])
def test_root_cause(text: str, cause: str) -> None:
    assert root_cause(text) == cause


def test_python_error_stands_at_its_line() -> None:
    text = "\n" * 11 + "    return 1 / load\n"
    found = explain_failure(Observed("x", "failing", error=PYTHON), "cars", Surroundings(texts={"udfs/scoring.py": text}))
    assert found.span is not None
    assert text[found.span.start:found.span.end] == "return 1 / load"


def test_nodes_are_found_in_the_names_of_failed_vertices() -> None:
    seen = Observed("x", "failing", error="boom", vertices=(
        VertexStatus("Source: telemetry[1] -> Calc[2]", {"FAILED": 1}), VertexStatus("car_health[5]: Writer", {"CANCELED": 1})))
    assert failing_nodes(seen, ["car_health", "telemetry", "tele"]) == ("telemetry",)


@pytest.mark.parametrize(("a", "b", "same"), [
    ("SELECT  1 -- x\n", "SELECT /* y */ 1", True),
    ("SELECT 'a  b'", "SELECT 'a b'", False),
    ("SELECT '--x'", "SELECT '--y'", False),
    ("SELECT /*+ STATE_TTL('a'='1d') */ 1", "SELECT /*+ STATE_TTL('a'='2d') */ 1", False),
    ("SELECT `a--b`", "SELECT `a--c`", False),
    ("select f(a,b) from t where x>=1", "SELECT f(\n  a,\n  b\n)\nFROM t\nWHERE x >= 1\n", True),
    ("SELECT a FROM t", "SELECT A FROM t", False),
    ("SELECT sum(a) FROM t", "SELECT SUM(a) FROM t", True),
    ("SELECT user FROM t", "SELECT USER FROM t", False),
    ("SELECT a b", "SELECT ab", False),
    ("SELECT x'ab'", "SELECT x'cd'", False),
])
def test_layout_is_no_logic(a: str, b: str, same: bool) -> None:
    assert (stripped(a) == stripped(b)) is same


def test_planner_settings_are_logic_and_others_are_not() -> None:
    def logic(**settings: str) -> str:
        return logic_of(Job("j", (), (JobStatement("insert", "INSERT INTO s SELECT 1"),), (), (), settings))

    assert logic() == logic(**{"parallelism.default": "4"})
    assert logic() != logic(**{"table.exec.state.ttl": "1 h"})
