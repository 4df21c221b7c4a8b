from __future__ import annotations

import pytest
from sqlglot import exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.script import parse_script

SCRIPT = """-- a script; with a mistake
SET 'a;b' = 'c';
CREATE TABLE t (a INT) WITH ('connector' = 'print'); /* ; */
SELECT value FROM t;
;
EXECUTE STATEMENT SET BEGIN
  INSERT INTO t SELECT 1;
  INSERT INTO t SELECT 2;
END;
BEGIN STATEMENT SET; INSERT INTO t SELECT `;` FROM x; END;
SELECT 1 -- no semicolon
"""


def test_an_error_hides_no_other_statement() -> None:
    found = parse_script(SCRIPT)
    assert [type(s.tree).__name__ if s.tree else "error" for s in found] == [
        "SetOption", "Create", "error", "Execute", "BeginStatementSet", "Insert", "EndStatementSet", "Select"]
    assert SCRIPT[found[0].start:found[0].end] == "SET 'a;b' = 'c'"
    assert SCRIPT[found[-1].start:found[-1].end] == "SELECT 1"
    wrong = found[2].error
    assert wrong is not None
    assert SCRIPT[wrong.start:wrong.end] == "value"
    assert "reserved word" in wrong.message
    assert isinstance(found[3].tree, e.Execute)
    assert isinstance(found[5].tree, exp.Insert)


@pytest.mark.parametrize(("text", "at", "message"), [
    ("SELECT 'abc", "'", "never closed"), ("SELECT a FROM `t", "`", "never closed"), ("SELECT a FROM", "FROM", ""),
    ("SELECT (1", "1", ""), ("NONSENSE t", "NONSENSE", ""), ("CREATE TABEL t (a INT)", "TABEL", ""),
])
def test_errors_have_a_place(text: str, at: str, message: str) -> None:
    good, wrong = parse_script(f"SELECT 1;\n{text}")
    assert good.tree is not None
    assert wrong.error is not None
    assert f"SELECT 1;\n{text}"[wrong.error.start:wrong.error.end] == at
    assert message in wrong.error.message


@pytest.mark.parametrize("text", ["", ";", " -- nothing\n;;", "/* open"])
def test_nothing_is_no_statement_or_an_error(text: str) -> None:
    assert all(s.tree is None for s in parse_script(text))
