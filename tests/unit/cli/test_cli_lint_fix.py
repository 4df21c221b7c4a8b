"""``flinksql lint --fix`` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flinksql_runner.cli.main import cli

FILES = {
    "project.yml": "name: shop\nvars: {least: 3}\n",
    "sql/sources/orders.sql": "CREATE TABLE orders (a INT) WITH ('connector' = 'datagen')\n",
    "sql/transforms/big.sql": "SELECT a,\r\nFROM {{ source('ordrs') }}\r\nWHERE a > {{ var('laest') }}\r\n",
    "sql/transforms/other.sql": "SELECT nothing FROM orders\n",
}
FIXED = "SELECT a\r\nFROM {{ source('orders') }}\r\nWHERE a > {{ var('least') }}\r\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text.encode())
    return tmp_path


def flinksql(root: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["--project-dir", str(root), "lint", *arguments])
    assert "Traceback" not in result.output
    assert "bug of flinksql" not in result.output
    return result


def test_what_has_one_way_out_is_repaired_and_the_rest_is_told(root: Path) -> None:
    result = flinksql(root, "--fix")
    assert result.exit_code == 1
    assert (root / "sql/transforms/big.sql").read_bytes() == FIXED.encode()
    assert "fixed sql/transforms/big.sql:3:18: [FS104] the variable `laest` has no value\n" in result.stdout
    assert "error[FS320]: there is no column `nothing`" in result.stdout
    assert result.stderr.endswith("3 were fixed\n")
    assert (root / "sql/transforms/other.sql").read_text() == FILES["sql/transforms/other.sql"]
    assert "0 were fixed" in flinksql(root, "--fix").stderr


def test_diff_writes_nothing(root: Path) -> None:
    result = flinksql(root, "--diff")
    assert result.exit_code == 1
    assert "-SELECT a,\n" in result.stdout
    assert "+FROM {{ source('orders') }}\n" in result.stdout
    assert "3 would be fixed" in result.stderr
    assert {p: (root / p).read_bytes().decode() for p in FILES} == FILES


def test_only_selected_nodes_are_repaired(root: Path) -> None:
    result = flinksql(root, "--fix", "-s", "other")
    assert "0 were fixed" in result.stderr
    assert (root / "sql/transforms/big.sql").read_bytes().decode() == FILES["sql/transforms/big.sql"]


def test_json_tells_what_was_fixed(root: Path) -> None:
    found = json.loads(flinksql(root, "--fix", "--output", "json").stdout)
    assert sorted(row["code"] for row in found["fixed"]) == ["FS104", "FS201", "FS306"]
    assert found["files"] == ["sql/transforms/big.sql"]
    assert [row["code"] for row in found["diagnostics"] if row["severity"] == "error"] == ["FS320"]
