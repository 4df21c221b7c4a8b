"""Which nodes a change of files touches: those of the files, those that use what is in them, and all downstream."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from flinksql_runner.graph.values import Graph
from flinksql_runner.project.values import Project
from flinksql_runner.syntax.values import Node

_DEFINES = re.compile(r"\{%-?\s*macro\s+(\w+)")
_WORD = re.compile(r"\w+")


def affected(
    graph: Graph, project: Project, changed: Mapping[str, str], functions: Mapping[str, str], variables: Collection[str] | None,
) -> frozenset[str]:
    """The names of all nodes that hang on one of the files ``changed`` (paths in the project, with their texts of before; empty
    for a new one).

    ``functions`` leads from Python functions (lower case) to their files. ``variables`` are those of project.yml that have
    another value than before; None where more than variables changed there, or in profiles.yml: then it is all nodes.
    """
    if variables is None:
        return frozenset(graph.nodes)
    values = frozenset(variables)
    macros = _macros(project, changed)
    gone = {path.rsplit("/", 1)[-1].removesuffix(".sql") for path in changed if path.startswith("sql/")}
    called = {name for name, file in functions.items() if file in changed}
    some_function_gone = any(p.startswith("udfs/") and p not in project.python_files for p in changed)

    def touched(node: Node) -> bool:
        file = node.rendered.file
        return (
            node.path in changed
            or any(use.name in gone for use in node.reads)
            or not values.isdisjoint(node.rendered.vars_used)
            or (bool(macros) and not macros.isdisjoint(_WORD.findall(file.text)))
            or any(use.name.lower() in called for use in node.functions)
            or (some_function_gone and bool(node.functions))
        )

    found = {name for name, node in graph.nodes.items() if touched(node)}
    return frozenset(found).union(*(graph.descendants(n) for n in found))


def _macros(project: Project, changed: Mapping[str, str]) -> frozenset[str]:
    """Words by which a template can use what changed in macros: names of macros and of their files, through other macros."""
    texts = {m.path: m.text for m in project.macros}
    files = {p for p in changed if p.startswith("macros/")}
    words = set[str]()
    while True:
        found = words | _words(files, texts, changed)
        files |= {path for path, text in texts.items() if not found.isdisjoint(_WORD.findall(text))}
        if found == words:
            return frozenset(words)
        words = found


def _words(files: Iterable[str], texts: Mapping[str, str], before: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    for path in files:
        found.update(_DEFINES.findall(texts.get(path, "") + "\n" + before.get(path, "")))
        found.add(path.rsplit("/", 1)[-1].split(".", 1)[0])
    return found
