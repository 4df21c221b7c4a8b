"""What unit tests of the later stages need: nodes made from SQL text, without templates and without a disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from flinksql_runner.graph.resolve import resolve
from flinksql_runner.graph.values import Graph
from flinksql_runner.project.values import NodeKind, Project, SqlFile, Target
from flinksql_runner.syntax.parse import parse
from flinksql_runner.syntax.values import Node
from flinksql_runner.templating.values import Rendered, SourceMap

KINDS: Mapping[str, NodeKind] = {"sources": "source", "transforms": "transform", "sinks": "sink"}


def node_of(path: str, text: str, config: Mapping[str, object] | None = None) -> Node:
    """The node of ``sql/<kind>s/<area>/<name>.sql`` that holds ``text``."""
    parts = path.split("/")
    file = SqlFile(path, text, KINDS[parts[1]], parts[-1].removesuffix(".sql"), "/".join(parts[2:-1]))
    return parse(Rendered(file, text, SourceMap(path), config or {}))


@pytest.fixture
def make_node() -> Callable[..., Node]:
    """A function ``make_node(path, text, config=None) -> Node``."""
    return node_of


@pytest.fixture
def make_graph() -> Callable[..., Graph]:
    """A function ``make_graph({path: text}, {path: config}) -> Graph`` of the project `shop`."""
    def make(files: Mapping[str, str], configs: Mapping[str, Mapping[str, object]] | None = None) -> Graph:
        return resolve([node_of(path, text, (configs or {}).get(path)) for path, text in files.items()], "shop")
    return make


@pytest.fixture
def shop() -> Project:
    """A project value without files."""
    return Project(Path("shop"), "shop", "1.0", "2.3.0", Target("local", "local"))
