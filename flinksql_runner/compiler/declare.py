"""The statements of a job: the user's text word for word, with only its header written by us."""

from __future__ import annotations

import re

from flinksql_runner.compiler.job import JobStatement
from flinksql_runner.functions.values import Function
from flinksql_runner.syntax.values import Node, Statement

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def quoted(name: str) -> str:
    """A name in backticks, which protect reserved words and signs."""
    return "`" + name.replace("`", "``") + "`"


def literal(text: str) -> str:
    """A string literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def declare_function(function: Function) -> JobStatement:
    """``CREATE TEMPORARY SYSTEM FUNCTION name AS 'module.name' LANGUAGE PYTHON``."""
    name = function.name if _PLAIN.fullmatch(function.name) else quoted(function.name)
    return JobStatement(
        "function", f"CREATE TEMPORARY SYSTEM FUNCTION {name} AS {literal(function.declared_as)} LANGUAGE PYTHON")


def declare_table(node: Node) -> JobStatement:
    """The node's CREATE TABLE as a temporary table; what follows its name is the user's text."""
    statement = next(s for s in node.statements if s.kind == "create_table")
    header = f"{_comments_above(node, statement)}CREATE TEMPORARY TABLE {quoted(node.name)}"
    tail = node.rendered.text[statement.name_end:statement.end]
    return JobStatement("table", header + tail, node.name, len(header), statement.name_end)


def declare_view(node: Node) -> JobStatement:
    """The node's query as a temporary view."""
    statement = next(s for s in node.statements if s.kind == "select")
    header = f"{_comments_above(node, statement)}CREATE TEMPORARY VIEW {quoted(node.name)} AS\n"
    return JobStatement("view", header + statement.sql, node.name, len(header), statement.start)


def inserts(node: Node) -> tuple[JobStatement, ...]:
    """The node's INSERTs."""
    found = []
    for statement in node.statements:
        if statement.kind == "insert":
            header = _comments_above(node, statement)
            found.append(JobStatement("insert", header + statement.sql, node.name, len(header), statement.start))
    return tuple(found)


def _comments_above(node: Node, statement: Statement) -> str:
    """The comments between the statement and the one before it, with a line end behind them; empty where there are none."""
    before = max((s.end for s in node.statements if s.end <= statement.start), default=0)
    between = node.rendered.text[before:statement.start].strip()
    between = between.removeprefix(";").strip() if before else between
    return between + "\n" if between else ""
