"""Runs unit tests: several as one job, each told apart in its result; one that spoils its job is run again alone."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from flinksql_runner.compiler.declare import literal, quoted
from flinksql_runner.compiler.job import Job
from flinksql_runner.diagnostics import Diagnostic, did_you_mean, error, has_errors
from flinksql_runner.flink.errors import SqlError, TimedOut
from flinksql_runner.flink.gateway import Session
from flinksql_runner.functions.types import SqlType
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.testing import inputs
from flinksql_runner.testing.compare import Found, compare_changes, compare_rows, final_table, mistakes
from flinksql_runner.testing.scene import Refused, Scene, chain
from flinksql_runner.testing.values import Difference, Outcome, UnitTest
from flinksql_runner.testing.ways import Variant, Ways, has_rows_behind, merged, settled, variants

SETTINGS: Mapping[str, str] = {
    "execution.runtime-mode": "streaming", "restart-strategy.type": "none", "parallelism.default": "1",
    "pipeline.auto-watermark-interval": "0 ms", "table.local-time-zone": "UTC", "pipeline.name": "flinksql test",
    "execution.checkpointing.interval": "1 h", "execution.checkpointing.checkpoints-after-tasks-finish": "false",
}
"""What a session for tests needs. Watermarks go on at once, a crash is told and not tried again, and the end of a job does not
wait for the next checkpoint."""
FUSED = 20
THREADS = 2
_WORTH_A_SESSION = 4  # tests
TIMEOUT = 60.0  # seconds for one job
_ROWS = "rows"
_PLAIN = Ways()
OpenSession = Callable[[Mapping[str, str]], AbstractContextManager[Session]]
Tell = Callable[[Outcome], None]


def run_tests(
    tests: Sequence[UnitTest], graph: Graph, functions: Functions, jobs: Mapping[str, Job], open_session: OpenSession, *,
    timeout: float = TIMEOUT, threads: int = 1, tell: Tell | None = None, ways: Ways = _PLAIN,
    fail_fast: bool = False,
) -> tuple[Outcome, ...]:
    """What comes of each test, in the order of ``tests``. ``tell`` is called for each as soon as it is known.

    :param open_session: opens a session with these Flink options.
    :param timeout: seconds for one job.
    :param threads: how many sessions work side by side.
    :param ways: what all tests are run with once more: other orders, several subtasks.
    :param fail_fast: whether no job is begun once a test has failed or could not run; tests left out have no outcome.
    :raises Failure: where the gateway is gone.
    """
    keep = _Kept(tell, fail_fast)
    sound: list[tuple[UnitTest, Mapping[str, str]]] = []
    for test in tests:
        wrong = tuple(_misplaced(test, graph))
        if not test.is_enabled:
            keep(Outcome(test, "skipped", message="it is not enabled"))
        elif wrong:
            keep(Outcome(test, "error", message=wrong[0].message, diagnostics=wrong))
        else:
            sound.append((test, {}))
            sound += ((v.test, v.settings) for v in keep.expect(test, tuple(variants(test, ways))))

    def work(settings: Mapping[str, str], part: Sequence[UnitTest]) -> None:
        if keep.is_stopped:
            return
        with tempfile.TemporaryDirectory(prefix="flinksql-test-") as folder, open_session({**SETTINGS, **settings}) as session:
            _Run(Scene(graph, functions, session, Path(folder)), timeout, keep).run(part)

    with ThreadPoolExecutor(max(1, threads), thread_name_prefix="test") as pool:
        parts = [(settings, part) for settings, group in _by_settings(sound, jobs) for part in _parts(group, threads)]
        for done in [pool.submit(work, *part) for part in parts]:
            done.result()
    return tuple(keep.known[t.name] for t in tests if t.name in keep.known)


class _Kept:
    """Outcomes as they come, those of a test and its variants as one. Called from several threads."""

    def __init__(self, tell: Tell | None, fail_fast: bool = False) -> None:
        self.known: dict[str, Outcome] = {}
        self.is_stopped = False
        self._tell, self._fail_fast = tell, fail_fast
        self._lock = Lock()
        self._parts: dict[str, dict[str, Outcome]] = {}
        self._variants: dict[str, tuple[Variant, ...]] = {}
        self._base: dict[str, UnitTest] = {}

    def expect(self, test: UnitTest, others: tuple[Variant, ...]) -> tuple[Variant, ...]:
        """Notes that these variants belong to a test, and returns them."""
        self._variants[test.name] = others
        self._base |= {v.test.name: test for v in others}
        return others

    def __call__(self, outcome: Outcome) -> None:
        with self._lock:
            base = self._base.get(outcome.test.name, outcome.test).name
            parts = self._parts.setdefault(base, {})
            parts[outcome.test.name] = outcome
            others = self._variants.get(base, ())
            if len(parts) <= len(others):
                return
            self.known[base] = merged(parts[base], [(v, parts[v.test.name]) for v in others])
            self.is_stopped |= self._fail_fast and self.known[base].status in ("fail", "error")
            if self._tell is not None:
                self._tell(self.known[base])


def _parts(tests: Sequence[UnitTest], threads: int) -> Iterator[Sequence[UnitTest]]:
    """As many parts as can be worked on at once, of neighbours, which have inputs in common; none too small for a session."""
    count = max(1, min(threads, len(tests) // _WORTH_A_SESSION))
    size = -(-len(tests) // count)
    yield from (tests[start:start + size] for start in range(0, len(tests), size))


def _misplaced(test: UnitTest, graph: Graph) -> Iterator[Diagnostic]:
    """FS701 unknown node or input, FS702 an input that the node does not read, FS707 a race, FS708 a broken node."""
    if test.node not in graph.nodes:
        yield error("FS701", f"there is no node `{test.node}`", test.node_span, did_you_mean(test.node, graph.nodes))
        return
    asked = {"restart": test.restart, "expect_error": test.error, "overrides": test.overrides, "udfs": test.stubs,
             "now": test.now, "order": test.order, "cte": test.cte, "timeout": test.timeout, "columns": test.expect.columns,
             "op": any(g.has_changes for g in test.given), "defaults": any(g.defaults for g in test.given)}
    for key in (k for k, v in asked.items() if v):
        yield error("FS711", f"`{key}` can't be used yet", test.place(key), "leave it out")
    above = {test.node, *graph.ancestors(test.node)}
    broken = sorted(above & graph.broken)
    if broken:
        yield error("FS708", f"`{broken[0]}` has errors", test.node_span, "`flinksql lint` tells them")
        return  # what it reads is not known
    if test.parallelism > 1 and (behind := next(filter(has_rows_behind, test.given), None)):
        yield error("FS707", "with several subtasks it is chance whether a row behind a watermark is late", behind.span,
                    f"leave out `parallelism: {test.parallelism}`, or the rows of `{behind.input}` behind its watermark")
    named = [(g.input, g.span) for g in test.given]
    named += [(name, rows[0].span) for name, rows in (test.expect.late or {}).items() if rows]
    for name, span in named:
        if name not in graph.nodes:
            yield error("FS701", f"there is no node `{name}`", span, did_you_mean(name, sorted(above)))
        elif name not in above:
            yield error("FS702", f"`{test.node}` does not read `{name}`", span,
                        f"it reads {', '.join(f'`{n}`' for n in graph.parents[test.node])}")


def _by_settings(
    tests: Iterable[tuple[UnitTest, Mapping[str, str]]], jobs: Mapping[str, Job],
) -> Iterator[tuple[Mapping[str, str], list[UnitTest]]]:
    """Tests with the ``table.*`` options of their node's job and with their own, those with the same ones together."""
    groups: dict[tuple[tuple[str, str], ...], list[UnitTest]] = {}
    for test, own in tests:
        job = next((j for j in jobs.values() if test.node in j.nodes), None)
        settings = tuple(sorted({**(job.planner_settings if job else {}), **own}.items()))
        groups.setdefault(settings, []).append(test)
    yield from ((dict(settings), group) for settings, group in groups.items())


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A declared test: its number, the columns of its node, and those of the inputs whose late rows are asked for."""

    number: int
    test: UnitTest
    types: Mapping[str, SqlType]
    late: Mapping[str, inputs.Shape]
    seconds: float
    runs_python: bool = False

    @property
    def queries(self) -> Iterator[str]:
        """What is asked of the job: each row with the test's number, which table it is of, and its values as text."""
        database = quoted(f"t{self.number}")
        yield self._query(_ROWS, self.types, f"{database}.{quoted(self.test.node)}")
        for name, shape in self.late.items():
            time_ = quoted(shape.rowtime or "")
            yield self._query(name, shape.types, f"{database}.{quoted(name)}") + (
                f" WHERE CURRENT_WATERMARK({time_}) IS NOT NULL AND {time_} <= CURRENT_WATERMARK({time_})")

    def _query(self, what: str, types: Mapping[str, SqlType], table: str) -> str:
        cells = ", ".join(f"CAST({quoted(c)} AS STRING)" for c in types)
        return f"SELECT {self.number} AS `test`, {literal(what)} AS `what`, ARRAY[{cells}] AS `cells` FROM {table}"


@dataclass
class _Run:
    """The tests of one session."""

    scene: Scene
    timeout: float
    keep: _Kept
    _count: int = field(default=0)

    def run(self, tests: Sequence[UnitTest]) -> None:
        """Declares them all, then runs them in as few jobs as is good."""
        ready = [p for t in tests if (p := self._prepared(t)) is not None]
        for runs_python in (False, True):  # workers of Python take seconds to start, and the whole of a job waits for them
            part = [p for p in ready if p.runs_python is runs_python]
            for start in range(0, len(part), FUSED):
                self._together(part[start:start + FUSED])

    def _prepared(self, test: UnitTest) -> _Prepared | None:
        """Declares what a test needs; None where that told an error."""
        began = time.monotonic()
        try:
            prepared, wrong = self._declared(test, began)
        except Refused as refused:
            prepared, wrong = None, (refused.diagnostic,)
        if has_errors(wrong) or prepared is None:
            message = next((d.message for d in wrong if d.is_error), "")
            self.keep(Outcome(test, "error", time.monotonic() - began, message, diagnostics=wrong))
            return None
        return prepared

    def _declared(self, test: UnitTest, began: float) -> tuple[_Prepared | None, tuple[Diagnostic, ...]]:
        scene, graph = self.scene, self.scene.graph
        given = {g.input: g for g in test.given}
        sources, between = chain(graph, test.node, given)
        shapes = {name: scene.shape(name).given(given.get(name)) for name in sources}
        wrong = [d for name, g in given.items() if name in shapes for d in inputs.mistakes(g, shapes[name])]
        if wrong:
            return None, tuple(wrong)
        self._count += 1
        number = self._count
        scene.use(f"t{number}")
        for name in sources:
            scene.declare_input(name, shapes[name], inputs.lines(given.get(name), shapes[name]),
                                scene.folder / f"{number}-{name}.json")
        for name in between:
            scene.declare_node(graph.nodes[name])
        types = scene.described(test.node).types
        late = {n: shapes[n] for n in (test.expect.late or {}) if n in shapes}
        wrong += [d for rows in (test.expect.rows, test.expect.changelog) for d in mistakes(rows or (), types, f"`{test.node}`")]
        for name, rows in (test.expect.late or {}).items():
            if name not in late or late[name].rowtime is None:
                wrong.append(error("FS707", f"`{name}` has no watermark here, so no row of it is late", test.span))
            else:
                wrong += mistakes(rows, late[name].types, f"`{name}`")
        calls = {u.name.lower() for name in between for u in graph.nodes[name].functions}
        runs_python = not calls.isdisjoint(scene.functions.by_name)
        return _Prepared(number, test, types, late, time.monotonic() - began, runs_python), tuple(wrong)

    def _together(self, ready: Sequence[_Prepared]) -> None:
        """Runs tests as one job; where that fails, each alone."""
        if not ready or self.keep.is_stopped:
            return
        began = time.monotonic()
        message, detail = "", ""
        try:
            found = self._found(ready)
        except TimedOut:
            found, message = None, f"it did not end within {self.timeout:g} s"
        except SqlError as problem:
            found, message, detail = None, f"Flink failed: {problem.message}", problem.detail or ""
        seconds = (time.monotonic() - began) / len(ready)
        if found is not None:
            for prepared in ready:
                self.keep(_judged(prepared, found, seconds + prepared.seconds))
        elif len(ready) > 1:
            for prepared in ready:
                self._together((prepared,))
        else:
            self.keep(Outcome(ready[0].test, "error", seconds, message, detail=detail))

    def _found(self, ready: Sequence[_Prepared]) -> Mapping[tuple[int, str], list[Found]]:
        """All changes of a job by test and table.

        :raises TimedOut: where it does not end in time.
        """
        deadline = time.monotonic() + self.timeout
        query = "\nUNION ALL\n".join(q for p in ready for q in p.queries)
        found: dict[tuple[int, str], list[Found]] = {}
        with self.scene.session.execute(query, timeout=self.timeout) as result:
            for row in result.rows_until(deadline):
                number, what, cells = row.values
                found.setdefault((number, what), []).append((row.kind, tuple(cells)))
            if not result.is_ended:
                result.cancel()
                raise TimedOut("the job did not end")
        return found


def _judged(prepared: _Prepared, found: Mapping[tuple[int, str], list[Found]], seconds: float) -> Outcome:
    """The comparison of what a test expects with what came."""
    test, expect = prepared.test, prepared.test.expect
    changes = found.get((prepared.number, _ROWS), [])
    differences: list[Difference | None] = []
    if expect.rows is not None:
        differences.append(compare_rows("rows", expect.rows, final_table(settled(changes, test.parallelism)), prepared.types))
    if expect.changelog is not None:
        differences.append(compare_changes("changelog", expect.changelog, changes, prepared.types))
    for name, rows in (expect.late or {}).items():
        came = final_table(found.get((prepared.number, name), []))
        differences.append(compare_rows(f"late rows of {name}", rows, came, prepared.late[name].types))
    wrong = tuple(d for d in differences if d is not None)
    message = "; ".join(_counted(d) for d in wrong)
    return Outcome(test, "fail" if wrong else "pass", seconds, message, wrong)


def _counted(difference: Difference) -> str:
    marks = [mark for mark, _ in difference.lines]
    words = [f"{marks.count(mark)} {word}" for mark, word in (("-", "missing"), ("+", "not expected"), ("~", "different"))
             if mark in marks]
    return f"{difference.title}: {', '.join(words)}"
