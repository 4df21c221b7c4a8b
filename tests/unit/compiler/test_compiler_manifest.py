"""manifest.json fits its published schema and is the same for the same input."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import flinksql_runner
from flinksql_runner.analyse.nodes import analyse
from flinksql_runner.compiler.compile import compile_job
from flinksql_runner.compiler.manifest import manifest
from flinksql_runner.diagnostics import Span
from flinksql_runner.functions.values import Function, Functions, Parameter
from flinksql_runner.project.values import JobSpec

SCHEMA = Path(flinksql_runner.__file__).parent / "compiler" / "schemas" / "manifest.schema.json"
PARAMETERS = (Parameter("p", "DOUBLE"),)
SCORE = Function("score", "scoring", "score", "scalar", PARAMETERS, "DOUBLE", True, Span("udfs/scoring.py", 0, 5))
FUNCTIONS = Functions({"score": SCORE})
FILES = {
    "sql/sources/shop/orders.sql": "CREATE TABLE orders (a INT NOT NULL, p DOUBLE, b AS a + 1) WITH ('connector' = 'datagen')",
    "sql/transforms/big.sql": "SELECT a, score(p) AS s\nFROM orders",
    "sql/transforms/broken.sql": "SELECT a FROM nowhere",
    "sql/sinks/out_t.sql": "CREATE TABLE out_t (a INT, s DOUBLE) WITH ('connector' = 'print');"
                           " INSERT INTO out_t SELECT a, s FROM big",
    "sql/sinks/leak.sql": "CREATE TABLE leak (a INT) WITH ('connector' = 'jdbc', 'password' = 'hunter2');"
                          "INSERT INTO leak SELECT a FROM orders",
}


@pytest.fixture
def written(make_graph, shop) -> str:
    config = {"tags": ["daily"], "meta": {"owner": "ann"}, "description": "big ones"}
    graph = make_graph(FILES, {"sql/transforms/big.sql": config})
    job, _ = compile_job(graph, JobSpec("j", "out_t"), FUNCTIONS, shop)
    assert job is not None
    return manifest(shop, graph, {"j": job}, FUNCTIONS, analyse(graph, FUNCTIONS))


def test_it_fits_the_schema(written: str) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(written), schema)


def test_what_it_tells(written: str) -> None:
    found = json.loads(written)
    big = found["nodes"]["transform.shop.big"]
    assert big["depends_on"] == {"nodes": ["source.shop.orders"], "functions": ["function.shop.score"]}
    assert big["tags"] == ["daily"]
    assert big["description"] == "big ones"
    assert big["reads"][0]["position"] == {
        "file": "sql/transforms/big.sql", "line": 2, "column": 6, "end_line": 2, "end_column": 12}
    orders = found["nodes"]["source.shop.orders"]
    assert orders["fqn"] == ["shop", "shop", "orders"]
    assert [orders["columns"][c]["data_type"] for c in orders["column_order"]] == ["INT", "DOUBLE", "INT"]
    assert big["columns"]["s"] == {"name": "s", "data_type": "DOUBLE", "nullable": True, "kind": "query", "time_attribute": None,
                                   "description": ""}
    assert found["parent_map"]["sink.shop.out_t"] == ["transform.shop.big"]
    assert found["child_map"]["source.shop.orders"] == ["transform.shop.big", "sink.shop.leak"]
    assert found["jobs"]["job.shop.j"]["compiled_path"] == "target/compiled/j.sql"
    assert found["jobs"]["job.shop.j"]["depends_on"]["nodes"] == ["source.shop.orders", "transform.shop.big", "sink.shop.out_t"]


def test_a_broken_node_is_listed_without_compiled_code(written: str) -> None:
    broken = json.loads(written)["nodes"]["transform.shop.broken"]
    assert not broken["compiled"]
    assert broken["compiled_code"] is None


def test_a_plain_password_is_not_repeated(written: str) -> None:
    assert "hunter2" not in written
    assert json.loads(written)["nodes"]["sink.shop.leak"]["options"]["password"] == "***"


def test_the_same_bytes_whatever_the_order_of_files(written: str, make_graph, shop) -> None:
    graph = make_graph(dict(reversed(FILES.items())),
                       {"sql/transforms/big.sql": {"meta": {"owner": "ann"}, "description": "big ones", "tags": ["daily"]}})
    job, _ = compile_job(graph, JobSpec("j", "out_t"), FUNCTIONS, shop)
    assert job is not None
    assert manifest(shop, graph, {"j": job}, FUNCTIONS, analyse(graph, FUNCTIONS)) == written
