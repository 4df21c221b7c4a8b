"""What tests touch: nodes, columns and branches, seen by running the tests once more with probes beside the nodes.

A probe (testing/branches.py) is a node of its own that reads what a part of the tested node reads. Each test is run for the
probes of all nodes that it runs, with the same rows given; what a probe gives tells which arms were taken.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from flinksql_runner.graph.resolve import resolve
from flinksql_runner.graph.values import Graph
from flinksql_runner.project.values import SqlFile
from flinksql_runner.syntax.parse import parse
from flinksql_runner.syntax.values import Node
from flinksql_runner.templating.values import Rendered, SourceMap
from flinksql_runner.testing.branches import Branching, Probe, probes
from flinksql_runner.testing.scene import chain
from flinksql_runner.testing.values import Expect, Outcome, UnitTest

RunTests = Callable[[Sequence[UnitTest], Graph], Sequence[Outcome]]


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of a branching, and whether a row took it in any test; ``measured`` is false where no run could tell."""

    branching: Branching
    words: str
    is_hit: bool
    is_measured: bool = True


@dataclass(frozen=True, slots=True)
class NodeCoverage:
    """What tests touch of one node. ``tests`` are those of it, ``passed_by`` those of others that run it.

    ``columns`` are all of its columns, ``compared`` those that a test of it expects.
    """

    node: str
    tests: tuple[str, ...] = ()
    passed_by: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    compared: frozenset[str] = frozenset()
    arms: tuple[Arm, ...] = ()

    @property
    def counts(self) -> tuple[int, int]:
        """How many of its parts (itself, columns, measured arms) are touched, and how many there are."""
        arms = [a for a in self.arms if a.is_measured]
        hit = bool(self.tests or self.passed_by) + len(self.compared & {*self.columns}) + sum(a.is_hit for a in arms)
        return hit, 1 + len(self.columns) + len(arms)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage of the selected nodes."""

    nodes: tuple[NodeCoverage, ...]

    @property
    def percent(self) -> float:
        """Touched parts of all parts, in percent; 100 where there is nothing."""
        hit, whole = (sum(n.counts[i] for n in self.nodes) for i in (0, 1))
        return 100 * hit / whole if whole else 100.0


def measure(tests: Sequence[UnitTest], graph: Graph, names: Collection[str], columns: Mapping[str, Sequence[str]],
            run: RunTests) -> Coverage:
    """Runs the probes of all nodes that the tests run.

    :param tests: tests that passed: what a failing one expects tells nothing.
    :param columns: the columns of each node, as far as they are known.
    :param run: runs tests on a graph.
    """
    made = {n: tuple(probes(graph.nodes[n])) for n in names if n in graph.nodes and n not in graph.broken}
    every = [p for each in made.values() for p in each]
    wide = resolve([*graph.nodes.values(), *(_node(p, graph.nodes[p.node]) for p in every)], graph.package)
    runs = {t.name: chain(graph, t.node, {g.input: g for g in t.given})[1] for t in tests if t.node in graph.nodes}
    derived = [_probing(t, p, wide) for t in tests if t.cte is None and t.error is None
               for n in runs.get(t.name, ()) for p in made.get(n, ()) if p.name not in wide.broken]
    seen: dict[str, dict[str, set[int]]] = {}
    for outcome in run(derived, wide):
        if outcome.status in ("pass", "fail"):
            _take(outcome, seen.setdefault(outcome.test.node, {}))
    found = []
    for name in (n for n in graph.order if n in names):
        own = tuple(t.name for t in tests if t.node == name)
        passed = tuple(t for t, between in runs.items() if name in between and t not in own)
        arms = tuple(_arm(b, value, words, seen, p) for p in made.get(name, ()) for b in p.branchings
                     for value, words in sorted(b.arms.items(), reverse=True))
        whole = tuple(columns.get(name, ())) if graph.nodes[name].kind != "source" else ()
        found.append(NodeCoverage(name, own, passed, whole, _compared(tests, name, whole), arms))
    return Coverage(tuple(found))


def _arm(branching: Branching, value: int, words: str, seen: Mapping[str, Mapping[str, set[int]]], probe: Probe) -> Arm:
    if probe.name not in seen:
        return Arm(branching, words, is_hit=False, is_measured=False)
    return Arm(branching, words, value in seen[probe.name].get(branching.column, set()))


def _node(probe: Probe, origin: Node) -> Node:
    """The probe as a transform beside the node whose branches it tells."""
    file = SqlFile(f"{origin.path} ({probe.name})", probe.sql, "transform", probe.name, origin.rendered.file.area)
    return parse(Rendered(file, probe.sql, SourceMap(file.path), origin.config))


def _probing(test: UnitTest, probe: Probe, graph: Graph) -> UnitTest:
    """The test, of the probe in place of its node; each change that the probe gives is told as not expected."""
    above = graph.ancestors(probe.name)
    given = tuple(g for g in test.given if g.input in above)
    order = tuple(n for n in test.order if n in above)
    return replace(test, name=f"{test.name} / {probe.name}", node=probe.name, given=given, order=order, is_enabled=True,
                   expect=Expect(changelog=()), shuffle=False, parallelism=1, restart=False)


def _take(outcome: Outcome, seen: dict[str, set[int]]) -> None:
    """Notes the arms that a probe tells of."""
    for difference in outcome.differences:
        for _, raw in difference.origins:
            for name, value in zip(difference.columns, raw or (), strict=False):
                if name != "op" and value is not None:
                    seen.setdefault(name, set()).add(int(value))


def _compared(tests: Sequence[UnitTest], name: str, columns: Sequence[str]) -> frozenset[str]:
    """The columns that tests of a node compare; an expectation without rows says that nothing comes, so that all are."""
    found: set[str] = set()
    for test in (t for t in tests if t.node == name):
        for rows in (test.expect.rows, test.expect.changelog):
            found.update(test.expect.columns or {c for row in rows or () for c in row.cells})
    return frozenset(found & set(columns))
