"""What a stream of each node is like: its changelog mode, its upsert keys, the state that it keeps."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.causes import cause, cause_in_table
from flinksql_runner.analyse.changes import Changes
from flinksql_runner.analyse.connectors import INSERTS, Given, Takes, is_lookup_table, sink_takes, source_gives
from flinksql_runner.analyse.flows import NONE, Flow, Flows, Key, KeySet
from flinksql_runner.analyse.keys import Keys
from flinksql_runner.analyse.relations import Insert, Scan
from flinksql_runner.analyse.shapes import optional
from flinksql_runner.analyse.state import State, states
from flinksql_runner.analyse.values import Analysis, NodeAnalysis
from flinksql_runner.graph.values import Graph
from flinksql_runner.syntax.values import Node

Mode = tuple[str, ...]


class NodeStream(Struct, frozen=True):
    """What is known of one node's stream.

    ``mode`` are the kinds of changes (of I, UB, UA, D) that a reader of a table or view gets, or that a sink is given; None: not
    known. ``keys`` are the sets of columns by which rows can be updated, the smallest first; empty where there is none, None
    where they are not known. ``states`` are those of the node's own query, not of what it reads.
    """

    name: str
    mode: Mode | None = None
    keys: tuple[tuple[str, ...], ...] | None = None
    states: tuple[State, ...] = ()

    @property
    def is_insert_only(self) -> bool | None:
        """Whether rows are never changed; None: not known."""
        return None if self.mode is None else self.mode == ("I",)


class NodeStreams:
    """The stream of one node, and answers about any relation in its trees, given the flows of what it reads.

    ``keys`` are the upsert keys as Flink's planner knows them, ``row_keys`` those with the groups of windows among them.
    ``options`` are those of its table, LIKE included.
    """

    def __init__(self, node: Node, options: Mapping[str, str], analysis: NodeAnalysis, flows: Flows) -> None:
        self.node, self.options, self.analysis, self.flows = node, options, analysis, flows
        self.keys = Keys(flows)
        self.row_keys = Keys(flows, windows=True)
        self.changes = Changes(self.keys, flows)
        self.tree = analysis.relations[0] if node.kind == "transform" and analysis.relations else None
        self.primary_key = _indexes(analysis)
        self.takes: Takes | None = sink_takes(options)
        self.flow = self._flow()
        self._stream: NodeStream | None = None

    @property
    def stream(self) -> NodeStream:
        """What is told of the node's stream."""
        if self._stream is None:
            try:
                self._stream = self._known()
            except RecursionError:
                self._stream = NodeStream(self.node.name)
        return self._stream

    def written(self, insert: Insert) -> Mode | None:
        """The mode of the rows that an INSERT gives to its sink."""
        key = self.sink_key(insert)
        mode, kinds = self.changes.mode(insert.input), self.changes.kinds(insert.input)
        if mode is None or kinds is None or self.takes is None or "U" not in kinds:
            return mode
        keys = self.keys.of(insert.input)
        by_key = not key or keys is None or key in keys
        before = self.takes in ("retractions", "as given") or not by_key or "UB" in mode
        names = ("I", "UB", "UA", "D")
        if not before:
            return mode
        return tuple(n for n in names if n == "UB" or n[0] in kinds)

    def sink_key(self, insert: Insert) -> Key | None:
        """The sink's primary key in columns of the query; empty where it has none, None where the query does not give it."""
        key = self.primary_key
        places = {target: at for at, target in enumerate(insert.targets)}
        return frozenset(places[i] for i in key) if key is not None and all(i in places for i in key) else None

    def _flow(self) -> Flow:
        if self.tree is not None:
            try:
                return self._flow_of_view(self.tree)
            except RecursionError:
                self.tree = None
        return self._flow_of_table()

    def _flow_of_view(self, tree: Relation) -> Flow:
        keys, row_keys, kinds = self.keys.of(tree), self.row_keys.of(tree), self.changes.kinds(tree)
        self.changes.mode(tree)
        scanned = {part.table for part in tree.walk() if isinstance(part, Scan)}
        return Flow(
            True, keys, row_keys, self.keys.fixed(tree), self.primary_key, kinds, self.changes.without_before(tree),
            self.changes.upsert_table(tree), self.changes.upserts_alone(tree), optional(tree, self.flows),
            frozenset().union(*(self.flows.of(t).unmarked for t in scanned)),
            cause=cause(self.node, tree, self.changes, self.flows) if kinds not in (None, INSERTS) else None,
        )

    def _flow_of_table(self) -> Flow:
        found, key, given = self.analysis, self.primary_key, self._gives()
        keys: KeySet | None = None if key is None else frozenset((key,)) if key else NONE
        return Flow(
            False, keys, keys, key or frozenset(), key, given.kinds if given is not None else None,
            upsert_table=given is not None and given.upserts,
            unmarked=frozenset((found.name,)) if not found.open and not found.watermark else frozenset(),
            lookup=is_lookup_table(self.options) if self.node.kind == "source" else None, cause=cause_in_table(self.node),
        )

    def _gives(self) -> Given | None:
        """What a source table gives; None where that is not known."""
        return source_gives(self.options) if self.node.kind == "source" else None

    def _known(self) -> NodeStream:
        node, found = self.node, self.analysis
        kept = tuple(s for r in found.relations for s in states(r, self.changes, self.keys))
        if node.kind == "source":
            given, key = self._gives(), self.primary_key
            mode = None if given is None else ("UA", "D") if given.upserts else _names(given)
            return NodeStream(node.name, mode, None if key is None else _told(found, frozenset((key,)) if key else frozenset()))
        if node.kind == "transform":
            if self.tree is None:
                return NodeStream(node.name)
            keys = self.keys.of(self.tree)
            return NodeStream(node.name, self.changes.mode(self.tree), None if keys is None else _told(found, keys), kept)
        return NodeStream(node.name, self._sink_mode(), (found.primary_key,) if found.primary_key else (), kept)

    def _sink_mode(self) -> Mode | None:
        modes = [self.written(r) for r in self.analysis.relations if isinstance(r, Insert)]
        if not modes or any(m is None for m in modes):
            return None
        given = {kind for mode in modes for kind in mode or ()}
        return tuple(n for n in ("I", "UB", "UA", "D") if n in given)


class Streams:
    """The streams of all nodes."""

    def __init__(self, graph: Graph, analysis: Analysis) -> None:
        self._of: dict[str, NodeStreams] = {}
        self._flows: dict[str, Flow] = {}
        known = frozenset(graph.order)
        for name in (*graph.order, *(n for n in graph.nodes if n not in known)):  # parents first
            found = analysis.nodes.get(name, NodeAnalysis(name, open=True))
            self._of[name] = NodeStreams(graph.nodes[name], graph.options(name), found, Flows(self._flows))
            self._flows[name] = self._of[name].flow

    def of(self, name: str) -> NodeStreams:
        """The answers about one node's trees."""
        return self._of[name]

    def node(self, name: str) -> NodeStream:
        """The stream of one node."""
        return self._of[name].stream

    @property
    def nodes(self) -> Mapping[str, NodeStream]:
        """The streams of all nodes by name."""
        return {name: found.stream for name, found in self._of.items()}


def _told(found: NodeAnalysis, keys: KeySet) -> tuple[tuple[str, ...], ...]:
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
