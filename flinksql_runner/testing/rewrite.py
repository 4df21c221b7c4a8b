"""What one test changes in the text of the nodes that it runs, and what it says of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import TokenType, exp

from flinksql_runner.analyse.connectors import INSERTS, source_gives
from flinksql_runner.compiler.declare import quoted
from flinksql_runner.diagnostics import Diagnostic, Related, did_you_mean, error
from flinksql_runner.dialect.flink import Flink
from flinksql_runner.dialect.positions import place_of, span_of
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.syntax.values import Node, Statement
from flinksql_runner.testing import clock, lookups, stubs
from flinksql_runner.testing.edits import Change, put
from flinksql_runner.testing.inputs import PROCTIME, VERSIONS, Shape
from flinksql_runner.testing.literals import moment
from flinksql_runner.testing.values import Given, UnitTest


@dataclass(frozen=True, slots=True)
class Stage:
    """A test with all that its nodes are rewritten by. ``zone`` is the session's time zone, ``shapes`` are the inputs'."""

    test: UnitTest
    graph: Graph
    functions: Functions
    zone: str
    shapes: Mapping[str, Shape] = field(default_factory=dict)

    @property
    def given(self) -> Mapping[str, Given]:
        """The given inputs by name."""
        return {g.input: g for g in self.test.given}

    def clocks(self, between: tuple[str, ...]) -> frozenset[str]:
        """Names of columns that hold processing time, in the inputs and in the nodes."""
        found = {c.name for shape in self.shapes.values() for c in shape.columns if c.computed == PROCTIME}
        for name in between:
            for statement in queries(self.graph.nodes[name]):
                for alias in statement.find_all(exp.Alias):
                    inner = alias.this
                    if (isinstance(inner, exp.Anonymous) and inner.name.upper() == "PROCTIME") or (
                            isinstance(inner, exp.Column) and inner.name in found):
                        found.add(alias.alias)
        return frozenset(found)


def queries(node: Node) -> Iterator[exp.Expr]:
    """The trees of what a node computes."""
    yield from (s.tree for s in node.statements if s.kind in ("select", "insert") and s.tree is not None)


def changes(node: Node, stage: Stage, clocks: frozenset[str], renamed: Mapping[str, str]) -> Iterator[Change]:
    """What stands in a node for its clock, functions, lookup joins and versioned tables.

    :param renamed: functions in whose place others are called.
    :raises flinksql_runner.testing.cells.WrongCell: where a given value can't be written in SQL.
    """
    test = stage.test
    by_name = {s.function.lower(): s for s in test.stubs}
    for tree in queries(node):
        if test.now is not None:
            yield from clock.frozen(tree, moment(test.now), stage.zone)
        yield from stubs.stubbed(tree, by_name, stage.functions, stage.zone)
        yield from stubs.renamed(tree, renamed)
        looked_up = tuple(lookups.lookups(tree, stage.graph, clocks))
        for lookup in looked_up:
            shape = stage.shapes[lookup.table]
            yield lookups.replaced(lookup, stage.given.get(lookup.table), shape, stage.zone)
        starts = {lookup.start for lookup in looked_up}
        for table in temporal_tables(tree):
            span = span_of(table.this)
            if table.name in stage.shapes and span is not None and span[0] not in starts:
                alias = "" if table.alias else f" AS {quoted(table.name)}"
                whole = span_of(table)
                yield put(*span, quoted(table.name + VERSIONS))
                if alias and whole is not None:
                    yield put(whole[1], whole[1], alias)
    if test.cte is not None and node.name == test.node:
        yield from _only(test.cte, node)


def temporal_tables(tree: exp.Expr) -> Iterator[exp.Table]:
    """Tables that are joined as of a time."""
    yield from (t for t in tree.find_all(exp.Table) if t.args.get("version") is not None)


def keys_asked(tree: exp.Expr) -> Iterator[tuple[str, tuple[str, ...]]]:
    """For each temporal join its table and the columns of it that ON compares: its key, where it is a view without one."""
    for join in tree.find_all(exp.Join):
        table, on = join.this, join.args.get("on")
        if isinstance(table, exp.Table) and table.args.get("version") is not None and on is not None:
            names = [c.name for e in on.find_all(exp.EQ) for c in (e.this, e.expression)
                     if isinstance(c, exp.Column) and c.table == table.alias_or_name]
            yield table.name, tuple(dict.fromkeys(names))


def mistakes(stage: Stage, between: tuple[str, ...]) -> Iterator[Diagnostic]:
    """FS713 rows of a lookup table, FS715 what hangs on the machine's clock, FS716 a query of WITH that is not there."""
    test, clocks = stage.test, stage.clocks(between)
    for name in between:
        node = stage.graph.nodes[name]
        for tree in queries(node):
            for lookup in lookups.lookups(tree, stage.graph, clocks):
                yield from lookups.mistakes(lookup, stage.given.get(lookup.table), stage.shapes[lookup.table])
            for words, span in clock.waits_for_clock(tree, clocks):
                place = node.rendered.map.origin(*span).span
                yield error("FS715", f"`{name}` hangs on {words} of processing time: when it ends, the machine's clock says",
                            test.node_span, "no test can set that clock; use event time, or test what stands before it",
                            related=(Related(place, "this is processing time"),))
    yield from _unstubbed(stage, between)
    if test.cte is not None:
        known = [c.alias for w in _withs(stage.graph.nodes[test.node]) for c in w.expressions]
        if test.cte not in known:
            yield error("FS716", f"`{test.node}` has no query `{test.cte}` in its WITH", test.place("cte"),
                        did_you_mean(test.cte, known) or (f"it has {', '.join(f'`{n}`' for n in known)}" if known else None))


def _unstubbed(stage: Stage, between: tuple[str, ...]) -> Iterator[Diagnostic]:
    """FS712: a call that a stub can't stand for, since the parser takes it for a function that it knows."""
    for stub in stage.test.stubs:
        name = stub.function.lower()
        for node in (stage.graph.nodes[n] for n in between):
            calls = sum(1 for tree in queries(node) for f in tree.find_all(exp.Anonymous) if f.name.lower() == name)
            if calls < sum(1 for u in node.functions if u.name.lower() == name):
                yield error("FS712", f"a call of `{stub.function}` in `{node.name}` can't have a stub", stub.span,
                            "give the function a name that no function of SQL has")


def notes(stage: Stage, between: tuple[str, ...]) -> Iterator[str]:
    """What stood for what in a test, and a clock that runs."""
    clocks = stage.clocks(between)
    yield from _unusual(stage)
    for name in between:
        for tree in queries(stage.graph.nodes[name]):
            for lookup in lookups.lookups(tree, stage.graph, clocks):
                yield f"`{name}` looks up in the given rows of `{lookup.table}`, not in its connector"
            if stage.test.now is None:
                read = sorted({word for word, _ in clock.clock_reads(tree)})
                if read:
                    yield f"`{name}` asks for the time ({', '.join(read)}): without `now:` it is the machine's"


def _unusual(stage: Stage) -> Iterator[str]:
    """Changes given to a source that only adds rows: Flink plans other operators for them than the job will have."""
    for name, given in stage.given.items():
        odd = next((item.op for item in given.items if item.op not in (None, "+I")), None)
        if odd is not None and name in stage.graph.nodes:
            options = stage.graph.options(name)
            gives = source_gives(options)
            if gives is not None and gives.kinds == INSERTS:
                yield (f"`{name}` is given `{odd}`, which its connector ({options['connector']}) never gives: "
                       "Flink may plan other operators here than in the job")


def _withs(node: Node) -> Iterator[exp.With]:
    for tree in queries(node):
        query = tree.expression if isinstance(tree, exp.Insert) else tree
        found = (query.args.get("with_") if query is not None else None) or tree.args.get("with_")
        if isinstance(found, exp.With):
            yield found


def _only(name: str, node: Node) -> Iterator[Change]:
    """All behind a query of WITH becomes ``SELECT * FROM name``."""
    for statement in (s for s in node.statements if s.kind in ("select", "insert")):
        for with_ in _withs(_part(node, statement)):
            end = _end_of(name, with_, node.rendered.text)
            if end is not None:
                yield put(end, statement.end, f"\nSELECT * FROM {quoted(name)}")


def _part(node: Node, statement: Statement) -> Node:
    return Node(node.name, node.kind, node.path, node.rendered, (statement,))


def _end_of(name: str, with_: exp.With, text: str) -> int | None:
    """The offset behind the parenthesis that ends a query of WITH."""
    ctes = list(with_.expressions)
    at = next((i for i, c in enumerate(ctes) if c.alias == name), None)
    here = place_of(ctes[at].this) if at is not None else None
    if at is None or here is None:
        return None
    behind = place_of(ctes[at + 1]) if at + 1 < len(ctes) else None
    until = behind.start if behind is not None else int(with_.meta["until"]) + 1
    closing = [t for t in Flink().tokenize(text[here.end:until]) if t.token_type is TokenType.R_PAREN]
    return here.end + closing[-1].end + 1 if closing else here.end
