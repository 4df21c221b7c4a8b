"""Macros whose text becomes part of a quoted text: there, white space counts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flinksql_runner.format.lexer import atoms_of
from flinksql_runner.format.values import CannotFormat, Kind
from flinksql_runner.project.values import Project

_WORD = re.compile(r"\w+")
_CALL = re.compile(r"\b(\w+)\s*\(")
_MACRO = re.compile(r"\{%[-+]?\s*macro\s+(\w+)")
_END = re.compile(r"\{%[-+]?\s*endmacro\b")


def used_in_quotes(project: Project) -> frozenset[str]:
    """The macros that are called inside quotes somewhere in the project, and those that they call."""
    bodies = dict(_bodies(project))
    names = frozenset(bodies)
    todo = {name for text in _texts(project) for name in _called_in_quotes(text, names)}
    found: set[str] = set()
    while todo:
        name = todo.pop()
        found.add(name)
        todo |= (set(_CALL.findall(bodies[name])) & names) - found
    return frozenset(found)


def may_call(text: str, names: frozenset[str], project: Project) -> bool:
    """Whether a text names one of these macros, or a macro that names one, and so on."""
    bodies = dict(_bodies(project))
    todo, seen = set(_WORD.findall(text)) & bodies.keys(), set[str]()
    while todo:
        name = todo.pop()
        if name in names:
            return True
        seen.add(name)
        todo |= (set(_WORD.findall(bodies[name])) & bodies.keys()) - seen
    return False


def macros_in(text: str) -> frozenset[str]:
    """The names of the macros that a text defines."""
    return frozenset(_MACRO.findall(text))


def _texts(project: Project) -> Iterator[str]:
    yield from (f.text for f in project.files)
    yield from (m.text for m in project.macros)


def _bodies(project: Project) -> Iterator[tuple[str, str]]:
    for macro in project.macros:
        for opened in _MACRO.finditer(macro.text):
            closed = _END.search(macro.text, opened.end())
            yield opened.group(1), macro.text[opened.end():closed.start() if closed else len(macro.text)]


def _called_in_quotes(text: str, names: frozenset[str]) -> Iterator[str]:
    if "{" not in text or not any(name in text for name in names):
        return
    try:
        atoms = atoms_of(text)
    except CannotFormat:
        return
    for atom in atoms:
        if atom.kind in (Kind.STRING, Kind.QUOTED, Kind.EXPRESSION) and any(sign in atom.text for sign in "'`"):
            yield from (name for name in _CALL.findall(atom.text) if name in names and _quoted(atom.text))


def _quoted(text: str) -> bool:
    """Whether Jinja stands inside the quotes of an atom."""
    return text.lstrip("xXuU&nN")[:1] in ("'", "`") or bool(re.search(r"['`][^'`]*\{\{[^}]*\w+\s*\(", text))
