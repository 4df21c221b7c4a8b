"""The selection grammar, as users of dbt know it."""

from __future__ import annotations

import re

import pytest

from flinksql_runner.diagnostics import Failure
from flinksql_runner.graph.select import parse_term, select
from flinksql_runner.graph.values import Graph

TABLE = "CREATE TABLE {} (a INT) WITH ('connector' = 'datagen')"
SINK = "CREATE TABLE {0} (a INT) WITH ('connector' = 'print'); INSERT INTO {0} SELECT a FROM {1}"
FILES = {
    "sql/sources/web/clicks.sql": TABLE.format("clicks"),
    "sql/sources/crm/users.sql": TABLE.format("users"),
    "sql/transforms/web/sessions.sql": "SELECT a FROM clicks",
    "sql/transforms/web/daily/per_day.sql": "SELECT a FROM sessions",
    "sql/transforms/crm/joined.sql": "SELECT s.a FROM sessions AS s JOIN users AS u ON s.a = u.a",
    "sql/sinks/web/out_day.sql": SINK.format("out_day", "per_day"),
    "sql/sinks/crm/out_joined.sql": SINK.format("out_joined", "joined"),
}
CONFIGS = {
    "sql/transforms/web/sessions.sql": {"tags": ["core", "hourly"], "parallelism": 4, "meta": {"owner": "ann"}},
    "sql/transforms/web/daily/per_day.sql": {"tags": "daily", "enabled": True},
    "sql/sinks/web/out_day.sql": {"tags": ["daily", "core"], "indexes": [["a"]]},
}


@pytest.fixture
def graph(make_graph) -> Graph:
    found: Graph = make_graph(FILES, CONFIGS)
    assert not found.diagnostics
    return found


@pytest.mark.parametrize(("expression", "names"), [
    ("*", "clicks users sessions joined per_day out_day out_joined"),
    ("sessions", "sessions"),
    ("nothing", ""),
    ("Sessions", ""),
    ("+sessions", "clicks sessions"),
    ("sessions+", "sessions joined per_day out_day out_joined"),
    ("1+joined", "sessions users joined"),
    ("2+out_joined", "sessions users joined out_joined"),
    ("+joined+", "clicks sessions users joined out_joined"),
    ("1+per_day+1", "sessions per_day out_day"),
    ("clicks+1", "clicks sessions"),
    ("@joined", "clicks sessions users joined out_joined"),
    ("@users", "clicks users sessions joined out_joined"),
    ("clicks users", "clicks users"),
    ("tag:core,tag:daily", "out_day"),
    ("tag:core tag:daily", "sessions per_day out_day"),
    ("tag:d*", "per_day out_day"),
    ("+tag:daily,web.*", "clicks sessions per_day out_day"),
    ("out_*", "out_day out_joined"),
    ("out_[dj]*", "out_day out_joined"),
    ("?licks", "clicks"),
    ("shop.web", "clicks sessions per_day out_day"),
    ("web", "clicks sessions per_day out_day"),
    ("web.daily", "per_day"),
    ("web.daily.per_day", "per_day"),
    ("shop.*.joined", "joined"),
    ("fqn:crm.*", "users joined out_joined"),
    ("sql/sinks", "out_day out_joined"),
    ("./sql/sinks/", "out_day out_joined"),
    ("path:sql/*/web", "clicks sessions per_day out_day"),
    ("path:sql/transforms/web/*.sql", "sessions per_day"),
    ("sql/sin", ""),
    ("path:sql/sinks/web/out_day.sql", "out_day"),
    ("out_day.sql", "out_day"),
    ("file:out_*.sql", "out_day out_joined"),
    ("file:joined", "joined"),
    ("source:clicks", "clicks"),
    ("source:crm.users+", "users joined out_joined"),
    ("source:*", "clicks users"),
    ("source:sessions", ""),
    ("config.parallelism:4", "sessions"),
    ("config.enabled:true", "per_day"),
    ("config.meta.owner:ann", "sessions"),
    ("config.tags:core", "sessions out_day"),
    ("config.meta.owner.x:ann", ""),
    ("resource_type:sink", "out_day out_joined"),
    ("package:shop,resource_type:source", "clicks users"),
    ("package:this,file:users", "users"),
    ("package:other", ""),
])
def test_selection(graph: Graph, expression: str, names: str) -> None:
    assert set(select(graph, expression)) == set(names.split())


def test_exclude_comes_last_and_order_is_the_graphs(graph: Graph) -> None:
    assert select(graph, "*", "tag:daily resource_type:source") == ("sessions", "joined", "out_joined")
    assert select(graph, "out_day clicks") == ("clicks", "out_day")
    assert select(graph, "*", "  ") == graph.order


@pytest.mark.parametrize(("expression", "message"), [
    ("tga:daily", "did you mean `tag`?"),
    ("", "`*` selects everything"),
    ("tag:a, tag:b", "without a space"),
    ("state:modified", "earlier manifest"),
    ("@joined+", "leave out the `+`"),
    ("config:4", "name the key"),
    ("tag.x:4", "takes no `.x`"),
    ("+", "is no selection"),
])
def test_bad_grammar_says_what_to_write(graph: Graph, expression: str, message: str) -> None:
    with pytest.raises(Failure, match=re.escape(message)) as raised:
        select(graph, expression)
    assert raised.value.exit_code == 2


def test_terms() -> None:
    term = parse_term("2+config.a.b:x y+3")
    assert (term.up, term.method, term.arg, term.value, term.down) == (2, "config", "a.b", "x y", 3)
    assert parse_term("x+").down == -1
    assert parse_term("+x").up == -1
    assert parse_term("a.sql").method == "file"
    assert parse_term("a/b.sql").method == "path"
