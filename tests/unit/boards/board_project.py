"""A small project in memory: one source, one transform, sinks in PostgreSQL and files, and one dashboard."""

from __future__ import annotations

from pathlib import Path

from flinksql_runner.boards.read import read_boards
from flinksql_runner.boards.values import Boards
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load

FILES = {
    "project.yml": "name: shop\nversion: '1'\nvars: {low: 3}\n",
    "sql/sources/orders.sql": """CREATE TABLE orders (id BIGINT, country STRING, amount DOUBLE, seen TIMESTAMP(3))
        WITH ('connector' = 'datagen')""",
    "sql/transforms/big.sql": "SELECT * FROM {{ ref('orders') }} WHERE amount > 10",
    "sql/sinks/per_country.sql": """{{ config(indexes=[['seen']]) }}
        CREATE TABLE per_country (country STRING, orders BIGINT, total DOUBLE, latest BOOLEAN, seen TIMESTAMP(3),
        PRIMARY KEY (country) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = '{{ target.postgres.url }}',
        'username' = '{{ target.postgres.user }}', 'password' = '{{ target.postgres.password }}',
        'table-name' = 'shop.per_country');
        INSERT INTO per_country SELECT country, COUNT(*), SUM(amount), TRUE, MAX(seen) FROM {{ ref('big') }} GROUP BY country""",
    "sql/sinks/kept.sql": """CREATE TABLE kept (id BIGINT, note STRING)
        WITH ('connector' = 'filesystem', 'path' = '/tmp/x', 'format' = 'json');
        INSERT INTO kept SELECT id, country FROM {{ ref('big') }}""",
    "sql/sinks/elsewhere.sql": """CREATE TABLE elsewhere (id BIGINT, note STRING, seen TIMESTAMP(3),
        PRIMARY KEY (id) NOT ENFORCED)
        WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://db.example:3306/shop', 'table-name' = 'elsewhere', 'username' = 'u',
        'password' = '{{ env_var('FLINKSQL_SECRET_MYSQL') }}');
        INSERT INTO elsewhere SELECT id, country, seen FROM {{ ref('big') }}""",
    "macros/m.sql": "{% macro recent() %}seen > now() - INTERVAL '1 h'{% endmacro %}",
}


def boards_of(folder: Path, board: str, **more: str) -> Boards:
    """The dashboards of a project that is written into a folder; ``board`` is that of dashboards/shop.yml."""
    for path, text in {**FILES, "dashboards/shop.yml": board, **more}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    project = load(folder, env={})
    return read_boards(project, build(project, ()).graph)


def told(boards: Boards) -> list[tuple[str, str]]:
    """Code of each diagnostic, and the text that it points at."""
    return [(d.code, boards.texts[d.span.file][d.span.start:d.span.end] if d.span else "") for d in boards.diagnostics]
