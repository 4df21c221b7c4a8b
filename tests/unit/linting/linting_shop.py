"""A project with all that a study can hang on: a macro, variables, a function, LIKE, views over views, sinks, jobs, rules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flinksql_runner.cache.store import Store
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.linting.look import look
from flinksql_runner.project.load import load

FILES: Mapping[str, str] = {
    "project.yml": "name: shop\nvars: {least: 1, window: MINUTE}\n"
                   "jobs:\n  one: {select: totals, settings: {parallelism.default: '2'}}\n  two: {select: per_window}\n",
    "macros/m.sql": "{% macro cents(c) %}CAST({{ c }} * 100 AS BIGINT){% endmacro %}",
    "udfs/places.py": "from flinksql_runner.udf import udf\n\n\n@udf\ndef country(ip: str) -> str:\n    return 'DE'\n",
    "sql/sources/base.sql": "CREATE TABLE base (id INT, amount DOUBLE, ip STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) "
                            "WITH (\n"
                            "  'connector' = 'kafka', 'topic' = 'b', 'properties.bootstrap.servers' = 'k:9092',\n"
                            "  'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'properties.group.id' = 'g'\n)",
    "sql/sources/orders.sql": "CREATE TABLE orders (shop STRING) WITH ('topic' = 'orders') LIKE base (OVERWRITING OPTIONS)",
    "sql/sources/people.sql": "CREATE TABLE people (id INT, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (\n"
                              "  'connector' = 'upsert-kafka', 'topic' = 'p', 'properties.bootstrap.servers' = 'k:9092',\n"
                              "  'key.format' = 'json', 'value.format' = 'json'\n)",
    "sql/transforms/big.sql": "SELECT id, amount, {{ cents('amount') }} AS cents, country(ip) AS country, ts\n"
                              "FROM {{ ref('orders') }} WHERE amount > {{ var('least') }}",
    "sql/transforms/named.sql": "SELECT b.id, b.cents, p.name, b.ts FROM big AS b LEFT JOIN people AS p ON b.id = p.id",
    "sql/transforms/all_named.sql": "SELECT * FROM named",
    "sql/transforms/windowed.sql": "SELECT window_start, window_end, COUNT(*) AS n\nFROM TABLE(TUMBLE(TABLE big, DESCRIPTOR(ts), "
                                   "INTERVAL '1' {{ var('window') }}))\nGROUP BY window_start, window_end",
    "sql/sinks/totals.sql": "CREATE TABLE totals (id INT, cents BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH (\n"
                            "  'connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 't'\n);\n"
                            "INSERT INTO totals SELECT id, SUM(cents) FROM all_named GROUP BY id",
    "sql/sinks/per_window.sql": "CREATE TABLE per_window (window_start TIMESTAMP(3), n INT) WITH ('connector' = 'print');\n"
                                "INSERT INTO per_window SELECT window_start, n FROM windowed",
}


def write(root: Path, files: Mapping[str, str | None]) -> None:
    """Writes files below a folder; takes away those without a text."""
    for path, text in files.items():
        if text is None:
            (root / path).unlink()
        else:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")


def found(root: Path, store: Store, **options: object) -> tuple[Diagnostic, ...]:
    """What lint finds in the project of a folder."""
    return look(load(root, env={}), store, "tool", **options).found  # type: ignore[arg-type]


def fresh(root: Path, only: tuple[str, ...] = ()) -> tuple[Diagnostic, ...]:
    """The same without any cache and without helpers."""
    return found(root, Store(root / "none", None), only=only, helpers=lambda files: 0)
