"""Sound statements: of the projects of this repository, and of the corpus of public Flink SQL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from flinksql_runner.dialect.positions import place_of
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.syntax.values import Node
from truth.samples import Sample, node

_QUERIES = {"SqlSelect", "SqlOrderBy", "SqlWith", "UNION", "UNION_ALL"}
_TABLES = {"SqlCreateTable", "SqlCreateTableLike"}
_CREATE_VIEW = re.compile(
    r"(?is)^\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMPORARY\s+)?VIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?`?(\w+)`?\s+AS\s+(.*)$"
)


def of_project(root: Path) -> Iterator[Sample]:
    """Each query and each INSERT of a project that has no error."""
    built = build(load(root, env={}))
    graph = built.graph
    for name in graph.order:
        found = graph.nodes[name]
        if found.kind != "source" and name not in graph.broken:
            yield from _of_node(f"{root.name}/{found.path}", found, graph, built.functions)


def _of_node(origin: str, found: Node, graph: Graph, functions: Functions) -> Iterator[Sample]:
    above = [graph.nodes[name] for name in graph.order if name in graph.ancestors(found.name)]
    tables = {other.name: other.statements[0].sql for other in above if other.kind == "source"}
    views = {other.name: other.statements[0].sql for other in above if other.kind == "transform"}
    sink = next(((found.name, s.sql) for s in found.statements if s.kind == "create_table"), None)
    for at, statement in enumerate(found.statements):
        if statement.kind == "select":
            yield Sample(origin, "select", statement.sql, tables, views, None, functions)
        elif statement.kind == "insert":
            yield Sample(f"{origin}#{at}", "insert", statement.sql, tables, views, sink, functions)
            if (query := query_of(statement.sql)) is not None:
                yield Sample(f"{origin}#{at}:query", "select", query, tables, views, None, functions)


def query_of(insert: str) -> str | None:
    """The query of an INSERT, as it is written."""
    try:
        tree = sqlglot.parse_one(insert, dialect="flink")
    except SqlglotError:
        return None
    query = tree.args.get("expression")
    place = place_of(query) if isinstance(query, exp.Select) else None
    if place is None or isinstance(tree.args.get("conflict"), exp.Expr):
        return None
    start = place.start
    return insert[start:] if insert[start:start + 6].upper() in ("SELECT", "WITH A") else None


def of_corpus(path: Path) -> Iterator[Sample]:
    """Each query and each INSERT of the corpus whose tables were declared before it in the same text."""
    units: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        units.setdefault((row["repo"], row["path"], str(row.get("unit"))), []).append(row)
    for rows in units.values():
        yield from _of_unit(rows)


def _of_unit(rows: list[dict[str, Any]]) -> Iterator[Sample]:
    tables: dict[str, str] = {}
    views: dict[str, str] = {}
    for row in rows:
        sql, kind = row["sql"].strip().rstrip(";"), row["kind"]
        if kind in _TABLES:
            name = _created(sql)
            if name is not None:
                tables[name] = sql
                views.pop(name, None)
        elif kind == "SqlCreateView" and (match := _CREATE_VIEW.match(sql)) is not None:
            if _reads(match.group(2)) <= tables.keys() | views.keys():
                views[match.group(1)] = match.group(2)
        elif kind in _QUERIES:
            yield from _sample(row["id"], "select", sql, tables, views)
        elif kind == "RichSqlInsert":
            yield from _sample(row["id"], "insert", sql, tables, views)


def _sample(origin: str, kind: str, sql: str, tables: Mapping[str, str], views: Mapping[str, str]) -> Iterator[Sample]:
    try:
        tree = sqlglot.parse_one(sql, dialect="flink")
    except SqlglotError:
        return
    needed = _reads(sql)
    sink: tuple[str, str] | None = None
    if kind == "insert":
        target = tree.find(exp.Table)
        if target is None or target.name not in tables or target.args.get("db"):
            return
        sink = (target.name, tables[target.name])
        if _twice(tree, target.name):
            return
        needed -= {target.name}
    seen: set[str] = set()
    front = list(needed)
    while front:
        name = front.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in views:
            front.extend(_reads(views[name]))
        elif name not in tables:
            return
        else:
            front.extend(_liked(tables[name]))
    if sink is not None and sink[0] in seen:
        return
    used = {name: text for name, text in tables.items() if name in seen and name not in views}
    above = {name: text for name, text in views.items() if name in seen}
    if kind == "insert":
        yield Sample(origin, "insert", sql, used, above, sink)
        if (query := query_of(sql)) is not None:
            yield Sample(f"{origin}:query", "select", query, used, above)
    else:
        yield Sample(origin, "select", sql, used, above)


def _twice(tree: exp.Expr, name: str) -> bool:
    return sum(table.name == name for table in tree.find_all(exp.Table)) > 1


def _created(sql: str) -> str | None:
    try:
        tree = sqlglot.parse_one(sql, dialect="flink")
    except SqlglotError:
        return None
    table = tree.find(exp.Table)
    return table.name if table is not None and not table.args.get("db") else None


def _liked(sql: str) -> set[str]:
    try:
        tables = [table.name for table in sqlglot.parse_one(sql, dialect="flink").find_all(exp.Table)]
    except SqlglotError:
        return set()
    return set(tables[1:])


def _reads(sql: str) -> set[str]:
    """Names of the tables that a query reads; a name of several parts stands with a dot, so no table is found for it."""
    found = node("transform", "reads", sql)
    if not found.statements or found.statements[0].tree is None:
        found = node("sink", "reads", sql)
    return {use.name if use.parts == 1 else f"{use.name}." for use in found.reads}
