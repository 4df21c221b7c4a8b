"""All nodes of a plan, studied: each as soon as what it reads is known, out of the cache, by a helper or here."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from flinksql_runner.cache.studies import Entry, KeptStudies
from flinksql_runner.lint.outward import Outward
from flinksql_runner.lint.plan import Plan, by_urgency
from flinksql_runner.lint.study import Study, study
from flinksql_runner.workers.crew import Crew

_ALONE = 30     # nodes that are studied here before others are asked to help


@dataclass(frozen=True, slots=True)
class Studied:
    """The studies of all nodes that have a place in the order of the graph; ``sound`` are those without an error in themselves
    or upstream, parents first."""

    studies: Mapping[str, Study]
    sound: tuple[str, ...]


def study_all(plan: Plan, digests: Mapping[str, bytes], kept: KeptStudies, crew: Crew) -> Studied:
    """The studies of a plan's nodes; ``digests`` tell, by path, what was rendered and parsed."""
    work = _Work(plan, digests, kept, crew)
    work.run()
    kept.keep()
    return Studied(work.studies, tuple(name for name in plan.graph.order if name in work.sound))


class _Work:
    """One run over the graph, parents first."""

    def __init__(self, plan: Plan, digests: Mapping[str, bytes], kept: KeptStudies, crew: Crew) -> None:
        self.plan, self.digests, self.kept, self.crew = plan, digests, kept, crew
        self.studies: dict[str, Study] = {}
        self.sound: set[str] = set()
        self._by_urgency = by_urgency(plan)
        self._turns = {name: at for at, name in enumerate(self._by_urgency)}
        self._waits_for = {name: len(plan.graph.parents[name]) for name in plan.graph.order}
        self._ready = deque(name for name, count in self._waits_for.items() if not count)
        self._here: list[int] = []      # turns of nodes that are to be studied in this process
        self._keys: dict[str, bytes | None] = {}
        self._made = 0

    def run(self) -> None:
        """Studies all."""
        order = self._by_urgency
        while True:
            while self._ready:
                self._begin(self._ready.popleft())
            for name, entry in self.crew.answers(wait=not self._here):
                self._learn(name, entry, self.kept.form.study(entry))
            for name in self.crew.given_up():
                heapq.heappush(self._here, self._turns[name])
            if self._ready:
                continue
            while len(self._here) > 1 and self.crew.has_room:
                self._ask(order[heapq.heappop(self._here)])
            if self._here:
                self._study(order[heapq.heappop(self._here)])
            elif not self.crew.is_busy:
                return

    def _begin(self, name: str) -> None:
        """A node all of whose parents are known."""
        node, around = self.plan.graph.nodes[name], self.plan.around[name]
        key = self._keys[name] = self.kept.key(self.digests.get(node.path), around)
        known = self.kept.recall(key)
        if known is not None:
            self._learn(name, *known)
        elif self.crew.has_trees(node):
            self.crew.ask(node, around, self.kept.shown, self._turns[name])
        else:
            heapq.heappush(self._here, self._turns[name])

    def _ask(self, name: str) -> None:
        self.crew.ask(self.plan.graph.nodes[name], self.plan.around[name], self.kept.shown, self._turns[name])

    def _study(self, name: str) -> None:
        node, around = self.plan.graph.nodes[name], self.plan.around[name]
        outward, found = study(node, around, {p: self.kept.outward(p) for p in around.parents}, self.plan.functions)
        self._learn(name, self.kept.form.write(outward, found), found, outward)
        self._made += 1
        if self._made == _ALONE:    # it is not only a few that changed: the rest may be many
            self.crew.join(self.plan.graph.nodes.values(), self.plan.functions, len(self.plan.graph.order) - len(self.studies))

    def _learn(self, name: str, entry: Entry, found: Study, outward: Outward | None = None) -> None:
        self.kept.learn(name, self._keys[name], entry, outward)
        self.studies[name] = found
        if entry.sound:
            self.sound.add(name)
        for child in self.plan.graph.children[name]:
            if child in self._waits_for:
                self._waits_for[child] -= 1
                if not self._waits_for[child]:
                    self._ready.append(child)
