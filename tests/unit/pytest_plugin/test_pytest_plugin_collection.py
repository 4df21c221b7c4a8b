"""What the plugin collects, and that it leaves all others alone. No Flink: tests are only collected."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from flinksql_runner.pytest_plugin.plugin import project_of
from flinksql_runner.pytest_plugin.runs import Settings
from flinksql_runner.testing.ways import Ways

PLUGIN = ("-p", "no:flinksql", "-p", "flinksql_runner.pytest_plugin.plugin", "-p", "no:cacheprovider", "-p", "no:timeout")
FILES = {
    "project.yml": "name: p\nprofile: p\n",
    "profiles.yml": "p: {outputs: {local: {type: local}}}\n",
    "sql/sources/clicks.sql": "{{ config(tags=['raw']) }} CREATE TABLE clicks (k STRING) WITH ('connector' = 'datagen')\n",
    "sql/transforms/keys.sql": "SELECT k FROM {{ ref('clicks') }}\n",
    "tests/sql/a.yml": """unit_tests:
  - {name: one, node: clicks, given: [], expect: {rows: []}}
  - {name: two, node: keys, given: [], expect: {rows: []}, config: {tags: [slow-one]}}
""",
    "tests/sql/deep/b.yml": "unit_tests:\n  - {name: three, node: keys, given: [], expect: {rows: []}}\n",
    "tests/test_plain.py": "def test_plain(): pass\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(root: Path, *words: str) -> tuple[int, list[str], str]:
    """Exit code, the collected ids, and all that was printed."""
    done = subprocess.run([sys.executable, "-m", "pytest", *PLUGIN, "--strict-markers", "-q", *words],
                          cwd=root, capture_output=True, text=True, timeout=100)
    return done.returncode, [line for line in done.stdout.splitlines() if "::" in line], done.stdout + done.stderr


@pytest.mark.parametrize(("words", "names"), [
    ((), ["tests/sql/a.yml::one", "tests/sql/a.yml::two", "tests/sql/deep/b.yml::three", "tests/test_plain.py::test_plain"]),
    (("-k", "two or three"), ["tests/sql/a.yml::two", "tests/sql/deep/b.yml::three"]),
    (("-m", "flinksql"), ["tests/sql/a.yml::one", "tests/sql/a.yml::two", "tests/sql/deep/b.yml::three"]),
    (("-m", "slow_one or raw"), ["tests/sql/a.yml::one", "tests/sql/a.yml::two"]),
    (("tests/sql/deep/b.yml::three",), ["tests/sql/deep/b.yml::three"]),
])
def test_tests_are_items(project: Path, words: tuple[str, ...], names: list[str]) -> None:
    code, found, text = run(project, "--collect-only", *words)
    assert code == 0, text
    assert found == names


def test_a_file_with_a_mistake_has_an_item_that_fails(project: Path) -> None:
    (project / "tests/sql/c.yml").write_text("unit_tests:\n  - {name: four, node: keys, givn: [], expect: {rows: []}}\n", "utf-8")
    code, _, text = run(project, "tests/sql/c.yml")
    assert code == 1
    assert "unknown key `givn`" in text
    assert "--> tests/sql/c.yml:2:" in text
    assert "did you mean `given`?" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("missing", ["project.yml", "sql"])
def test_yaml_files_elsewhere_are_no_tests(project: Path, missing: str) -> None:
    (project / missing).rename(project / "away")
    code, found, text = run(project, "--collect-only")
    assert code == 0, text
    assert found == ["tests/test_plain.py::test_plain"]


def test_the_fixture_outside_a_project_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("def test_a(flinksql): pass\n", encoding="utf-8")
    code, _, text = run(tmp_path)
    assert code == 1
    assert "the fixture `flinksql` needs a flinksql project: no project.yml stands above test_a.py" in text


def test_an_unusable_project_is_told_in_a_sentence(project: Path) -> None:
    (project / "project.yml").write_text("name: [\n", encoding="utf-8")
    code, _, text = run(project, "tests/sql/deep")
    assert code == 1
    assert "project.yml can't be used; mend the places above." in text
    assert "FS002" in text
    assert "Traceback" not in text


def test_loading_the_plugin_loads_nothing_else_of_ours() -> None:
    code = ("import sys, pytest; before = set(sys.modules); import flinksql_runner.pytest_plugin.plugin\n"
            "print(sorted(m for m in set(sys.modules) - before if m.startswith('flinksql_runner')),"
            " [m for m in ('yaml', 'sqlglot', 'httpx', 'click') if m in sys.modules])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == ("['flinksql_runner', 'flinksql_runner.pytest_plugin', "
                                   "'flinksql_runner.pytest_plugin.names', "
                                   "'flinksql_runner.pytest_plugin.plugin'] []"), done.stderr


@pytest.mark.parametrize("words", [(), ("--dist", "loadgroup")])
def test_under_xdist_sql_tests_stay_together(project: Path, words: tuple[str, ...]) -> None:
    """Each file of tests has a mistake, which fails without Flink: what is asked is which worker said so."""
    for name in ("c", "d", "e"):
        (project / f"tests/sql/{name}.yml").write_text("unit_tests:\n  - {name: one, nod: keys}\n", "utf-8")
    code, _, text = run(project, "-vv", "-n", "2", *words, "-k", "mistakes or plain")
    workers = re.findall(r"^\[(gw\d)\] .* FAILED tests/sql/[cde]\.yml", text, re.MULTILINE)
    assert code == 1, text
    assert len(workers) == 3, text
    assert len(set(workers)) == 1, text


def test_other_ways_of_xdist_are_refused(project: Path) -> None:
    code, _, text = run(project, "-n", "2", "--dist", "loadfile", "-k", "one")
    assert code == 1
    assert "which `--dist loadfile` takes apart: use -n with --dist load" in text


def test_ways_of_options() -> None:
    assert Settings(shuffle=True, parallelism=2, restart=True).ways == Ways(True, 2, True)
    assert Settings().ways == Ways()


def test_the_project_of_a_folder(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert project_of(project / "tests" / "sql") == project
    assert project_of(tmp_path_factory.mktemp("none")) is None
