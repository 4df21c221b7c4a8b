"""Queries: SELECT, VALUES, UNION and its like, WITH."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace
from sqlglot import exp

from flinksql_runner.analyse.algebra import Field, Relation, Scalar
from flinksql_runner.analyse.calls import no_null
from flinksql_runner.analyse.context import Clause, Context
from flinksql_runner.analyse.expressions import Expressions
from flinksql_runner.analyse.froms import ALIASES
from flinksql_runner.analyse.overs import sort_key
from flinksql_runner.analyse.relations import SetOp, SortKey, Unknown, Values
from flinksql_runner.analyse.scope import Scope, Source
from flinksql_runner.analyse.selects import select, sorted_by
from flinksql_runner.analyse.stars import is_star
from flinksql_runner.builtin.common import Undecided, least_restrictive
from flinksql_runner.dialect.types import FlinkType

WIDTH, TYPES = "FS336", "FS337"
_KINDS = {exp.Union: "UNION", exp.Intersect: "INTERSECT", exp.Except: "EXCEPT"}


class Reader:
    """Makes relations of queries, for one node."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def query(self, node: exp.Expr, outer: Scope | None, ctes: Mapping[str, Relation]) -> Relation:
        """The relation of a query inside ``outer``, with these names of WITH."""
        with_ = node.args.get("with_")
        if with_ is not None:
            ctes = self._with(with_, outer, ctes)
        if isinstance(node, exp.Subquery | exp.Paren):
            found = self.query(node.this, outer, ctes)
            return self._sorted(found, node) if isinstance(node, exp.Subquery) else found
        if isinstance(node, exp.Values):
            return self._values(node, outer, ctes)
        if isinstance(node, exp.SetOperation):
            return self._sorted(self._set(node, outer, ctes), node)
        if isinstance(node, exp.Select):
            return select(self.context, self, node, outer, ctes)
        return Unknown(open=True, syntax=node)

    def _with(self, with_: exp.Expr, outer: Scope | None, ctes: Mapping[str, Relation]) -> Mapping[str, Relation]:
        found = dict(ctes)
        for cte in with_.expressions:
            if with_.args.get("recursive"):
                found[cte.alias] = Unknown(open=True, syntax=cte)
                continue
            relation = self.query(cte.this, outer, found)
            columns = cte.args["alias"].args.get("columns") or ()
            if columns:
                relation = self._renamed(relation, cte.alias, columns)
            found[cte.alias] = relation
        return found

    def _renamed(self, relation: Relation, name: str, columns: list[exp.Expr]) -> Relation:
        if len(columns) != len(relation.fields) and not relation.open:
            said = f"`{name}` has {len(relation.fields)} columns, {len(columns)} names stand behind it"
            self.context.say(ALIASES, said, columns[0])
        fields = [replace(f, name=columns[i].name) if i < len(columns) else f for i, f in enumerate(relation.fields)]
        return replace(relation, fields=tuple(fields))

    def _values(self, node: exp.Expr, outer: Scope | None, ctes: Mapping[str, Relation]) -> Relation:
        typing = Expressions(self.context, Scope((), outer), "VALUES", self, ctes)
        rows: list[tuple[Scalar, ...]] = []
        for item in node.expressions:
            rows.append(typing.scalars(item.expressions if isinstance(item, exp.Tuple) else [item]))
        for row in rows:
            no_null(self.context, row)
        width = len(rows[0]) if rows else 0
        for item, row in zip(node.expressions, rows, strict=True):
            if len(row) != width:
                self.context.say(WIDTH, f"the rows of VALUES differ: {width} values in the first, {len(row)} here", item)
                return Values(rows=tuple(rows), open=True, syntax=node)
        fields = []
        for at in range(width):
            cells = [row[at] for row in rows]
            found = self._common(cells)
            if found is False:
                wrong = next((c for c in cells[1:] if self._common([cells[0], c]) is False), cells[-1])
                self.context.say(TYPES, f"the values of column {at + 1} have no common type: "
                                 f"{_sql(cells[0].type)} and {_sql(wrong.type)}", wrong.syntax or node, "CAST them to one type")
                found = None
            fields.append(Field(f"EXPR${at}", found if isinstance(found, FlinkType) else None))
        return Values(rows=tuple(rows), fields=tuple(fields), syntax=node)

    def _common(self, cells: list[Scalar]) -> FlinkType | bool | None:
        """The type that the values share; False where they have none."""
        known = [c.type for c in cells if c.type is not None]
        if len(known) < len(cells):
            return None
        return _shared(known)

    def _set(self, node: exp.Expr, outer: Scope | None, ctes: Mapping[str, Relation]) -> Relation:
        """UNION, INTERSECT, EXCEPT; a chain of the same is one relation with many branches."""
        kind, every = _KINDS[type(node)], not node.args.get("distinct")  # type: ignore[index]
        nodes = [node.args["expression"]]
        left = node.this
        while type(left) is type(node) and (not left.args.get("distinct")) == every and kind == "UNION" and not any(
            left.args.get(k) for k in ("order", "limit", "offset", "with_")
        ):
            nodes.append(left.args["expression"])
            left = left.this
        nodes.append(left)
        nodes.reverse()
        branches = [self.query(n, outer, ctes) for n in nodes]
        first = branches[0]
        for part, branch in zip(nodes[1:], branches[1:], strict=True):
            if not (first.open or branch.open) and len(branch.fields) != len(first.fields):
                self._width(node, part, len(first.fields), len(branch.fields), kind)
                return SetOp(kind=kind, all=every, branches=tuple(branches), fields=first.fields, open=True,  # type: ignore[arg-type]
                             syntax=node)
        fields = self._set_fields(kind, every, nodes, branches)
        return SetOp(kind=kind, all=every, branches=tuple(branches), fields=fields,  # type: ignore[arg-type]
                     open=any(b.open for b in branches), syntax=node)

    def _width(self, node: exp.Expr, part: exp.Expr, first: int, here: int, kind: str) -> None:
        inner = part.this if isinstance(part, exp.Subquery) else part
        self.context.say(WIDTH, f"the branches of {kind} differ: {first} columns in the first, {here} here", inner,
                         "columns go by place: give each branch the same", word=True)

    def _set_fields(self, kind: str, every: bool, nodes: list[exp.Expr], branches: list[Relation]) -> tuple[Field, ...]:
        fields: list[Field] = []
        first = branches[0]
        for at, item in enumerate(first.fields):
            column = [b.fields[at].type if at < len(b.fields) else None for b in branches]
            known = [c for c in column if c is not None]
            found = _shared(known) if len(known) == len(column) else None
            if found is False:
                wrong = next((i for i, c in enumerate(column[1:], 1) if c and column[0] and _shared([column[0], c]) is False), 1)
                self._types(kind, at, column[0], column[wrong], nodes[wrong])
                found = None
            if isinstance(found, FlinkType) and item.type is not None and item.type.time and found.name == item.type.name:
                found = replace(found, time=item.type.time)
            time = item.time if kind == "UNION" and every else None
            fields.append(Field(item.name, found if isinstance(found, FlinkType) else None, time, None))
        return tuple(fields)

    def _types(self, kind: str, at: int, first: FlinkType | None, here: FlinkType | None, node: exp.Expr) -> None:
        while isinstance(node, exp.Subquery):
            node = node.this
        items = node.expressions if isinstance(node, exp.Select) else []
        place = items[at] if len(items) > at and not any(is_star(i) for i in items[:at + 1]) else node
        self.context.say(TYPES, f"column {at + 1} of {kind} is {_sql(first)} in the first branch, {_sql(here)} here", place,
                         "columns go by place: change their order, or CAST one of them", word=place is node)

    def _sorted(self, found: Relation, node: exp.Expr) -> Relation:
        """ORDER BY, LIMIT behind a set operation or a query in parentheses."""
        order = node.args.get("order")
        keys: list[SortKey] = []
        if order is not None:
            scope = Scope((Source("", found.fields, open=found.open),))
            clause: Clause = "ORDER BY"
            typing = Expressions(self.context, scope, clause, self, {})
            for item in order.expressions:
                value = item.this if isinstance(item, exp.Ordered) else item
                if isinstance(value, exp.Literal) and value.name.isdigit():
                    at = int(value.name) - 1
                    if 0 <= at < len(found.fields):
                        key = Scalar("column", found.fields[at].type, found.fields[at].name, index=at, syntax=value)
                        keys.append(SortKey(key, bool(item.args.get("desc")), item.args.get("nulls_first")))
                    continue
                keys.append(sort_key(typing, item))
        return sorted_by(found, keys, node)


def _shared(types: list[FlinkType]) -> FlinkType | bool | None:
    try:
        found = least_restrictive([replace(t, time=None) if t.time else t for t in types])
    except Undecided:
        return None
    return False if found is None else found


def _sql(found: FlinkType | None) -> str:
    return replace(found, nullable=True).sql if found is not None else "not known"
