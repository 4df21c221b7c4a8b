"""Asks Flink's planner about nodes: every table, view and INSERT, each error at its line of the template."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from flinksql_runner.compiler.declare import declare_function, declare_table, declare_view, inserts, literal
from flinksql_runner.compiler.job import JobStatement
from flinksql_runner.diagnostics import Diagnostic, Severity
from flinksql_runner.flink.errors import SqlError
from flinksql_runner.flink.gateway import Session
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.planner.errors import locate, locate_function
from flinksql_runner.planner.sent import Sent, sent
from flinksql_runner.planner.wording import Known
from flinksql_runner.project.values import Project
from flinksql_runner.syntax.values import Node

NOT_CHECKED = "FS690"
Progress = Callable[[str], None]


def check(
    project: Project, graph: Graph, names: Iterable[str], functions: Functions,
    open_session: Callable[[], AbstractContextManager[Session]], values: Mapping[str, str] | None = None,
    settings: Mapping[str, Mapping[str, str]] | None = None, progress: Progress | None = None,
) -> tuple[Diagnostic, ...]:
    """What the planner refuses in these nodes and all upstream of them, in one session.

    An error does not hide those of nodes that don't depend on it; those that do are named as not checked (info). Nodes with
    errors that were found without Flink are left out: those errors are told already.

    :param values: what placeholders stand for; they come out of no message.
    :param settings: Flink options by node, those of its job: the planner takes or refuses a statement by some of them.
    :raises Failure: where the gateway is gone or a placeholder has no value.
    """
    del project  # what is checked hangs on the graph alone; the callers' signature is the one of the other stages
    wanted = set(names)
    needed = wanted.union(*(graph.ancestors(n) for n in wanted)) if wanted else set()
    order = [graph.nodes[n] for n in graph.order if n in needed]
    with open_session() as session:
        work = _Check(graph, functions, session, values or {}, settings or {})
        work.bad |= {n for n in needed if n in graph.broken or n not in graph.order}
        work.declare_functions(order)
        for node in order:
            if progress is not None:
                progress(f"checking {node.name}")
            work.declare(node)
        work.explain_inserts(order)
        work.explain_rest(order)
    skipped = [d for n in order if n.name not in work.bad and (d := work.skipped(n)) is not None]
    found = [*work.function_errors, *(d for n in order for d in work.found.get(n.name, ())), *skipped]
    once = {(d.code, d.message, d.span): d for d in reversed(found)}
    return tuple(reversed(once.values()))


@dataclass
class _Check:
    """One run. ``now`` are the options that are set, ``bad`` nodes with an error, ``well`` those that a planned INSERT uses."""

    graph: Graph
    functions: Functions
    session: Session
    values: Mapping[str, str]
    settings: Mapping[str, Mapping[str, str]]
    now: Mapping[str, str] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    well: set[str] = field(default_factory=set)
    found: dict[str, list[Diagnostic]] = field(default_factory=dict)
    function_errors: list[Diagnostic] = field(default_factory=list)

    def declare_functions(self, order: Iterable[Node]) -> None:
        """Declares the Python functions that the nodes call."""
        called = {u.name.lower() for n in order for u in n.functions}
        for name in sorted(called & set(self.functions.by_name)):
            function = self.functions.by_name[name]
            try:
                self.session.run(declare_function(function).sql)
            except SqlError as problem:
                self.function_errors.append(locate_function(problem, name, function.span, self.values))

    def declare(self, node: Node) -> None:
        """Declares the node's table or view; Flink validates a view's query at once."""
        if self._waits(node.name):
            return
        statement = declare_view(node) if node.kind == "transform" else declare_table(node)
        self._send(sent(statement, self.values), node)

    def explain_inserts(self, order: Iterable[Node]) -> None:
        """Lets each INSERT be planned; success speaks for all that it reads."""
        for node in order:
            if node.kind != "sink" or node.name in self.bad or self._waits(node.name):
                continue
            fine = [self._send(_explained(i, self.values), node) for i in inserts(node)]
            if all(fine):
                self.well |= {node.name, *self.graph.ancestors(node.name)}

    def explain_rest(self, order: Iterable[Node]) -> None:
        """Lets each node that no good INSERT spoke for be planned by itself, so that an error is told where it is made."""
        for node in order:
            name = node.name
            if name in self.well or node.kind == "sink" or name in self.bad or self._waits(name):
                continue
            if node.kind == "transform":
                fine = self._send(_explained(declare_view(node), self.values, of_query=True), node)
            else:
                table = declare_table(node)
                fine = self._send(Sent(f"EXPLAIN SELECT * FROM `{name.replace('`', '``')}`", _placeless(table)), node)
            if not fine:  # what reads it failed for this very reason
                for below in self.graph.descendants(name):
                    self.found.pop(below, None)
                    self.bad.discard(below)

    def skipped(self, node: Node) -> Diagnostic | None:
        """That a node could not be checked, at the name of what it reads."""
        blame = self._waits(node.name)
        if blame is None:
            return None
        used = next((u for u in node.reads if u.name == blame or blame in self.graph.ancestors(u.name)), None)
        direct = used is not None and used.name == blame
        message = f"`{node.name}` is not checked: it {'reads' if direct else 'hangs on'} `{blame}`, which has an error"
        return Diagnostic(NOT_CHECKED, Severity.INFO, message, used.span if used else None, None, node.name)

    def _waits(self, name: str) -> str | None:
        """The node with an error that this one hangs on, the nearest parent first."""
        above = [p for p in self.graph.parents.get(name, ()) if p in self.bad]
        return next(iter([*above, *sorted(self.graph.ancestors(name) & self.bad)]), None)

    def _set(self, wanted: Mapping[str, str]) -> None:
        """Changes the session's options from one node's to another's."""
        for key in self.now.keys() - wanted.keys():
            self.session.run(f"RESET {literal(key)}")
        for key, value in wanted.items():
            if self.now.get(key) != value:
                self.session.run(f"SET {literal(key)} = {literal(value)}")
        self.now = wanted

    def _send(self, statement: Sent, node: Node) -> bool:
        self._set(self.settings.get(node.name, {}))
        try:
            self.session.run(statement.text)
        except SqlError as problem:
            self.bad.add(node.name)
            self.found.setdefault(node.name, []).append(locate(problem, statement, node, self.values, self._known(node)))
            return False
        return True

    def _known(self, node: Node) -> Known:
        parents = [self.graph.nodes[p] for p in self.graph.parents.get(node.name, ())]
        columns = dict.fromkeys([*(c for n in parents for c in _columns(n)), *(c.name for c in node.columns)])
        return Known(tuple(columns), tuple(self.graph.nodes), tuple(f.name for f in self.functions.by_name.values()))


def _explained(statement: JobStatement, values: Mapping[str, str], *, of_query: bool = False) -> Sent:
    """EXPLAIN of an INSERT, or of the query of a view: the text that Flink counts lines in stays the user's."""
    return sent(statement, values, lead="EXPLAIN\n", skip=statement.body if of_query else 0)


def _placeless(statement: JobStatement) -> JobStatement:
    """The statement for an error of a query that we wrote: Flink's lines mean nothing then, names do."""
    return JobStatement(statement.kind, statement.sql, None, statement.body, statement.origin)


def _columns(node: Node) -> Iterator[str]:
    yield from (c.name for c in node.columns)
    for statement in node.statements:
        if statement.kind == "select" and statement.tree is not None:
            yield from (c.alias_or_name for c in getattr(statement.tree, "selects", ()) if c.alias_or_name)
