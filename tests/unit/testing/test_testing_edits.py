from __future__ import annotations

from flinksql_runner.compiler.job import JobStatement
from flinksql_runner.testing.edits import Change, edited, edits, put

TEXT = "SELECT f(g(a), b) AS x, NOW() FROM t"


def _wrap(name: str, word: str) -> Change:
    start = TEXT.index(word)
    end = start + len(word)
    return Change(start, end, lambda inner: f"{name}<{inner(start + 2, end - 1)}>")


def test_changes_inside_changes() -> None:
    now = TEXT.index("NOW()")
    made = edits(TEXT, [put(now, now + 5, "'12:00'"), _wrap("G", "g(a)"), _wrap("F", "f(g(a), b)")])
    assert [e.text for e in made] == ["F<G<a>, b>", "'12:00'"]


def test_more_changes_of_a_part() -> None:
    start = TEXT.index("g(a)")
    change = Change(start, start + 4, lambda inner: inner(start + 2, start + 3, [put(start + 2, start + 3, "1")]) * 2)
    assert [e.text for e in edits(TEXT, [change])] == ["11"]


def test_a_place_of_the_sent_text_leads_back_behind_an_edit() -> None:
    node = f"-- ${{FLINKSQL_SECRET_X}}\n{TEXT}"
    origin = node.index("SELECT")
    at = node.index("NOW()")
    statement = JobStatement("view", f"CREATE VIEW v AS\n{TEXT}", "v", len("CREATE VIEW v AS\n"), origin)
    sent = edited(statement, edits(node, [put(at, at + 5, "TIMESTAMP '2026-01-01'")]), "0")
    assert sent.text == "CREATE VIEW v AS\nSELECT f(g(a), b) AS x, TIMESTAMP '2026-01-01' FROM t"
    assert sent.rendered(sent.text.index("FROM")) == node.index("FROM")
    assert sent.rendered(sent.text.index("g(a)")) == node.index("g(a)")
    assert at <= sent.rendered(sent.text.index("2026")) <= at + 5


def test_placeholders_get_a_value_in_edits_too() -> None:
    sql = "SELECT '${FLINKSQL_SECRET_X}', f('${FLINKSQL_SECRET_X}')"
    start = sql.index("f(")
    sent = edited(JobStatement("view", sql, "v", 0, 0),
                  edits(sql, [Change(start, len(sql), lambda inner: f"G{inner(start + 1, len(sql))}")]), "0")
    assert sent.text == "SELECT '0', G('0')"
