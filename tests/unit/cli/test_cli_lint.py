"""``lint`` with rules, and ``explain-rule``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from flinksql_runner.cli.main import cli

KAFKA = ("CREATE TABLE {} (id INT) WITH (\n  'connector' = 'kafka', 'topic' = 'o', 'format' = 'json',\n"
         "  'properties.bootstrap.servers' = 'b:9092', '{}' = '{}')\n")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "project.yml").write_text("name: shop\n")
    (tmp_path / "sql/sources").mkdir(parents=True)
    (tmp_path / "sql/sources/orders.sql").write_text(KAFKA.format("orders", "properties.group.id", "g"))
    (tmp_path / "sql/sources/payments.sql").write_text(KAFKA.format("payments", "scan.startup.mode", "latest-offset"))
    return tmp_path


def run(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(args))
    return result.exit_code, result.stdout


def test_warnings_leave_the_exit_code_alone(shop: Path) -> None:
    code, out = run("lint", "--project-dir", str(shop), "--output", "json")
    assert code == 0
    found = json.loads(out)
    assert [(d["code"], d["severity"], d["file"], d["line"], d["column"], d["node"]) for d in found["diagnostics"]] == [
        ("FS801", "warning", "sql/sources/orders.sql", 2, 17, "orders"),
        ("FS802", "warning", "sql/sources/payments.sql", 2, 17, "payments"),
    ]
    assert found["summary"] == {"error": 0, "warning": 2}
    assert run("--warn-error", "lint", "--project-dir", str(shop))[0] == 1


def test_some_rules_alone(shop: Path) -> None:
    _, out = run("lint", "--project-dir", str(shop), "--rules", "kafka-group-id", "--output", "concise")
    assert "FS802" in out
    assert "FS801" not in out
    result = CliRunner().invoke(cli, ["lint", "--rules", "kafka-group"])
    assert (result.exit_code, "did you mean `kafka-group-id`?" in result.stderr) == (2, True)


def test_compile_runs_no_rule(shop: Path) -> None:
    (shop / "project.yml").write_text("name: shop\nlint: {rules: {FS801: error}}\njobs: {j: {select: out}}\n")
    (shop / "sql/sinks").mkdir()
    (shop / "sql/sinks/out.sql").write_text("CREATE TABLE `out` (id INT) WITH ('connector' = 'print');\n"
                                            "INSERT INTO `out` SELECT id FROM orders")
    assert run("lint", "--project-dir", str(shop))[0] == 1
    code, out = run("compile", "--project-dir", str(shop))
    assert code == 0
    assert "FS80" not in out


def test_explain_rule() -> None:
    code, out = run("explain-rule", "fs801")
    assert code == 0
    assert out == run("explain-rule", "kafka-startup-mode")[1]
    assert "Undefined offset" in out
    assert "'scan.startup.mode' = 'earliest-offset'" in out
    assert "FS204: a table whose name is not the file's name" in run("explain-rule", "FS204")[1]
    page = run("explain-rule", "fs330")[1]
    assert "  GROUP BY customer\n" in page
    assert "Flink 2.3 says of it: Expression 'id' is not being grouped" in page
    assert json.loads(run("explain-rule", "FS330", "--output", "json")[1])["flink_says"] == "Expression 'id' is not being grouped"
    assert json.loads(run("explain-rule", "FS801", "--output", "json")[1])["name"] == "kafka-startup-mode"
    result = CliRunner().invoke(cli, ["explain-rule", "kafka-startup"])
    assert result.exit_code == 2
    assert "There is no code or rule `kafka-startup`; did you mean `kafka-startup-mode`" in result.stderr


def test_all_rules_are_listed() -> None:
    listed = json.loads(run("lint", "--list-rules", "--output", "json")[1])["rules"]
    assert {"code": "FS801", "name": "kafka-startup-mode", "group": "sources", "severity": "warning",
            "says": "A Kafka source that does not say where it begins"} in listed
    assert "kafka-startup-mode" in run("lint", "--list-rules")[1]
