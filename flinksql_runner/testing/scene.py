"""One session's tables for tests: a database for each test, so that the nodes' SQL runs as it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flinksql_runner.compiler.declare import declare_function, declare_table, declare_view, inserts, quoted
from flinksql_runner.compiler.job import JobStatement
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.flink.errors import SqlError
from flinksql_runner.flink.gateway import Session
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.planner.errors import locate, locate_function
from flinksql_runner.planner.rows import query_of
from flinksql_runner.planner.sent import sent
from flinksql_runner.project.placeholders import names_in
from flinksql_runner.syntax.values import Node
from flinksql_runner.testing.inputs import Shape, shape_of, statements

_DECLARED, _SHAPES = "declared__", "shapes__"


class Refused(Exception):
    """Flink refuses a node; ``diagnostic`` tells where."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass
class Scene:
    """What has been declared so far. ``folder`` holds the inputs' files.

    Two databases of our own hold what is the same for all tests: ``declared__`` the tables as their files declare them, to be
    described only (that needs no connector), ``shapes__`` empty test sources and the views over them, which tells the types
    of inputs that are transforms.
    """

    graph: Graph
    functions: Functions
    session: Session
    folder: Path
    _database: str = ""
    _made: set[str] = field(default_factory=set)
    _shapes: dict[str, Shape] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)

    def use(self, database: str) -> None:
        """Makes a database the current one."""
        if database not in self._made:
            self.session.run(f"CREATE DATABASE {quoted(database)}")
            self._made.add(database)
        if database != self._database:
            self.session.run(f"USE {quoted(database)}")
            self._database = database

    def shape(self, name: str) -> Shape:
        """The columns of a source or transform with their types.

        :raises Refused: where Flink refuses it, or something upstream of it.
        """
        if name not in self._shapes:
            node = self.graph.nodes[name]
            if node.kind == "transform":
                self._declare_functions(n for n in (node, *(self.graph.nodes[a] for a in self.graph.ancestors(name))))
                for above in (n for n in self.graph.order if n in self.graph.ancestors(name)):
                    if self.graph.nodes[above].kind == "transform":
                        self.shape(above)
                    else:
                        self._empty(above)
                self.use(_SHAPES)
                self._send(declare_view(node), node)
            else:
                self.use(_DECLARED)
                self._send(declare_table(node), node)
            self._shapes[name] = self.described(name)
        return self._shapes[name]

    def _empty(self, name: str) -> None:
        """A source without rows in the database of shapes."""
        shape = self.shape(name)
        if f"{_SHAPES}.{name}" not in self._made:
            self.use(_SHAPES)
            for statement in statements(name, shape, self.folder / "nothing.json"):
                self.session.run(statement)
            self._made.add(f"{_SHAPES}.{name}")

    def described(self, name: str) -> Shape:
        """The shape of a table or view of the current database."""
        return shape_of(self.session.run(f"DESCRIBE {quoted(name)}"))

    def declare_input(self, name: str, shape: Shape, text: str, path: Path) -> None:
        """A test source in the current database that reads ``text``."""
        path.write_text(text, encoding="utf-8")
        for statement in statements(name, shape, path):
            self.session.run(statement)

    def declare_node(self, node: Node) -> None:
        """The node as a view in the current database; a sink is the view of what its INSERTs would write.

        :raises Refused: where Flink refuses it.
        """
        self._declare_functions((node,))
        self._send(declare_view(node) if node.kind == "transform" else self._written(node), node)

    def _written(self, node: Node) -> JobStatement:
        """A sink's rows as a view with its table's columns."""
        parts = []
        for insert in inserts(node):
            start, end = query_of(insert.sql[insert.body:])
            parts.append((insert, insert.body + start, insert.body + end))
        names = ", ".join(quoted(c.name) for c in node.columns if c.kind == "physical")
        header = f"CREATE TEMPORARY VIEW {quoted(node.name)} ({names}) AS\n"
        first, start, end = parts[0]
        if len(parts) == 1:
            return JobStatement("view", header + first.sql[start:end], node.name, len(header), first.origin + start - first.body)
        union = "\nUNION ALL\n".join(f"SELECT * FROM ({i.sql[s:e]})" for i, s, e in parts)
        return JobStatement("view", header + union, None, len(header), first.origin)

    def _declare_functions(self, nodes: Iterable[Node]) -> None:
        used = {u.name.lower() for n in nodes for u in n.functions} & set(self.functions.by_name)
        for name in sorted(used - self._known):
            function = self.functions.by_name[name]
            try:
                self.session.run(declare_function(function).sql)
            except SqlError as problem:
                raise Refused(locate_function(problem, name, function.span, {})) from None
            self._known.add(name)

    def _send(self, statement: JobStatement, node: Node) -> None:
        whole = sent(statement, _Anything(names_in(statement.sql)))
        try:
            self.session.run(whole.text)
        except SqlError as problem:
            raise Refused(locate(problem, whole, node, {})) from None


class _Anything(dict[str, str]):
    """Something for each placeholder: no address and no secret is used in a test."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(dict.fromkeys(names, "0"))


def chain(graph: Graph, node: str, given: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a test of ``node`` needs: its inputs (given ones, and sources that get no rows), and the nodes in between, in order.

    The node itself is the last of the nodes in between, unless it is an input of its own (a test of a source).
    """
    inputs: set[str] = set()
    between: set[str] = set()
    front = [node]
    while front:
        name = front.pop()
        if name in inputs | between:
            continue
        kind = graph.nodes[name].kind
        if name in given or kind == "source" or (kind == "sink" and name != node):
            inputs.add(name)
        else:
            between.add(name)
            front += graph.parents[name]
    return tuple(n for n in graph.order if n in inputs), tuple(n for n in graph.order if n in between)
