"""Branches of queries, the probes that ask for them, and what comes of their answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import flinksql_runner.testing
from flinksql_runner.diagnostics import Span
from flinksql_runner.functions.types import SqlType
from flinksql_runner.graph.values import Graph
from flinksql_runner.syntax.values import Node
from flinksql_runner.testing.branches import probes
from flinksql_runner.testing.coverage import Coverage, measure
from flinksql_runner.testing.coverage_report import coverage_json, coverage_text
from flinksql_runner.testing.report import as_json
from flinksql_runner.testing.values import Difference, Expect, ExpectedRow, Given, Outcome, UnitTest

SOURCE = "CREATE TABLE clicks (k STRING, n INT) WITH ('connector' = 'datagen')"


def found(make_node: Callable[..., Node], sql: str) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """The probes of a query: their SQL, and for each column its kind and the words of its arms."""
    node = make_node("sql/transforms/x.sql", sql)
    assert not node.diagnostics
    return [(p.sql, [(b.kind, list(b.arms.values())) for b in p.branchings]) for p in probes(node)]


PASSES = ["is left out", "passes"]


@pytest.mark.parametrize(("sql", "wanted"), [
    ("SELECT k FROM clicks", []),
    ("SELECT k FROM clicks WHERE n > 1", [("SELECT CASE WHEN n > 1 THEN 1 ELSE 0 END AS b0 FROM clicks", [("WHERE", PASSES)])]),
    ("SELECT k, COUNT(*) FILTER (WHERE n > 1) AS c FROM clicks WHERE k <> '' GROUP BY k HAVING COUNT(*) > 2", [
        ("SELECT CASE WHEN k <> '' THEN 1 ELSE 0 END AS b0 FROM clicks", [("WHERE", PASSES)]),
        ("SELECT CASE WHEN n > 1 THEN 1 ELSE 0 END AS b0 FROM clicks WHERE k <> ''", [("FILTER", PASSES)]),
        ("SELECT CASE WHEN COUNT(*) > 2 THEN 1 ELSE 0 END AS b0 FROM clicks WHERE k <> '' GROUP BY k", [("HAVING", PASSES)])]),
    ("SELECT CASE WHEN n = 1 THEN 'a' WHEN n = 2 THEN CASE k WHEN 'x' THEN 'b' END ELSE 'c' END AS c FROM clicks", [
        ("SELECT CASE WHEN n = 1 THEN 1 WHEN n = 2 THEN 2 ELSE 0 END AS b0, CASE WHEN n = 1 THEN CAST(NULL AS INT) WHEN n = 2 "
         "THEN CASE WHEN k = 'x' THEN 1 ELSE 0 END ELSE CAST(NULL AS INT) END AS b1 FROM clicks",
         [("CASE", ["takes WHEN n = 1", "takes WHEN n = 2", "takes ELSE"]), ("CASE", ["takes WHEN 'x'", "takes ELSE"])])]),
    ("SELECT SUM(CASE WHEN n > 0 THEN n ELSE 0 END) AS s, CASE WHEN SUM(n) > 5 THEN 1 ELSE 0 END AS f FROM clicks GROUP BY k", [
        ("SELECT CASE WHEN n > 0 THEN 1 ELSE 0 END AS b0 FROM clicks", [("CASE", ["takes WHEN n > 0", "takes ELSE"])]),
        ("SELECT CASE WHEN SUM(n) > 5 THEN 1 ELSE 0 END AS b0 FROM clicks GROUP BY k",
         [("CASE", ["takes WHEN SUM(n) > 5", "takes ELSE"])])]),
    ("SELECT a.k FROM clicks AS a LEFT JOIN clicks AS b ON a.k = b.k", [
        ("SELECT CASE WHEN b.k IS NULL THEN 0 ELSE 1 END AS b0 FROM clicks AS a LEFT JOIN clicks AS b ON a.k = b.k",
         [("LEFT JOIN", ["lacks a partner", "has a partner"])])]),
    ("WITH a AS (SELECT k FROM clicks WHERE n > 1), b AS (SELECT k FROM a WHERE k <> '') SELECT k FROM b", [
        ("SELECT CASE WHEN n > 1 THEN 1 ELSE 0 END AS b0 FROM clicks", [("WHERE", PASSES)]),
        ("WITH a AS (SELECT k FROM clicks WHERE n > 1) SELECT CASE WHEN k <> '' THEN 1 ELSE 0 END AS b0 FROM a",
         [("WHERE", PASSES)])]),
    ("SELECT k FROM clicks WHERE k IN (SELECT k FROM clicks WHERE n > 1)", [
        ("SELECT CASE WHEN k IN (SELECT k FROM clicks WHERE n > 1) THEN 1 ELSE 0 END AS b0 FROM clicks", [("WHERE", PASSES)])]),
])
def test_probes(make_node: Callable[..., Node], sql: str, wanted: list[tuple[str, list[tuple[str, list[str]]]]]) -> None:
    assert found(make_node, sql) == wanted


def unit_test(name: str, node: str, **cells: object) -> UnitTest:
    span = Span("tests/sql/a.yml", 0, 1)
    given = (Given("clicks", (), span), Given("aside", (), span))
    return UnitTest(name, node, given, Expect((ExpectedRow(cells, span),)), span, span)


def measured(make_graph: Callable[..., Graph], answers: Sequence[int | None]) -> tuple[Coverage, list[UnitTest]]:
    """The coverage where the one probe gives these arms."""
    graph = make_graph({
        "sql/sources/clicks.sql": SOURCE, "sql/sources/aside.sql": SOURCE.replace("clicks", "aside"),
        "sql/transforms/x.sql": "SELECT k, n FROM clicks WHERE n > 1", "sql/transforms/y.sql": "SELECT k FROM x, aside",
        "sql/transforms/z.sql": "SELECT k FROM y"})
    ran: list[UnitTest] = []

    def run(tests: Sequence[UnitTest], wide: Graph) -> Sequence[Outcome]:
        ran.extend(tests)
        assert not wide.broken
        rows = tuple((None, ("+I", str(a) if a is not None else None)) for a in answers)
        difference = Difference("changelog", ("op", "b0"), tuple(("+", ("", "")) for _ in rows), (SqlType("STRING"),) * 2, rows)
        return [Outcome(t, "fail", differences=(difference,)) for t in tests]

    tests = [unit_test("of_x", "x", k="a"), unit_test("of_y", "y", k="a")]
    return measure(tests, graph, graph.nodes, {"x": ("k", "n"), "y": ("k",), "z": ("k",)}, run), ran


def test_what_tests_touch(make_graph: Callable[..., Graph]) -> None:
    coverage, ran = measured(make_graph, [1, None])
    assert [(t.name, t.node, [g.input for g in t.given]) for t in ran] == [
        ("of_x / cover__x__1", "cover__x__1", ["clicks"]), ("of_y / cover__x__1", "cover__x__1", ["clicks"])]
    nodes = {n.node: n for n in coverage.nodes}
    assert nodes["x"].tests == ("of_x",)
    assert nodes["x"].passed_by == ("of_y",)
    assert nodes["x"].compared == {"k"}
    assert [(a.words, a.is_hit, a.is_measured) for a in nodes["x"].arms] == [("passes", True, True), ("is left out", False, True)]
    assert nodes["x"].counts == (3, 5)
    assert nodes["z"].counts == (0, 2)
    texts = {"sql/transforms/x.sql": "SELECT k, n FROM clicks WHERE n > 1"}
    paths = {n: f"sql/transforms/{n}.sql" for n in nodes}
    assert coverage_text(coverage, paths, texts).splitlines()[-6:] == [
        "sql/transforms/x.sql", "  no test expects `n`", "  sql/transforms/x.sql:1:25  WHERE: no row is left out",
        "sql/transforms/z.sql", "  no test runs it", "coverage 45 %: nodes 2 of 5, columns 2 of 4, branches 1 of 2"]


def test_a_probe_that_does_not_run_is_told(make_graph: Callable[..., Graph]) -> None:
    graph = make_graph({"sql/sources/clicks.sql": SOURCE, "sql/transforms/x.sql": "SELECT k FROM clicks WHERE n > 1"})
    refused = measure([unit_test("t", "x")], graph, ["x"], {}, lambda tests, _: [Outcome(t, "error") for t in tests])
    assert [a.is_measured for a in refused.nodes[0].arms] == [False, False]
    assert refused.percent == 100
    assert "WHERE: not measured" in coverage_text(refused, {"x": "sql/transforms/x.sql"}, {})


def test_the_json_keeps_to_the_schema(make_graph: Callable[..., Graph]) -> None:
    coverage, _ = measured(make_graph, [1, 0])
    schema = Path(flinksql_runner.testing.__file__).parent / "schemas" / "run_results.schema.json"
    validator = Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
    validator.validate({**as_json((), {}), "coverage": coverage_json(coverage, {})})
    assert not validator.is_valid({**as_json((), {}), "coverage": {"percent": 101, "nodes": []}})
