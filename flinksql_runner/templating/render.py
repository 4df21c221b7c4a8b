"""Rendering: a SQL file with Jinja becomes plain SQL, with a map back and a record of what it asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.utils import Cycler, Joiner, Namespace

from flinksql_runner.diagnostics import Diagnostic, Span, error
from flinksql_runner.project.values import Project, SqlFile
from flinksql_runner.templating.environment import SqlEnvironment
from flinksql_runner.templating.evaluate import evaluate
from flinksql_runner.templating.functions import Rendering, TemplateFunctions
from flinksql_runner.templating.limits import MAX_TEXT, Budget, LimitReached
from flinksql_runner.templating.marks import FORBIDDEN
from flinksql_runner.templating.mistakes import at_run_time, in_syntax
from flinksql_runner.templating.values import ENV, VAR, Rendered, SourceMap

_STATES = (Cycler, Joiner, Namespace)
_JINJA = re.compile(r"\{[{%#]")
_QUICK_SECONDS = 1.0
_DEFINES = re.compile(r"\{%-?\s*macro\s+(\w+)")


@dataclass(frozen=True, slots=True)
class Templates:
    """The prepared environment of one project: its macros are compiled once. Not to be used by two threads at a time.

    ``counting`` are the files of macros with a value that macros can change (``namespace()``) outside of a macro. ``asked``
    names the variables (with ``VAR`` or ``ENV`` before them) that files of macros read while they are loaded.
    """

    project: Project
    environment: SqlEnvironment
    functions: TemplateFunctions
    macro_length: int
    modules: dict[str, Any]
    counting: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def renew(self) -> None:
        """Starts the macros that keep a state anew: what a file becomes may not hang on the files before it."""
        for path in self.counting:
            self.modules[path] = self.environment.get_template(path).make_module()


class _Macro:
    """A macro that every template knows by name; found when it is called, so that macros may call each other in any order."""

    __slots__ = ("_modules", "file", "name")

    def __init__(self, name: str, file: str, modules: Mapping[str, Any]) -> None:
        self.name, self.file, self._modules = name, file, modules

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return getattr(self._modules[self.file], self.name)(*args, **kwargs)


def make_templates(project: Project, fixed: Mapping[str, object] | None = None) -> Templates:
    """Compiles the macros of a project; those in a broken file are missing, and the file has a diagnostic.

    :param fixed: names that stand for macros and functions of templates in all files, for tests.
    """
    sources = {m.path: m.text for m in project.macros}
    environment = SqlEnvironment(sources)
    functions = TemplateFunctions(project, environment.places)
    environment.globals.update(functions.all())
    found: list[Diagnostic] = []
    modules: dict[str, Any] = {}
    names: dict[str, str] = {}
    asked: set[str] = set()
    for path, text in sources.items():
        for name in _DEFINES.findall(text):
            if name in names and not name.startswith("_"):
                place = text.find(name, text.find("macro"))
                found.append(error("FS110", f"the macro `{name}` is defined in {names[name]} already",
                                   Span(path, place, place + len(name)), "give one of them another name"))
                continue
            names[name] = path
    for name, path in names.items():
        environment.globals[name] = _Macro(name, path, modules)
    environment.globals.update(fixed or {})
    length = sum(map(len, sources.values()))
    for path, text in sources.items():
        environment.budget = Budget(length)
        functions.current = Rendering(path, path)
        wrong = _forbidden(path, text)
        if wrong is None:
            try:
                modules[path] = environment.get_template(path).make_module()
                asked.update(f"{VAR}{n}" for n in functions.current.vars_used)
                asked.update(f"{ENV}{n}" for n in functions.current.env_used)
                continue
            except Exception as raised:
                wrong = _mistake(raised, environment, path, text)
        found.append(wrong)
    for name, path in names.items():
        if path not in modules and name not in (fixed or {}):
            environment.globals.pop(name, None)
    counting = tuple(path for path, module in modules.items() if any(isinstance(v, _STATES) for v in vars(module).values()))
    return Templates(project, environment, functions, length, modules, counting, tuple(sorted(asked)), tuple(found))


def render_file(file: SqlFile, templates: Templates) -> Rendered:
    """Renders one SQL file; a mistake in it gives a ``Rendered`` with an empty text and a diagnostic, never an exception."""
    rendering = Rendering(file.path, file.name, dict(file.config))
    if not _JINJA.search(file.text):
        return Rendered(file, file.text, SourceMap(file.path), MappingProxyType(rendering.config))
    environment, functions = templates.environment, templates.functions
    functions.current = rendering
    wrong = _forbidden(file.path, file.text)
    text = ""
    if wrong is None:
        try:
            tree = environment.quick_tree(file.text, file.path)
            is_quick = tree is not None
            if tree is None:
                tree = environment.tree(file.text, file.path)
            found = _quickly(tree, rendering, templates, len(file.text))
            if found is None:
                if is_quick:
                    tree = environment.tree(file.text, file.path)
                rendering = functions.current = Rendering(file.path, file.name, dict(file.config))
                environment.budget = Budget(len(file.text) + templates.macro_length)
                templates.renew()
                found = _run(environment.compile_tree(tree, file.path, _variables(file.name)))
            text = found
        except Exception as raised:
            wrong = _mistake(raised, environment, file.path, file.text)
    plain, pieces = ("", ()) if wrong else environment.places.read(text)
    return Rendered(
        file, plain, SourceMap(file.path, pieces), MappingProxyType(rendering.config), tuple(rendering.references),
        tuple(sorted(rendering.env_used)), tuple(sorted(rendering.vars_used)), (wrong,) if wrong else (),
    )


def render_text(text: str, templates: Templates, path: str = "<inline>") -> Rendered:
    """Renders text that stands in no file (``--inline``), as if it were a transform."""
    return render_file(SqlFile(path, text, "transform", "inline"), templates)


def _quickly(tree: nodes.Template, rendering: Rendering, templates: Templates, length: int) -> str | None:
    """The text by way of ``evaluate``; None where Jinja itself must run the template, as it must to tell what is wrong."""
    templates.environment.budget = Budget(length + templates.macro_length, _QUICK_SECONDS)
    templates.renew()
    try:
        return evaluate(tree, rendering.file, templates.environment, _variables(rendering.name), rendering.reached)
    except Exception:
        return None


def _variables(name: str) -> dict[str, Any]:
    return {"this": name, "model": name}


def _run(template: Any) -> str:
    pieces: list[str] = []
    length = 0
    for piece in template.generate():
        length += len(piece)
        if length > 2 * MAX_TEXT:
            raise LimitReached(f"the template makes a text of more than {MAX_TEXT:,} characters")
        pieces.append(piece)
    return "".join(pieces)


def _mistake(raised: Exception, environment: SqlEnvironment, path: str, text: str) -> Diagnostic:
    if path not in environment.places.sources:
        environment.note(path, text)
    if isinstance(raised, TemplateSyntaxError):
        return in_syntax(raised, environment.places, raised.filename or raised.name or path)
    known = tuple(str(k) for k in environment.globals if not str(k).startswith("_"))
    return at_run_time(raised, environment.places, path, known)


def _forbidden(path: str, text: str) -> Diagnostic | None:
    found = FORBIDDEN.search(text)
    if found is None:
        return None
    return error("FS109", f"the character U+{ord(found.group()):X} (private use) can't stand in a template",
                 Span(path, found.start(), found.end()), "take it out")
