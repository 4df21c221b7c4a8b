"""What a file holds, what it reads, and each mistake at its exact token."""

from __future__ import annotations

import pytest

from flinksql_runner.diagnostics import Span
from flinksql_runner.project.values import SqlFile
from flinksql_runner.syntax.parse import parse
from flinksql_runner.syntax.statements import split
from flinksql_runner.syntax.values import Column
from flinksql_runner.templating.values import Piece, Rendered, SourceMap

ORDERS = """\
-- What the shop sells.
CREATE TABLE IF NOT EXISTS `orders` (
  `id` BIGINT NOT NULL COMMENT 'the key',
  `price` DECIMAL(10, 2), -- net; in euro
  tags ARRAY<ROW<name STRING, weight INT>>,
  attributes MAP<STRING, ROW<a INT>>,
  cheap AS price < 3,
  ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'kafka',
  'note' = 'it''s; not the end'
);
"""


def test_a_source(make_node) -> None:
    node = make_node("sql/sources/shop/orders.sql", ORDERS)
    assert not node.diagnostics
    assert node.columns == (
        Column("id", "BIGINT", "physical", False, "the key"),
        Column("price", "DECIMAL(10, 2)"),
        Column("tags", "ARRAY<ROW<name STRING, weight INT>>"),
        Column("attributes", "MAP<STRING, ROW<a INT>>"),
        Column("cheap", "", "computed"),
        Column("ts", "TIMESTAMP_LTZ(3)", "metadata"),
    )
    assert node.primary_key == ("id",)
    assert node.watermark == "ts"
    assert node.options == {"connector": "kafka", "note": "it's; not the end"}
    span = node.option_spans["note"]
    assert ORDERS[span.start:span.end] == "'it''s; not the end'"
    (statement,) = node.statements
    assert statement.kind == "create_table"
    assert statement.sql == ORDERS[ORDERS.index("CREATE"):ORDERS.rindex(")") + 1]
    assert ORDERS[:statement.name_end].endswith("`orders`")


@pytest.mark.parametrize(("query", "reads"), [
    ("SELECT * FROM orders AS o JOIN users u ON o.id = u.id", "orders users"),
    ("SELECT * FROM orders, users", "orders users"),
    ("WITH big AS (SELECT * FROM orders), orders2 AS (SELECT * FROM big) SELECT * FROM orders2", "orders"),
    ("WITH orders AS (SELECT * FROM orders) SELECT * FROM orders", "orders"),
    ("SELECT * FROM (WITH a AS (SELECT 1 AS x) SELECT * FROM a) JOIN a ON TRUE", "a"),
    ("SELECT * FROM orders WHERE id IN (SELECT id FROM bad) AND EXISTS (SELECT 1 FROM users WHERE users.id = orders.id)",
     "orders bad users"),
    ("SELECT * FROM orders FOR SYSTEM_TIME AS OF o.ts", "orders"),
    ("SELECT * FROM orders AS o JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.c = r.c", "orders rates"),
    ("SELECT a FROM orders UNION ALL SELECT b FROM users", "orders users"),
    ("SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))", "orders"),
    ("SELECT * FROM TABLE(HOP(DATA => TABLE orders, TIMECOL => DESCRIPTOR(ts), SLIDE => INTERVAL '1' MINUTE, "
     "SIZE => INTERVAL '5' MINUTES)) GROUP BY window_start, window_end", "orders"),
    ("WITH o AS (SELECT * FROM orders) SELECT * FROM TABLE(CUMULATE(TABLE o, DESCRIPTOR(ts), INTERVAL '1' MINUTE, "
     "INTERVAL '1' HOUR))", "orders"),
    ("SELECT * FROM orders CROSS JOIN UNNEST(tags) AS t (name, weight)", "orders"),
    ("SELECT * FROM orders, LATERAL TABLE(split(tags)) AS T(tag)", "orders"),
    ("SELECT * FROM orders LEFT JOIN LATERAL TABLE(split(tags)) AS T(tag) ON TRUE", "orders"),
    ("SELECT * FROM orders AS o, LATERAL (SELECT * FROM users WHERE users.id = o.id) AS u", "orders users"),
    ("SELECT T.a FROM orders MATCH_RECOGNIZE (PARTITION BY id ORDER BY ts MEASURES A.price AS a "
     "PATTERN (A B+) DEFINE B AS B.price > A.price) AS T", "orders"),
    ("SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC) AS n FROM `orders`) WHERE n = 1", "orders"),
    ("VALUES (1, 'a'), (2, 'b')", ""),
    ("SELECT a FROM lake.db.orders", "lake.db.orders"),
    ("(SELECT a FROM orders) UNION (SELECT a FROM users)", "orders users"),
    ("SELECT a FROM orders /*+ OPTIONS('scan.startup.mode' = 'latest-offset') */", "orders"),
    ("SELECT CAST(a AS STRNG) AS b FROM x", "x"),       # a type that is not known is no table
])
def test_what_a_query_reads(make_node, query: str, reads: str) -> None:
    node = make_node("sql/transforms/t.sql", query)
    assert not node.diagnostics
    assert {u.name for u in node.reads} == set(reads.split())
    for use in node.reads:
        assert query[use.start:use.end].replace("`", "") == use.name


def test_functions_are_those_that_are_called(make_node) -> None:
    node = make_node("sql/transforms/t.sql", "SELECT score(a, b).total, Upper(c), `my_fn`(d), SUM(e) FROM t WHERE is_big(a)")
    assert {"score", "my_fn", "is_big"} <= {u.name for u in node.functions}
    text = node.rendered.text
    assert all(text[u.start:u.end].strip("`") == u.name for u in node.functions)


def test_a_sink_with_several_inserts(make_node) -> None:
    text = ("CREATE TABLE out_t (a INT) WITH ('connector' = 'print');\n\nINSERT INTO out_t SELECT a FROM x;\n"
            "-- the others; too\nINSERT INTO `out_t` (a) WITH y AS (SELECT 1 AS a) SELECT a FROM y;\n"
            "INSERT INTO out_t SELECT MAX(a) FROM z GROUP BY b ON CONFLICT DO NOTHING")
    node = make_node("sql/sinks/out_t.sql", text)
    assert not node.diagnostics
    assert [s.kind for s in node.statements] == ["create_table", "insert", "insert", "insert"]
    assert all(text[s.start:s.end] == s.sql for s in node.statements)
    assert {u.name for u in node.reads} == {"x", "z"}


def test_like_is_a_read_of_its_own_kind(make_node) -> None:
    node = make_node("sql/sources/x.sql", "CREATE TABLE x (b INT) WITH ('topic' = 't') LIKE base (EXCLUDING OPTIONS)")
    assert not node.diagnostics
    assert [(u.name, u.via) for u in node.reads] == [("base", "like")]


SINK = "CREATE TABLE t (a INT) WITH ('connector' = 'print');"


@pytest.mark.parametrize(("kind", "text", "code", "place", "message"), [
    # broken SQL
    ("transforms", "SELCT a FROM b", "FS201", "SELCT", "did you mean `SELECT`?"),
    ("transforms", "SELECT a FROM b WHERE (a > 1", "FS201", "1", "expected `)`"),
    ("transforms", "SELECT a\nFROM b c d", "FS201", "d", "unexpected `d`"),
    ("transforms", "SELECT a FROM", "FS201", "FROM", "missing"),
    ("transforms", "SELECT a, FROM b", "FS201", ",", "missing between `,` and `FROM`"),
    ("transforms", "SELECT f(a,) FROM b", "FS201", ",", "missing"),
    ("transforms", "SELECT a FROM b WHERE", "FS201", "WHERE", "a condition is missing"),
    ("transforms", "SELECT a FROM b JOIN c ON", "FS201", "ON", "a condition is missing"),
    ("transforms", "SELECT 'it FROM b", "FS201", "'", "a string starts here and never ends"),
    ("transforms", "SELECT a /* why FROM b", "FS201", "/*", "a comment starts here"),
    ("transforms", "SELECT `a FROM b", "FS201", "`", "a quoted name starts here"),
    # the wrong statement for the kind of file
    ("transforms", "CREATE VIEW t AS SELECT 1", "FS203", "CREATE", "write the query alone"),
    ("transforms", "CREATE TABLE t (a INT)", "FS203", "CREATE", "sql/sources/"),
    ("transforms", "INSERT INTO t SELECT 1", "FS203", "INSERT", "sql/sinks/"),
    ("sources", "SELECT 1", "FS203", "SELECT", "sql/transforms/"),
    ("sinks", SINK + " EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END;", "FS203", "EXECUTE", "INSERT statements alone"),
    ("sinks", "SET 'a' = 'b'; " + SINK + " INSERT INTO t SELECT 1", "FS203", "SET", "project.yml"),
    ("sources", "ADD JAR 'x.jar'; CREATE TABLE t (a INT) WITH ('connector' = 'print')", "FS203", "ADD", "dependencies"),
    ("sources", "CREATE TABLE t WITH ('connector' = 'print') AS SELECT 1 AS a", "FS203", "AS", "INSERT INTO"),
    # names
    ("sources", "CREATE TABLE u (a INT) WITH ('connector' = 'print')", "FS204", "u", "rename the file to u.sql"),
    ("sources", "CREATE TABLE T (a INT) WITH ('connector' = 'print')", "FS204", "T", "upper from lower case"),
    ("sources", "CREATE TABLE db.t (a INT) WITH ('connector' = 'print')", "FS204", "db.t", "write `t` alone"),
    ("sinks", SINK + " INSERT INTO u SELECT 1", "FS205", "u", "INSERT INTO t"),
    ("sinks", SINK + " INSERT INTO T SELECT 1", "FS205", "T", "upper from lower case"),
    # how many
    ("transforms", "SELECT 1; SELECT 2", "FS206", "SELECT", "a file of its own"),
    ("sinks", "INSERT INTO t SELECT 1", "FS206", "INSERT", "no CREATE TABLE"),
    ("sinks", SINK, "FS206", "CREATE", "nothing is written"),
    ("sources", "CREATE TABLE t (a INT) WITH ('connector' = 'print'); CREATE TABLE t (a INT) WITH ('connector' = 'print')",
     "FS206", "CREATE", "a second CREATE TABLE"),
    # columns and options
    ("sources", "CREATE TABLE t (a INT) WITH ('conector' = 'print')", "FS207", "t",
     "did you mean `conector` instead of 'connector'?"),
    ("sources", "CREATE TABLE t (a INT)", "FS207", "t", "has no 'connector'"),
    ("sources", "CREATE TABLE t (a INT, b INT, a INT) WITH ('connector' = 'print')", "FS208", "a", "declared twice"),
    ("sources", "CREATE TABLE t (a INT) WITH ('connector' = 'print', 'x' = '1', 'x' = '2')", "FS208", "'x'", "given twice"),
    ("sources", "CREATE TABLE t (a INT) WITH ('connector' = 'jdbc', 'password' = 'hunter2')", "FS510", "'hunter2'", "plain text"),
])
def test_a_mistake_is_told_at_its_token(make_node, kind: str, text: str, code: str, place: str, message: str) -> None:
    node = make_node(f"sql/{kind}/t.sql", text)
    (found,) = node.diagnostics
    assert found.code == code
    assert message in f"{found.message}; {found.help}"
    assert found.span is not None
    assert text[found.span.start:found.span.end] == place
    assert found.node == "t"


@pytest.mark.parametrize("text", ["", "  \n", "-- nothing yet\n", "/* a */;;"])
def test_an_empty_file(make_node, text: str) -> None:
    (found,) = make_node("sql/transforms/t.sql", text).diagnostics
    assert found.code == "FS202"


def test_one_broken_statement_does_not_hide_the_next(make_node) -> None:
    text = SINK + " INSERT INTO t SELECT a FROM b c d; INSERT INTO t SELECT a, FROM b"
    node = make_node("sql/sinks/t.sql", text)
    assert [d.code for d in node.diagnostics] == ["FS201", "FS201"]


def test_a_text_that_is_nested_too_deeply(make_node) -> None:
    (found,) = make_node("sql/transforms/t.sql", "SELECT " + "(" * 5000 + "1" + ")" * 5000).diagnostics
    assert found.code == "FS201"


def test_a_place_in_a_macro_tells_its_call() -> None:
    text = "SELECT a FROM b c d"
    call = Span("sql/transforms/t.sql", 7, 20)
    pieces = (Piece(0, Span("sql/transforms/t.sql", 0, 7), True), Piece(7, Span("macros/m.sql", 30, 42), True, (call,)))
    file = SqlFile("sql/transforms/t.sql", "SELECT {{ m() }}", "transform", "t")
    node = parse(Rendered(file, text, SourceMap(file.path, pieces)))
    (found,) = node.diagnostics
    assert found.span == Span("macros/m.sql", 41, 42)
    assert [(r.span, r.message) for r in found.related] == [(call, "called here")]


@pytest.mark.parametrize(("text", "says"), [
    ("SELECT " + ",".join(["a"] * 130_000) + " FROM t", "250,000 words and signs"),
    ("SELECT " + "'a\n" * 300_000, "250,000 words and signs"),
    ("SELECT " + "(" * 260_000, "250,000 words and signs"),
    ("SELECT " + "1e" * 130_000, "more than 10,000 letters"),
], ids=["commas", "quotes", "brackets", "one word"])
def test_what_is_too_long_is_told_before_it_is_parsed(text: str, says: str) -> None:
    _, mistake = split(text)
    assert mistake is not None
    assert says in mistake.message
    assert 0 < mistake.start < mistake.end <= len(text)


def test_a_long_text_of_few_words_is_parsed() -> None:
    pieces, mistake = split("SELECT '" + "x" * 1_000_000 + "'")
    assert mistake is None
    assert len(pieces) == 1
