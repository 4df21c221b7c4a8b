"""Edges come from the SQL; names that can't be resolved get their place and a way out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flinksql_runner.diagnostics import Span
from flinksql_runner.graph.order import cycles, topological
from flinksql_runner.graph.resolve import resolve
from flinksql_runner.templating.values import Reference

TABLE = "CREATE TABLE {} (a INT) WITH ('connector' = 'datagen')"
SINK = "CREATE TABLE {0} (a INT) WITH ('connector' = 'print'); INSERT INTO {0} SELECT a FROM {1}"


def shop_files(**queries: str) -> dict[str, str]:
    return {"sql/sources/orders.sql": TABLE.format("orders"),
            **{f"sql/transforms/{name}.sql": text for name, text in queries.items()}}


def test_edges_are_those_of_the_sql(make_graph) -> None:
    graph = make_graph({**shop_files(big="SELECT a FROM orders WHERE a > 9"), "sql/sinks/out_t.sql": SINK.format("out_t", "big")})
    assert graph.parents == {"orders": (), "big": ("orders",), "out_t": ("big",)}
    assert graph.children == {"orders": ("big",), "big": ("out_t",), "out_t": ()}
    assert graph.order == ("orders", "big", "out_t")
    assert not graph.diagnostics
    assert not graph.broken


@pytest.mark.parametrize(("text", "code", "message", "help"), [
    ("SELECT a FROM ordrs", "FS301", "`ordrs`", "did you mean `orders`?"),
    ("SELECT a FROM Orders", "FS301", "`Orders`", "did you mean `orders`? Flink tells upper from lower case"),
    ("SELECT a FROM nothing_like_it_zzz", "FS301", "nothing_like_it_zzz", "add sql/sources/nothing_like_it_zzz.sql"),
    ("SELECT a FROM t", "FS304", "`t` reads itself", "made from"),
    ("SELECT a FROM out_t", "FS305", "`out_t` is a sink", "read what it is made from (`orders`)"),
    ("SELECT a FROM lake.db.orders", "FS308", "`lake.db.orders`", "write `orders` alone"),
])
def test_a_wrong_name_is_told_at_its_place(make_graph, text: str, code: str, message: str, help: str) -> None:
    files = shop_files(t=text, sound="SELECT a FROM orders")
    graph = make_graph({**files, "sql/sinks/out_t.sql": SINK.format("out_t", "orders")})
    (found,) = graph.diagnostics
    assert found.code == code
    assert message in found.message
    assert help in (found.help or "")
    assert found.span is not None
    assert text[found.span.start:found.span.end] == text.split("FROM ")[1]
    assert graph.broken == {"t"}
    assert "sound" in graph.order


def test_two_files_with_one_name(make_graph) -> None:
    graph = make_graph({"sql/sources/a/x.sql": TABLE.format("x"), "sql/sources/b/x.sql": TABLE.format("x")})
    (found,) = graph.diagnostics
    assert found.code == "FS302"
    assert found.span == Span("sql/sources/b/x.sql", 0, 0)
    assert found.related[0].span.file == "sql/sources/a/x.sql"
    assert graph.broken == {"x"}


def test_a_cycle_is_told_once_with_its_path(make_graph) -> None:
    graph = make_graph(shop_files(a="SELECT a FROM c", b="SELECT a FROM a", c="SELECT a FROM b", d="SELECT a FROM c",
                                  fine="SELECT a FROM orders"))
    (found,) = graph.diagnostics
    assert found.code == "FS303"
    assert "a -> c -> b -> a" in found.message
    assert [r.message for r in found.related] == ["`c` reads `b`", "`b` reads `a`"]
    assert graph.broken == {"a", "b", "c"}
    assert graph.order == ("orders", "fine")


def test_ref_only_checks(make_node) -> None:
    source = make_node("sql/sources/orders.sql", TABLE.format("orders"))
    text = "SELECT a FROM orders"
    node = make_node("sql/transforms/t.sql", text)
    span = Span("sql/transforms/t.sql", 3, 5)
    rendered = replace(node.rendered, references=(
        Reference("orders", "ref", span), Reference("ordes", "ref", span), Reference("t2", "source", span)))
    other = make_node("sql/transforms/t2.sql", "SELECT a FROM orders")
    graph = resolve([source, replace(node, rendered=rendered), other])
    assert [(d.code, d.help) for d in graph.diagnostics] == [("FS306", "did you mean `orders`?"), ("FS307", "write ref('t2')")]
    assert graph.parents["t"] == ("orders",)


def test_like_is_an_edge_even_to_a_sink(make_graph) -> None:
    graph = make_graph({
        "sql/sources/orders.sql": TABLE.format("orders"), "sql/sinks/out_t.sql": SINK.format("out_t", "orders"),
        "sql/sinks/out2.sql": "CREATE TABLE out2 WITH ('topic' = 't') LIKE out_t; INSERT INTO out2 SELECT a FROM orders",
    })
    assert not graph.diagnostics
    assert graph.parents["out2"] == ("orders", "out_t")
    assert graph.options("out2") == {"connector": "print", "topic": "t"}


def test_order_breaks_ties_by_name() -> None:
    assert topological({"b": (), "a": (), "c": ("a",)}) == ("a", "b", "c")
    assert list(cycles({"a": ("b",), "b": ("a",), "c": ("c",)}, frozenset("abc"))) == [("a", "b"), ("c",)]
