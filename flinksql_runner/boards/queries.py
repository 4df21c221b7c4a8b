"""From a query as it is written (SQL with Jinja) to text with places where values are bound, for one database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from sqlglot import Dialect, TokenType
from sqlglot.errors import TokenError

from flinksql_runner.boards.places import TextPlaces
from flinksql_runner.boards.values import Bound, ParameterType, Place, Query
from flinksql_runner.diagnostics import Diagnostic, Span, did_you_mean, error
from flinksql_runner.graph.values import Graph
from flinksql_runner.project.values import Project, SqlFile
from flinksql_runner.syntax.values import Node
from flinksql_runner.tables.columns import Database
from flinksql_runner.tables.physical import database_of, is_physical, quoted
from flinksql_runner.templating.mistakes import TemplateMistake
from flinksql_runner.templating.render import Templates, make_templates, render_file
from flinksql_runner.templating.values import Rendered

_MARK = "p__"      # begins the name of a bound place in rendered text: `:p__car`, `:p__range__step`
_STEP = "__step"
DIALECTS: Mapping[Database, str] = {"postgresql": "postgres", "mysql": "mysql"}


@dataclass(slots=True)
class _Asked:
    """What one query asked for while it was rendered."""

    parameters: Mapping[str, ParameterType] = field(default_factory=dict)
    sinks: list[str] = field(default_factory=list)


class Queries:
    """Renders queries of dashboards: Jinja as in nodes, but ``ref()`` writes the table in the database and ``param()`` a mark."""

    def __init__(self, project: Project, graph: Graph) -> None:
        self._graph = graph
        self._asked = _Asked()
        self._sinks = {n.name: n for n in graph.nodes.values() if n.kind == "sink"}
        self._templates: Templates = make_templates(project, {"ref": self._ref, "source": self._source, "param": self._param})
        self._target = project.target.values

    def render(
        self, places: TextPlaces, parameters: Mapping[str, ParameterType],
    ) -> tuple[Query | None, Rendered, tuple[Diagnostic, ...]]:
        """One query; None where it can't be used, with what is wrong at its places in the YAML file."""
        whole = places.span(0, len(places.text))
        self._asked = _Asked(parameters)
        rendered = render_file(SqlFile(_AT, places.text, "transform", "query"), self._templates)
        if rendered.diagnostics:
            return None, rendered, tuple(_moved(d, places) for d in rendered.diagnostics)
        sinks = tuple(dict.fromkeys(self._asked.sinks))
        place, wrong = self._place(sinks, whole)
        if wrong is not None:
            return None, rendered, (wrong,)
        parts, found = _parts(rendered, DIALECTS[place.database if place else "postgresql"], places)
        if found:
            return None, rendered, found
        return Query(parts, sinks, place, whole), rendered, ()

    def _place(self, sinks: tuple[str, ...], span: Span) -> tuple[Place | None, Diagnostic | None]:
        """The one database that keeps these sinks; without any, the target's own."""
        found = {name: self._of(self._sinks[name]) for name in sinks}
        several = {p for p in found.values() if p is not None}
        if len(several) > 1:
            return None, error("FS913", f"{' and '.join(f'`{s}`' for s in sinks)} are in different databases", span,
                               "a query reads the tables of one database; make two tiles of it")
        return (next(iter(several)), None) if several else (self._default(), None)

    def _of(self, node: Node) -> Place | None:
        options = self._graph.options(node.name)
        database = database_of(replace(node, options=options), {})
        if database is None:
            return None
        return Place(database, options.get("url", ""), options.get("username", ""), options.get("password", ""))

    def _default(self) -> Place | None:
        postgres = self._target.get("postgres")
        if isinstance(postgres, Mapping) and postgres.get("url"):
            return Place("postgresql", *(str(postgres.get(k, "")) for k in ("url", "user", "password")))
        return None

    def _ref(self, *names: str) -> str:
        name = str(names[-1]) if names else ""
        node = self._sinks.get(name)
        if node is None:
            other = self._graph.nodes.get(name)
            if other is not None:
                raise TemplateMistake("FS911", f"`{name}` is a {other.kind}: no table of a database keeps its rows",
                                      _sinks_below(self._graph, name) or "read a sink", name, "ref")
            raise TemplateMistake("FS911", f"there is no sink `{name}`", did_you_mean(name, self._sinks)
                                  or "its sinks: " + (", ".join(sorted(self._sinks)) or "none yet"), name, "ref")
        options = self._graph.options(name)
        if not options and name in self._graph.broken:
            raise TemplateMistake("FS912", f"the sink `{name}` has a mistake itself", f"mend {node.path} first", name, "ref")
        if not is_physical(replace(node, options=options)) or self._of(node) is None:
            raise TemplateMistake("FS912", f"the sink `{name}` is not in a database (its connector is "
                                  f"{options.get('connector', 'unknown')})",
                                  "dashboards read sinks in PostgreSQL or MySQL (connector jdbc)", name, "ref")
        self._asked.sinks.append(name)
        return physical_name(options.get("table-name", name), database_of(replace(node, options=options), {}))

    def _source(self, *names: str) -> str:
        return self._ref(*names)

    def _param(self, name: str = "", aspect: str = "value") -> str:
        known = self._asked.parameters
        if name not in known:
            raise TemplateMistake("FS914", f"there is no parameter `{name}`", did_you_mean(name, known)
                                  or f"declare it: `parameters: {{{name or 'name'}: {{type: text}}}}`", name, "param")
        if aspect not in ("value", "step") or (aspect == "step" and known[name] != "time_range"):
            raise TemplateMistake("FS914", f"the parameter `{name}` has no `{aspect}`",
                                  "only a time range has one: its `step`", aspect, name)
        return f":{_MARK}{name}{_STEP if aspect == 'step' else ''}"


_AT = "<query>"


def physical_name(table: str, database: Database | None) -> str:
    """A table's name as the database reads it, quoted; folded to lower case, as Flink's statements are."""
    if database == "mysql":
        return ".".join("`" + part.replace("`", "``") + "`" for part in table.split("."))
    return quoted(table.lower())


def _sinks_below(graph: Graph, name: str) -> str | None:
    below = sorted(n for n in graph.descendants(name) if graph.nodes[n].kind == "sink")
    return f"read a sink that it feeds: {', '.join(f'`{n}`' for n in below[:5])}" if below else None


def _moved(found: Diagnostic, places: TextPlaces) -> Diagnostic:
    """A diagnostic of a query's text at its place in the YAML file; one in a macro's file stays there."""
    if found.span is None or found.span.file != _AT:
        return found
    return replace(found, span=places.span(found.span.start, found.span.end))


def origin(rendered: Rendered, places: TextPlaces, start: int, end: int) -> Span:
    """The place in the user's files of a piece of a rendered query."""
    span = rendered.map.origin(start, end).span
    return places.span(span.start, span.end) if span.file == _AT else span


def _parts(rendered: Rendered, dialect: str, places: TextPlaces) -> tuple[tuple[str | Bound, ...], tuple[Diagnostic, ...]]:
    """The text cut at the marks that ``param()`` wrote; one inside of quotes is a mistake, one in a comment stays text."""
    text = rendered.text.strip().rstrip(";").rstrip()
    try:
        tokens = Dialect.get_or_raise(dialect).tokenize(text)
    except TokenError as problem:
        return (), (error("FS915", f"the query can't be read: {str(problem).splitlines()[0]}", places.span(0, len(places.text))),)
    parts: list[str | Bound] = []
    wrong: list[Diagnostic] = []
    at = 0
    lead = len(rendered.text) - len(rendered.text.lstrip())
    for colon, name in pairwise(tokens):
        if colon.token_type is not TokenType.COLON or name.start != colon.end + 1 or not name.text.startswith(_MARK):
            continue
        parts += [_unmarked(text[at:colon.start]), _bound(name.text)]
        at = name.end + 1
    for token in tokens:
        inside = _INSIDE.search(text, token.start, token.end + 1) if token.token_type in _TEXTS else None
        if inside is not None:
            span = origin(rendered, places, lead + inside.start(), lead + inside.end())
            wrong.append(error("FS916", f"the parameter `{_bound(inside.group(1)).parameter}` stands in quotes", span,
                               "take the quotes away: a parameter is a value of its own; join texts by ||"))
    return (*parts, _unmarked(text[at:])), tuple(wrong)


_INSIDE = re.compile(rf":({_MARK}\w+)")
_TEXTS = frozenset({TokenType.STRING, TokenType.IDENTIFIER, TokenType.NATIONAL_STRING, TokenType.HEREDOC_STRING,
                    TokenType.BYTE_STRING, TokenType.RAW_STRING, TokenType.UNICODE_STRING})


def _unmarked(text: str) -> str:
    """Text without marks: those that are left stand in comments."""
    return text.replace(f":{_MARK}", ":")


def _bound(mark: str) -> Bound:
    name = mark.removeprefix(_MARK)
    return Bound(name.removesuffix(_STEP), "step") if name.endswith(_STEP) else Bound(name)
