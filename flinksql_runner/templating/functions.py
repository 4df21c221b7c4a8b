"""What a template can call: ``ref``, ``source``, ``var``, ``env_var``, ``config`` and a few of dbt's names.

They belong to the file that is rendered now: the environment is shared, ``Rendering`` is made anew for each file.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Undefined

from flinksql_runner.diagnostics import Span, nearest
from flinksql_runner.project.placeholders import is_secret, placeholder
from flinksql_runner.project.values import Project
from flinksql_runner.templating.marks import FORBIDDEN, Places, clean
from flinksql_runner.templating.mistakes import TemplateMistake, find_word
from flinksql_runner.templating.values import Reference

_NOTHING = object()


@dataclass(slots=True)
class Rendering:
    """What one file asked for while it was rendered; filled by the functions, then frozen into a ``Rendered``."""

    file: str
    name: str
    config: dict[str, object] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    env_used: set[str] = field(default_factory=set)
    vars_used: set[str] = field(default_factory=set)
    line: int = 0

    def reached(self, line: int) -> None:
        """The line of the statement that is run now, where no code of Jinja's knows it (see ``evaluate``)."""
        self.line = line


class TemplateFunctions:
    """The functions of one environment; ``current`` is the file that is rendered now."""

    def __init__(self, project: Project, places: Places) -> None:
        self.project = project
        self.places = places
        self.current = Rendering("", "")

    def all(self) -> dict[str, Any]:
        """The names that a template sees."""
        target = {**self.project.target.values, "name": self.project.target.name, "type": self.project.target.type}
        return {
            "ref": self.ref, "source": self.source, "var": self.var, "env_var": self.env_var, "config": self.config,
            "target": target, "log": self.log, "return": self.give_back, "run_query": self.run_query, "execute": False,
            "project_name": self.project.name, "exceptions": {"raise_compiler_error": self.raise_compiler_error},
        }

    def ref(self, *names: str) -> str:
        """``ref('x')`` or ``ref('project', 'x')``: the table or view of another file; writes its name, quoted if it must be."""
        name = self._one_name("ref", names)
        self.current.references.append(Reference(name, "ref", self._call_span("ref", name)))
        return _quoted(name)

    def source(self, *names: str) -> str:
        """``source('x')`` or ``source('area', 'x')``: the table of a file below sql/sources."""
        name = self._one_name("source", names)
        self.current.references.append(Reference(name, "source", self._call_span("source", name)))
        return _quoted(name)

    def _one_name(self, function: str, names: tuple[Any, ...]) -> str:
        if len(names) not in (1, 2) or not all(isinstance(n, str) and clean(n) for n in names):
            raise TemplateMistake("FS107", f"`{function}()` takes a name as text", f"write {{{{ {function}('name') }}}}",
                                  function)
        if function == "ref" and len(names) == 2 and clean(names[0]) != self.project.name:
            raise TemplateMistake("FS107", f"there is no package `{clean(names[0])}`",
                                  f"this project is `{self.project.name}`", clean(names[0]))
        return clean(names[-1])

    def var(self, name: str, default: Any = _NOTHING) -> Any:
        """``var('x', default)``: a value of ``vars:`` in project.yml or of ``--vars``."""
        name = clean(str(name))
        self.current.vars_used.add(name)
        value = self.project.vars.get(name, default)
        if value is _NOTHING:
            near = nearest(name, self.project.vars)
            raise TemplateMistake("FS104", f"the variable `{name}` has no value",
                                  f"did you mean `{near}`?" if near else
                                  f"set it under `vars:` in project.yml or by --vars, or write var('{name}', default)",
                                  name, "var")
        return _checked(value)

    def env_var(self, name: str, default: Any = _NOTHING) -> str:
        """``env_var('X', default)``: an environment variable; a secret stays the placeholder ``${X}``."""
        name = clean(str(name))
        self.current.env_used.add(name)
        if is_secret(name):
            return placeholder(name)
        value = self.project.env.get(name)
        if value is None:
            if default is _NOTHING:
                raise TemplateMistake("FS103", f"the environment variable `{name}` is not set",
                                      f"set it, or give a default: env_var('{name}', 'value')", name, "env_var")
            return str(default)
        return str(_checked(value))

    def config(self, *positional: Any, **values: Any) -> str:
        """``config(tags=[...], ...)``: settings of this file; they win over the folder's. Writes nothing."""
        if positional:
            raise TemplateMistake("FS107", "`config()` takes named settings only", "write {{ config(tags=['x']) }}", "config")
        for key, value in values.items():
            value = _cleaned(value)
            if key == "tags":
                value = [*_as_list(self.current.config.get("tags")), *_as_list(value)]
                value = list(dict.fromkeys(value))
            self.current.config[key] = value
        return ""

    def log(self, message: object = "", info: bool = False) -> str:
        """As in dbt; takes a message and writes nothing into the SQL."""
        return ""

    def give_back(self, value: Any = "") -> Any:
        """``{{ return(x) }}``: the value itself."""
        return value

    def run_query(self, *_: Any) -> str:
        """Refused: a template asks nothing of a database."""
        raise TemplateMistake("FS107", "`run_query()` is not available: templates do not talk to databases",
                              "put the values under `vars:` in project.yml", "run_query")

    def raise_compiler_error(self, message: object = "") -> str:
        """``exceptions.raise_compiler_error('...')``: a mistake that a macro finds."""
        raise TemplateMistake("FS106", clean(str(message)), None, "raise_compiler_error")

    def _call_span(self, function: str, name: str) -> Span:
        """The place of the call that is running now: the frame of Jinja's code knows its line, else the rendering does."""
        frame = sys._getframe(2)
        while frame is not None:
            template = frame.f_globals.get("__jinja_template__")
            if template is not None:
                line = template.get_corresponding_lineno(frame.f_lineno)
                return find_word(self.places, frame.f_code.co_filename, line, (name, function))
            if frame.f_back is None:
                break
            frame = frame.f_back
        if self.current.line:
            return find_word(self.places, self.current.file, self.current.line, (name, function))
        return Span(self.current.file, 0, 0)


def _quoted(name: str) -> str:
    plain = name.replace("_", "a").isalnum() and name.isascii() and not name[0].isdigit()
    return name if plain else "`" + name.replace("`", "``") + "`"


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, (list, tuple)) else [value]


def _cleaned(value: Any) -> Any:
    if isinstance(value, Undefined):
        str(value)  # raises, as it would where the value is written
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, (list, tuple)):
        return [_cleaned(v) for v in value]
    if isinstance(value, Mapping):
        return {_cleaned(k): _cleaned(v) for k, v in value.items()}
    return value


def _checked(value: Any) -> Any:
    return FORBIDDEN.sub("", value) if isinstance(value, str) else value
