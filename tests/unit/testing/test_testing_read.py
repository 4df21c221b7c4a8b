from __future__ import annotations

from pathlib import Path

import pytest

from flinksql_runner.testing.read import input_name, read_tests
from flinksql_runner.testing.values import Overrides, Suite

GOOD = """
unit_tests:
  - name: first
    model: per_minute
    given:
      - input: ref('clicks')
        rows:
          - {user_id: 1, ts: '2026-01-01 00:00:01'}
          - watermark: 2026-01-01 00:01:00
          - {user_id: 2}
      - input: source('shop', 'users')
        format: csv
        rows: |
          id, name
          1, Ann
          2,
      - {input: plain, fixture: more}
    expect:
      rows: [{user_id: 1, n: 1}]
      changelog: [{op: +I, n: 1}]
      late: {ref('clicks'): [{user_id: 2}]}
    config: {tags: daily, enabled: false}
"""


MORE = """
unit_tests:
  - name: second
    node: per_minute
    defaults: true
    given:
      - input: clicks
        rows:
          - {op: +U, user_id: 1}
          - {op: x, user_id: 1}
      - {input: users, format: sql, fixture: queried, defaults: false}
      - {input: events, fixture: lines}
      - input: mails
        format: json
        rows: '[{"a": 1}, {"watermark": "2026-01-01"}]'
    expect: {columns: [n], rows: [{n: 1}]}
    expect_error: {matches: 'no .* column', code: FS602}
    overrides: {vars: {days: 3}, env_vars: {REGION: eu, DEBUG: true}, macros: {pkg.star: 'a, b'}}
    udfs:
      geo: {return: {country: DE}}
      score: {rows: [{x: 1, return: 0.5}]}
      scan: {call: 'tests.stubs:scan'}
    now: 2026-01-01 00:02:00
    order: [clicks, ref('users'), clicks]
    restart: true
    timeout: 2.5
    cte: filtered
    config: {meta: {owner: me}}
"""


def suite(tmp_path: Path, text: str) -> Suite:
    (tmp_path / "tests/sql/shop").mkdir(parents=True)
    (tmp_path / "tests/fixtures").mkdir(parents=True)
    (tmp_path / "tests/fixtures/more.csv").write_text("a,b\n1,x\n", encoding="utf-8")
    (tmp_path / "tests/fixtures/queried.sql").write_text("SELECT 1 AS id", encoding="utf-8")
    (tmp_path / "tests/fixtures/lines.json").write_text('{"a": 1}\n', encoding="utf-8")
    (tmp_path / "tests/sql/shop/clicks.yml").write_text(text, encoding="utf-8")
    return read_tests(tmp_path)


def test_a_file_as_dbt_has_it_with_our_additions(tmp_path: Path) -> None:
    found = suite(tmp_path, GOOD)
    assert found.diagnostics == ()
    (test,) = found.tests
    assert (test.name, test.node, test.tags, test.is_enabled) == ("first", "per_minute", ("daily",), False)
    clicks, users, plain = test.given
    assert [(i.row, i.watermark) for i in clicks.items] == [
        ({"user_id": 1, "ts": "2026-01-01 00:00:01"}, None), (None, "2026-01-01 00:01:00"), ({"user_id": 2}, None)]
    assert [i.row for i in users.items] == [{"id": "1", "name": "Ann"}, {"id": "2", "name": None}]
    assert (plain.input, [i.row for i in plain.items]) == ("plain", [{"a": "1", "b": "x"}])
    assert test.expect.rows is not None
    assert test.expect.changelog is not None
    assert [(r.op, r.cells) for r in test.expect.changelog] == [("+I", {"n": 1})]
    assert list(test.expect.late or {}) == ["clicks"]
    start = clicks.items[2].span.start
    assert GOOD[start:].startswith("{user_id: 2}")


def test_all_keys(tmp_path: Path) -> None:
    found = suite(tmp_path, MORE)
    assert found.diagnostics == ()
    (test,) = found.tests
    clicks, users, events, mails = test.given
    assert [(i.op, i.row) for i in clicks.items] == [("+U", {"user_id": 1}), (None, {"op": "x", "user_id": 1})]
    assert (clicks.defaults, clicks.has_changes, users.defaults, users.has_changes) == (True, True, False, False)
    assert [g.items[0].row for g in (users, events, mails)] == [{"id": 1}, {"a": 1}, {"a": 1}]
    assert mails.items[1].watermark == "2026-01-01"
    assert test.expect.columns == ("n",)
    assert test.error is not None
    assert (test.error.text, test.error.pattern, test.error.code) == ("", "no .* column", "FS602")
    assert test.overrides == Overrides({"days": 3}, {"REGION": "eu", "DEBUG": "true"}, {"pkg.star": "a, b"})
    assert [(s.function, s.kind, s.value) for s in test.stubs] == [
        ("geo", "return", {"country": "DE"}), ("score", "rows", [{"x": 1, "return": 0.5}]), ("scan", "call", "tests.stubs:scan")]
    assert [row for row, _ in test.stubs[1].rows] == [{"x": 1, "return": 0.5}]
    assert (test.now, test.order, test.cte, test.timeout, test.restart) == (
        "2026-01-01 00:02:00", ("clicks", "users", "clicks"), "filtered", 2.5, True)
    assert MORE[test.place("now").start:].startswith("2026-01-01 00:02:00")
    assert MORE[test.stubs[2].span.start:].startswith("scan: {call")


@pytest.mark.parametrize(("old", "new", "code", "words"), [
    ("matches: 'no .* column'", "matches: '('", "FS704", "no regular expression"),
    ("fixture: queried", "fixture: queried.csv", "FS706", "tests/fixtures/queried.csv"),
    ("fixture: queried", "fixture: more", "FS706", "tests/fixtures/more.sql"),
    ("'[{\"a\": 1}, ", "'[{", "FS710", "not JSON"),
    ("call: 'tests.stubs:scan'", "call: scan", "FS004", "is not a value"),
    ("geo: {return: {country: DE}}", "geo: {return: 1, call: 'a:b'}", "FS004", "udfs"),
    ("code: FS602", "code: 602", "FS004", "must be text"),
    ("    expect: {columns: [n], rows: [{n: 1}]}\n    expect_error: {matches: 'no .* column', code: FS602}\n", "", "FS709",
     "`expect` is missing"),
])
def test_mistakes_in_the_other_keys(tmp_path: Path, old: str, new: str, code: str, words: str) -> None:
    assert old in MORE
    found = suite(tmp_path, MORE.replace(old, new))
    told = [d for d in found.diagnostics if d.code == code]
    assert told, found.diagnostics
    assert any(words in d.message or words in (d.help or "") for d in told), told
    assert found.tests == ()


@pytest.mark.parametrize(("old", "new", "code", "words"), [
    ("model: per_minute", "nodes: per_minute", "FS003", "did you mean `node`?"),
    ("    model: per_minute\n", "", "FS709", "`node` is missing"),
    ("op: +I", "op: I", "FS004", "`I` is not a value"),
    ("fixture: more", "fixture: less", "FS706", "tests/fixtures/less.csv"),
    ("format: csv", "format: xml", "FS004", "`xml` is not a value"),
    ("unit_tests:", "unit_test:", "FS003", "did you mean `unit_tests`?"),
])
def test_mistakes_are_told_at_their_place(tmp_path: Path, old: str, new: str, code: str, words: str) -> None:
    found = suite(tmp_path, GOOD.replace(old, new))
    told = [d for d in found.diagnostics if d.code == code]
    assert told, found.diagnostics
    assert any(words in d.message or words in (d.help or "") for d in told), told
    assert all(d.span is not None and d.span.file == "tests/sql/shop/clicks.yml" for d in told)
    assert found.tests == ()


def test_two_tests_of_one_name(tmp_path: Path) -> None:
    found = suite(tmp_path, GOOD + GOOD.split("unit_tests:\n")[1])
    assert [d.code for d in found.diagnostics] == ["FS705"]
    assert len(found.tests) == 1


def test_broken_yaml_is_a_diagnostic(tmp_path: Path) -> None:
    assert [d.code for d in suite(tmp_path, "unit_tests: [").diagnostics] == ["FS002"]


def test_a_project_without_tests_has_none(tmp_path: Path) -> None:
    assert read_tests(tmp_path).tests == ()


@pytest.mark.parametrize(("text", "name"), [
    ("ref('a')", "a"), ('ref( "a" )', "a"), ("source('x', 'a')", "a"), ("a", "a"), ("ref('pkg', 'a')", "a"),
])
def test_names_of_inputs(text: str, name: str) -> None:
    assert input_name(text) == name
