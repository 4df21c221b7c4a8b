"""Names of columns: which tables of FROM have them, and what a dotted name means (classes ListScope, DelegatingScope of Calcite).

Names are case-sensitive. A name that no table has as a column may be a field inside of a ROW column: Flink finds it there
(``a`` for ``t.r.a``), if no other table has it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from flinksql_runner.analyse.algebra import Field, Scalar
from flinksql_runner.dialect.types import FlinkType


class Source(Struct, frozen=True):
    """A table of FROM under its alias; ``offset`` is the index of its first field in input number ``input``.

    ``hidden`` are fields that ``*`` leaves out (the second of two columns that USING made one).
    """

    alias: str
    fields: tuple[Field, ...]
    offset: int = 0
    input: int = 0
    open: bool = False
    hidden: frozenset[int] = frozenset()


class Hit(Struct, frozen=True):
    """A column: its source, its index there, how many queries further out, and the names of fields behind it."""

    source: Source
    index: int
    level: int
    path: tuple[str, ...] = ()


class Miss(Struct, frozen=True):
    """A name that is not found: what is wrong with it. ``part`` is the number of the wrong part; none of it for ``unknown``."""

    kind: str  # column, table, ambiguous, unknown
    part: int = 0
    near: tuple[str, ...] = ()
    table: str = ""


class Scope:
    """The tables that the expressions of one query see, and those of the queries around it."""

    __slots__ = ("_by_name", "_rows", "merged", "outer", "sources")

    def __init__(self, sources: Sequence[Source], outer: Scope | None = None, merged: Mapping[str, Scalar] | None = None) -> None:
        self.sources = tuple(sources)
        self.outer = outer
        self.merged = merged or {}
        self._by_name: dict[str, list[tuple[Source, int]]] | None = None
        self._rows = tuple(s for s in self.sources if any(f.type is not None and f.type.name == "ROW" for f in s.fields))

    @property
    def is_open(self) -> bool:
        """Whether one of the tables may have columns that are not known."""
        return any(s.open for s in self.sources)

    def names(self) -> tuple[str, ...]:
        """All names of columns, for did-you-mean."""
        return tuple(dict.fromkeys(f.name for s in self.sources for f in s.fields))

    def find(self, names: Sequence[str]) -> Hit | Miss:
        """What a dotted name means: first by aliases of all queries around, then by columns."""
        if len(names) > 1:
            for level, scope in enumerate(self._outwards()):
                found = scope._qualified(names, level)
                if found is not None:
                    return found
        miss: Miss | None = None
        for level, scope in enumerate(self._outwards()):
            hit = scope._unqualified(names, level)
            if isinstance(hit, Hit) or hit.kind != "column":
                return hit
            miss = miss or hit
        if miss is not None and len(names) > 1:
            return Miss("unknown") if len(names) > 3 else Miss("table", 0, tuple(s.alias for s in self.sources if s.alias))
        return miss or Miss("unknown")

    def _outwards(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def _qualified(self, names: Sequence[str], level: int) -> Hit | Miss | None:
        """``alias.column.field``; also behind the names of catalog and database."""
        for at in range(min(3, len(names) - 1)):
            named = [s for s in self.sources if s.alias == names[at]]
            if not named:
                continue
            if len(named) > 1:
                return Miss("unknown")  # it is told where the alias stands twice
            source = named[0]
            if at and not all(n.startswith("default_") for n in names[:at]):
                return Miss("unknown")
            column, path = names[at + 1], tuple(names[at + 2:])
            indexes = [i for i, f in enumerate(source.fields) if f.name == column]
            if len(indexes) == 1:
                return Hit(source, indexes[0], level, path)
            if indexes:
                return Miss("ambiguous", at + 1)
            if source.open:
                return Miss("unknown")
            nested = [h for h in _nested(source, column) if h is not None]
            if nested:
                return Hit(source, nested[0][0], level, (*nested[0][1], *path)) if len(nested) == 1 else Miss("unknown")
            return Miss("column", at + 1, tuple(f.name for f in source.fields), source.alias)
        return None

    def _unqualified(self, names: Sequence[str], level: int) -> Hit | Miss:
        column = names[0]
        hits = self._named(column)
        if len(hits) == 1 and not self._nested_elsewhere(column, hits[0][0]):
            return Hit(hits[0][0], hits[0][1], level, tuple(names[1:]))
        if hits:
            return Miss("ambiguous", 0, tuple(s.alias for s, _ in hits))
        nested = [(s, *h) for s in self._rows for h in _nested(s, column)]
        if len(nested) == 1 and not self.is_open:
            source, index, path = nested[0]
            return Hit(source, index, level, (*path, *names[1:]))
        if nested or self.is_open:
            return Miss("unknown")
        return Miss("column", 0, self.names())

    def _named(self, column: str) -> list[tuple[Source, int]]:
        if self._by_name is None:
            by_name: dict[str, list[tuple[Source, int]]] = {}
            for source in self.sources:
                for index, item in enumerate(source.fields):
                    if index not in source.hidden:
                        by_name.setdefault(item.name, []).append((source, index))
            self._by_name = by_name
        return self._by_name.get(column, [])

    def _nested_elsewhere(self, column: str, source: Source) -> bool:
        return any(True for s in self._rows if s is not source for _ in _nested(s, column))


def _nested(source: Source, name: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Fields of this name inside of ROW columns, those of the least depth: the column's index and the path below it."""
    front: list[tuple[int, tuple[str, ...], FlinkType]] = [
        (i, (), f.type) for i, f in enumerate(source.fields) if f.type is not None and f.type.name == "ROW"]
    while front:
        hits = [(i, (*path, name)) for i, path, row in front if name in row.fields]
        if hits:
            yield from hits
            return
        front = [(i, (*path, n), c) for i, path, row in front
                 for n, c in zip(row.fields, row.children, strict=True) if c.name == "ROW"]


def moved(source: Source, offset: int, input: int = 0) -> Source:
    """The same source at another place of its input."""
    return replace(source, offset=offset, input=input)
