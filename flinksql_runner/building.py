"""``flinksql build`` without its engine: node by node, what failed, at which stage, and what therefore was left out.

The stages are lint, check (Flink's planner) and test, in this order for the whole graph; compile stands for the jobs. What
hangs on a node that failed is skipped and says which node that is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.graph.values import Graph
from flinksql_runner.pipeline import Build
from flinksql_runner.testing.values import Outcome, UnitTest

Stage = Literal["lint", "compile", "check", "test"]
Status = Literal["pass", "fail", "skipped"]
Check = Callable[[Collection[str]], Sequence[Diagnostic]]
"""Asks Flink's planner about nodes (and all upstream of them)."""
RunTests = Callable[[Sequence[UnitTest]], Sequence[Outcome]]
_BAD = ("fail", "error")


@dataclass(frozen=True, slots=True)
class NodeResult:
    """What came of a node. ``stage`` is where it failed, ``blame`` the failed node that a skipped one hangs on.

    ``tests`` counts its tests that ran, ``failed`` those of them that failed or could not run, ``left_out`` those not run.
    """

    node: str
    status: Status
    stage: Stage | None = None
    message: str = ""
    blame: str | None = None
    tests: int = 0
    failed: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class JobResult:
    """What came of a job: whether it compiled, and which of its nodes failed."""

    job: str
    status: Status
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The whole of a build. ``diagnostics`` are those of all stages, ``outcomes`` of the tests that ran."""

    nodes: tuple[NodeResult, ...]
    jobs: tuple[JobResult, ...]
    diagnostics: tuple[Diagnostic, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def is_bad(self) -> bool:
        """Whether anything failed."""
        return (any(n.status != "pass" for n in self.nodes) or any(j.status == "fail" for j in self.jobs)
                or any(d.is_error for d in self.diagnostics))


def build_all(built: Build, names: Collection[str], findings: Sequence[Diagnostic], tests: Sequence[UnitTest], check: Check,
              run: RunTests, *, fail_fast: bool = False) -> Report:
    """Takes the selected nodes through all stages.

    :param findings: what lint says, job findings among them.
    :param tests: the tests of the selected nodes.
    :param fail_fast: whether no stage, and no level of tests, begins once something has failed.
    """
    work = _Work(built.graph, names)
    work.blame("lint", findings)
    said: list[Diagnostic] = []
    if (sound := work.sound()) and not (fail_fast and work.bad):
        said = [d for d in check(sound) if d not in findings]
        work.blame("check", said)
    outcomes: list[Outcome] = []
    for level in _levels(built.graph, tests):
        ready = [t for t in level if work.is_sound(t.node)]
        if ready and not (fail_fast and work.bad):
            came = run(ready)
            outcomes += came
            work.judge(came)
    nodes = tuple(work.result(n, tests, outcomes) for n in _ordered(built.graph, names))
    return Report(nodes, tuple(_jobs(built, names, work)), (*findings, *said), tuple(outcomes))


class _Work:
    """Which nodes have failed so far, at which stage and why."""

    def __init__(self, graph: Graph, names: Collection[str]) -> None:
        self.graph, self.names = graph, names
        self.bad: dict[str, tuple[Stage, str]] = {}

    def blame(self, stage: Stage, found: Sequence[Diagnostic]) -> None:
        """Notes the first error of each node."""
        for each in found:
            if each.is_error and each.node in self.graph.nodes and each.node is not None:
                self.bad.setdefault(each.node, (stage, each.message))

    def judge(self, outcomes: Sequence[Outcome]) -> None:
        """Notes nodes whose tests failed."""
        for outcome in outcomes:
            if outcome.status in _BAD:
                self.bad.setdefault(outcome.test.node, ("test", f"{outcome.test.name}: {outcome.message}"))

    def cause(self, name: str) -> str | None:
        """The failed node that a node hangs on, the nearest to it first."""
        above = [p for p in self.graph.parents.get(name, ()) if p in self.bad]
        return next(iter([*above, *sorted(self.graph.ancestors(name) & self.bad.keys())]), None)

    def is_sound(self, name: str) -> bool:
        """Whether a node and all that it hangs on have not failed; one that is not there is left to its tests to tell."""
        return name not in self.bad and self.cause(name) is None

    def sound(self) -> list[str]:
        """The selected nodes that may go on."""
        return [n for n in _ordered(self.graph, self.names) if self.is_sound(n)]

    def result(self, name: str, tests: Sequence[UnitTest], outcomes: Sequence[Outcome]) -> NodeResult:
        """What came of a node in the end."""
        own = [o for o in outcomes if o.test.node == name and o.status != "skipped"]
        failed = sum(o.status in _BAD for o in own)
        left_out = sum(t.node == name for t in tests) - len([o for o in outcomes if o.test.node == name])
        if name in self.bad:
            stage, message = self.bad[name]
            return NodeResult(name, "fail", stage, message, None, len(own), failed, left_out)
        cause = self.cause(name)
        if cause is not None:
            return NodeResult(name, "skipped", None, f"it hangs on `{cause}`, which failed", cause, len(own), failed, left_out)
        return NodeResult(name, "pass", tests=len(own), failed=failed, left_out=left_out)


def _ordered(graph: Graph, names: Collection[str]) -> list[str]:
    """Names in the graph's order; those on a circle have no place in it and come last."""
    return [*(n for n in graph.order if n in names), *sorted(set(names) - set(graph.order))]


def _levels(graph: Graph, tests: Sequence[UnitTest]) -> Iterator[list[UnitTest]]:
    """Tests of nodes that hang on nothing tested before, then of those that hang on these: a level shares its jobs."""
    depth: dict[str, int] = {}
    tested = {t.node for t in tests}
    for name in graph.order:
        depth[name] = max((depth[p] + (p in tested) for p in graph.parents[name] if p in depth), default=0)
    for level in sorted({depth.get(t.node, 0) for t in tests}):
        yield [t for t in tests if depth.get(t.node, 0) == level]


def _jobs(built: Build, names: Collection[str], work: _Work) -> Iterator[JobResult]:
    """Jobs that have a selected node."""
    for name in built.project.jobs:
        job = built.jobs.get(name)
        if job is None:
            yield JobResult(name, "fail")
        elif not set(job.nodes).isdisjoint(names):
            wrong = tuple(n for n in job.nodes if n in work.bad)
            yield JobResult(name, "skipped" if wrong else "pass", wrong)


def counts(results: Sequence[NodeResult]) -> Mapping[Status, int]:
    """How many nodes came to each status."""
    found: dict[Status, int] = {"pass": 0, "fail": 0, "skipped": 0}
    for each in results:
        found[each.status] += 1
    return found
