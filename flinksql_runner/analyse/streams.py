"""What a stream of each node is like: its changelog mode, its upsert keys, the state that it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.changes import Changes
from flinksql_runner.analyse.connectors import Given, Takes, sink_takes, source_gives
from flinksql_runner.analyse.keys import Key, Keys
from flinksql_runner.analyse.relations import Insert
from flinksql_runner.analyse.state import State, states
from flinksql_runner.analyse.values import Analysis, NodeAnalysis
from flinksql_runner.graph.values import Graph

Mode = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodeStream:
    """What is known of one node's stream.

    ``mode`` are the kinds of changes (of I, UB, UA, D) that a reader of a table or view gets, or that a sink is given; None: not
    known. ``keys`` are the sets of columns by which rows can be updated, the smallest first; empty where there is none, None
    where they are not known. ``states`` are those of the node's own query, not of what it reads.
    """

    name: str
    mode: Mode | None = None
    keys: tuple[tuple[str, ...], ...] | None = None
    states: tuple[State, ...] = field(default=(), repr=False)

    @property
    def is_insert_only(self) -> bool | None:
        """Whether rows are never changed; None: not known."""
        return None if self.mode is None else self.mode == ("I",)


class Streams:
    """The streams of all nodes, and answers about any relation in their trees.

    ``keys`` are the upsert keys as Flink's planner knows them, ``row_keys`` those with the groups of windows among them.
    """

    def __init__(self, graph: Graph, analysis: Analysis) -> None:
        self.graph = graph
        self.analysis = analysis
        self.keys = Keys(self._declared, self.tree)
        self.row_keys = Keys(self._declared, self.tree, windows=True)
        self.changes = Changes(self.keys, self.gives, self.tree)
        self._nodes: dict[str, NodeStream] = {}
        self._lost: set[str] = set()
        for name in graph.order:  # parents first, so that a long chain of views is not followed to its end from the last one
            self._follow(name)

    def node(self, name: str) -> NodeStream:
        """The stream of one node."""
        found = self._nodes.get(name)
        if found is None:
            found = self._nodes[name] = self._read(name)
        return found

    @property
    def nodes(self) -> Mapping[str, NodeStream]:
        """The streams of all nodes by name."""
        return {name: self.node(name) for name in self.graph.nodes}

    def tree(self, name: str) -> Relation | None:
        """The relation of a transform; None for a table."""
        node = self.graph.nodes.get(name)
        found = self.analysis.nodes.get(name)
        if node is None or node.kind != "transform" or found is None or not found.relations or name in self._lost:
            return None
        return found.relations[0]

    def gives(self, name: str) -> Given | None:
        """What a source table gives; None where that is not known."""
        node = self.graph.nodes.get(name)
        return source_gives(self.graph.options(name)) if node is not None and node.kind == "source" else None

    def takes(self, name: str) -> Takes | None:
        """What a sink takes; None where that is not known."""
        return sink_takes(self.graph.options(name))

    def primary_key(self, name: str) -> Key | None:
        """The primary key of a table as indexes of its columns, empty where it has none; None where it is not known."""
        found = self.analysis.nodes.get(name)
        return _indexes(found) if found is not None else None

    def written(self, insert: Insert) -> Mode | None:
        """The mode of the rows that an INSERT gives to its sink."""
        key = self.sink_key(insert)
        mode, kinds = self.changes.mode(insert.input), self.changes.kinds(insert.input)
        takes = self.takes(insert.sink)
        if mode is None or kinds is None or takes is None or "U" not in kinds:
            return mode
        keys = self.keys.of(insert.input)
        by_key = not key or keys is None or key in keys
        before = takes in ("retractions", "as given") or not by_key or "UB" in mode
        names = ("I", "UB", "UA", "D")
        if not before:
            return mode
        return tuple(n for n in names if n == "UB" or n[0] in kinds)

    def _follow(self, name: str) -> None:
        tree = self.tree(name)
        if tree is None:
            return
        try:
            self.keys.of(tree)
            self.row_keys.of(tree)
            self.changes.mode(tree)
        except RecursionError:
            self._lost.add(name)

    def _declared(self, name: str) -> Key | None:
        return self.primary_key(name)

    def _read(self, name: str) -> NodeStream:
        try:
            return self._known(name)
        except RecursionError:
            return NodeStream(name)

    def _known(self, name: str) -> NodeStream:
        node, found = self.graph.nodes[name], self.analysis.nodes.get(name)
        if found is None:
            return NodeStream(name)
        kept = tuple(s for r in found.relations for s in states(r, self.changes, self.keys))
        if node.kind == "source":
            given, key = self.gives(name), self.primary_key(name)
            mode = None if given is None else ("UA", "D") if given.upserts else _names(given)
            return NodeStream(name, mode, None if key is None else self._told(found, frozenset((key,)) if key else frozenset()))
        if node.kind == "transform":
            tree = self.tree(name)
            if tree is None:
                return NodeStream(name)
            keys = self.keys.of(tree)
            return NodeStream(name, self.changes.mode(tree), None if keys is None else self._told(found, keys), kept)
        return NodeStream(name, self._sink_mode(found), (found.primary_key,) if found.primary_key else (), kept)

    def _sink_mode(self, found: NodeAnalysis) -> Mode | None:
        modes = [self.written(r) for r in found.relations if isinstance(r, Insert)]
        if not modes or any(m is None for m in modes):
            return None
        given = {kind for mode in modes for kind in mode or ()}
        return tuple(n for n in ("I", "UB", "UA", "D") if n in given)

    def sink_key(self, insert: Insert) -> Key | None:
        """The sink's primary key in columns of the query; empty where it has none, None where the query does not give it."""
        key = self.primary_key(insert.sink)
        places = {target: at for at, target in enumerate(insert.targets)}
        return frozenset(places[i] for i in key) if key is not None and all(i in places for i in key) else None

    def _told(self, found: NodeAnalysis, keys: frozenset[Key]) -> tuple[tuple[str, ...], ...]:
        """Keys as names; those that hold another one are left out."""
        least = [k for k in keys if not any(other < k for other in keys)]
        ordered = sorted(least, key=lambda k: (len(k), sorted(k)))
        return tuple(tuple(found.columns[i].name for i in sorted(k)) for k in ordered if all(i < len(found.columns) for i in k))


def _names(given: Given) -> Mode:
    return tuple(n for n in ("I", "UB", "UA", "D") if n[0] in given.kinds)


def _indexes(found: NodeAnalysis) -> Key | None:
    if found.open:
        return None
    places = {c.name: at for at, c in enumerate(found.columns)}
    return frozenset(places[n] for n in found.primary_key if n in places)
