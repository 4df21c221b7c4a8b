"""The verbs that need no engine: what they print, write and return."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flinksql_runner.cli.main import cli

FILES = {
    "project.yml": "name: shop\nversion: '1.0'\nprofile: shop\njobs:\n  daily:\n    select: board\n",
    "profiles.yml": "shop:\n  target: local\n  outputs:\n    local:\n      type: local\n",
    "sql/sources/orders.sql": "CREATE TABLE orders (a INT) WITH ('connector' = 'datagen')\n",
    "sql/transforms/big.sql": "{{ config(tags=['daily']) }}\nSELECT a FROM {{ source('orders') }} "
                              "WHERE a > {{ var('least', 3) }}\n",
    "sql/sinks/board.sql": "CREATE TABLE board (a INT) WITH ('connector' = 'print');\nINSERT INTO board SELECT a FROM big;\n",
}
SECRET = "CREATE TABLE board (a INT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 'b',\n" \
         "'username' = 'u', 'password' = '{{ env_var(\"FLINKSQL_SECRET_DB\") }}');\n" \
         "INSERT INTO board SELECT a FROM big;\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def flinksql(root: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["--project-dir", str(root), *arguments])
    assert "Traceback" not in result.output
    return result


def test_compile_writes_jobs_and_manifest_once(root: Path) -> None:
    result = flinksql(root, "compile")
    assert result.exit_code == 0, result.output
    assert result.stdout == "daily: 1 source, 1 transform, 1 sink -> target/compiled/daily.sql\n"
    files = {p: p.read_bytes() for p in (root / "target").rglob("*") if p.is_file()}
    assert {p.name for p in files} == {"daily.sql", "manifest.json"}
    assert flinksql(root, "compile").exit_code == 0
    assert {p: p.read_bytes() for p in (root / "target").rglob("*") if p.is_file()} == files


def test_compile_json_and_unknown_job(root: Path) -> None:
    result = flinksql(root, "compile", "daily", "--output", "json")
    found = json.loads(result.stdout)
    assert found["jobs"][0]["nodes"] == ["orders", "big", "board"]
    assert found["summary"]["error"] == 0
    result = flinksql(root, "compile", "dayly")
    assert result.exit_code == 2
    assert "did you mean `daily`?" in result.stderr


def test_a_broken_node_fails_compile_at_its_line(root: Path) -> None:
    (root / "sql/transforms/big.sql").write_text("-- two lines\nSELECT a FROM ordrs\n")
    result = flinksql(root, "compile")
    assert result.exit_code == 1
    assert "sql/transforms/big.sql:2:15" in result.stderr
    assert "did you mean `orders`?" in result.stderr
    assert not (root / "target/compiled/daily.sql").exists()


def test_a_compiled_file_that_is_stale_goes(root: Path) -> None:
    flinksql(root, "compile")
    (root / "sql/transforms/big.sql").write_text("SELECT a FROM ordrs\n")
    flinksql(root, "compile")
    assert not (root / "target/compiled/daily.sql").exists()


def test_compile_inline(root: Path) -> None:
    result = flinksql(root, "compile", "--inline", "SELECT a FROM {{ ref('big') }}")
    assert (result.exit_code, result.stdout) == (0, "SELECT a FROM big\n")
    result = flinksql(root, "compile", "--inline", "SELECT a FROM {{ ref('bgi') }}")
    assert result.exit_code == 1
    assert "<inline>:1:22" in result.stderr
    assert not (root / "target").exists()


def test_a_secret_stays_a_placeholder_in_all_that_is_written(root: Path, monkeypatch) -> None:
    monkeypatch.setenv("FLINKSQL_SECRET_DB", "hunter2")
    (root / "sql/sinks/board.sql").write_text(SECRET)
    results = [flinksql(root, *a) for a in (["compile"], ["render", "board"], ["ls", "--output", "json"], ["lint"])]
    assert [r.exit_code for r in results] == [0, 0, 0, 0]
    written = "".join(p.read_text() for p in (root / "target").rglob("*") if p.is_file())
    assert "${FLINKSQL_SECRET_DB}" in written
    assert "hunter2" not in written + "".join(r.output for r in results)


def test_compile_needs_no_secret(root: Path, monkeypatch) -> None:
    monkeypatch.delenv("FLINKSQL_SECRET_DB", raising=False)
    (root / "sql/sinks/board.sql").write_text(SECRET)
    assert flinksql(root, "compile").exit_code == 0
    assert flinksql(root, "lint").exit_code == 0


@pytest.mark.parametrize(("arguments", "lines"), [
    ([], "source:shop.orders shop.big shop.board"),
    (["--output", "name"], "orders big board"),
    (["--output", "path", "-s", "tag:daily"], "sql/transforms/big.sql"),
    (["--output", "name", "--resource-type", "sink", "--resource-type", "source"], "orders board"),
    (["--output", "name", "-s", "big+", "--exclude", "big"], "board"),
    (["--output", "name", "-s", "big", "-s", "orders"], "orders big"),
])
def test_ls(root: Path, arguments: list[str], lines: str) -> None:
    result = flinksql(root, "ls", *arguments)
    assert (result.exit_code, result.stdout.split()) == (0, lines.split())


def test_ls_json_and_nothing_matched(root: Path) -> None:
    result = flinksql(root, "ls", "--output", "json", "--output-keys", "name config.tags")
    assert [json.loads(x) for x in result.stdout.splitlines()] == [
        {"name": "orders", "config.tags": None}, {"name": "big", "config.tags": ["daily"]},
        {"name": "board", "config.tags": None}]
    result = flinksql(root, "ls", "-s", "nobody")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "nothing matches" in result.stderr
    assert flinksql(root, "ls", "-s", "tga:x").exit_code == 2
    assert "known are" in flinksql(root, "ls", "--output", "json", "--output-keys", "nme").stderr


def test_lint_json_has_lines_and_columns(root: Path) -> None:
    (root / "sql/transforms/big.sql").write_text("SELECT a,\n  b c d FROM orders\n")
    result = flinksql(root, "lint", "--output", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["summary"]["error"] == 2
    first = found["diagnostics"][0]
    assert (first["file"], first["line"], first["column"], first["end_column"], first["node"]) == (
        "sql/transforms/big.sql", 2, 7, 8, "big")
    assert [d["code"] for d in found["diagnostics"]] == ["FS201", "FS311"]
    assert flinksql(root, "lint", "-s", "orders").exit_code == 0
    assert flinksql(root, "lint", "-s", "+big").exit_code == 1


def test_render_takes_a_name_or_a_path(root: Path) -> None:
    by_name = flinksql(root, "render", "big", "--vars", "{least: 7}")
    assert by_name.stdout.strip() == "SELECT a FROM orders WHERE a > 7"
    assert flinksql(root, "render", "./sql/transforms/big.sql").exit_code == 0
    assert "did you mean `big`?" in flinksql(root, "render", "bgi").stderr


def test_parse_writes_the_manifest_alone(root: Path) -> None:
    assert flinksql(root, "parse").exit_code == 0
    assert [p.name for p in (root / "target").iterdir()] == ["manifest.json"]


def test_no_space_left_is_one_sentence(root: Path, monkeypatch) -> None:
    (root / "target").write_text("in the way")
    result = flinksql(root, "compile")
    assert result.exit_code == 2
    assert "not a folder" in result.stderr
