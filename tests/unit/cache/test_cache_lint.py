"""``lint`` answers out of the cache where nothing changed, and only then."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flinksql_runner.project.init import init

LOADED = """
import sys
from flinksql_runner.cli.main import cli
code = cli(["lint", *sys.argv[1:]], standalone_mode=False)
print("heavy" if "sqlglot" in sys.modules or "jinja2" in sys.modules or "yaml" in sys.modules else "light", code, file=sys.stderr)
"""
OPENED = """
import os, sys
opened = []
def watch(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], (str, os.PathLike)):
        opened.append(os.path.abspath(os.fspath(arguments[0])))
sys.addaudithook(watch)
from flinksql_runner.cli.main import cli
cli(["lint", "--no-partial-parse"], standalone_mode=False)
print("\\n".join(opened), file=sys.stderr)
"""


class Shop:
    """A small project with a cache of its own."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder, self.env = folder, {**os.environ, "FLINKSQL_CACHE": str(cache), "HOME": str(cache)}
        init(folder)

    def run(self, *arguments: str, code: str = LOADED, **env: str) -> tuple[str, str]:
        """Standard output and the last line of standard error: whether heavy parts were loaded, and the exit code."""
        done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=self.folder, capture_output=True, text=True,
                              env={**self.env, **env}, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout, done.stderr if code is OPENED else done.stderr.strip().splitlines()[-1]

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop", tmp_path / "cache")


def test_an_unchanged_project_loads_nothing(shop: Shop) -> None:
    assert shop.run() == ("", "heavy 0")
    assert shop.run() == ("", "light 0")
    assert shop.run("--no-partial-parse") == ("", "heavy 0")


def test_findings_are_the_same_in_every_form(shop: Shop) -> None:
    shop.write("sql/transforms/wrong.sql", "SELECT 1,\n  {{ cents('x') }} FROM {{ ref('nope') }}")
    shop.write("macros/cents.sql", "{% macro cents(c) %}({{ c }}{% endmacro %}")
    first = {form: shop.run("--output", form, "--no-partial-parse")[0] for form in ("text", "json", "sarif")}
    assert "FS" in first["text"]
    shop.run()
    for form, text in first.items():
        assert shop.run("--output", form) == (text, "light 1")
    assert json.loads(first["json"])["diagnostics"][0]["file"]


def test_every_change_is_seen(shop: Shop) -> None:
    shop.write("sql/transforms/t.sql", "SELECT {{ var('n', 1) }} AS n, '{{ env_var('E', 'x') }}' AS e")
    assert shop.run()[1] == shop.run(E="")[1] == "heavy 0"
    assert shop.run(E="")[1] == "light 0"
    assert shop.run(E="y")[1] == "heavy 0"
    assert shop.run("--vars", "{n: 2}")[1] == "heavy 0"
    assert shop.run("-s", "t")[1] == "heavy 0"
    shop.write("sql/transforms/t.sql", "SELECT 1 FROM")
    assert shop.run()[1] == "heavy 1"
    assert shop.run()[1] == "light 1"
    shop.write("sql/transforms/t.sql", "SELECT 1 AS n")
    assert shop.run()[1] == "heavy 0"
    shop.write("project.yml", (shop.folder / "project.yml").read_text() + "# more\n")
    assert shop.run()[1] == "heavy 0"
    shop.write("sql/transforms/new.sql", "nonsense")
    assert shop.run()[1] == "heavy 1"


def test_a_cache_that_came_with_the_repository_is_not_believed(shop: Shop, tmp_path: Path) -> None:
    shop.run()
    other = Shop(tmp_path / "clone", tmp_path / "mine")
    shutil.rmtree(other.folder)
    shutil.copytree(shop.folder, other.folder, copy_function=shutil.copy2)
    assert other.run()[1] == "heavy 0"


def test_a_disk_that_can_not_be_written_changes_nothing(shop: Shop) -> None:
    (shop.folder / ".flinksql").write_text("in the way")
    assert shop.run()[1] == shop.run()[1] == "heavy 0"
    blocked = shop.folder.parent / "blocked"
    blocked.write_text("")
    assert shop.run(FLINKSQL_CACHE=str(blocked / "below"))[1] == "heavy 0"


def test_lint_opens_nothing_that_the_survey_does_not_see(shop: Shop) -> None:
    from flinksql_runner.cache.survey import survey
    from flinksql_runner.project.reading import read_paths

    shop.write("udfs/f.py", "")
    folders, files = read_paths(shop.folder, None, {})
    seen = {str(shop.folder / p) for p in survey(shop.folder, folders, files, 0)} | {str(shop.folder / f) for f in folders}
    opened = {p for p in shop.run(code=OPENED)[1].splitlines() if p.startswith(str(shop.folder))}
    assert len(opened) > 5
    assert opened - seen - {str(shop.folder)} == set()
