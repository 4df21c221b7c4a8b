from __future__ import annotations

import json
from typing import Any

from flinksql_runner.diagnostics import Span
from flinksql_runner.flink.rows import Kind, Row
from flinksql_runner.testing.inputs import Reading, Shape, shape_of, statements
from flinksql_runner.testing.lines import lines, mark, mistakes, watermark
from flinksql_runner.testing.values import Given, Item

SPAN = Span("t.yml", 0, 1)
TS = Row("+I", ("ts", "TIMESTAMP(3) *ROWTIME*", True, None, None, None))
PLAIN = shape_of([Row("+I", ("k", "INT", True, None, None, None)), TS])
KEYED = shape_of([Row("+I", ("k", "INT", False, "PRI(k)", None, None)), Row("+I", ("v", "STRING", True, None, None, None))])


def given(*rows: tuple[Kind | None, dict[str, object]], defaults: bool = False) -> Given:
    return Given("t", tuple(Item(SPAN, row, op=op) for op, row in rows), SPAN, defaults)


def events(shape: Shape, upserts: bool, *rows: tuple[Kind | None, dict[str, object]]) -> list[Any]:
    found = [json.loads(line) for item in lines(given(*rows), shape, upserts=upserts) for line in item]
    return [(e["op"], (e.get("before") or {}).get("v"), (e.get("after") or {}).get("v")) for e in found]


def test_a_key_is_read() -> None:
    assert KEYED.key == ("k",)


def test_changes_of_a_table_without_a_key_stay_as_they_are() -> None:
    found = lines(given(("+I", {"k": 1, "ts": "2026-01-01"}), ("-U", {"k": 1, "ts": "2026-01-01"})), PLAIN)
    assert [json.loads(line)["op__"] for item in found for line in item] == ["+I", "-U"]


def test_changes_of_a_table_with_a_key() -> None:
    rows: list[tuple[Kind | None, dict[str, object]]] = [
        ("+I", {"k": 1, "v": "a"}), ("-U", {"k": 1, "v": "a"}), ("+U", {"k": 1, "v": "b"}), ("+U", {"k": 1, "v": "c"}),
        ("+U", {"k": 2, "v": "d"}), ("-D", {"k": 1, "v": "c"})]
    assert events(KEYED, False, *rows) == [
        ("c", None, "a"), ("u", "a", "b"), ("u", "b", "c"), ("c", None, "d"), ("d", "c", None)]


def test_rows_that_replace_the_one_of_their_key() -> None:
    rows: list[tuple[Kind | None, dict[str, object]]] = [
        (None, {"k": 1, "v": "a"}), (None, {"k": 1, "v": "a"}), (None, {"k": 1, "v": "b"}), ("-D", {"k": 1}), ("-D", {"k": 1}),
        ("-D", {"k": 9})]
    assert events(KEYED, True, *rows) == [("c", None, "a"), ("u", "a", "b"), ("d", "b", None)]


def test_missing_columns_hold_null_or_their_default() -> None:
    rows = ((None, {"k": 1}),)
    assert json.loads(lines(given(*rows), KEYED)[0][0])["v"] is None
    assert json.loads(lines(given(*rows, defaults=True), KEYED)[0][0])["v"] == ""


def test_items_of_ours() -> None:
    end = json.loads(mark(3, PLAIN, changes=False))
    assert end == {"k": None, "ts": "1970-01-01 00:00:00", "data__": False, "seg__": 3}
    assert json.loads(mark(3, KEYED, changes=True))["after"] == {"k": -(1 << 31), "v": None, "data__": False, "seg__": 3}
    late = json.loads(watermark("2026-01-01", PLAIN, changes=True))
    assert (late["wm__"], late["ts"], late["data__"], late["op__"]) == ("2026-01-01 00:00:00", "2026-01-01 00:00:00", False, "+I")


def test_half_a_change_and_a_change_that_a_connector_does_not_give() -> None:
    half = given(("-U", {"k": 1}), ("+I", {"k": 2}), ("-U", {"k": 2}))
    assert [d.code for d in mistakes(half, KEYED, upserts=False)] == ["FS714", "FS714"]
    assert not list(mistakes(half, PLAIN, upserts=False))
    assert len(list(mistakes(given(("-U", {"k": 1}), ("+U", {"k": 1})), KEYED, upserts=True))) == 1


def test_the_table_of_a_test_source(tmp_path: Any) -> None:
    table, view = statements("t", PLAIN, Reading(tmp_path / "t.json"))
    assert "'format' = 'json'" in table
    assert "seg__" not in table + view
    table, changes, view = statements("t", PLAIN, Reading(tmp_path, changes=True, steps=True))
    assert "`op__` STRING, `seg__` INT" in table
    assert "'source.monitor-interval' = '20 ms'" in table
    assert "FROM_CHANGELOG(input => TABLE `t__changes`" in view
    assert "`op__`, `k`, `ts`" in changes
    table, _, versions = statements("t", KEYED, Reading(tmp_path, changes=True, versions=True))
    assert "PRIMARY KEY (`k`) NOT ENFORCED" in table
    assert "'format' = 'debezium-json'" in table
    assert versions == "CREATE TEMPORARY VIEW `t__versions` AS SELECT `k`, `v` FROM `t__in`"
