"""Which tests may come out otherwise after a change."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.testing.read import FIXTURES
from flinksql_runner.testing.values import UnitTest


def changed_nodes(before: Graph, after: Graph, functions: Functions, paths: Collection[str]) -> frozenset[str]:
    """Nodes that are new or whose rendered SQL or configuration is another one (whatever file that comes from), and those that
    call a Python function where a file of functions or a model has changed."""
    found = {
        name for name, node in after.nodes.items()
        if name not in before.nodes or before.nodes[name].rendered.text != node.rendered.text
        or before.nodes[name].config != node.config}
    if any(path.startswith(("udfs/", "models/")) for path in paths):
        found |= {name for name, node in after.nodes.items()
                  if not functions.by_name.keys().isdisjoint(u.name.lower() for u in node.functions)}
    return frozenset(found)


def affected(tests: Sequence[UnitTest], graph: Graph, nodes: Collection[str], paths: Collection[str]) -> tuple[UnitTest, ...]:
    """Tests of changed nodes and of all downstream of them, and those in changed files; of all files where a fixture changed."""
    below = {*nodes, *(d for n in nodes for d in graph.descendants(n))}
    is_fixture = any(path.startswith(f"{FIXTURES}/") for path in paths)
    return tuple(t for t in tests if t.node in below or t.span.file in paths or is_fixture)
