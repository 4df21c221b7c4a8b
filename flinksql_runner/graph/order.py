"""Order of a graph: topological, and the cycles that forbid it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping


def topological(parents: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """All names, parents first, ties by name; names on a cycle and what hangs on them are left out."""
    open_parents = {name: len(found) for name, found in parents.items()}
    children: dict[str, list[str]] = {name: [] for name in parents}
    for name, found in parents.items():
        for parent in found:
            children[parent].append(name)
    ready = sorted(name for name, count in open_parents.items() if not count)
    order: list[str] = []
    while ready:
        name = heapq.heappop(ready)
        order.append(name)
        for child in children[name]:
            open_parents[child] -= 1
            if not open_parents[child]:
                heapq.heappush(ready, child)
    return tuple(order)


def cycles(parents: Mapping[str, tuple[str, ...]], left: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Cycles among the names that no order reaches, each once, as a path where each name reads the next.

    Each starts with its smallest name. Of nested cycles one is given: when it is cut, the next call finds the others.
    """
    done: set[str] = set()
    for start in sorted(left):
        path: list[str] = []
        at: dict[str, int] = {}
        name: str | None = start
        while name is not None and name not in done and name not in at:
            at[name] = len(path)
            path.append(name)
            name = next((p for p in parents[name] if p in left and p not in done), None)
        if name is not None and name in at:
            found = path[at[name]:]
            first = found.index(min(found))
            yield tuple(found[first:] + found[:first])
        done.update(path)
