"""Other orders and more subtasks: what may be permuted, what is expected then, and how the outcomes become one."""

from __future__ import annotations

from dataclasses import replace

from flinksql_runner.diagnostics import Span
from flinksql_runner.flink.rows import Kind
from flinksql_runner.testing.compare import Found, final_table
from flinksql_runner.testing.values import Difference, Expect, ExpectedRow, Given, Item, Outcome, UnitTest
from flinksql_runner.testing.ways import Variant, Ways, has_rows_behind, merged, settled, shuffled, variants

AT = Span("t.yml", 0, 0)
IN_ORDER = (Given("clicks", (*(Item(AT, {"n": n}) for n in range(6)), Item(AT, watermark="w")), AT),)
ITEMS = (*(Item(AT, {"n": n}) for n in range(6)), Item(AT, watermark="w"), *(Item(AT, {"n": n}) for n in range(6, 12)))
TEST = UnitTest("t", "node", (Given("clicks", ITEMS, AT),), Expect(rows=(ExpectedRow({"n": 1}, AT),)), AT, AT)
CALM = replace(TEST, given=IN_ORDER)


def change(op: Kind, n: int) -> ExpectedRow:
    return ExpectedRow({"n": n}, AT, op)


def test_rows_change_places_but_none_passes_a_watermark() -> None:
    items = shuffled(TEST.given[0], "seed").items
    assert items != ITEMS
    assert items[6] == ITEMS[6]
    assert sorted(i.row["n"] for i in items[:6] if i.row) == [0, 1, 2, 3, 4, 5]
    assert sorted(i.row["n"] for i in items[7:] if i.row) == [6, 7, 8, 9, 10, 11]
    assert shuffled(TEST.given[0], "seed").items == items


def test_a_test_that_asks_for_nothing_has_no_variants() -> None:
    assert list(variants(TEST, Ways())) == []


def test_own_wishes_and_those_for_all() -> None:
    own = [v.words for v in variants(replace(CALM, shuffle=True, parallelism=2), Ways())]
    assert own == ["shuffled, order 1", "shuffled, order 2", "parallelism 2"]
    assert [v.words for v in variants(CALM, Ways(shuffle=True, parallelism=3))] == [*own[:2], "parallelism 3"]
    assert [dict(v.settings) for v in variants(CALM, Ways(parallelism=3))] == [{"parallelism.default": "3"}]


def test_rows_behind_a_watermark_are_not_run_with_several_subtasks() -> None:
    assert has_rows_behind(TEST.given[0])
    assert [v.words for v in variants(TEST, Ways(shuffle=True, parallelism=2))] == ["shuffled, order 1", "shuffled, order 2"]


def test_rows_without_another_order_are_not_run_again() -> None:
    one = replace(TEST, given=(Given("clicks", ITEMS[:1], AT),))
    assert list(variants(one, Ways(shuffle=True))) == []


def test_a_changelog_becomes_its_final_table() -> None:
    changes = (change("+I", 1), change("-U", 1), change("+U", 2), change("+I", 3), change("-D", 3))
    [variant] = variants(replace(CALM, expect=Expect(changelog=changes)), Ways(parallelism=2))
    assert variant.test.expect == Expect(rows=(ExpectedRow({"n": 2}, AT),))


def test_a_changelog_without_a_known_end_has_no_variants() -> None:
    assert list(variants(replace(CALM, expect=Expect(changelog=(change("-U", 1), change("+U", 2)))), Ways(parallelism=2))) == []


def test_changes_that_overtook_each_other_make_a_table_all_the_same() -> None:
    changes: list[Found] = [("-U", ("1",)), ("+U", ("2",)), ("+I", ("1",))]
    assert final_table(settled(changes, 2)) == [("2",)]
    assert settled(changes, 1) == changes


def test_one_outcome_of_several() -> None:
    variant = Variant(replace(TEST, name="t (shuffled, order 1)"), "shuffled, order 1", {})
    wrong = Outcome(variant.test, "fail", 2.0, "rows: 1 missing", (Difference("rows", ("n",), ()),))
    plain = Outcome(TEST, "pass", 1.0)
    assert merged(plain, [(variant, Outcome(variant.test, "pass", 2.0))]) == Outcome(TEST, "pass", 3.0)
    assert merged(plain, [(variant, wrong)]) == Outcome(
        TEST, "fail", 3.0, "shuffled, order 1: rows: 1 missing", (Difference("rows, shuffled, order 1", ("n",), ()),))
    assert merged(Outcome(TEST, "error", 1.0, "x"), [(variant, wrong)]) == Outcome(TEST, "error", 3.0, "x")


def test_rows_that_replace_each_other_are_not_shuffled() -> None:
    both = tuple(replace(CALM.given[0], input=name) for name in ("a", "b"))
    found = [v.test for v in variants(replace(CALM, given=both, shuffle=True), Ways(), in_order=("b",))]
    assert len(found) == 2
    assert all(t.given[1] == both[1] and t.given[0] != both[0] for t in found)


def test_a_restart_keeps_all_that_is_expected() -> None:
    changes = (change("+I", 1), change("+I", 2))
    [variant] = variants(replace(CALM, expect=Expect(changelog=changes), restart=True), Ways())
    assert (variant.words, variant.test.restart, variant.test.expect.changelog) == ("restarted", True, changes)
    assert [v.words for v in variants(CALM, Ways(restart=True))] == ["restarted"]
    assert list(variants(replace(CALM, given=(), restart=True), Ways())) == []
