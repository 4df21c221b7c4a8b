from __future__ import annotations

import pytest

from flinksql_runner.testing.formats import FORMATS, WrongRows


@pytest.mark.parametrize(("kind", "text", "rows"), [
    ("csv", "id, name\n1, Ann\n2,\n", [{"id": "1", "name": "Ann"}, {"id": "2", "name": None}]),
    ("json", '[{"id": 1, "tags": ["a", null]}]', [{"id": 1, "tags": ["a", None]}]),
    ("json", '{"id": 1}\n\n{"id": 2}\n', [{"id": 1}, {"id": 2}]),
    ("sql", "select 1 as id, 'gerda' as name, null as seen union all select 2 as id, 'michelle', null",
     [{"id": 1, "name": "gerda", "seen": None}, {"id": 2, "name": "michelle", "seen": None}]),
    ("sql", "SELECT -1.50 AS a, TRUE AS b, DATE '2026-01-31' AS c, CAST('x' AS STRING) AS d, x'00ff' AS e",
     [{"a": "-1.50", "b": True, "c": "2026-01-31", "d": "x", "e": "x'00ff'"}]),
    ("sql", "SELECT ARRAY[1, NULL] AS a, MAP['k', 2] AS m, ROW(1, 'x') AS r, -3 AS n, 0.5 AS f",
     [{"a": [1, None], "m": {"k": 2}, "r": [1, "x"], "n": -3, "f": 0.5}]),
    ("sql", "(SELECT 1 AS a) UNION ALL (SELECT 12345678901234567890.123 UNION ALL SELECT 3)",
     [{"a": 1}, {"a": "12345678901234567890.123"}, {"a": 3}]),
])
def test_rows_of_a_text(kind: str, text: str, rows: list[object]) -> None:
    assert list(FORMATS[kind](text)) == rows


@pytest.mark.parametrize(("kind", "text", "words"), [
    ("csv", "id\n1,2\n", "line 2 has more cells"),
    ("json", "[{]", "not JSON"), ("json", "[1]", "is an object"),
    ("sql", "SELECT FROM", "not SQL"), ("sql", "SELECT 1 AS a; SELECT 2 AS a", "one query"),
    ("sql", "SELECT a FROM t", "without a table"), ("sql", "SELECT NOW() AS a", "is no literal"),
    ("sql", "SELECT 1", "has no name"), ("sql", "SELECT 1 AS a UNION ALL SELECT 2, 3", "a row has 2 values, the first one 1"),
    ("sql", "SELECT 1 AS a UNION SELECT 2", "UNION ALL"),
])
def test_a_text_without_such_rows(kind: str, text: str, words: str) -> None:
    with pytest.raises(WrongRows, match=words):
        list(FORMATS[kind](text))


def test_a_long_query_is_read() -> None:
    assert len(list(FORMATS["sql"](" UNION ALL ".join(f"SELECT {n} AS n" for n in range(300))))) == 300
