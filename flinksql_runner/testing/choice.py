"""Which tests are meant: selections of their nodes and of themselves, tags, words, what failed before."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from flinksql_runner.diagnostics import Failure
from flinksql_runner.graph.select import parse_term, select
from flinksql_runner.graph.values import Graph
from flinksql_runner.testing.values import UnitTest

_OF_TESTS = re.compile(r"(?:test_name|unit_test):(.+)", re.DOTALL)
Key = tuple[str, str]
"""File and name of a test."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What tests must be like. ``select`` and ``exclude`` are selections (empty: all, none), ``words`` a part of the name,
    ``tags`` of the test or its node (any of them), ``only`` the tests that may be meant at all (None: any)."""

    select: str = ""
    exclude: str = ""
    words: str = ""
    tags: tuple[str, ...] = ()
    only: Collection[Key] | None = None


def chosen(tests: Sequence[UnitTest], graph: Graph, choice: Choice) -> tuple[UnitTest, ...]:
    """The tests that are meant, in their order.

    A term of a selection means the tests of the nodes that it selects; ``test_name:`` and ``unit_test:`` mean tests by their
    name, ``tag:`` also those that have the tag themselves.

    :raises Failure: where a selection can't be read.
    """
    wanted = _union(tests, graph, choice.select) if choice.select.strip() else {t.name for t in tests}
    if choice.exclude.strip():
        wanted -= _union(tests, graph, choice.exclude)
    return tuple(
        t for t in tests
        if t.name in wanted and (not choice.words or choice.words in t.name)
        and (not choice.tags or not {*t.tags, *_node_tags(t, graph)}.isdisjoint(choice.tags))
        and (choice.only is None or (t.span.file, t.name) in choice.only))


def put_first(tests: Sequence[UnitTest], failed: Collection[Key]) -> tuple[UnitTest, ...]:
    """The same tests, those that failed before in front."""
    return tuple(sorted(tests, key=lambda t: (t.span.file, t.name) not in failed))


def _union(tests: Sequence[UnitTest], graph: Graph, expression: str) -> set[str]:
    return {name for term in expression.split() for name in _intersection(tests, graph, term)}


def _intersection(tests: Sequence[UnitTest], graph: Graph, text: str) -> set[str]:
    parts = text.split(",")
    if not all(parts):
        raise Failure(f"`{text}`: a comma joins two terms without a space, for example `tag:daily,test_name:late*`.")
    found = [_named(tests, graph, part) for part in parts]
    return found[0].intersection(*found[1:])


def _named(tests: Sequence[UnitTest], graph: Graph, part: str) -> set[str]:
    """The names of the tests that one term means."""
    if match := _OF_TESTS.fullmatch(part):
        return {t.name for t in tests if fnmatchcase(t.name, match.group(1))}
    nodes = set(select(graph, part))
    names = {t.name for t in tests if t.node in nodes}
    term = parse_term(part)
    if term.method == "tag":
        names |= {t.name for t in tests if any(fnmatchcase(tag, term.value) for tag in t.tags)}
    return names


def _node_tags(test: UnitTest, graph: Graph) -> tuple[str, ...]:
    return graph.nodes[test.node].tags if test.node in graph.nodes else ()
