"""Rows of a node: its query alone is run, never an INSERT."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlglot import Token, TokenType

from flinksql_runner.compiler.declare import declare_function, declare_table, declare_view, inserts
from flinksql_runner.compiler.job import JobStatement
from flinksql_runner.diagnostics import Diagnostic, Failure
from flinksql_runner.dialect.flink import Flink
from flinksql_runner.flink.errors import SqlError, TimedOut
from flinksql_runner.flink.gateway import Result, Session
from flinksql_runner.flink.rows import Column, Row
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.planner.errors import locate
from flinksql_runner.planner.lately import lately
from flinksql_runner.planner.sent import Sent, sent
from flinksql_runner.syntax.values import Node

SETTINGS: Mapping[str, str] = {
    "execution.runtime-mode": "streaming", "restart-strategy.type": "none", "execution.checkpointing.interval": "500 ms",
}
"""What a session for this needs: a crash must be told, not tried again, and rows must not wait for a checkpoint to be seen."""


class Refused(Failure):
    """The planner refuses the query; ``diagnostics`` tell it at its place."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("Flink's planner refuses this", exit_code=1)
        self.diagnostics = diagnostics


@dataclass(frozen=True, slots=True)
class Shown:
    """Rows that came. ``is_whole`` is whether the query ended by itself; else the limit or the time was reached."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    is_whole: bool


def show(
    graph: Graph, node: Node, functions: Functions, session: Session, values: Mapping[str, str], *, limit: int = 5,
    timeout: float = 30.0,
) -> Shown:
    """The first rows of a node: of a table or view, or of a sink's first INSERT.

    :param limit: how many rows; -1 for all that come within ``timeout`` seconds.
    :raises Refused: where the planner refuses it.
    :raises SqlError: where the query crashes.
    """
    deadline = time.monotonic() + timeout
    try:
        result = ask(graph, node, functions, session, values, timeout=timeout)
    except TimedOut:
        return Shown((), (), False)
    rows: list[Row] = []
    with result:
        for row in result.rows_until(deadline) if limit else ():
            rows.append(row)
            if len(rows) == limit or time.monotonic() > deadline:
                break
        if not result.is_ended:
            result.cancel()
        return Shown(result.columns, tuple(rows), result.is_ended and len(rows) != limit)


def ask(
    graph: Graph, node: Node, functions: Functions, session: Session, values: Mapping[str, str], *, timeout: float = 30.0,
    since_ms: int | None = None,
) -> Result:
    """Starts the query of a node; its rows are taken from the result, which the caller closes.

    :param since_ms: topics are read from this moment on (since 1970); None: from where their tables say.
    :raises Refused: where the planner refuses it.
    :raises TimedOut: where Flink has not begun within ``timeout`` seconds.
    """
    upstream = [graph.nodes[n] for n in graph.order if n in graph.ancestors(node.name)]
    for name in sorted({u.name.lower() for n in (*upstream, node) for u in n.functions} & set(functions.by_name)):
        session.run(declare_function(functions.by_name[name]).sql)
    for parent in (*upstream, *([node] if node.kind == "source" else [])):
        declared = sent(declare_view(parent) if parent.kind == "transform" else declare_table(parent), values)
        if since_ms is not None and parent.kind == "source":
            declared = lately(declared, graph.options(parent.name), since_ms)
        _send(declared, parent, session, values)
    if node.kind == "source":
        query = Sent(f"SELECT * FROM `{node.name.replace('`', '``')}`", JobStatement("view", ""))
    else:
        query = _query(node, values)
    try:
        return session.execute(query.text, timeout=timeout)
    except TimedOut:
        raise
    except SqlError as problem:
        raise Refused((locate(problem, query, node, values),)) from None


def _send(statement: Sent, node: Node, session: Session, values: Mapping[str, str]) -> None:
    try:
        session.run(statement.text)
    except SqlError as problem:
        raise Refused((locate(problem, statement, node, values),)) from None


def _query(node: Node, values: Mapping[str, str]) -> Sent:
    """The query of a view, or of a sink's first INSERT."""
    if node.kind == "transform":
        view = declare_view(node)
        return sent(view, values, skip=view.body)
    insert = inserts(node)[0]
    start, end = query_of(insert.sql[insert.body:])
    cut = JobStatement("insert", insert.sql[:insert.body + end], node.name, insert.body, insert.origin)
    return sent(cut, values, skip=insert.body + start)


def query_of(insert: str) -> tuple[int, int]:
    """Where the query stands in an INSERT: behind its target and columns, before ON CONFLICT; offsets, end exclusive."""
    tokens = Flink().tokenize(insert)
    start = next(i for i in range(2, len(tokens)) if _starts_query(tokens, i))
    depth, end = 0, len(insert)
    for at in range(start, len(tokens)):
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(tokens[at].token_type, 0)
        words = [t.text.upper() for t in tokens[at:at + 2]]
        if depth == 0 and words == ["ON", "CONFLICT"]:
            end = tokens[at].start
            break
    return tokens[start].start, end


def _starts_query(tokens: Iterable[Token], at: int) -> bool:
    listed = list(tokens)
    word = listed[at].text.upper()
    if word in ("SELECT", "WITH", "VALUES") and listed[at].token_type is not TokenType.IDENTIFIER:
        return True
    return word == "(" and at + 1 < len(listed) and listed[at + 1].text.upper() in ("SELECT", "WITH", "VALUES", "(")
