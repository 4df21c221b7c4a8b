"""Runs unit tests: several as one job, each told apart in its result; one that spoils its job is run again alone."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from flinksql_runner.compiler.job import Job
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.flink.errors import ClusterGone, GatewayGone, SqlError, TimedOut
from flinksql_runner.flink.rest import Rest
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.project.values import Project
from flinksql_runner.testing.compare import Found
from flinksql_runner.testing.door import Door, EngineDied, OpenSession
from flinksql_runner.testing.judge import Changes, Said, judged, said_by, with_error
from flinksql_runner.testing.kept import Kept, Tell
from flinksql_runner.testing.misplaced import broken_parts, misplaced
from flinksql_runner.testing.overrides import Graphs, overridden
from flinksql_runner.testing.prepare import Preparation, Prepared, Wrong, upserting
from flinksql_runner.testing.scene import Refused
from flinksql_runner.testing.stepped import SteppedJob
from flinksql_runner.testing.values import Outcome, UnitTest
from flinksql_runner.testing.ways import Ways, variants

SETTINGS: Mapping[str, str] = {
    "execution.runtime-mode": "streaming", "restart-strategy.type": "none", "parallelism.default": "1",
    "pipeline.auto-watermark-interval": "0 ms", "table.local-time-zone": "UTC", "pipeline.name": "flinksql test",
    "execution.checkpointing.interval": "1 h", "execution.checkpointing.checkpoints-after-tasks-finish": "false",
    "execution.checkpointing.mode": "AT_LEAST_ONCE",
}
"""What a session for tests needs. Watermarks go on at once, a crash is told and not tried again, the end of a job does not wait
for the next checkpoint, and rows are told as they come, not once a checkpoint is complete."""
FUSED = 20
THREADS = 2
_WORTH_A_SESSION = 4  # tests
TIMEOUT = 60.0  # seconds for one job
_ZONE = "table.local-time-zone"
_PLAIN = Ways()
_LOST = re.compile(
    r"TaskManager .*(no longer reachable|disconnected|lost|timed out)|Connection (refused|reset|unexpectedly closed)|"
    r"NoResourceAvailable|Could not acquire the minimum required resources|TaskExecutor|ResourceManager|heartbeat", re.IGNORECASE)
AGAIN = "the engine died in the middle and was started again; this is of the second run"
def run_tests(
    tests: Sequence[UnitTest], graph: Graph, functions: Functions, jobs: Mapping[str, Job], open_session: OpenSession, *,
    timeout: float = TIMEOUT, threads: int = 1, tell: Tell | None = None, ways: Ways = _PLAIN, rest_url: str = "",
    heal: Callable[[], Door] | None = None, project: Project | None = None, fail_fast: bool = False,
) -> tuple[Outcome, ...]:
    """What comes of each test, in the order of ``tests``. ``tell`` is called for each as soon as it is known.

    :param open_session: opens a session with these Flink options.
    :param timeout: seconds for one job.
    :param threads: how many sessions work side by side.
    :param ways: what all tests are run with once more: other orders, several subtasks, a restart.
    :param rest_url: Flink's REST API, for tests whose inputs come in steps.
    :param heal: brings an engine that died back to life; what did not come to an end runs once more then.
    :param project: for tests with ``overrides``, which are rendered anew.
    :param fail_fast: whether no job is begun once a test has failed or could not run; tests left out have no outcome.
    :raises Failure: where the gateway is gone and nothing heals it.
    """
    keep = Kept(tell, fail_fast)
    graphs = Graphs(graph, None if project is None else lambda overrides: overridden(project, overrides))
    sound: list[tuple[UnitTest, Mapping[str, str]]] = []
    for test in tests:
        outcome = _without_flink(test, graphs)
        if outcome is not None:
            keep(outcome)
            continue
        plain = replace(test, restart=False)
        keep.expect(test, tuple(variants(test, ways, upserting(graphs.of(test)))))
        sound.append((plain, {}))
        sound += ((v.test, v.settings) for v in keep.variants(test))
    lost = _work(sound, jobs, Door(open_session, rest_url), functions, graphs, keep, timeout, threads)
    if lost:
        if heal is None:
            raise EngineDied(f"Flink died while tests ran ({keep.why}): `flinksql up` starts it again")
        keep.note = AGAIN
        names = {t.name for t in lost}
        for test in _work([s for s in sound if s[0].name in names], jobs, heal(), functions, graphs, keep, timeout, threads):
            keep(Outcome(test, "error", message="the engine died twice while this test ran"))
    return tuple(keep.known[t.name] for t in tests if t.name in keep.known)


def _without_flink(test: UnitTest, graphs: Graphs) -> Outcome | None:
    """What can be told before any job; None where the test is to be run."""
    if not test.is_enabled:
        return Outcome(test, "skipped", message="it is not enabled")
    graph = graphs.of(test)
    wrong = tuple(misplaced(test, graph))
    if test.error is not None and [d.code for d in wrong] == ["FS708"]:
        told = broken_parts(test, graph)
        fitting = [with_error(test, said_by(d), 0.0) for d in told]
        return next((o for o in fitting if o.status == "pass"), fitting[0] if fitting else None)
    if wrong:
        if test.overrides and [d.code for d in wrong] == ["FS708"]:
            wrong += tuple(broken_parts(test, graph))  # `lint` does not know of them
        return Outcome(test, "error", message=wrong[0].message, diagnostics=wrong)
    return None


def _work(
    tests: Sequence[tuple[UnitTest, Mapping[str, str]]], jobs: Mapping[str, Job], door: Door, functions: Functions,
    graphs: Graphs, keep: Kept, timeout: float, threads: int,
) -> list[UnitTest]:
    """Runs tests side by side; gives those that an engine that died took along."""
    lost: list[UnitTest] = []

    def work(settings: Mapping[str, str], part: Sequence[UnitTest]) -> None:
        if keep.is_stopped:
            return
        done: set[str] = set()

        def kept(outcome: Outcome) -> None:
            done.add(outcome.test.name)
            keep(outcome)

        try:
            with tempfile.TemporaryDirectory(prefix="flinksql-test-") as folder, \
                    door.open_session({**SETTINGS, **settings}) as session:
                zone = {**SETTINGS, **settings}[_ZONE]
                preparation = Preparation(graphs, functions, session, Path(folder), zone)
                _Run(preparation, door.rest, timeout, kept, lambda: keep.is_stopped, is_second=bool(keep.note)).run(part)
        except (GatewayGone, ClusterGone, EngineDied) as gone:
            keep.why = str(gone)
            lost.extend(t for t in part if t.name not in done)

    with ThreadPoolExecutor(max(1, threads), thread_name_prefix="test") as pool:
        parts = [(settings, part) for settings, group in _by_settings(tests, jobs) for part in _parts(group, threads)]
        for done in [pool.submit(work, *part) for part in parts]:
            done.result()
    return lost


def _parts(tests: Sequence[UnitTest], threads: int) -> Iterator[Sequence[UnitTest]]:
    """As many parts as can be worked on at once, of neighbours, which have inputs in common; none too small for a session."""
    count = max(1, min(threads, len(tests) // _WORTH_A_SESSION))
    size = -(-len(tests) // count)
    yield from (tests[start:start + size] for start in range(0, len(tests), size))


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


@dataclass
class _Run:
    """The tests of one session.

    ``is_second``: the engine is a new one, so an error that sounds like a lost engine is one of the test's own.
    """

    preparation: Preparation
    rest: Rest | None
    timeout: float
    keep: Callable[[Outcome], None]
    is_stopped: Callable[[], bool]
    is_second: bool = False

    def run(self, tests: Sequence[UnitTest]) -> None:
        """Declares them all, then runs them in as few jobs as is good: those alike together."""
        groups: dict[tuple[bool, str], list[Prepared]] = {}
        for prepared in (p for t in tests if (p := self._prepared(t)) is not None):
            # workers of Python take seconds to start, and the whole of a job waits for them
            groups.setdefault((prepared.runs_python, _kind(prepared)), []).append(prepared)
        for (_, kind), part in sorted(groups.items()):
            size = 1 if kind == "alone" else FUSED
            for start in range(0, len(part), size):
                self._together(part[start:start + size])

    def _prepared(self, test: UnitTest) -> Prepared | None:
        """Declares what a test needs; None where that told an error."""
        began = time.monotonic()
        wrong: tuple[Diagnostic, ...]
        try:
            prepared = self.preparation.prepared(test)
        except Refused as refused:
            if test.error is not None:
                self.keep(with_error(test, said_by(refused.diagnostic), time.monotonic() - began))
                return None
            wrong = (refused.diagnostic,)
        except Wrong as found:
            wrong = found.diagnostics
        else:
            if prepared.course is not None and self.rest is None:
                self.keep(Outcome(test, "error", message="its inputs come in steps: that needs Flink's REST API"))
                return None
            return prepared
        message = next((d.message for d in wrong if d.is_error), "")
        self.keep(Outcome(test, "error", time.monotonic() - began, message, diagnostics=wrong))
        return None

    def _together(self, ready: Sequence[Prepared]) -> None:
        """Runs tests as one job; where that fails, each alone."""
        if self.is_stopped():
            return
        self._look()
        began = time.monotonic()
        timeout = max(p.test.timeout or self.timeout for p in ready)
        message, detail, said = "", "", None
        try:
            found: Changes | None = self._found(ready, began + timeout)
        except TimedOut:
            self._look()
            found, message = None, f"it did not end within {timeout:g} s"
        except SqlError as problem:
            if not self.is_second and any(_LOST.search(f"{c.kind} {c.message}") for c in problem.causes):
                raise EngineDied(problem.message) from None
            found, message, detail = None, f"Flink failed: {problem.message}", problem.detail or ""
            said = said_by(problem)
        seconds = (time.monotonic() - began) / len(ready)
        if found is not None:
            for p in ready:
                self.keep(judged(p.test, p.number, p.types, p.late, found, seconds + p.seconds, p.notes))
        elif len(ready) > 1:
            for prepared in ready:
                self._together((prepared,))
        else:
            self.keep(_failed(ready[0], message, detail, said, seconds))

    def _look(self) -> None:
        """Whether anything is there that could run a job: without a task manager it would wait for one, minutes long.

        :raises EngineDied: where none is there.
        """
        if self.rest is not None and not self.rest.overview().get("slots-total"):
            raise EngineDied("Flink has no task manager")

    def _found(self, ready: Sequence[Prepared], deadline: float) -> Changes:
        """All changes of a job by test and table.

        :raises TimedOut: where it does not end in time.
        """
        if ready[0].course is not None:
            assert self.rest is not None  # looked at when it was prepared
            return SteppedJob(ready, self.preparation.session, self.rest, self.preparation.folder, deadline).run()
        query = "\nUNION ALL\n".join(q for p in ready for q in p.queries)
        found: dict[tuple[int, str], list[Found]] = {}
        with self.preparation.session.execute(query, timeout=max(1.0, deadline - time.monotonic())) as result:
            for row in result.rows_until(deadline):
                number, what, cells = row.values
                found.setdefault((number, what), []).append((row.kind, tuple(cells)))
            if not result.is_ended:
                result.cancel()
                raise TimedOut("the job did not end")
        return found


def _kind(prepared: Prepared) -> str:
    """What can be one job: tests that expect an error spoil theirs, and all of a job are started again or none."""
    if prepared.test.error is not None:
        return "alone"
    if prepared.course is not None:
        return "restart" if prepared.test.restart else "steps"
    return "at once"


def _failed(prepared: Prepared, message: str, detail: str, said: Said | None, seconds: float) -> Outcome:
    if prepared.test.error is not None and said is not None:
        return with_error(prepared.test, said, seconds)
    return Outcome(prepared.test, "error", seconds, message, detail=detail, notes=prepared.notes)
