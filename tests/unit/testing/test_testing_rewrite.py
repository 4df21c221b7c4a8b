"""What stands in a query for the clock, functions, lookup tables and queries of WITH."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from flinksql_runner.diagnostics import Span
from flinksql_runner.dialect.flink import Flink
from flinksql_runner.flink.rows import Row
from flinksql_runner.functions.types import parse_type
from flinksql_runner.functions.values import Function, Functions, Parameter
from flinksql_runner.testing.cells import WrongCell
from flinksql_runner.testing.clock import frozen, waits_for_clock
from flinksql_runner.testing.edits import applied, edits
from flinksql_runner.testing.inputs import shape_of
from flinksql_runner.testing.literals import moment, sql_value
from flinksql_runner.testing.lookups import Lookup, replaced
from flinksql_runner.testing.stubs import call_text, stubbed
from flinksql_runner.testing.values import Given, Item, Stub

SPAN = Span("t.yml", 0, 1)
NOW = datetime(2026, 1, 1, 23, 30, 0, 500_000, tzinfo=timezone.utc)
GEO = Function("geo", "geo", "geo", "scalar", (Parameter("ip", "STRING", nullable=False),), "ROW<country STRING>", True, SPAN)
ADD = Function("add_", "m", "add_", "vectorised", (Parameter("a", "INT"), Parameter("b", "INT")), "INT", True, SPAN)
WORDS = Function("words", "m", "words", "table", (Parameter("text", "STRING"),), "STRING", True, SPAN)
FUNCTIONS = Functions({f.name: f for f in (GEO, ADD, WORDS)})


def with_clock(sql: str, zone: str = "UTC") -> str:
    return applied(sql, 0, len(sql), edits(sql, frozen(Flink().parse(sql)[0], NOW, zone)))


def with_stubs(sql: str, *stubs: Stub) -> str:
    changes = stubbed(Flink().parse(sql)[0], {s.function: s for s in stubs}, FUNCTIONS, "UTC")
    return applied(sql, 0, len(sql), edits(sql, changes))


@pytest.mark.parametrize(("sql", "made"), [
    ("SELECT NOW() AS n FROM t", "SELECT CAST(TIMESTAMP '2026-01-01 23:30:00.500' AS TIMESTAMP_LTZ(3)) AS n FROM t"),
    ("SELECT current_date FROM t", "SELECT DATE '2026-01-01' AS `CURRENT_DATE` FROM t"),
    ("SELECT a FROM t WHERE c > LOCALTIMESTAMP", "SELECT a FROM t WHERE c > TIMESTAMP '2026-01-01 23:30:00.500'"),
    ("SELECT UNIX_TIMESTAMP() + UNIX_TIMESTAMP(a) AS u FROM t",
     "SELECT CAST(1767310200 AS BIGINT) + UNIX_TIMESTAMP(a) AS u FROM t"),
    ("SELECT LOCALTIME AS l FROM t", "SELECT TIME '23:30:00' AS l FROM t"),
    ("SELECT 'NOW()' AS n, PROCTIME() AS p FROM t", "SELECT 'NOW()' AS n, PROCTIME() AS p FROM t"),
])
def test_the_clock(sql: str, made: str) -> None:
    assert with_clock(sql) == made


def test_the_clock_of_another_zone() -> None:
    assert with_clock("SELECT CURRENT_DATE AS d, NOW() AS n FROM t", "Europe/Berlin") == (
        "SELECT DATE '2026-01-02' AS d, CAST(TIMESTAMP '2026-01-02 00:30:00.500' AS TIMESTAMP_LTZ(3)) AS n FROM t")


@pytest.mark.parametrize(("sql", "words"), [
    ("SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(p), INTERVAL '1' MINUTE))", ["a window"]),
    ("SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))", []),
    ("SELECT COUNT(*) FROM t GROUP BY TUMBLE(t.p, INTERVAL '1' MINUTE)", ["a window"]),
    ("SELECT COUNT(*) OVER (ORDER BY p RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) FROM t",
     ["an OVER window of a time range"]),
    ("SELECT ROW_NUMBER() OVER (ORDER BY p), SUM(a) OVER (ORDER BY p ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t",
     []),
    ("SELECT * FROM t MATCH_RECOGNIZE (ORDER BY p MEASURES A.x AS y PATTERN (A B) WITHIN INTERVAL '1' HOUR DEFINE A AS A.x > 1)",
     ["MATCH_RECOGNIZE with WITHIN"]),
])
def test_what_hangs_on_processing_time(sql: str, words: list[str]) -> None:
    assert [w for w, _ in waits_for_clock(Flink().parse(sql)[0], ["p"])] == words


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "12:00"])
def test_a_time_that_is_none(text: str) -> None:
    with pytest.raises(WrongCell, match="is no time"):
        moment(text)


def test_a_time_says_its_offset() -> None:
    assert moment("2026-01-01 12:00:00+02:00") == moment("2026-01-01T10:00:00Z") == moment("2026-01-01 10:00:00")


@pytest.mark.parametrize(("value", "type_", "sql"), [
    (None, "INT", "CAST(NULL AS INT)"), ("it's", "STRING", "CAST('it''s' AS STRING)"), (True, "BOOLEAN", "CAST(TRUE AS BOOLEAN)"),
    ("2026-01-01 00:00:00", "TIMESTAMP_LTZ(3)", "CAST('2026-01-01 01:00:00' AS TIMESTAMP_LTZ(3))"),
    ([1], "ARRAY<INT>", "CAST(ARRAY[CAST('1' AS INT)] AS ARRAY<INT>)"), ("a", "BYTES", "CAST(x'61' AS BYTES)"),
    ({"a": None}, "ROW<a INT>", "CAST(ROW(CAST(NULL AS INT)) AS ROW<a INT>)"),
    ({"k": 1}, "MAP<STRING, INT>", "CAST(MAP[CAST('k' AS STRING), CAST('1' AS INT)] AS MAP<STRING, INT>)"),
])
def test_values_in_sql(value: object, type_: str, sql: str) -> None:
    assert sql_value(value, parse_type(type_), "Europe/Berlin") == sql


def test_a_stub_keeps_the_null_of_an_argument_that_may_not_be_null() -> None:
    row = "ROW<country STRING>"
    assert call_text(Stub("geo", SPAN, "return", {"country": "DE"}), GEO, ["x"], "UTC") == (
        f"(CASE WHEN x IS NULL THEN CAST(NULL AS {row}) ELSE CAST(ROW(CAST('DE' AS STRING)) AS {row}) END)")
    assert call_text(Stub("add_", SPAN, "return", 1), ADD, ["x", "y"], "UTC") == "(CAST('1' AS INT))"


def test_a_stub_by_arguments_inside_another() -> None:
    add = Stub("add_", SPAN, "rows", None, (({"a": 1, "return": 5}, SPAN),))
    assert with_stubs("SELECT ADD_(add_(x, 2), y) AS s FROM t", add) == (
        "SELECT (CASE WHEN ((CASE WHEN (x) IS NOT DISTINCT FROM CAST('1' AS INT) THEN CAST('5' AS INT) ELSE CAST(NULL AS INT) "
        "END)) IS NOT DISTINCT FROM CAST('1' AS INT) THEN CAST('5' AS INT) ELSE CAST(NULL AS INT) END) AS s FROM t")


def test_a_stub_of_a_table_function() -> None:
    words = Stub("words", SPAN, "return", ["a"])
    made = with_stubs("SELECT w FROM t LEFT JOIN LATERAL TABLE(words(x)) AS s(w) ON TRUE", words)
    rows = "CAST(ARRAY[CAST(ROW(CAST('a' AS STRING)) AS ROW<words STRING>)] AS ARRAY<ROW<words STRING>>)"
    assert made == f"SELECT w FROM t LEFT JOIN UNNEST({rows}) AS s(w) ON TRUE"


def test_a_lookup_join() -> None:
    sql = "SELECT o.k, d.v FROM o LEFT JOIN dim FOR SYSTEM_TIME AS OF o.p AS d ON o.k = d.k AND v <> 'x'"
    shape = shape_of([Row("+I", ("k", "INT", False, None, None, None)), Row("+I", ("v", "STRING", True, None, None, None))])
    on = Flink().parse(sql)[0].args["joins"][0].args["on"]
    given = Given("dim", (Item(SPAN, {"k": 1, "v": "a"}),), SPAN)
    lookup = Lookup("dim", "d", on, sql.index("dim FOR"), len(sql))
    made = applied(sql, 0, len(sql), edits(sql, [replaced(lookup, given, shape, "UTC")]))
    row, none = "CAST(ROW(CAST('1' AS INT), CAST('a' AS STRING)) AS ROW<k INT, v STRING>)", "CAST(NULL AS ROW<k INT, v STRING>)"
    assert made == (
        "SELECT o.k, d.v FROM o LEFT JOIN UNNEST(ARRAY_REMOVE(ARRAY[CASE WHEN o.k = CAST('1' AS INT) AND "
        f"CAST('a' AS STRING) <> 'x' THEN {row} END], {none})) AS `d` (`k`, `v`) ON TRUE")
    empty = applied(sql, 0, len(sql), edits(sql, [replaced(lookup, None, shape, "UTC")]))
    assert f"UNNEST(ARRAY_REMOVE(ARRAY[{none}], {none}))" in empty
