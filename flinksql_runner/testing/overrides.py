"""The graph of a test that overrides variables, environment or macros: the project rendered anew with its values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flinksql_runner.graph.resolve import resolve
from flinksql_runner.graph.values import Graph
from flinksql_runner.project.values import Project
from flinksql_runner.syntax.parse import parse
from flinksql_runner.templating.render import make_templates, render_file
from flinksql_runner.testing.values import Overrides, UnitTest


class Fixed:
    """What stands for a macro: it gives one value, whatever it is called with, and is it where it is only named."""

    __slots__ = ("_members", "_value")

    def __init__(self, value: object, members: Mapping[str, object] | None = None) -> None:
        self._value = value
        self._members = dict(members or {})

    def __call__(self, *_: Any, **__: Any) -> object:
        """The value, whatever the arguments are."""
        return self._value

    def __str__(self) -> str:
        return str(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __getattr__(self, name: str) -> object:
        if name.startswith("_") or name not in self._members:
            raise AttributeError(name)
        return Fixed(self._members[name])


def fixed_macros(macros: Mapping[str, object]) -> Mapping[str, Fixed]:
    """Names of templates for ``{"is_weekend": true, "pkg.star": "a, b"}``."""
    packages: dict[str, dict[str, object]] = {}
    for name, value in macros.items():
        package, dot, inner = name.partition(".")
        if dot:
            packages.setdefault(package, {})[inner] = value
    plain = {name: Fixed(value) for name, value in macros.items() if "." not in name}
    return {**{name: Fixed("", members) for name, members in packages.items()}, **plain}


def overridden(project: Project, overrides: Overrides) -> Graph:
    """The project's graph as a test sees it."""
    changed = replace(project, vars={**project.vars, **overrides.variables}, env={**project.env, **overrides.environment})
    templates = make_templates(changed, fixed_macros(overrides.macros))
    return resolve([parse(render_file(file, templates)) for file in changed.files], changed.name)


@dataclass
class Graphs:
    """The graphs of tests: that of the project, and one for each set of overrides. ``render`` is asked once for each."""

    graph: Graph
    render: Callable[[Overrides], Graph] | None = None
    _made: dict[str, Graph] = field(default_factory=dict)

    def of(self, test: UnitTest) -> Graph:
        """The graph that a test runs on."""
        if not test.overrides or self.render is None:
            return self.graph
        parts = [test.overrides.variables, test.overrides.environment, test.overrides.macros]
        key = json.dumps(parts, sort_keys=True, default=str)
        if key not in self._made:
            self._made[key] = self.render(test.overrides)
        return self._made[key]
