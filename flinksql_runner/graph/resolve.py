"""Nodes become a graph: names resolved to edges, and what is wrong with the names.

Diagnostics of this stage::

    FS301  a table that nothing declares
    FS302  two files with one name
    FS303  a cycle
    FS304  a node that reads itself
    FS305  a sink that is read
    FS306  ref() or source() of a name that does not exist
    FS307  source() of a node that is no source
    FS308  a table of a catalog outside the project
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from flinksql_runner.diagnostics import Diagnostic, Edit, Related, Span, did_you_mean, error
from flinksql_runner.graph.order import cycles, topological
from flinksql_runner.graph.values import Graph
from flinksql_runner.syntax.values import Node, Use
from flinksql_runner.templating.values import Reference

_SOURCE = re.compile(r"\b(source)\s*\(\s*\Z")


def resolve(nodes: Iterable[Node], package: str = "") -> Graph:
    """The graph of all nodes; ``package`` is the project's name.

    Edges come from the tables that the SQL reads; ``ref()`` and ``source()`` are only checked. A name that can't be resolved
    is a diagnostic and no edge, so one broken node does not stop the others.
    """
    diagnostics: list[Diagnostic] = []
    by_name: dict[str, Node] = {}
    for node in sorted(nodes, key=lambda n: n.path):
        if node.name in by_name:
            diagnostics.append(_duplicate(by_name[node.name], node))
        else:
            by_name[node.name] = node
    parents: dict[str, tuple[str, ...]] = {}
    for node in by_name.values():
        found: set[str] = set()
        for use in node.reads:
            wrong = _check(node, use, by_name)
            if wrong is None:
                found.add(use.name)
            else:
                diagnostics.append(wrong)
        diagnostics.extend(_references(node, by_name))
        parents[node.name] = tuple(sorted(found))
    order = topological(parents)
    circles = tuple(cycles(parents, frozenset(parents) - frozenset(order)))
    diagnostics.extend(_cycle(by_name, path) for path in circles)
    children: dict[str, list[str]] = {name: [] for name in by_name}
    for name in sorted(parents):
        for parent in parents[name]:
            children[parent].append(name)
    broken = {n.name for n in by_name.values() if not n.statements or any(d.is_error for d in n.diagnostics)}
    broken.update(*circles)
    broken |= {d.node for d in diagnostics if d.is_error and d.node}
    below = {name: tuple(found) for name, found in children.items()}
    return Graph(by_name, parents, below, order, frozenset(broken), tuple(diagnostics), package)


def _duplicate(first: Node, second: Node) -> Diagnostic:
    return error(
        "FS302", f"the name `{second.name}` is taken by {first.path}", Span(second.path, 0, 0),
        "rename one of the two files: a name stands for one table or view in the whole project", node=second.name,
        related=(Related(Span(first.path, 0, 0), "first declared here"),),
    )


def _check(node: Node, use: Use, known: Mapping[str, Node]) -> Diagnostic | None:
    """What is wrong with one table that a node reads; None where it is an edge."""
    related = tuple(Related(call, "called here") for call in use.calls)
    if use.parts > 1:
        last = use.name.rsplit(".", 1)[-1]
        help = f"write `{last}` alone" if last in known else "declare it as a source of this project, and read that"
        fix = (Edit(use.span, last),) if last in known else ()
        return error("FS308", f"`{use.name}` lies in a catalog or database that this project does not declare", use.span, help,
                     node=node.name, related=related, fix=fix)
    read = known.get(use.name)
    if read is None:
        return error("FS301", f"no source or transform declares `{use.name}`", _name_in_call(node, use), _near(use.name, known),
                     node=node.name, related=related)
    if read is node or use.name == node.name:
        what = "is declared LIKE itself" if use.via == "like" else "reads itself"
        return error("FS304", f"`{node.name}` {what}", use.span, "read what it is made from", node=node.name, related=related)
    if read.kind == "sink" and use.via == "query":
        from_ = sorted({r.name for r in read.reads if r.via == "query" and r.name in known})
        instead = f"read what it is made from ({', '.join(f'`{n}`' for n in from_)})" if from_ else "read what it is made from"
        place = _name_in_call(node, use)
        return error("FS305", f"`{use.name}` is a sink: it is written by its job and can't be read in SQL", place,
                     f"{instead}, or declare a source over the same data", node=node.name, related=related)
    return None


def _name_in_call(node: Node, use: Use) -> Span:
    """The name within ``{{ ref('name') }}``, where that wrote it; else the place of the use."""
    inside = (r.span for r in node.rendered.references if r.name == use.name and r.span.file == use.span.file
              and use.span.start <= r.span.start and r.span.end <= use.span.end)
    return next(inside, use.span)


def _near(name: str, known: Iterable[str]) -> str:
    known = list(known)
    case = next((k for k in known if k.lower() == name.lower()), None)
    if case is not None:
        return f"did you mean `{case}`? Flink tells upper from lower case"
    return did_you_mean(name, known) or f"add sql/sources/{name}.sql or sql/transforms/{name}.sql, or correct the name"


def _references(node: Node, known: Mapping[str, Node]) -> Iterator[Diagnostic]:
    for reference in node.rendered.references:
        found = known.get(reference.name)
        if found is None and not any(u.name == reference.name for u in node.reads):
            yield _unknown_reference(node, reference, known)
        elif found is not None and reference.via == "source" and found.kind != "source":
            is_read = found.kind == "transform"
            yield error("FS307", f"`{reference.name}` is a {found.kind}, no source", reference.span,
                        f"write ref('{reference.name}')" if is_read else None, node=node.name,
                        fix=_as_ref(node, reference) if is_read else ())


def _as_ref(node: Node, reference: Reference) -> tuple[Edit, ...]:
    """``ref`` in place of the ``source`` of a call in the node's own file."""
    span = reference.span
    before = _SOURCE.search(node.rendered.file.text[:span.start]) if span.file == node.path else None
    return (Edit(Span(span.file, before.start(1), before.end(1)), "ref"),) if before else ()


def _unknown_reference(node: Node, reference: Reference, known: Mapping[str, Node]) -> Diagnostic:
    names = [n.name for n in known.values() if reference.via == "ref" or n.kind == "source"]
    return error("FS306", f"{reference.via}('{reference.name}'): no such {'source' if reference.via == 'source' else 'node'}",
                 reference.span, _near(reference.name, names), node=node.name)


def _cycle(known: Mapping[str, Node], path: tuple[str, ...]) -> Diagnostic:
    """One error for a whole cycle, at the first of its reads, with the others as related places."""
    steps = list(zip(path, (*path[1:], path[0]), strict=True))
    spans = [next(u for u in known[name].reads if u.name == reads).span for name, reads in steps]
    related = tuple(Related(span, f"`{a}` reads `{b}`") for span, (a, b) in zip(spans[1:], steps[1:], strict=True))
    return error("FS303", f"these nodes read each other in a circle: {' -> '.join((*path, path[0]))}", spans[0],
                 "take one of the reads out", node=path[0], related=related)
