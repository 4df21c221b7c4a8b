"""Severities and options of rules: project.yml, folders, files; mistakes in them at their places."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.linting.built import lint_built
from flinksql_runner.pipeline import Build

KAFKA = "CREATE TABLE {} (id INT) WITH ('topic' = 'o', 'format' = 'json', 'connector' = 'kafka')"
Make = Callable[[Mapping[str, str]], Build]


def told(built: Build, only: tuple[str, ...] = ()) -> list[tuple[str, str, str | None]]:
    return [(d.code, str(d.severity), d.node) for d in lint_built(built, only, ()) if d.code in ("FS801", "FS802")]


def test_inner_folders_win_and_the_file_itself_most(make_build: Make) -> None:
    built = make_build({
        "project.yml": "name: shop\nlint: {rules: {FS801: error, kafka-group-id: off}}\n"
                       "config:\n  sources:\n    +lint: {FS801: info}\n    new: {+lint: {FS802: on}, b: {+lint: {FS801: off}}}\n",
        "sql/sources/a.sql": KAFKA.format("a"), "sql/sources/new/b.sql": KAFKA.format("b"),
        "sql/sources/new/c.sql": "{{ config(lint={'FS801': 'warning'}) }}\n" + KAFKA.format("c"),
    })
    assert told(built) == [
        ("FS801", "info", "a"), ("FS802", "warning", "b"), ("FS801", "warning", "c"), ("FS802", "warning", "c")]


def test_some_rules_alone(make_build: Make) -> None:
    built = make_build({"sql/sources/a.sql": KAFKA.format("a") + "  -- noqa: FS805 not run here, so not known to be unused"})
    assert told(built, ("FS802",)) == [("FS802", "warning", "a")]
    assert [d.code for d in lint_built(built, ("FS801", "FS890"), ())] == ["FS801"]


@pytest.mark.parametrize(("yaml", "under", "message", "help"), [
    ("FS801X: off", "FS801X", "there is no lint rule `FS801X`", "did you mean `FS801`?"),
    ("kafka-grup-id: off", "kafka-grup-id", "there is no lint rule `kafka-grup-id`", "did you mean `kafka-group-id`?"),
    ("FS801: of", "of", "`of` is no severity of a rule", "did you mean `off`?"),
    ("FS801: {sverity: off}", "sverity", "the rule FS801 has no option `sverity`", "did you mean `severity`?"),
])
def test_what_can_not_be_used_is_told_at_its_place(
    yaml: str, under: str, message: str, help: str, make_build: Make,
) -> None:
    for head in ("name: shop\nlint:\n  rules:\n    ", "name: shop\nconfig:\n  sources:\n    +lint:\n      "):
        text = head + yaml + "\n"
        (found,) = lint_built(make_build({"project.yml": text, "sql/sources/n.sql": KAFKA.format("n")}), ("FS890",), ())
        assert (found.code, found.message, found.help, found.is_error) == ("FS892", message, help, True)
        assert found.span is not None
        assert text[found.span.start:found.span.end] == under


def test_mistakes_in_the_file_itself(make_build: Make) -> None:
    def found(config: str) -> Diagnostic:
        built = make_build({"sql/sources/n.sql": "{{ config(lint=" + config + ") }}\n" + KAFKA.format("n")})
        return next(d for d in lint_built(built, others=()) if d.code == "FS892")

    assert found("'FS801'").message == "`lint` of config() must be a mapping from rules to severities"
    assert found("{'FS9': 'off'}").message == "there is no lint rule `FS9`"


def test_lint_of_a_folder_that_is_no_mapping(make_build: Make) -> None:
    with pytest.raises(Exception, match=r"project\.yml can't be used"):
        make_build({"project.yml": "name: shop\nconfig: {sources: {+lint: off}}\n"})


def test_a_suppression_is_not_called_useless_while_a_job_can_not_be_looked_at(make_build: Make) -> None:
    files = {
        "sql/sources/n.sql": "CREATE TABLE n (id INT) WITH ('connector' = 'datagen')",
        "sql/transforms/a.sql": "SELECT id FROM n  -- noqa: FS815 said by the job",
    }
    assert [d.code for d in lint_built(make_build(files))] == ["FS890"]
    assert [d.code for d in lint_built(make_build({**files, "sql/transforms/b.sql": "SELECT nothing FRM n"}))] == ["FS201"]


def test_what_the_analyser_foretells_can_be_silenced_and_what_the_graph_refuses_can_not(
    make_build: Callable[[Mapping[str, str]], Build],
) -> None:
    built = make_build({
        "sql/sources/n.sql": "CREATE TABLE n (id INT) WITH ('connector' = 'datagen')",
        "sql/transforms/a.sql": "SELECT missing FROM n  -- noqa: FS320 the table has it",
        "sql/transforms/b.sql": "SELECT missing FROM m  -- noqa: FS301 the table is there",
    })
    assert [(d.code, d.node) for d in built.findings] == [("FS301", "b"), ("FS320", "a")]
    assert [(d.code, d.node) for d in lint_built(built)] == [("FS301", "b"), ("FS891", "b")]
