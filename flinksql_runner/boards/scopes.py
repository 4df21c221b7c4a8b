"""Names of a query: which columns its tables have, which ones it gives, which of its words name none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from flinksql_runner.boards.kinds import kind
from flinksql_runner.boards.known import Known
from flinksql_runner.boards.values import Kind
from flinksql_runner.diagnostics import did_you_mean

Output = tuple[str | None, Kind | None]
"""A column that a query gives: its name (None: one that the database makes up) and its kind (None: not told without it)."""
_OF_EVERY_TABLE = frozenset({"ctid", "xmin", "xmax", "tableoid", "oid"})


@dataclass(frozen=True, slots=True)
class Wrong:
    """A name in a query that stands for nothing; ``start`` and ``end`` (exclusive) are offsets of the query's text."""

    message: str
    help: str | None
    start: int
    end: int


class Names:
    """The names of one parsed query over known tables."""

    def __init__(self, tree: exp.Expr, tables: Mapping[str, Known]) -> None:
        self._tables = tables
        self.scopes: Sequence[Scope] = traverse_scope(tree)
        self._outputs: dict[int, tuple[Output, ...] | None] = {}

    def output(self) -> tuple[Output, ...]:
        """The columns that the query gives; none where they can't be told."""
        return self._of_scope(self.scopes[-1]) or () if self.scopes else ()

    def table(self, source: exp.Table) -> Known | None:
        """The sink's table that stands in a FROM, or None."""
        schema, name = folded(source.args.get("db")), folded(source.this)
        return self._tables.get(f"{schema}.{name}" if schema else name)

    def wrong(self) -> Iterator[Wrong]:
        """Each name of a column or table that stands for nothing, in the order of the text."""
        seen: set[int] = set()
        for scope in self.scopes:
            for column in scope.columns:
                if id(column) not in seen:
                    seen.add(id(column))
                    found = self._look_up(column, scope)
                    if isinstance(found, Wrong):
                        yield found

    def kind_of(self, expression: exp.Expr, scope: Scope) -> Kind | None:
        """The kind of an expression of a scope."""
        def of_column(column: exp.Column) -> Kind | None:
            found = self._look_up(column, scope)
            return None if isinstance(found, Wrong) else found

        return kind(expression, of_column)

    def _of_scope(self, scope: Scope) -> tuple[Output, ...] | None:
        if id(scope) not in self._outputs:
            self._outputs[id(scope)] = None  # a recursive one
            self._outputs[id(scope)] = self._selected(scope)
        return self._outputs[id(scope)]

    def _selected(self, scope: Scope) -> tuple[Output, ...] | None:
        if isinstance(scope.expression, exp.SetOperation):
            return self._of_scope(scope.set_operation_scopes[0]) if scope.set_operation_scopes else None
        if not isinstance(scope.expression, exp.Select):
            return None
        found: list[Output] = []
        for item in scope.expression.selects:
            if item.is_star:
                sources = scope.selected_sources
                names = [item.table] if isinstance(item, exp.Column) and item.table else list(sources)
                for name in names:
                    columns = self._of_source(sources[name][1]) if name in sources else None
                    if columns is None:
                        return None
                    found += columns
            else:
                found.append((_name(item), self.kind_of(item, scope)))
        return tuple(found)

    def _of_source(self, source: object) -> tuple[Output, ...] | None:
        if isinstance(source, Scope):
            return self._of_scope(source)
        known = self.table(source) if isinstance(source, exp.Table) else None
        return tuple(known.columns.items()) if known is not None else None

    def _look_up(self, column: exp.Column, scope: Scope) -> Kind | Wrong | None:
        """The kind of a column (None: not told), or what is wrong with its name."""
        name, alias = folded(column.this), column.table
        here: Scope | None = scope
        near: list[str] = []
        while here is not None and name not in _OF_EVERY_TABLE:
            sources = here.selected_sources
            chosen = {alias: sources[alias]} if alias and alias in sources else {} if alias else sources
            for _, source in chosen.values():
                columns = self._of_source(source)
                if columns is None or any(n is None for n, _ in columns):
                    return None
                kinds = {n: k for n, k in columns if n is not None}
                if name in kinds:
                    return kinds[name]
                near += kinds
            if not alias and _is_known_otherwise(name, here):
                return None
            here = None if (chosen and alias) or _is_closed(here) else here.parent
        return None if name in _OF_EVERY_TABLE else _wrong(column, name, alias, near)


def _is_closed(scope: Scope) -> bool:
    """Whether a query can't see the tables around it."""
    return scope.is_cte or (scope.is_derived_table and scope.expression.find_ancestor(exp.Lateral) is None)


def _is_known_otherwise(name: str, scope: Scope) -> bool:
    """An alias of the select list, which ORDER BY and GROUP BY may name, or a table as a whole row; of a UNION its columns."""
    if isinstance(scope.expression, exp.SetOperation):
        return name in scope.expression.named_selects
    selects = scope.expression.selects if isinstance(scope.expression, exp.Query) else ()
    return name in scope.selected_sources or any(isinstance(s, exp.Alias) and _name(s) == name for s in selects)


def _wrong(column: exp.Column, name: str, alias: str, near: Sequence[str]) -> Wrong:
    if alias and not near:
        return Wrong(f"the query has no table `{alias}`", None, *place(column.args["table"]))
    of = f" of `{alias}`" if alias else ""
    return Wrong(f"there is no column `{name}`{of}", did_you_mean(name, near) or (
        "known: " + ", ".join(f"`{n}`" for n in dict.fromkeys(near)) if near else None), *place(column.this))


def place(expression: exp.Expr) -> tuple[int, int]:
    """Where a name stands in the query's text (the end exclusive); the whole text's start where the parser does not know."""
    for part in expression.find_all(exp.Identifier):
        if "start" in part.meta:
            return part.meta["start"], part.meta["end"] + 1
    return 0, 0


def folded(identifier: object) -> str:
    """A name as the database reads it: in lower case, unless it is quoted."""
    if not isinstance(identifier, exp.Identifier):
        return ""
    return identifier.name if identifier.args.get("quoted") else identifier.name.lower()


def _name(item: exp.Expr) -> str | None:
    if isinstance(item, exp.Alias):
        return folded(item.args["alias"])
    return folded(item.this) if isinstance(item, exp.Column) else None
