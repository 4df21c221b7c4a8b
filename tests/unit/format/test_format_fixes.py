"""``lint --fix``: what is repaired, what is left, and that repairs which do not hold are taken back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from flinksql_runner.diagnostics import Diagnostic, Edit, Span, did_you_mean, error
from flinksql_runner.diagnostics.suggest import meant
from flinksql_runner.format.edits import edits_of
from flinksql_runner.format.fixes import Fixes, fix
from flinksql_runner.linting.built import lint_built
from flinksql_runner.pipeline import build
from flinksql_runner.project.values import MacroFile, NodeKind, Project, SqlFile, Target

KINDS: Mapping[str, NodeKind] = {"sources": "source", "transforms": "transform", "sinks": "sink"}
ORDERS = ("CREATE TABLE orders (order_id INT, amount DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (\n"
          "  'connector' = 'datagen'\n)\n")
BOARD = "CREATE TABLE board (a DOUBLE) WITH ('connector' = 'print');\n"


def shop(files: Mapping[str, str], vars: Mapping[str, object] | None = None) -> Project:
    sql = tuple(SqlFile(path, text, KINDS[path.split("/")[1]], path.rsplit("/", 1)[1].removesuffix(".sql"))
                for path, text in sorted(files.items()) if path.startswith("sql/"))
    macros = tuple(MacroFile(path, text) for path, text in files.items() if path.startswith("macros/"))
    return Project(Path("shop"), "shop", "1", "2.3.0", Target("local", "local"), sql, macros, texts=dict(files), vars=vars or {})


def findings(project: Project) -> tuple[Diagnostic, ...]:
    built = build(project)
    return lint_built(built)


def fixed(files: Mapping[str, str], vars: Mapping[str, object] | None = None) -> Fixes:
    return fix(shop({"sql/sources/orders.sql": ORDERS, **files}, vars), findings, lambda d: d.is_error)


@pytest.mark.parametrize(("code", "path", "before", "after"), [
    ("FS306", "sql/transforms/t.sql", "SELECT amount FROM {{ ref('order') }}\n", "SELECT amount FROM {{ ref('orders') }}\n"),
    ("FS301", "sql/transforms/t.sql", "SELECT amount FROM {{ ref(\"Orders\") }}\n", "SELECT amount FROM {{ ref(\"orders\") }}\n"),
    ("FS301", "sql/transforms/t.sql", "SELECT amount FROM ORDERS\n", "SELECT amount FROM orders\n"),
    ("FS308", "sql/transforms/t.sql", "SELECT amount FROM db.orders\n", "SELECT amount FROM orders\n"),
    ("FS320", "sql/transforms/t.sql", "SELECT amuont FROM orders\n", "SELECT amount FROM orders\n"),
    ("FS104", "sql/transforms/t.sql", "SELECT amount FROM orders WHERE amount > {{ var('laest') }}\n",
     "SELECT amount FROM orders WHERE amount > {{ var('least') }}\n"),
    ("FS204", "sql/sources/clicks.sql", "CREATE TABLE orders (a INT) WITH ('connector' = 'datagen')\n",
     "CREATE TABLE clicks (a INT) WITH ('connector' = 'datagen')\n"),
    ("FS204", "sql/sources/values.sql", "CREATE TABLE v (a INT) WITH ('connector' = 'datagen')\n",
     "CREATE TABLE `values` (a INT) WITH ('connector' = 'datagen')\n"),
    ("FS201", "sql/transforms/t.sql", "SELECT amount, -- all\nFROM orders\n", "SELECT amount -- all\nFROM orders\n"),
    ("FS530", "sql/sources/clicks.sql", "CREATE TABLE clicks (a INT) WITH ('connector' = 'datagen', 'rows-per-secnd' = '1')\n",
     "CREATE TABLE clicks (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '1')\n"),
    ("FS205", "sql/sinks/board.sql", f"{BOARD}INSERT INTO Board SELECT amount FROM orders\n",
     f"{BOARD}INSERT INTO board SELECT amount FROM orders\n"),
])
def test_one_way_out(code: str, path: str, before: str, after: str) -> None:
    fixes = fixed({path: before}, {"least": 3})
    assert [d.code for d in fixes.applied if d.code == code], fixes.left
    assert fixes.project.texts[path] == after
    assert not [d for d in fixes.left if d.is_error]


def test_source_of_a_transform_becomes_ref() -> None:
    fixes = fixed({"sql/transforms/a.sql": "SELECT amount FROM orders\n",
                   "sql/transforms/b.sql": "SELECT * FROM {{ source( 'a') }}\n"})
    assert fixes.project.texts["sql/transforms/b.sql"] == "SELECT * FROM {{ ref( 'a') }}\n"


def test_repairs_go_on_until_nothing_is_left_to_repair() -> None:
    """The comma hides what is wrong behind it."""
    fixes = fixed({"sql/transforms/t.sql": "SELECT amuont, order_di,\nFROM {{ ref('ordres') }}\n"})
    assert fixes.project.texts["sql/transforms/t.sql"] == "SELECT amount, order_id\nFROM {{ ref('orders') }}\n"
    assert len(fixes.applied) == 4
    assert not fixes.left


def test_two_near_names_are_told_and_not_chosen_between() -> None:
    files = {"sql/transforms/part_1.sql": "SELECT 1 AS a\n", "sql/transforms/part_2.sql": "SELECT 1 AS a\n",
             "sql/transforms/t.sql": "SELECT a FROM {{ ref('part_3') }}\n"}
    fixes = fixed(files)
    assert fixes.project.texts["sql/transforms/t.sql"] == files["sql/transforms/t.sql"]
    assert any("or `part_" in str(d.help) for d in fixes.left)


def test_names_that_jinja_writes_stay() -> None:
    text = "{% set t = 'ordres' %}SELECT amount FROM {{ t }}\n"
    fixes = fixed({"sql/transforms/t.sql": text})
    assert fixes.project.texts["sql/transforms/t.sql"] == text
    assert fixes.left


def test_a_mistake_in_a_macro_is_repaired_in_the_macro() -> None:
    fixes = fixed({"macros/m.sql": "{% macro total() %}SUM(amuont){% endmacro %}\n",
                   "sql/transforms/t.sql": "SELECT {{ total() }} AS s FROM orders\n"})
    assert fixes.project.texts["macros/m.sql"] == "{% macro total() %}SUM(amount){% endmacro %}\n"


def test_repairs_that_do_not_hold_are_taken_back_and_the_others_stay() -> None:
    files = {f"sql/transforms/t{n}.sql": "SELECT 1 AS a\n" for n in range(5)}

    def find(project: Project) -> tuple[Diagnostic, ...]:
        found = []
        for path, text in sorted(project.texts.items()):
            at = text.find("1")
            if at >= 0:
                instead = "(" if path.endswith("t3.sql") else "1 + 0 * 1" if path.endswith("t2.sql") else "2"
                found.append(error("FS800", "one", Span(path, at, at + 1), fix=(Edit(Span(path, at, at + 1), instead),)))
        return (*found, *build(project).diagnostics)

    fixes = fix(shop(files), find, lambda d: True)
    assert [d.span.file for d in fixes.applied if d.span] == [f"sql/transforms/t{n}.sql" for n in (4, 0, 1)]
    assert {d.span.file for d in fixes.refused if d.span} == {"sql/transforms/t2.sql", "sql/transforms/t3.sql"}
    assert fixes.project.texts["sql/transforms/t3.sql"] == "SELECT 1 AS a\n"


@pytest.mark.parametrize(("text", "spans"), [
    ("a {{ b }} c", [(0, 5)]), ("a {{ b }} c", [(2, 9)]), ("a {{ b }} c", [(3, 6)]), ("{% if a %}b{% endif %}", [(0, 12)]),
    ("a b", [(0, 2), (1, 3)]), ("a b", [(2, 9)]), ("{# note #} a", [(4, 6)]), ("{{ broken", [(0, 1)]),
])
def test_edits_that_would_cut_into_jinja_are_none(text: str, spans: list[tuple[int, int]]) -> None:
    edits = tuple(Edit(Span("f", *span), "x") for span in spans)
    assert edits_of(error("FS800", "m", Span("f", 0, 1), fix=edits), {"f": text}) == ()
    assert edits_of(error("FS800", "m", Span("f", 0, 1), fix=edits), {}) == ()


def test_the_sentence_is_read_where_it_is_written() -> None:
    assert did_you_mean("amuont", ["amount", "other"]) == "did you mean `amount`?"
    assert meant(did_you_mean("amuont", ["amount", "other"])) == "amount"
    assert str(did_you_mean("part_3", ["part_1", "part_2"])).startswith("did you mean `part_")
    assert meant(did_you_mean("part_3", ["part_1", "part_2"])) is None
    assert did_you_mean("AMOUNT", ["amount", "amounts"]) == "did you mean `amount`?"
    assert did_you_mean("x", ["amount"]) is None
    assert meant(None) is None
    assert meant("take it out") is None
