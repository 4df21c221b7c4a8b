"""The same project of Jinja nodes in three layouts: ours, dbt's and SQLMesh's.

Each node reads one or two nodes before it by ``ref()``, loops over columns, calls a macro and reads a variable; its text
is about 500 bytes. Every tenth node is a source (a seed table for the others).
"""

from __future__ import annotations

from pathlib import Path

SOURCES = 10

MACRO = """{% macro cents(column) %}CAST({{ column }} * 100 AS BIGINT){% endmacro %}
"""


def _select(i: int, ref: str) -> str:
    first, second = max(0, i - 1 - i % 7), max(0, i - 3 - i % 11)
    return f"""SELECT
  a.id,
  {{% for c in ['price', 'tax', 'fee'] %}}
  {{{{ cents('a.' ~ c) }}}} AS {{{{ c }}}}_cents,
  {{% endfor %}}
  a.price, a.tax, a.fee,
  COALESCE(b.label, '{{{{ var('default_label') }}}}') AS label,
  CASE WHEN a.price > {i} THEN 'high' WHEN a.price > {i // 2} THEN 'mid' ELSE 'low' END AS level
FROM {ref.format(first)} AS a
JOIN {ref.format(second)} AS b ON a.id = b.id
WHERE a.price > {i % 50} AND a.id IS NOT NULL
"""


def ours(folder: Path, count: int) -> None:
    """A project of this tool: ``count`` nodes, one job that reads the last of them."""
    _write(folder / "project.yml", "name: bench\nvars: {default_label: none}\njobs:\n  all: {select: out}\n")
    _write(folder / "macros/cents.sql", MACRO)
    for i in range(SOURCES):
        _write(folder / f"sql/sources/n{i}.sql", f"""CREATE TABLE n{i} (
  id BIGINT, price DOUBLE, tax DOUBLE, fee DOUBLE, label STRING, price_cents BIGINT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'datagen', 'rows-per-second' = '{i + 1}')
""")
    for i in range(SOURCES, count - 1):
        _write(folder / f"sql/transforms/a{i % 10}/n{i}.sql", _select(i, "{{{{ ref('n{}') }}}}"))
    _write(folder / "sql/sinks/out.sql",
           "CREATE TABLE `out` (id BIGINT, label STRING) WITH ('connector' = 'blackhole');\n"
           f"INSERT INTO `out` SELECT id, label FROM {{{{ ref('n{count - 2}') }}}}\n")


def dbt(folder: Path, count: int) -> None:
    """The same for dbt with DuckDB."""
    _write(folder / "dbt_project.yml", "name: bench\nversion: '1.0'\nprofile: bench\nmodel-paths: [models]\n"
           "macro-paths: [macros]\nvars: {default_label: none}\n")
    _write(folder / "profiles.yml", "bench:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: ':memory:'}\n")
    _write(folder / "macros/cents.sql", MACRO)
    for i in range(SOURCES):
        _write(folder / f"models/n{i}.sql", "SELECT 1 AS id, 1.0 AS price, 1.0 AS tax, 1.0 AS fee, 'x' AS label\n")
    for i in range(SOURCES, count):
        _write(folder / f"models/a{i % 10}/n{i}.sql", _select(i, "{{{{ ref('n{}') }}}}"))


def sqlmesh(folder: Path, count: int) -> None:
    """The same for SQLMesh with DuckDB (its own way of naming: plain table names in Jinja blocks)."""
    _write(folder / "config.yaml", "gateways:\n  local:\n    connection: {type: duckdb}\ndefault_gateway: local\n"
           "model_defaults: {dialect: duckdb, start: 2026-01-01}\nvariables: {default_label: none}\n")
    _write(folder / "macros/cents.sql", MACRO)
    head = "MODEL (name bench.n{}, kind FULL);\nJINJA_QUERY_BEGIN;\n{}JINJA_END;\n"
    for i in range(SOURCES):
        _write(folder / f"models/n{i}.sql",
               f"MODEL (name bench.n{i}, kind FULL);\nSELECT 1 AS id, 1.0 AS price, 1.0 AS tax, 1.0 AS fee, 'x' AS label\n")
    for i in range(SOURCES, count):
        _write(folder / f"models/n{i}.sql", head.format(i, _select(i, "bench.n{}")))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
