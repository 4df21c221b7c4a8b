"""Asks Flink's planner about the queries of stream_cases.yml: what comes of each is kept in stream_cases.tsv.

    python tests/unit/analyse/record_streams.py http://127.0.0.1:PORT      (a SQL Gateway)

A line: name, changelog mode of the query's rows (of what a sink is given), sets of columns that can be a sink's PRIMARY KEY
without ON CONFLICT (so the upsert keys and all that hold one; ? where that was not asked), and the beginning of a refusal.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from flinksql_runner.deps.cache import cache_folder, cached_path
from flinksql_runner.deps.locking import lock_jars
from flinksql_runner.deps.table import providers
from flinksql_runner.flink.errors import SqlError
from flinksql_runner.flink.gateway import Gateway, Session

HERE = Path(__file__).parent
CASES: dict[str, dict[str, str]] = yaml.safe_load((HERE / "stream_cases.yml").read_text(encoding="utf-8"))
TSV = HERE / "stream_cases.tsv"
UPSERT = ("'connector' = 'upsert-kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', "
          "'value.format' = 'json'")


def record(url: str) -> None:
    """Writes stream_cases.tsv."""
    session = _session(url)
    for name, told in CASES["tables"].items():
        columns, options = told.split(" | ")
        session.run(f"CREATE TEMPORARY TABLE `{name}` ({columns}) WITH ({options})")
    for name, query in CASES["views"].items():
        session.run(f"CREATE TEMPORARY VIEW `{name}` AS {query}")
    lines = ["# What Flink 2.3.0 says of the cases of stream_cases.yml; record_streams.py writes this file"]
    more = []
    for name, query in CASES["queries"].items():
        mode, refused = _explain(session, query)
        keys = "" if refused else " ".join(",".join(k) for k in _keys(session, query))
        lines.append("\t".join((name, mode, keys, refused)))
    for name, query in CASES["more"].items():
        mode, refused = _explain(session, query)
        more.append("\t".join((name, mode, "?", refused)))
    for name, statement in CASES["inserts"].items():
        mode, refused = _explain(session, statement, 1)
        lines.append("\t".join((name, mode, "", refused)))
    TSV.write_text("\n".join((*lines, *more)) + "\n", encoding="utf-8")


def _session(url: str) -> Session:
    session = Gateway(url).open({"execution.runtime-mode": "streaming"})
    wanted = [c for (kind, _), p in providers("2.3.0").items() if kind == "connector"
              for group in (p.coordinates, *p.choices.values()) for c in group]
    for jar in lock_jars(dict.fromkeys(wanted, ())):
        session.run(f"ADD JAR '{cached_path(cache_folder(), jar.sha256, jar.file_name)}'")
    return session


def _explain(session: Session, statement: str, line: int = 0) -> tuple[str, str]:
    """The changelog mode of a line of the plan, from the top; and what the planner says where it refuses."""
    try:
        (row,) = session.run(f"EXPLAIN CHANGELOG_MODE {statement}")
    except SqlError as refused:
        return "", " ".join(refused.message.split())[:160]
    plan = str(_values(row)[0]).split("== Optimized Physical Plan ==")[1].split("==")[0]
    return re.findall(r"changelogMode=\[([^\]]*)\]", plan)[line], ""


def _keys(session: Session, query: str) -> Iterator[tuple[str, ...]]:
    """The sets of one and two columns that a sink's PRIMARY KEY may be."""
    session.run(f"CREATE TEMPORARY VIEW asked AS {query}")
    columns = [(str(r[0]), str(r[1])) for r in map(_values, session.run("DESCRIBE asked"))]
    declared = ", ".join(f"`{n}` {t.replace(' NOT NULL', '').split(' *')[0]}" for n, t in columns)
    for size in (1, 2):
        for key in combinations([n for n, _ in columns], size):
            primary = f"PRIMARY KEY (`{'`, `'.join(key)}`) NOT ENFORCED"
            session.run(f"CREATE TEMPORARY TABLE written ({declared}, {primary}) WITH ({UPSERT})")
            try:
                session.run("EXPLAIN INSERT INTO written SELECT * FROM asked")
                yield key
            except SqlError as refused:
                if "upsert key" not in refused.message:
                    raise
            finally:
                session.run("DROP TEMPORARY TABLE written")
    session.run("DROP TEMPORARY VIEW asked")


def _values(row: Any) -> tuple[Any, ...]:
    return tuple(row.values)


if __name__ == "__main__":
    record(sys.argv[1])
