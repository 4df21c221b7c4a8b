"""A job is one statement set; each of its statements leads back to the user's text."""

from __future__ import annotations

import pytest

from flinksql_runner.compiler.compile import compile_job
from flinksql_runner.compiler.job import Job
from flinksql_runner.compiler.text import resolved_text
from flinksql_runner.diagnostics import Failure, Span
from flinksql_runner.functions.values import Function, Functions
from flinksql_runner.project.values import JobSpec

SCORE = Function("score", "scoring", "score", "scalar", (), "DOUBLE", True, Span("udfs/scoring.py", 0, 5))
OTHER = Function("other", "scoring", "other", "scalar", (), "DOUBLE", True, Span("udfs/scoring.py", 9, 12))
FUNCTIONS = Functions({"score": SCORE, "other": OTHER})
FILES = {
    "sql/sources/orders.sql": "-- What customers; 'buy'.\nCREATE TABLE orders (\n  a INT, -- the amount\n  p DOUBLE\n) WITH (\n"
                              "  'connector' = 'jdbc', 'password' = '${FLINKSQL_SECRET_DB}'\n);\n",
    "sql/sources/unused.sql": "CREATE TABLE unused (a INT) WITH ('connector' = 'datagen')",
    "sql/transforms/big.sql": "/* the big ones */\n-- for the board\n"
                              "SELECT a, SCORE(p) AS s\nFROM orders WHERE a > 9 -- as agreed\n;",
    "sql/sinks/out_t.sql": "CREATE TABLE out_t (a INT, s DOUBLE) WITH ('connector' = 'print');\n\n"
                         "-- all big ones\nINSERT INTO out_t\nSELECT a, s FROM big;\n"
                         "INSERT INTO out_t SELECT a, p FROM orders;\n",
    "sql/sinks/copy.sql": "CREATE TABLE copy LIKE out_t; INSERT INTO copy SELECT a, s FROM big",
}
EXPECTED = """\
-- The job j, made by `flinksql compile`: edit the files below sql/ and compile again.
-- ${...} are filled in when a statement is sent; `flinksql compile --resolved FILE` writes a file with all of them.

SET 'parallelism.default' = '2';
SET 'pipeline.name' = 'j';

CREATE TEMPORARY SYSTEM FUNCTION score AS 'flinksql_functions.score' LANGUAGE PYTHON;

-- sql/sources/orders.sql
-- What customers; 'buy'.
CREATE TEMPORARY TABLE `orders` (
  a INT, -- the amount
  p DOUBLE
) WITH (
  'connector' = 'jdbc', 'password' = '${FLINKSQL_SECRET_DB}'
);

-- sql/sinks/out_t.sql
CREATE TEMPORARY TABLE `out_t` (a INT, s DOUBLE) WITH ('connector' = 'print');

-- sql/transforms/big.sql
/* the big ones */
-- for the board
CREATE TEMPORARY VIEW `big` AS
SELECT a, SCORE(p) AS s
FROM orders WHERE a > 9;

EXECUTE STATEMENT SET
BEGIN
-- sql/sinks/out_t.sql
-- all big ones
INSERT INTO out_t
SELECT a, s FROM big;
-- sql/sinks/out_t.sql
INSERT INTO out_t SELECT a, p FROM orders;
END;
"""


@pytest.fixture
def job(make_graph, shop) -> Job:
    spec = JobSpec("j", "out_t", {"parallelism.default": "2"})
    found, diagnostics = compile_job(make_graph(FILES), spec, FUNCTIONS, shop)
    assert not diagnostics
    assert found is not None
    return found


def test_the_text_of_a_job(job: Job) -> None:
    assert job.text == EXPECTED
    assert job.nodes == ("orders", "big", "out_t")
    assert job.sinks == ("out_t",)
    assert job.functions == (SCORE,)
    assert job.settings == {"pipeline.name": "j", "parallelism.default": "2"}


def test_the_same_input_gives_the_same_job(job: Job, make_graph, shop) -> None:
    backwards = make_graph(dict(reversed(FILES.items())))
    again, _ = compile_job(backwards, JobSpec("j", "out_t", {"parallelism.default": "2"}), FUNCTIONS, shop)
    assert again == job


def test_each_character_of_a_statement_leads_back(job: Job) -> None:
    for statement in (*job.declarations, *job.inserts):
        if statement.node is None:
            continue
        text = next(t for p, t in FILES.items() if p.endswith(f"/{statement.node}.sql"))
        length = len(statement.sql) - statement.body
        assert statement.sql[statement.body:] == text[statement.origin:statement.origin + length]
        assert length > 10
    assert {s.kind for s in job.declarations} == {"function", "table", "view"}


def test_a_sink_that_is_only_liked_is_declared_and_not_written(make_graph, shop) -> None:
    job, _ = compile_job(make_graph(FILES), JobSpec("c", "copy"), FUNCTIONS, shop)
    assert job is not None
    assert job.sinks == ("copy",)
    assert "TEMPORARY TABLE `out_t`" in job.text
    assert "INSERT INTO out_t" not in job.text
    assert job.text.index("TABLE `out_t`") < job.text.index("TABLE `copy`")


@pytest.mark.parametrize(("select", "code", "message"), [
    ("orders", "FS310", "it selects `orders`"),
    ("nobody", "FS310", "nothing matches it"),
    ("tga:x", "FS312", "did you mean `tag`?"),
    ("bad", "FS311", "it needs `broken`, which has an error"),
])
def test_a_job_that_cant_be_compiled(make_graph, shop, select: str, code: str, message: str) -> None:
    graph = make_graph(FILES | {
        "sql/transforms/broken.sql": "SELECT a FROM nowhere",
        "sql/sinks/bad.sql": "CREATE TABLE bad (a INT) WITH ('connector' = 'print'); INSERT INTO bad SELECT a FROM broken",
    })
    span = Span("project.yml", 3, 4)
    job, (found,) = compile_job(graph, JobSpec("j", select, span=span), FUNCTIONS, shop)
    assert job is None
    assert (found.code, found.span) == (code, span)
    assert message in found.message
    assert compile_job(graph, JobSpec("j", "out_t"), FUNCTIONS, shop)[0] is not None


def test_a_job_behind_a_cycle_is_refused(make_graph, shop) -> None:
    graph = make_graph({
        "sql/transforms/a.sql": "SELECT x FROM b", "sql/transforms/b.sql": "SELECT x FROM a",
        "sql/sinks/s.sql": "CREATE TABLE s (x INT) WITH ('connector' = 'print'); INSERT INTO s SELECT x FROM a",
    })
    job, (found,) = compile_job(graph, JobSpec("j", "s"), FUNCTIONS, shop)
    assert job is None
    assert "`a`, `b`" in found.message


def test_the_resolved_text_has_everything_and_the_compiled_one_no_secret(job: Job) -> None:
    text = resolved_text(job, {"FLINKSQL_SECRET_DB": "o'hara"}, jars=["/x/it's.jar"], python_files="/b", python_executable="/py",
                         settings={"rest.port": "17"})
    assert "'password' = 'o''hara'" in text
    assert text.startswith("ADD JAR '/x/it''s.jar';\nSET 'rest.port' = '17';\n"
                           "SET 'python.files' = '/b';\nSET 'python.executable' = '/py';\n")
    assert "${FLINKSQL" not in text
    assert "hara" not in job.text
    with pytest.raises(Failure, match="FLINKSQL_SECRET_DB"):
        resolved_text(job, {})


def test_a_comment_behind_the_last_word_can_not_hide_the_semicolon(make_graph, shop) -> None:
    """A comment behind the last word is cut: the closing `;` must not end up in it."""
    graph = make_graph({
        "sql/sources/o.sql": "CREATE TABLE o (a INT) WITH ('connector' = 'datagen') -- the end",
        "sql/sinks/s.sql": "CREATE TABLE s (a INT) WITH ('connector' = 'print'); -- first\nINSERT INTO s SELECT a FROM o -- last",
    })
    job, _ = compile_job(graph, JobSpec("j", "s"), FUNCTIONS, shop)
    assert job is not None
    assert "'datagen');\n" in job.text
    assert "-- first\nINSERT INTO s SELECT a FROM o;\nEND;" in job.text
    assert job.statement_set == "EXECUTE STATEMENT SET\nBEGIN\n-- first\nINSERT INTO s SELECT a FROM o;\nEND"
