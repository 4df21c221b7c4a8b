"""The cases of types.yml and mistakes.yml: queries over the tables of tables.sql, as nodes of a project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from flinksql_runner.analyse.nodes import analyse
from flinksql_runner.analyse.values import NodeAnalysis
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.resolve import resolve
from flinksql_runner.project.values import NodeKind, SqlFile
from flinksql_runner.syntax.parse import parse
from flinksql_runner.syntax.values import Node
from flinksql_runner.templating.values import Rendered, SourceMap

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Case:
    """A query with what is expected of it: columns as ``name TYPE``, or what is told: ``code | text | message``."""

    sql: str
    expected: tuple[str, ...]


def cases(file: str, key: str) -> list[Case]:
    read = yaml.safe_load((HERE / file).read_text(encoding="utf-8"))
    return [Case(item["sql"], tuple(item[key])) for item in read]


def tables() -> dict[str, str]:
    """Name -> CREATE TABLE."""
    text = (HERE / "tables.sql").read_text(encoding="utf-8").partition("\n")[2]
    statements = [s.strip() for s in text.split(";\n") if s.strip()]
    return {s.split("TABLE")[1].split("(")[0].strip(): s.removesuffix(";") for s in statements}


def node(kind: NodeKind, name: str, text: str) -> Node:
    file = SqlFile(f"sql/{kind}s/{name}.sql", text, kind, name)
    return parse(Rendered(file, text, SourceMap(file.path), {}))


def analysed(sql: str, functions: Functions | None = None) -> tuple[NodeAnalysis, str]:
    """The analysis of the node that holds the query, and the node's text."""
    files = {n: node("source", n, t) for n, t in tables().items()}
    if sql.upper().startswith("INSERT"):
        name = "sink"
        files[name] = node("sink", name, f"{tables()[name]};\n{sql}")
    else:
        name = "v"
        files[name] = node("transform", name, sql)
    graph = resolve(list(files.values()), "cases")
    assert not [d for d in (*graph.diagnostics, *files[name].diagnostics) if d.is_error and d.node == name]
    return analyse(graph, functions or Functions()).nodes[name], files[name].rendered.text
