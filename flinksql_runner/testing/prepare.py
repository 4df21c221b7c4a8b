"""Declares what a test needs in a session, and tells what is wrong with it before any job runs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flinksql_runner.compiler.declare import literal, quoted
from flinksql_runner.diagnostics import Diagnostic, error
from flinksql_runner.flink.gateway import Session
from flinksql_runner.functions.types import SqlType
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.testing import inputs, lines, rewrite, steps, stubs
from flinksql_runner.testing.called import renamed
from flinksql_runner.testing.cells import WrongCell
from flinksql_runner.testing.compare import mistakes as wrong_expectations
from flinksql_runner.testing.edits import edits
from flinksql_runner.testing.inputs import SUFFIX, Reading, Shape
from flinksql_runner.testing.judge import ROWS
from flinksql_runner.testing.literals import moment
from flinksql_runner.testing.overrides import Graphs
from flinksql_runner.testing.rewrite import Stage
from flinksql_runner.testing.scene import Now, Scene, chain
from flinksql_runner.testing.values import UnitTest

MARK = "seg__"
_UPSERTS = ("upsert-kafka",)
"""Connectors whose rows replace the one of the same key."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A declared test: its number, the columns of its node, and those of the inputs whose late rows are asked for.

    ``course`` are the steps of one whose inputs come in steps, each put into the folder of its input below ``folder``.
    """

    number: int
    test: UnitTest
    types: Mapping[str, SqlType]
    late: Mapping[str, Shape]
    seconds: float
    folder: Path
    runs_python: bool = False
    course: steps.Course | None = None
    notes: tuple[str, ...] = ()

    @property
    def queries(self) -> Iterator[str]:
        """What is asked of the job: each row with the test's number, which table it is of, and its values as text."""
        database = quoted(f"t{self.number}")
        yield self._query(ROWS, self.types, f"{database}.{quoted(self.test.node)}")
        for name, shape in self.late.items():
            time_ = quoted(shape.rowtime or "")
            yield self._query(name, shape.types, f"{database}.{quoted(name)}") + (
                f" WHERE CURRENT_WATERMARK({time_}) IS NOT NULL AND {time_} <= CURRENT_WATERMARK({time_})")
        stepped = dict.fromkeys(name for step in (self.course.steps if self.course else ()) for name in step)
        for name in stepped:
            yield (f"SELECT {self.number} AS `test`, {literal(MARK)} AS `what`, ARRAY[{literal(name)}, CAST(`{MARK}` AS STRING)] "
                   f"AS `cells` FROM {database}.{quoted(name + SUFFIX)} WHERE `{MARK}` IS NOT NULL")

    def _query(self, what: str, types: Mapping[str, SqlType], table: str) -> str:
        cells = ", ".join(f"CAST({quoted(c)} AS STRING)" for c in types)
        return f"SELECT {self.number} AS `test`, {literal(what)} AS `what`, ARRAY[{cells}] AS `cells` FROM {table}"


class Wrong(Exception):
    """A test that can't run; ``diagnostics`` tell why."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(diagnostics[0].message if diagnostics else "")
        self.diagnostics = tuple(diagnostics)


@dataclass
class Preparation:
    """The tests of one session; ``zone`` is its time zone."""

    graphs: Graphs
    functions: Functions
    session: Session
    folder: Path
    zone: str = "UTC"
    _scenes: dict[int, Scene] = field(default_factory=dict)
    _now: Now = field(default_factory=Now)
    _count: int = field(default=0)

    def prepared(self, test: UnitTest) -> Prepared:
        """Declares a test's tables and views.

        :raises Wrong: where something is wrong with the test.
        :raises flinksql_runner.testing.scene.Refused: where Flink refuses a node.
        """
        began = time.monotonic()
        graph = self.graphs.of(test)
        scene = self._scene(graph)
        given = {g.input: g for g in test.given}
        sources, between = chain(graph, test.node, given)
        asked = dict(k for name in between for tree in rewrite.queries(graph.nodes[name]) for k in rewrite.keys_asked(tree))
        shapes = {name: _keyed(scene.shape(name).given(given.get(name)), asked.get(name, ())) for name in sources}
        upserts = tuple(n for n in sources if shapes[n].key and n in upserting(graph))
        stage = Stage(test, graph, self.functions, self.zone, shapes)
        _refuse(self._mistakes(stage, between, upserts))
        self._count += 1
        number = self._count
        folder = self.folder / str(number)
        folder.mkdir()
        course = steps.course(test, shapes, upserts) if steps.needs_steps(test) else None
        scene.use(f"t{number}")
        for name in sources:
            path = folder / (name if course else f"{name}.json")
            if course:
                path.mkdir()
            else:
                items = lines.lines(given.get(name), shapes[name], upserts=name in upserts)
                path.write_text("".join(f"{line}\n" for item in items for line in item), encoding="utf-8")
            has_changes = name in upserts or (name in given and given[name].has_changes)
            scene.declare_input(name, shapes[name], Reading(path, has_changes, course is not None, name in asked))
        called = self._declare(scene, stage, between)
        types = scene.described(test.node).types
        late = {n: shapes[n] for n in (test.expect.late or {}) if n in shapes}
        _refuse(_expectations(test, types, late))
        return Prepared(number, test, types, late, time.monotonic() - began, folder, bool(called), course,
                        tuple(dict.fromkeys(rewrite.notes(stage, between))))

    def _scene(self, graph: Graph) -> Scene:
        label = "" if not self._scenes else str(len(self._scenes))
        return self._scenes.setdefault(id(graph), Scene(graph, self.functions, self.session, self.folder, label, self._now))

    def _declare(self, scene: Scene, stage: Stage, between: Sequence[str]) -> set[str]:
        """Declares the nodes; gives the Python functions that they call then."""
        other = renamed(stage.test)
        literal_ones = {s.function.lower() for s in stage.test.stubs if s.kind != "call"}
        clocks = stage.clocks(tuple(between))
        called: set[str] = set()
        for name in between:
            node = scene.graph.nodes[name]
            uses = {u.name.lower() for u in node.functions} - literal_ones
            called |= {other.get(n, n) for n in uses} & set(self.functions.by_name)
            scene.declare_functions(other.get(n, n) for n in uses)
            try:
                made = edits(node.rendered.text, rewrite.changes(node, stage, clocks, other))
            except WrongCell as problem:
                raise Wrong((error("FS704", str(problem), stage.test.span),)) from None
            scene.declare_node(node, made)
        return called

    def _mistakes(self, stage: Stage, between: tuple[str, ...], upserts: Sequence[str]) -> Iterator[Diagnostic]:
        test = stage.test
        if test.now is not None:
            try:
                moment(test.now)
            except WrongCell as problem:
                yield error("FS704", f"`now`: {problem}", test.place("now"))
        for name, given in stage.given.items():
            if name in stage.shapes:
                yield from inputs.mistakes(given, stage.shapes[name])
                yield from lines.mistakes(given, stage.shapes[name], upserts=name in upserts)
        yield from steps.mistakes(test)
        yield from stubs.mistakes(test, self.functions)
        yield from rewrite.mistakes(stage, between)


def upserting(graph: Graph) -> frozenset[str]:
    """Sources whose rows replace the one of their key before."""
    return frozenset(n for n in graph.nodes if graph.options(n).get("connector") in _UPSERTS)


def _refuse(found: Iterator[Diagnostic]) -> None:
    wrong = tuple(found)
    if any(d.is_error for d in wrong):
        raise Wrong(wrong)


def _keyed(shape: Shape, asked: Sequence[str]) -> Shape:
    """A view that is joined as of a time has the key that the join asks for; a table has its own."""
    return shape if shape.key or not asked else Shape(shape.columns, shape.rowtime, tuple(asked))


def _expectations(test: UnitTest, types: Mapping[str, SqlType], late: Mapping[str, Shape]) -> Iterator[Diagnostic]:
    expect = test.expect
    compared, place = expect.columns, expect.columns_span
    yield from wrong_expectations(expect.rows or (), types, f"`{test.node}`", compared, place)
    yield from wrong_expectations(expect.changelog or (), types, f"`{test.node}`")
    for name, rows in (expect.late or {}).items():
        if name not in late or late[name].rowtime is None:
            yield error("FS707", f"`{name}` has no watermark here, so no row of it is late", test.span)
        else:
            yield from wrong_expectations(rows, late[name].types, f"`{name}`")
