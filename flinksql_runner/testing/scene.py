"""One session's tables for tests: a database for each test, so that the nodes' SQL runs as it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from flinksql_runner.syntax.values import Node
from flinksql_runner.testing.edits import Edit, applied, edited
from flinksql_runner.testing.inputs import Reading, Shape, shape_of, statements

_DECLARED, _SHAPES = "declared__", "shapes__"
_PLACEHOLDER = "0"  # what stands for each placeholder: no address and no secret is used in a test


class Refused(Exception):
    """Flink refuses a node; ``diagnostic`` tells where."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass
class Now:
    """What a session has at the moment: its current database, and the Python functions that it knows."""

    database: str = ""
    functions: set[str] = field(default_factory=set)


@dataclass
class Scene:
    """What has been declared so far. ``folder`` holds the inputs' files. A session has a scene for each graph of its tests, with
    databases of its own by ``label``, and one ``now``.

    Two databases of our own hold what is the same for all tests: ``declared__`` the tables as their files declare them, to be
    described only (that needs no connector), ``shapes__`` empty test sources and the views over them, which tells the types
    of inputs that are transforms.
    """

    graph: Graph
    functions: Functions
    session: Session
    folder: Path
    label: str = ""
    now: Now = field(default_factory=Now)
    _made: set[str] = field(default_factory=set)
    _shapes: dict[str, Shape] = field(default_factory=dict)

    def use(self, database: str) -> None:
        """Makes a database the current one."""
        if database not in self._made:
            self.session.run(f"CREATE DATABASE {quoted(database)}")
            self._made.add(database)
        if database != self.now.database:
            self.session.run(f"USE {quoted(database)}")
            self.now.database = database

    def shape(self, name: str) -> Shape:
        """The columns of a source or transform with their types.

        :raises Refused: where Flink refuses it, or something upstream of it.
        """
        if name not in self._shapes:
            node = self.graph.nodes[name]
            if node.kind == "transform":
                nodes = (node, *(self.graph.nodes[a] for a in self.graph.ancestors(name)))
                self.declare_functions(u.name.lower() for n in nodes for u in n.functions)
                for above in (n for n in self.graph.order if n in self.graph.ancestors(name)):
                    if self.graph.nodes[above].kind == "transform":
                        self.shape(above)
                    else:
                        self._empty(above)
                self.use(_SHAPES + self.label)
                self._send(declare_view(node), node, ())
            else:
                self.use(_DECLARED + self.label)
                self._send(declare_table(node), node, ())
            self._shapes[name] = self.described(name)
        return self._shapes[name]

    def _empty(self, name: str) -> None:
        """A source without rows in the database of shapes."""
        shape = self.shape(name)
        if f"{_SHAPES}.{name}" not in self._made:
            self.use(_SHAPES + self.label)
            for statement in statements(name, shape, Reading(self.folder / "nothing.json")):
                self.session.run(statement)
            self._made.add(f"{_SHAPES}.{name}")

    def described(self, name: str) -> Shape:
        """The shape of a table or view of the current database."""
        return shape_of(self.session.run(f"DESCRIBE {quoted(name)}"))

    def declare_input(self, name: str, shape: Shape, reading: Reading) -> None:
        """A test source in the current database."""
        for statement in statements(name, shape, reading):
            self.session.run(statement)

    def declare_node(self, node: Node, made: Sequence[Edit] = ()) -> None:
        """The node, with edits, as a view in the current database; a sink is the view of what its INSERTs would write.

        :raises Refused: where Flink refuses it.
        """
        self._send(declare_view(node) if node.kind == "transform" else self._written(node, made), node, made)

    def _written(self, node: Node, made: Sequence[Edit]) -> JobStatement:
        """A sink's rows as a view with its table's columns; of one whose WITH is cut to a query of it, that one's."""
        parts = []
        for insert in inserts(node):
            start, end = query_of(insert.sql[insert.body:])
            parts.append((insert, insert.body + start, insert.body + end))
        names = ", ".join(quoted(c.name) for c in node.columns if c.kind == "physical")
        first, start, end = parts[0]
        origin = first.origin + start - first.body
        is_cut = any(e.start < origin + end - start < e.end for e in made) or any(
            e.end >= origin + end - start and e.text.startswith("\nSELECT") for e in made)
        header = f"CREATE TEMPORARY VIEW {quoted(node.name)}{'' if is_cut else f' ({names})'} AS\n"
        if len(parts) == 1:
            return JobStatement("view", header + first.sql[start:end], node.name, len(header), origin)
        texts = (applied(node.rendered.text, i.origin + s - i.body, i.origin + e - i.body, made) for i, s, e in parts)
        union = "\nUNION ALL\n".join(f"SELECT * FROM ({text})" for text in texts)
        return JobStatement("view", header + union, None, len(header), first.origin)

    def declare_functions(self, names: Iterable[str]) -> None:
        """Those of these functions that are of Python and that the session does not know yet.

        :raises Refused: where Flink refuses one.
        """
        for name in sorted((set(names) & set(self.functions.by_name)) - self.now.functions):
            function = self.functions.by_name[name]
            try:
                self.session.run(declare_function(function).sql)
            except SqlError as problem:
                raise Refused(locate_function(problem, name, function.span, {})) from None
            self.now.functions.add(name)

    def _send(self, statement: JobStatement, node: Node, made: Sequence[Edit]) -> None:
        whole = edited(statement, made if statement.node is not None else (), _PLACEHOLDER)
        try:
            self.session.run(whole.text)
        except SqlError as problem:
            raise Refused(locate(problem, whole, node, {})) from None


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
