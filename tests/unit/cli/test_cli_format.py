"""``flinksql format`` as a user calls it: what it prints, writes and returns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flinksql_runner.cli.main import cli

ROOT = Path(__file__).resolve().parents[3]
GOOD = "SELECT a\nFROM orders\n"
FILES = {
    "project.yml": "name: shop\nformat: {line_length: 80}\n",
    "sql/sources/orders.sql": "CREATE TABLE orders (\n  a INT\n) WITH (\n  'connector' = 'datagen'\n)\n",
    "sql/transforms/good.sql": GOOD,
    "sql/transforms/big.sql": "select a from {{ source('orders') }}   where a>1",
    "sql/transforms/left.sql": "select (a from t\n",
    "macros/m.sql": "{%macro one()%}\n1\n{%endmacro%}\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def flinksql(root: Path, *arguments: str, input: bytes | None = None) -> Result:
    result = CliRunner().invoke(cli, ["--project-dir", str(root), "format", *arguments], input=input)
    assert "Traceback" not in result.output
    return result


def test_files_are_written_and_the_rest_is_told(root: Path) -> None:
    result = flinksql(root)
    assert result.exit_code == 0, result.output
    assert result.stdout == "formatted sql/transforms/big.sql\nformatted macros/m.sql\n"
    assert "warning[FS150]: left as it was: `(` is never closed\n  --> sql/transforms/left.sql:1:8" in result.stderr
    assert result.stderr.endswith("2 formatted, 2 unchanged, 1 left as they were\n")
    assert (root / "sql/transforms/big.sql").read_text() == "SELECT a\nFROM {{ source('orders') }}\nWHERE a > 1\n"
    assert (root / "sql/transforms/left.sql").read_text() == FILES["sql/transforms/left.sql"]
    assert flinksql(root, "--check").exit_code == 0


def test_check_and_diff_write_nothing(root: Path) -> None:
    result = flinksql(root, "--check")
    assert result.exit_code == 1
    assert result.stdout == "would format sql/transforms/big.sql\nwould format macros/m.sql\n"
    result = flinksql(root, "--diff", str(root / "sql"))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == ["--- a/sql/transforms/big.sql", "+++ b/sql/transforms/big.sql", "@@ -1 +1,3 @@"]
    assert "\\ No newline at end of file" in result.stdout
    assert {p: (root / p).read_text() for p in FILES} == FILES


def test_json_and_annotations(root: Path) -> None:
    found = json.loads(flinksql(root, "--check", "--output", "json").stdout)
    assert found["summary"] == {"formatted": 2, "unchanged": 2, "left": 1}
    assert {f["file"]: f["status"] for f in found["files"]}["sql/transforms/left.sql"] == "left"
    assert not found["written"]
    lines = flinksql(root, "--check", "--output", "github").stdout.splitlines()
    assert any(line.startswith("::error file=macros/m.sql") and "FS151" in line for line in lines)


def test_paths_and_selections(root: Path) -> None:
    assert flinksql(root, "--check", str(root / "macros")).stdout == "would format macros/m.sql\n"
    assert flinksql(root, "--check", "-s", "big good").stdout == "would format sql/transforms/big.sql\n"
    assert flinksql(root, "--check", "-s", "big", "macros").stdout == ""
    assert "left alone" in flinksql(root, "project.yml").stderr
    assert flinksql(root, "/nowhere/x.sql").exit_code == 2
    assert flinksql(root, "--lines", "1-2").exit_code == 2
    assert flinksql(root, "--lines", "2-1", "sql/transforms/big.sql").exit_code == 2


def test_standard_input(root: Path) -> None:
    result = flinksql(root, "-", "--stdin-filename", "sql/transforms/big.sql", input=b"select a from orders\r\n")
    assert (result.exit_code, result.stdout_bytes) == (0, b"SELECT a\r\nFROM orders\r\n")
    result = flinksql(root, "-", input=b"select (")
    assert (result.exit_code, result.stdout_bytes) == (0, b"select (")
    assert "FS150" in result.stderr
    assert flinksql(root, "-", "--check", input=b"select  1").exit_code == 1


def test_bad_files_fail_and_stay(root: Path) -> None:
    (root / "sql/transforms/bytes.sql").write_bytes(b"select '\xff'\n")
    result = flinksql(root)
    assert result.exit_code == 1
    assert "FS001" in result.stderr
    assert (root / "sql/transforms/bytes.sql").read_bytes() == b"select '\xff'\n"
    assert flinksql(root, "sql/transforms/good.sql").exit_code == 0


def test_a_wrong_setting_is_told_at_its_place(root: Path) -> None:
    (root / "project.yml").write_text("name: shop\nformat:\n  line_lenght: 80\n  keyword_case: uper\n")
    result = flinksql(root)
    assert result.exit_code == 2
    assert "project.yml:3:3" in result.stderr
    assert "did you mean `line_length`?" in result.stderr
    assert "did you mean `upper`?" in result.stderr


@pytest.mark.parametrize("folder", ["", "flinksql_runner/project/starter"])
def test_this_repository_is_formatted(folder: str) -> None:
    result = flinksql(ROOT / folder, "--check")
    assert (result.exit_code, result.stdout) == (0, ""), result.output


def test_no_query_of_the_semantics_tests_is_left() -> None:
    found = json.loads(flinksql(ROOT / "tests" / "semantics", "--check", "--output", "json").stdout)
    assert found["diagnostics"] == []
    assert len(found["files"]) > 50
