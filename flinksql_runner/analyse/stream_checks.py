"""What the planner refuses about streams: changes that an operator or a sink can't take, keys that a sink lacks.

Diagnostics of this stage::

    FS360  a sink without the primary key that an updating query needs
    FS361  changes that a sink can't take
    FS362  an upsert key that differs from the sink's primary key, without ON CONFLICT
    FS363  ON CONFLICT into a sink that takes no upserts
    FS364  ON CONFLICT DO NOTHING or DO ERROR over a table without a watermark
    FS365  an operator that takes inserts alone, over rows that change
    FS366  a temporal join with a view that has no versions
    FS367  a processing-time join with a table that can't be asked for a row
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from sqlglot import exp

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.causes import cause, place, syntax_of
from flinksql_runner.analyse.connectors import INSERTS
from flinksql_runner.analyse.relations import (
    Insert,
    Join,
    MatchRecognize,
    OverAggregate,
    Rank,
    Scan,
    Sort,
)
from flinksql_runner.analyse.shapes import over_by_time, rank_by_window, rows_below
from flinksql_runner.analyse.streams import NodeStreams, Streams
from flinksql_runner.diagnostics import Diagnostic, error
from flinksql_runner.graph.values import Graph

Settings = Mapping[str, str]
_DEFAULTS: tuple[Settings, ...] = ({},)
_UPDATED = frozenset(("I", "U"))  # what is certain of groups over a table that is not known


def check_streams(streams: Streams, graph: Graph, settings: Mapping[str, Sequence[Settings]]) -> Iterator[Diagnostic]:
    """Findings in all nodes that have no mistake of their own.

    ``settings``: for a sink the settings of the jobs that write it; one in no job is checked with Flink's defaults.
    """
    for name in graph.nodes:
        if name not in graph.broken:
            yield from check_node(streams.of(name), settings.get(name, ()))


def check_node(streams: NodeStreams, settings: Sequence[Settings]) -> Iterator[Diagnostic]:
    """Findings in one node, if it has no mistake of its own."""
    if any(d.is_error for d in streams.analysis.diagnostics):
        return
    checks = _Checks(streams, settings or _DEFAULTS)
    with suppress(RecursionError):  # a query that is nested too deeply to be followed
        yield from [d for tree in streams.analysis.relations for d in checks.tree(tree)]


class _Checks:
    """The checks of one node."""

    def __init__(self, streams: NodeStreams, settings: Sequence[Settings]) -> None:
        self.streams = streams
        self.node = streams.node
        self.settings = settings

    def tree(self, tree: Relation) -> Iterator[Diagnostic]:
        """Findings in a tree and in the queries inside of its expressions."""
        numbered = {id(r.source) for r in tree.walk() if isinstance(r, Rank)}
        for part in tree.walk():
            if id(part) not in numbered:
                yield from self._needs_inserts(part)
            if isinstance(part, Join) and part.flavour in ("temporal", "lookup"):
                yield from self._versions(part)
            if isinstance(part, Insert):
                yield from self._insert(part)
            for scalar in part.scalars:
                for inner in scalar.queries():
                    if inner.query is not None:
                        yield from self.tree(inner.query)

    def _needs_inserts(self, part: Relation) -> Iterator[Diagnostic]:
        what = _takes_inserts_alone(part)
        if what is None:
            return
        for below in rows_below(part):
            kinds = self.streams.changes.kinds(below)
            if kinds is not None and kinds != INSERTS:
                yield self._wrong("FS365", f"{what} takes rows that never change, these are {_told(kinds)}", syntax_of(part),
                                  "take it over a table of inserts, or before what makes the changes", below)

    def _versions(self, join: Join) -> Iterator[Diagnostic]:
        right = join.right
        if not isinstance(right, Scan):
            return
        if join.flavour == "lookup":
            if self.streams.flows.of(right.table).lookup is False:
                yield self._wrong("FS367", f"`{right.table}` can't be asked for a row at processing time", join.syntax,
                                  "join FOR SYSTEM_TIME AS OF a row time, or take a table of a database (jdbc)")
            return
        keys = self.streams.keys.of(right)
        if not self.streams.flows.of(right.table).view or keys is None or right.open:
            return
        compared = self.streams.keys.join_columns(join, 1)
        if not any(key <= compared for key in keys):
            yield self._wrong("FS366", f"FOR SYSTEM_TIME AS OF needs versions by key: none of the columns compared is a key of "
                              f"`{right.table}`", join.syntax,
                              "keep the newest row of each key in it (ROW_NUMBER() ... = 1), and compare the key")
        elif not any(f.time == "ROWTIME" for f in right.fields) and all(f.type is not None for f in right.fields):
            yield self._wrong("FS366", f"FOR SYSTEM_TIME AS OF needs versions in time: `{right.table}` has no time attribute",
                              join.syntax, "keep the column of the WATERMARK in it, unchanged")

    def _insert(self, insert: Insert) -> Iterator[Diagnostic]:
        takes, kinds = self.streams.takes, self.streams.changes.kinds(insert.input)
        options = self.streams.options
        if takes == "inserts" and self.streams.changes.surely_change(insert.input):
            yield self._wrong("FS361", f"a table of {options['connector']} in the format `{options.get('format', '')}` takes "
                              f"inserts alone, these rows are {_told(kinds or _UPDATED)}", _target(insert),
                              "window the query, or write into a table that takes updates (upsert-kafka, jdbc)", insert.input)
            return
        if takes is None or kinds is None:
            return
        key = self.streams.primary_key
        if takes == "upserts" and not key and key is not None and kinds != INSERTS:
            yield self._wrong("FS360", f"rows are {_told(kinds)}, and `{insert.sink}` has no PRIMARY KEY to find them by",
                              _target(insert), "declare PRIMARY KEY (...) NOT ENFORCED in it", insert.input)
            return
        is_upsert = takes == "upserts" or (takes.startswith("as given") and kinds != INSERTS)
        if insert.conflict:
            yield from self._conflict(insert, is_upsert)
        elif is_upsert and any(map(_asks_for_conflict, self.settings)):
            yield from self._keys(insert)

    def _conflict(self, insert: Insert, is_upsert: bool) -> Iterator[Diagnostic]:
        if not is_upsert:
            yield self._wrong("FS363", f"ON CONFLICT is for sinks of upserts, and `{insert.sink}` is none", _target(insert),
                              "take ON CONFLICT out")
        elif insert.conflict in ("NOTHING", "ERROR"):
            flows = (self.streams.flows.of(part.table) for part in insert.input.walk() if isinstance(part, Scan))
            for name in sorted(frozenset[str]().union(*(f.unmarked for f in flows))):
                yield self._wrong(
                    "FS364", f"ON CONFLICT DO {insert.conflict} needs a watermark in every source, `{name}` has none",
                    _target(insert), f"declare WATERMARK FOR ... in `{name}`, or write ON CONFLICT DO DEDUPLICATE")

    def _keys(self, insert: Insert) -> Iterator[Diagnostic]:
        key, keys = self.streams.sink_key(insert), self.streams.keys.of(insert.input)
        if not key or keys is None or any(k <= key for k in keys):
            return
        least = min(keys, key=lambda k: (len(k), sorted(k)), default=None)
        names = [f.name for f in insert.input.fields]
        by = f"are unique by ({', '.join(names[i] for i in sorted(least))})" if least is not None else "have no key"
        said = ", ".join(self.streams.analysis.primary_key)
        yield self._wrong("FS362", f"the query's rows {by}, `{insert.sink}` keeps one for each ({said}): which one is not said",
                          _target(insert), "group the query by the key, or say it behind the query: ON CONFLICT DO DEDUPLICATE "
                          "(the newest, kept as state), DO NOTHING (the first) or DO ERROR")

    def _wrong(
        self, code: str, message: str, syntax: exp.Expr | None, help: str, changing: Relation | None = None,
    ) -> Diagnostic:
        span, related = place(self.node, syntax)
        begins = cause(self.node, changing, self.streams.changes, self.streams.flows) if changing is not None else None
        if begins is not None and begins.span != span:
            related = (*related, begins)
        return error(code, message, span, help, node=self.node.name, related=related)


def _takes_inserts_alone(part: Relation) -> str | None:
    """What an operator is called that refuses updates; None for all others."""
    if isinstance(part, Join) and part.flavour in ("interval", "window"):
        return f"{'an interval' if part.flavour == 'interval' else 'a window'} join"
    if isinstance(part, Rank) and rank_by_window(part):
        return "a Top-N of windows"
    if isinstance(part, OverAggregate) and any(over_by_time(part, c) for c in part.calls):
        return "OVER in the order of time"
    if isinstance(part, MatchRecognize):
        return "MATCH_RECOGNIZE"
    if isinstance(part, Sort) and part.limit is None and part.keys:
        first = part.keys[0].value
        is_time = first.kind == "column" and part.input.fields[first.index].time is not None
        return "ORDER BY time" if is_time else None
    return None


def _target(insert: Insert) -> exp.Expr | None:
    """The name of the table in INSERT INTO."""
    named = insert.syntax.this if isinstance(insert.syntax, exp.Insert) else None
    return named if isinstance(named, exp.Expr) else insert.syntax


def _told(kinds: frozenset[str]) -> str:
    return "updated and deleted" if {"U", "D"} <= kinds else "updated" if "U" in kinds else "deleted"


def _asks_for_conflict(settings: Settings) -> bool:
    return (settings.get("table.exec.sink.require-on-conflict", "true").lower() == "true"
            and settings.get("table.exec.sink.upsert-materialize", "AUTO").upper() == "AUTO")
