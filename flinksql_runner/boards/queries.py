"""From a query as it is written (SQL with Jinja) to text with places where values are bound, for one database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flinksql_runner.boards.checks import DIALECTS, check
from flinksql_runner.boards.known import known_tables
from flinksql_runner.boards.places import TextPlaces
from flinksql_runner.boards.scopes import Output
from flinksql_runner.boards.values import ParameterType, Place, Query
from flinksql_runner.boards.written import AT, Written, mark, parts_of, written
from flinksql_runner.diagnostics import Diagnostic, Span, did_you_mean, error
from flinksql_runner.graph.values import Graph
from flinksql_runner.project.values import Project, SqlFile
from flinksql_runner.syntax.values import Node
from flinksql_runner.tables.columns import Database
from flinksql_runner.tables.physical import database_of, is_physical, quoted
from flinksql_runner.templating.mistakes import TemplateMistake
from flinksql_runner.templating.render import Templates, make_templates, render_file

_POSTGRES: Database = "postgresql"


@dataclass(frozen=True, slots=True)
class Asked:
    """A query that was rendered and looked at: None where it can't be sent. ``columns`` are what it gives, as far as that can
    be told; ``diagnostics`` stand at their places in the YAML file."""

    query: Query | None = None
    columns: tuple[Output, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(slots=True)
class _Calls:
    """What one query asked for while it was rendered."""

    parameters: Mapping[str, ParameterType] = field(default_factory=dict)
    sinks: list[str] = field(default_factory=list)


class Queries:
    """Renders queries of dashboards: Jinja as in nodes, but ``ref()`` writes the table in the database and ``param()`` a mark."""

    def __init__(self, project: Project, graph: Graph) -> None:
        self._graph = graph
        self._calls = _Calls()
        self._sinks = {n.name: n for n in graph.nodes.values() if n.kind == "sink"}
        self.texts = {m.path: m.text for m in project.macros}  # mistakes in a query may stand in them
        self._templates: Templates = make_templates(project, {"ref": self._ref, "source": self._source, "param": self._param})
        self._target = project.target.values
        self._tables = known_tables(graph)

    def render(self, places: TextPlaces, parameters: Mapping[str, ParameterType]) -> Asked:
        """One query, with what is wrong with it."""
        self._calls = _Calls(parameters)
        rendered = render_file(SqlFile(AT, places.text, "transform", "query"), self._templates)
        if rendered.diagnostics:
            return Asked(diagnostics=tuple(_moved(d, places) for d in rendered.diagnostics))
        made = written(rendered, places)
        sinks = tuple(dict.fromkeys(self._calls.sinks))
        place, wrong = self._place(sinks, made.whole)
        return Asked(diagnostics=(wrong,)) if wrong is not None else self._looked_at(made, sinks, place)

    def _looked_at(self, made: Written, sinks: tuple[str, ...], place: Place | None) -> Asked:
        database = place.database if place is not None else _POSTGRES
        parts, wrong = parts_of(made, DIALECTS[database])
        if wrong:
            return Asked(diagnostics=wrong)
        checked = check(made, database, self._tables)
        if not checked.is_sound:
            return Asked(diagnostics=checked.diagnostics)
        sure = tuple((n, k) for n, k in checked.columns if n is not None and k is not None)
        columns = sure if len(sure) == len(checked.columns) else ()
        return Asked(Query(parts, sinks, place, made.whole, columns, made), checked.columns, checked.diagnostics)

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
        self._calls.sinks.append(name)
        return physical_name(options.get("table-name", name), database_of(replace(node, options=options), {}))

    def _source(self, *names: str) -> str:
        return self._ref(*names)

    def _param(self, name: str = "", aspect: str = "value") -> str:
        known = self._calls.parameters
        if name not in known:
            raise TemplateMistake("FS914", f"there is no parameter `{name}`", did_you_mean(name, known)
                                  or f"declare it: `parameters: {{{name or 'name'}: {{type: text}}}}`", name, "param")
        if aspect not in ("value", "step") or (aspect == "step" and known[name] != "time_range"):
            raise TemplateMistake("FS914", f"the parameter `{name}` has no `{aspect}`",
                                  "only a time range has one: its `step`", aspect, name)
        return mark(name, aspect)


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
    if found.span is None or found.span.file != AT:
        return found
    return replace(found, span=places.span(found.span.start, found.span.end))
