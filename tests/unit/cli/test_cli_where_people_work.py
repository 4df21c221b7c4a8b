"""What docs/lint.md says for other tools: options that exist, a matcher that matches, hooks that name a verb."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from flinksql_runner.cli.commands.lint import command
from flinksql_runner.diagnostics import Diagnostic, Severity, Span
from flinksql_runner.diagnostics.render import Renderer

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
FLAGS = {flag for parameter in command.params for flag in parameter.opts} | {"--quiet"}


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


def test_every_command_of_the_page_has_options_that_exist() -> None:
    calls = re.findall(r"flinksql lint( [^\n`>|]*)", PAGE)
    assert len(calls) > 5
    assert {flag for call in calls for flag in re.findall(r"--[a-z-]+", call)} <= FLAGS


@pytest.mark.parametrize("text", blocks("yaml"), ids=lambda t: t.split("\n", 1)[0])
def test_yaml_of_the_page_is_yaml(text: str) -> None:
    assert yaml.safe_load(text)


def test_the_problem_matcher_matches_what_concise_prints() -> None:
    pattern = json.loads(blocks("json")[0])["tasks"][0]["problemMatcher"]["pattern"]
    file = "sql/transforms/späte daten: 2.sql"
    for severity in Severity:
        found = Diagnostic("FS301", severity, "no source declares `x`: [y]", Span(file, 8, 9))
        match = re.match(pattern["regexp"], Renderer({file: "SELECT\n x"}).concise(found))
        assert match is not None
        assert [match.group(pattern[k]) for k in ("file", "line", "column", "severity", "code", "message")] == [
            file, "2", "2", str(severity), "FS301", "no source declares `x`: [y]"]


def hooks() -> dict[str, dict[str, object]]:
    return {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}


def test_the_hook_formats_where_sql_changed() -> None:
    hook = hooks()["flinksql-format"]
    assert hook["entry"] == "flinksql format"
    files = re.compile(str(hook["files"]))
    assert all(files.search(path) for path in ("sql/sinks/a.sql", "teams/shop/macros/m.sql"))
    assert not files.search("udfs/f.py")


def test_the_hook_runs_lint_where_a_project_changed() -> None:
    hook = hooks()["flinksql-lint"]
    assert hook["entry"] == "flinksql lint"
    assert hook["pass_filenames"] is False
    files = re.compile(str(hook["files"]))
    for path in ("sql/sinks/a.sql", "teams/shop/macros/m.sql", "project.yml", "shop/profiles.yml", "udfs/f.py"):
        assert files.search(path), path
    assert not files.search("docs/lint.md")
