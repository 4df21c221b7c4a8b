"""Selections of a graph: ``[@][N+][method[.arg]:]value[+[N]]``, space = union, comma = intersection."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from flinksql_runner.diagnostics import Failure, did_you_mean
from flinksql_runner.graph.values import Graph
from flinksql_runner.syntax.values import Node

_TERM = re.compile(
    r"(?P<at>@)?(?:(?P<up>\d*)\+)?"
    r"(?:(?P<method>[A-Za-z_]+)(?:\.(?P<arg>[\w.-]+))?:)?(?P<value>[^+@:].*?)(?:\+(?P<down>\d*))?", re.DOTALL)
_WILD = re.compile(r"[*?\[]")
_LATER = {"state": "an earlier manifest", "result": "the results of a run", "selector": "selectors.yml",
          "exposure": "exposures", "group": "groups"}
_OF_TESTS = ("unit_test", "test_name")  # testing/choice.py knows them


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a selection. ``up`` and ``down`` are steps to ancestors and descendants: None for none, -1 for all."""

    text: str
    method: str
    arg: str
    value: str
    up: int | None = None
    down: int | None = None
    at: bool = False


def select(graph: Graph, expression: str, exclude: str | None = None) -> tuple[str, ...]:
    """The names of the selected nodes, in the graph's order; empty where nothing matches.

    :raises Failure: where the expression can't be read or names an unknown method.
    """
    chosen = _union(graph, expression)
    if exclude is not None and exclude.strip():
        chosen -= _union(graph, exclude)
    rest = sorted(chosen - frozenset(graph.order))
    return (*(n for n in graph.order if n in chosen), *rest)


def fqn(graph: Graph, node: Node) -> tuple[str, ...]:
    """The fully qualified name of a node: project, areas, name."""
    return (graph.package, *(a for a in node.rendered.file.area.split("/") if a), node.name)


def parse_term(text: str) -> Term:
    """Reads one term.

    :raises Failure: where it is none.
    """
    match = _TERM.fullmatch(text)
    if match is None:
        raise Failure(f"`{text}` is no selection; write [@][N+][method:]value[+[N]], for example `+tag:daily` or `orders+1`.")
    up, down = match.group("up"), match.group("down")
    value = match.group("value")
    method = match.group("method") or _method_of(value)
    if match.group("at") and (up is not None or down is not None):
        raise Failure(f"`{text}`: `@` already stands for all descendants and their ancestors; leave out the `+`.")
    _known(method, match.group("arg") or "", text)
    return Term(text, method, match.group("arg") or "", value, _steps(up), _steps(down), bool(match.group("at")))


def _steps(depth: str | None) -> int | None:
    return None if depth is None else int(depth) if depth else -1


def _method_of(value: str) -> str:
    if "/" in value or "\\" in value:
        return "path"
    return "file" if value.lower().endswith(".sql") else "fqn"


def _known(method: str, arg: str, text: str) -> None:
    if method in _OF_TESTS:
        raise Failure(f"`{text}`: `{method}:` selects tests, as a term of its own: flinksql test -s {method}:'late*'")
    if method in _LATER:
        raise Failure(f"`{text}`: the method `{method}` needs {_LATER[method]}, which this version can't select by.")
    if method not in METHODS:
        near = did_you_mean(method, METHODS)
        raise Failure(f"`{text}`: there is no selection method `{method}`; {near or 'known are ' + ', '.join(sorted(METHODS))}")
    if method == "config" and not arg:
        raise Failure(f"`{text}`: name the key, for example `config.parallelism:4`.")
    if method != "config" and arg:
        raise Failure(f"`{text}`: the method `{method}` takes no `.{arg}`.")


def _union(graph: Graph, expression: str) -> frozenset[str]:
    terms = expression.split()
    if not terms:
        raise Failure("The selection is empty; `*` selects everything.")
    return frozenset[str]().union(*(_intersection(graph, term) for term in terms))


def _intersection(graph: Graph, text: str) -> frozenset[str]:
    parts = text.split(",")
    if not all(parts):
        raise Failure(f"`{text}`: a comma joins two terms without a space, for example `tag:daily,path:sql/sinks`.")
    found = [_term(graph, parse_term(p)) for p in parts]
    return found[0].intersection(*found[1:])


def _term(graph: Graph, term: Term) -> frozenset[str]:
    matches = METHODS[term.method]
    found = frozenset(n.name for n in graph.nodes.values() if matches(graph, n, term))
    chosen = set(found)
    for name in found:
        if term.up is not None:
            chosen |= graph.ancestors(name, None if term.up < 0 else term.up)
        if term.down is not None:
            chosen |= graph.descendants(name, None if term.down < 0 else term.down)
        if term.at:
            below = graph.descendants(name)
            chosen |= below
            for each in (name, *below):
                chosen |= graph.ancestors(each)
    return frozenset(chosen)


def _like(text: str, pattern: str) -> bool:
    return fnmatchcase(text, pattern) if _WILD.search(pattern) else text == pattern


def _by_fqn(graph: Graph, node: Node, term: Term) -> bool:
    names = fqn(graph, node)
    return _like(node.name, term.value) or _prefix(names, term.value) or _prefix(names[1:], term.value)


def _prefix(names: tuple[str, ...], pattern: str) -> bool:
    """Whether a dotted pattern is the start of a dotted name; a wildcard in its last part spans all that follows."""
    parts = pattern.split(".")
    if len(parts) > len(names):
        return False
    if _WILD.search(parts[-1]) and fnmatchcase(".".join(names), pattern):
        return True
    return all(_like(name, part) for name, part in zip(names, parts, strict=False))


def _by_path(graph: Graph, node: Node, term: Term) -> bool:
    pattern = term.value.replace("\\", "/").removeprefix("./").rstrip("/")
    if not pattern or pattern == ".":
        return True
    if _WILD.search(pattern):
        folders = node.path.split("/")
        return any(fnmatchcase("/".join(folders[:i]), pattern) for i in range(1, len(folders) + 1))
    return node.path == pattern or node.path.startswith(pattern + "/")


def _by_file(graph: Graph, node: Node, term: Term) -> bool:
    name = node.path.rsplit("/", 1)[-1]
    return _like(name, term.value) or _like(name.rsplit(".", 1)[0], term.value)


def _by_source(graph: Graph, node: Node, term: Term) -> bool:
    return node.kind == "source" and _by_fqn(graph, node, term)


def _by_tag(graph: Graph, node: Node, term: Term) -> bool:
    return any(_like(tag, term.value) for tag in node.tags)


def _by_type(graph: Graph, node: Node, term: Term) -> bool:
    return _like(node.kind, term.value)


def _by_package(graph: Graph, node: Node, term: Term) -> bool:
    return _like(graph.package, graph.package if term.value == "this" else term.value)


def _by_config(graph: Graph, node: Node, term: Term) -> bool:
    value: object = node.config
    for key in term.arg.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return False
        value = value[key]
    values = list(value) if isinstance(value, (list, tuple, Mapping)) else [value]
    return any(_like(_text(v), term.value) or _like(_text(v).lower(), term.value.lower()) for v in values)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)


METHODS: Mapping[str, Callable[[Graph, Node, Term], bool]] = {
    "config": _by_config,
    "file": _by_file,
    "fqn": _by_fqn,
    "package": _by_package,
    "path": _by_path,
    "resource_type": _by_type,
    "source": _by_source,
    "tag": _by_tag,
}
"""Selection methods by name."""
