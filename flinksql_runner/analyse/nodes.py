"""A node, analysed: what its table or view has, given what its parents have."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from flinksql_runner.analyse.declare import declared
from flinksql_runner.analyse.values import Analysis, Column, NodeAnalysis
from flinksql_runner.dialect.types import FlinkType
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.syntax.values import Node


def analyse(graph: Graph, functions: Functions) -> Analysis:
    """All nodes, parents first; those on a circle are open."""
    found: dict[str, NodeAnalysis] = {}
    for name in graph.order:
        parents = {p: found[p] for p in graph.parents.get(name, ()) if p in found}
        found[name] = analyse_node(graph.nodes[name], parents, functions)
    return Analysis({**found, **{n: NodeAnalysis(n, open=True) for n in graph.nodes if n not in found}})


def analyse_node(node: Node, parents: Mapping[str, NodeAnalysis], functions: Functions) -> NodeAnalysis:
    """One node; it hangs on its text, the analyses of its direct parents and the signatures of functions alone.

    A node with an error of an earlier stage is open and tells nothing: what it lacks is no mistake of its readers.
    """
    if any(d.is_error for d in node.diagnostics):
        return NodeAnalysis(node.name, open=True)
    create = next((s.tree for s in node.statements if s.kind == "create_table"), None)
    if create is None:
        return NodeAnalysis(node.name, open=True)
    table = declared(create, parents, _untyped)
    return NodeAnalysis(node.name, table.columns, table.open, table.primary_key, table.watermark)


def _untyped(value: exp.Expr, columns: tuple[Column, ...]) -> FlinkType | None:
    return None
