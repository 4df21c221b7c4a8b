"""Each name, literal, function and clause tells where it stands in the text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.positions import place_of, span_of

CORPUS = Path(__file__).resolve().parents[3] / ".." / "shared" / "corpus" / "flink-sql.jsonl"
WORDS: dict[type[exp.Expr], str] = {
    exp.Select: "SELECT", exp.From: "FROM", exp.Where: "WHERE", exp.Group: "GROUP BY", exp.Having: "HAVING", exp.Order: "ORDER BY",
    exp.Limit: "LIMIT", exp.Offset: "OFFSET", exp.With: "WITH", exp.Window: "OVER", exp.Case: "CASE", exp.If: "WHEN",
    exp.Cast: "CAST", exp.Union: "UNION", exp.Interval: "INTERVAL", e.MatchRecognize: "MATCH_RECOGNIZE", exp.Insert: "INSERT",
    exp.Create: "CREATE", exp.Drop: "DROP", e.AlterStatement: "ALTER", e.Show: "SHOW", e.TableArgument: "TABLE", exp.Null: "NULL",
}
PLACED: tuple[type, ...] = (exp.Identifier, exp.Literal, exp.Func, *WORDS)
QUERY = """WITH `a b` AS (SELECT 1)
SELECT x.y, COUNT(DISTINCT z) OVER (PARTITION BY q ORDER BY ts ROWS 2 PRECEDING) AS n, CAST('it''s' AS VARCHAR(3)),
  CASE WHEN v IS NOT NULL THEN INTERVAL '1' DAY ELSE NULL END, EXTRACT(DAY FROM ts)
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR)) AS x LEFT JOIN /* c */ u ON x.k = u.k
WHERE z IN (1, 2) AND TRUE GROUP BY x.y HAVING COUNT(*) > 1 ORDER BY 1 LIMIT 3"""


def told(kind: type[exp.Expr], at: int = 0, sql: str = QUERY) -> tuple[str, str | None]:
    """The text of a node and of its keyword."""
    node = list(sqlglot.parse_one(sql, read="flink").find_all(kind, bfs=False))[at]
    place = place_of(node)
    assert place is not None
    return sql[place.start:place.end], sql[place.keyword[0]:place.keyword[1]] if place.keyword else None


@pytest.mark.parametrize(("kind", "text", "keyword"), [
    (exp.With, "WITH `a b` AS (SELECT 1)", "WITH"),
    (exp.Count, "COUNT(DISTINCT z)", "COUNT"),
    (exp.Window, "COUNT(DISTINCT z) OVER (PARTITION BY q ORDER BY ts ROWS 2 PRECEDING)", "OVER"),
    (exp.WindowSpec, "ROWS 2 PRECEDING", "ROWS"),
    (exp.Cast, "CAST('it''s' AS VARCHAR(3))", "CAST"),
    (e.FlinkType, "VARCHAR(3)", None),
    (exp.Case, "CASE WHEN v IS NOT NULL THEN INTERVAL '1' DAY ELSE NULL END", "CASE"),
    (exp.If, "WHEN v IS NOT NULL THEN INTERVAL '1' DAY", "WHEN"),
    (exp.Interval, "INTERVAL '1' DAY", "INTERVAL"),
    (e.MiscFunction, "EXTRACT(DAY FROM ts)", "EXTRACT"),
    (e.TableArgument, "TABLE t", "TABLE"),
    (e.Descriptor, "DESCRIPTOR(ts)", "DESCRIPTOR"),
    (exp.Join, "LEFT JOIN /* c */ u ON x.k = u.k", "LEFT"),
    (exp.Where, "WHERE z IN (1, 2) AND TRUE", "WHERE"),
    (exp.In, "z IN (1, 2)", None),
    (exp.Group, "GROUP BY x.y", "GROUP BY"),
    (exp.Having, "HAVING COUNT(*) > 1", "HAVING"),
    (exp.Limit, "LIMIT 3", "LIMIT"),
    (exp.Boolean, "TRUE", "TRUE"),
])
def test_a_place_is_that_of_the_text(kind: type[exp.Expr], text: str, keyword: str | None) -> None:
    assert told(kind) == (text, keyword)


def test_parts_of_ddl() -> None:
    sql = "CREATE TABLE t (a INT NOT NULL, m INT METADATA FROM 'k' VIRTUAL, PRIMARY KEY (a) NOT ENFORCED) WITH ('k' = 'v')"
    assert told(e.MetadataColumn, sql=sql) == ("METADATA FROM 'k' VIRTUAL", "METADATA")
    assert told(e.KeyConstraint, sql=sql) == ("PRIMARY KEY (a) NOT ENFORCED", "PRIMARY KEY")
    assert told(exp.NotNullColumnConstraint, sql=sql)[0] == "NOT NULL"
    assert told(exp.Property, sql=sql)[0] == "'k' = 'v'"
    assert told(e.ResetOptions, sql="ALTER TABLE t RESET ('a')") == ("RESET ('a')", "RESET")
    assert told(e.SetOption, sql="SET 'a' = 'b'") == ("SET 'a' = 'b'", "SET")
    assert told(exp.Hint, sql="SELECT * FROM t /*+ OPTIONS('a' = 'b') */")[0] == "'a' = 'b'"


def test_what_code_built_has_no_place() -> None:
    assert span_of(exp.column("a")) is None
    assert place_of(exp.Select(expressions=[exp.column("a")])) is None


def test_the_whole_corpus() -> None:
    if not CORPUS.exists():
        pytest.skip("no corpus of Flink SQL beside the checkout: its statements were not looked at")
    wrong = []
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        sql = json.loads(line)["sql"]
        for tree in sqlglot.parse(sql, read="flink"):
            for node in tree.walk() if tree is not None else ():
                unnamed = isinstance(node, exp.Connector) or isinstance(node.parent, e.ExplicitTable) or node.arg_key == "windows"
                if not isinstance(node, PLACED) or unnamed:
                    continue
                place = place_of(node)
                if place is None or not _fits(node, sql, place.keyword or (place.start, place.end)):
                    wrong.append((type(node).__name__, sql[:80]))
    assert wrong == []


def _fits(node: exp.Expr, sql: str, at: tuple[int, int]) -> bool:
    text = sql[at[0]:at[1]]
    if isinstance(node, exp.Identifier):
        return bool(text == node.this or text[1:-1].replace("``", "`") == node.this)
    if isinstance(node, exp.Literal):
        return bool(text == node.this or text[1:-1].replace("''", "'") == node.this)
    word = WORDS.get(type(node))
    return word is None or " ".join(text.upper().split()) == word
