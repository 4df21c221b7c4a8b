"""The graph of all nodes: who reads whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.syntax.values import Node


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by name, with their direct parents and children (names, sorted).

    ``order`` is a topological order (parents first, ties by name); nodes on a cycle are left out of it and have a
    diagnostic. ``broken`` are the names of nodes with an error: in template or SQL, of names, or on a cycle; nodes that only
    read a broken one are not among them. ``diagnostics`` are those of names and edges (each node keeps its own beside).
    ``package`` is the project's name, the first part of each node's fully qualified name.
    """

    nodes: Mapping[str, Node]
    parents: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...]
    broken: frozenset[str] = frozenset()
    diagnostics: tuple[Diagnostic, ...] = field(default=(), repr=False)
    package: str = ""

    def ancestors(self, name: str, depth: int | None = None) -> frozenset[str]:
        """All that ``name`` hangs on, itself excluded; ``depth`` limits the number of steps."""
        return _reach(name, self.parents, depth)

    def descendants(self, name: str, depth: int | None = None) -> frozenset[str]:
        """All that hangs on ``name``, itself excluded; ``depth`` limits the number of steps."""
        return _reach(name, self.children, depth)

    def options(self, name: str) -> Mapping[str, str]:
        """The WITH options of a table, with those of the tables that it is declared LIKE below them."""
        found: dict[str, str] = {}
        seen: set[str] = set()
        current = self.nodes.get(name)
        while current is not None and current.name not in seen:
            seen.add(current.name)
            found = {**current.options, **found}
            like = next((u.name for u in current.reads if u.via == "like"), None)
            current = self.nodes.get(like) if like else None
        return found


def _reach(name: str, steps: Mapping[str, tuple[str, ...]], depth: int | None) -> frozenset[str]:
    seen: set[str] = set()
    front = {name}
    while front and (depth is None or depth > 0):
        front = {n for f in front for n in steps.get(f, ())} - seen - {name}
        seen |= front
        depth = None if depth is None else depth - 1
    return frozenset(seen)
