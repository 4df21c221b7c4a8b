"""Unit test files in the shapes that dbt documents (dict, CSV, SQL, fixtures, overrides) run as they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from flinksql_runner.flink.gateway import Gateway
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.services.values import Running
from flinksql_runner.testing.overrides import overridden
from flinksql_runner.testing.read import read_tests
from flinksql_runner.testing.run import run_tests

HERE = Path(__file__).resolve().parent


def test_all_files_are_read() -> None:
    suite = read_tests(HERE)
    assert not suite.diagnostics
    assert len(suite.tests) == 10


def test_overrides_reach_the_templates() -> None:
    project = load(HERE, env={})
    tests = {t.name: t for t in read_tests(HERE).tests}
    graph = overridden(project, tests["all_that_can_be_overridden"].overrides)
    text = graph.nodes["my_model"].rendered.text
    assert "'override' AS macro_call, 'var_override' AS var_call, 'env_var_override' AS env_var_call" in text
    assert "123 AS invocation_id" in text
    for mode, is_there in (("full_refresh", False), ("incremental", True)):
        text = overridden(project, tests[f"a_macro_of_a_package_in_{mode}_mode"].overrides).nodes["grown"].rendered.text
        assert text.startswith("SELECT id, a FROM my_model_a")
        assert ("WHERE" in text) is is_there


@pytest.mark.engine
def test_all_hold(flink: Running) -> None:
    project = load(HERE, env={})
    built = build(project)
    found = run_tests(read_tests(HERE).tests, built.graph, built.functions, built.jobs, Gateway(flink.gateway_url).open,
                      project=project)
    assert {o.test.name: (o.message, o.diagnostics) for o in found if o.status != "pass"} == {}
