"""``lint --changed-since``: what a change touches, by a real repository of git."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from flinksql_runner.cli.since import changed_nodes
from flinksql_runner.diagnostics import Failure
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load

FILES = {
    "project.yml": "name: shop\nvars: {least: 1, other: 2}\njobs:\n  all: {select: sql/sinks}\n",
    "macros/money.sql": "{% macro cents(c) %}{{ c }} * {{ hundred() }}{% endmacro %}",
    "macros/numbers.sql": "{% macro hundred() %}100{% endmacro %}",
    "macros/unused.sql": "{% macro nobody() %}1{% endmacro %}",
    "udfs/f.py": "from flinksql_runner.udf import udf\n\n\n@udf\ndef twice(x: int) -> int:\n    return x * 2\n",
    "sql/sources/orders.sql": "CREATE TABLE orders (id INT, price DOUBLE) WITH ('connector' = 'datagen')",
    "sql/transforms/a.sql": "SELECT id, {{ cents('price') }} AS price FROM orders",
    "sql/transforms/b.sql": "SELECT id, twice(id) AS x FROM a",
    "sql/transforms/c.sql": "SELECT id FROM orders WHERE id > {{ var('least') }}",
    "sql/sinks/out.sql": "CREATE TABLE `out` (id INT) WITH ('connector' = 'blackhole');\nINSERT INTO `out` SELECT id FROM c",
}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e@x", "-C", str(folder), *arguments], check=True,
                   capture_output=True)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project in a folder of a repository, committed."""
    folder = tmp_path / "teams" / "shop"
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "first")
    return folder


def touched(folder: Path, ref: str = "main") -> set[str]:
    return set(changed_nodes(build(load(folder, env=os.environ)), ref))


@pytest.mark.parametrize(("path", "old", "new", "expected"), [
    ("sql/transforms/a.sql", "FROM orders", "FROM orders WHERE id > 1", {"a", "b"}),
    ("sql/sinks/out.sql", "FROM c", "FROM c WHERE id > 1", {"out"}),
    ("sql/sources/orders.sql", "id INT,", "id INT, x INT,", {"orders", "a", "b", "c", "out"}),
    ("macros/money.sql", " * ", " / ", {"a", "b"}),
    ("macros/numbers.sql", "100", "1000", {"a", "b"}),
    ("macros/unused.sql", "1", "2", set()),
    ("udfs/f.py", "* 2", "+ x", {"b"}),
    ("project.yml", "least: 1", "least: 3", {"c", "out"}),
    ("project.yml", "other: 2", "other: 3", set()),
    ("project.yml", "name: shop", "name: shed", {"orders", "a", "b", "c", "out"}),
    ("README.md", "", "words", set()),
    ("sql/transforms/new.sql", "", "SELECT id FROM c", {"new"}),
    ("profiles.yml", "", "shed: {target: local, outputs: {local: {type: local}}}", {"orders", "a", "b", "c", "out"}),
])
def test_what_a_change_touches(shop: Path, path: str, old: str, new: str, expected: set[str]) -> None:
    before = (shop / path).read_text(encoding="utf-8") if old else ""
    assert old in before
    (shop / path).write_text(before.replace(old, new) if old else new, encoding="utf-8")
    assert touched(shop) == expected
    git(shop, "checkout", "-q", "-b", "mine")
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "mine")
    assert touched(shop) == expected


def test_a_file_that_is_gone_touches_its_readers(shop: Path) -> None:
    (shop / "sql/transforms/a.sql").unlink()
    assert touched(shop) == {"b"}
    (shop / "udfs/f.py").unlink()
    assert touched(shop) == {"a", "b"} - {"a"} | {"b"}


def test_what_others_committed_meanwhile_does_not_count(shop: Path) -> None:
    git(shop, "checkout", "-q", "-b", "mine")
    git(shop, "checkout", "-q", "main")
    (shop / "sql/transforms/a.sql").write_text("SELECT id FROM orders")
    git(shop, "commit", "-qam", "theirs")
    git(shop, "checkout", "-q", "mine")
    (shop / "sql/transforms/c.sql").write_text("SELECT id FROM orders")
    assert touched(shop) == {"c", "out"}


@pytest.mark.parametrize("ref", ["nope", "--all", ""])
def test_no_such_commit_is_a_sentence(shop: Path, ref: str) -> None:
    with pytest.raises(Failure, match="no commit"):
        touched(shop, ref)


def test_no_repository_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "project.yml").write_text("name: shop\n")
    with pytest.raises(Failure, match="git"):
        touched(tmp_path)


def test_lint_tells_of_touched_nodes_only(shop: Path) -> None:
    from click.testing import CliRunner

    from flinksql_runner.cli.main import cli

    (shop / "sql/transforms/a.sql").write_text("SELECT nope FROM orders")
    git(shop, "commit", "-qam", "broken")
    (shop / "sql/transforms/c.sql").write_text("SELECT nix FROM orders")
    result = CliRunner().invoke(cli, ["--project-dir", str(shop), "lint", "--changed-since", "HEAD", "--output", "json"])
    assert {d["node"] for d in json.loads(result.stdout)["diagnostics"] if d["severity"] == "error"} == {"c", "out"}
