"""SELECT: FROM, WHERE, GROUP BY, HAVING, the list, DISTINCT, ORDER BY, LIMIT, in the order in which Flink takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace
from sqlglot import exp

from flinksql_runner.analyse import joins
from flinksql_runner.analyse.algebra import Field, Relation, Scalar
from flinksql_runner.analyse.calls import boolean, no_null
from flinksql_runner.analyse.context import Clause, Context, Queries
from flinksql_runner.analyse.expressions import Expressions
from flinksql_runner.analyse.froms import From, read_from
from flinksql_runner.analyse.grouping import Groups, Regrouping, aggregate, overs_over_groups, placed_properties, read_groups
from flinksql_runner.analyse.overs import sort_key
from flinksql_runner.analyse.ranks import filtered
from flinksql_runner.analyse.relations import Distinct, Over, OverAggregate, Project, Sort, SortKey, passed
from flinksql_runner.analyse.scope import Scope
from flinksql_runner.analyse.stars import Item, expanded
from flinksql_runner.analyse.windows import check_overs

POSITION, NOT_SELECTED = "FS339", "FS338"


def select(context: Context, queries: Queries, node: exp.Expr, outer: Scope | None, ctes: Mapping[str, Relation]) -> Relation:
    """The relation of one SELECT."""
    return _Select(context, queries, node, outer, ctes).read()


@dataclass(slots=True)
class _Sorting:
    """ORDER BY on its way: the key of each item, or the index of the column of the list that it is."""

    keys: list[SortKey]


class _Select:
    """Reads one SELECT."""

    def __init__(
        self, context: Context, queries: Queries, node: exp.Expr, outer: Scope | None, ctes: Mapping[str, Relation],
    ) -> None:
        self.context = context
        self.queries = queries
        self.node = node
        self.ctes = ctes
        self.windows = {w.this.name: w for w in node.args.get("windows") or () if isinstance(w.this, exp.Identifier)}
        self.overs: list[Over] = []
        self.start: From = read_from(context, queries, node, outer, ctes)
        self.scope = Scope(self.start.sources, outer, self.start.merged)
        group = node.args.get("group")
        self.ungrouped = group is None or all(isinstance(g, exp.Tuple) and not g.expressions for g in group.expressions)

    def typing(self, clause: Clause, scope: Scope | None = None) -> Expressions:
        """Types expressions of one clause."""
        return Expressions(self.context, scope or self.scope, clause, self.queries, self.ctes, overs=self.overs,
                           windows=self.windows, ungrouped=self.ungrouped)

    def read(self) -> Relation:
        """The whole SELECT."""
        below = self._where(self.start.relation)
        items = expanded(self.node.expressions, self.scope, self.typing("SELECT"))
        having = self._condition("HAVING", "having")
        qualify = self._condition("QUALIFY", "qualify")
        order = self._order(items)
        groups = self._groups(items, having, order, qualify)
        if groups is not None:
            below, items, having, qualify, order = self._grouped(groups, below, items, having, qualify, order)
        if having:
            below = filtered(below, having, "HAVING", self.node.args["having"])
        below, resolve = self._over(below)
        if qualify:
            below = filtered(below, [resolve(c) for c in qualify], "QUALIFY", self.node.args["qualify"])
        if self.overs:
            items = [replace(i, value=resolve(i.value)) for i in items]
            order = [replace(k, value=resolve(k.value)) for k in order]
        return self._projected(below, items, order)

    def _where(self, below: Relation) -> Relation:
        where = self.node.args.get("where")
        if where is None:
            return below
        condition = boolean(self.context, self.typing("WHERE").scalar(where.this), "WHERE")
        return filtered(below, joins.conjuncts(condition), "WHERE", where)

    def _condition(self, clause: Clause, key: str) -> list[Scalar]:
        node = self.node.args.get(key)
        if node is None:
            return []
        return joins.conjuncts(boolean(self.context, self.typing(clause).scalar(node.this), clause))

    # groups

    def _groups(
        self, items: Sequence[Item], having: Sequence[Scalar], order: Sequence[SortKey], qualify: Sequence[Scalar],
    ) -> Groups | None:
        """The groups; None where the query has neither GROUP BY nor an aggregate."""
        node = self.node.args.get("group")
        if node is None and not having:
            over = [s for o in self.overs for s in (*o.call.args, *o.partition, *(k.value for k in o.order))]
            scalars = [*(i.value for i in items), *qualify, *(k.value for k in order), *over]
            if not any(scalar.holds("aggregate") for scalar in scalars):
                return None
        return read_groups(self.typing("GROUP BY"), node)

    def _grouped(
        self, groups: Groups, below: Relation, items: Sequence[Item], having: list[Scalar], qualify: list[Scalar],
        order: Sequence[SortKey],
    ) -> tuple[Relation, list[Item], list[Scalar], list[Scalar], list[SortKey]]:
        regroup = Regrouping(self.context, groups, below.open)
        values = [regroup.over_groups(i.value) for i in items]
        having = [regroup.over_groups(c) for c in having]
        qualify = [regroup.over_groups(c) for c in qualify]
        keys = [k.value if k.value.input == _OF_LIST else regroup.over_groups(k.value) for k in order]
        overs = overs_over_groups(regroup, self.overs)
        found = aggregate(groups, below, self.node.args.get("group") or self.node)
        offset = len(groups.keys) + len(groups.calls)

        def place(scalar: Scalar) -> Scalar:
            return placed_properties(scalar, offset) if groups.properties else scalar

        self.overs[:] = [replace(o, call=place(o.call), partition=tuple(map(place, o.partition)),
                                 order=tuple(replace(k, value=place(k.value)) for k in o.order)) for o in overs]
        return (
            found, [replace(i, value=place(v)) for i, v in zip(items, values, strict=True)], list(map(place, having)),
            list(map(place, qualify)), [replace(k, value=place(v)) for k, v in zip(order, keys, strict=True)],
        )

    # OVER

    def _over(self, below: Relation) -> tuple[Relation, _Resolve]:
        if not self.overs:
            return below, _Resolve(0)
        check_overs(self.context, below, self.overs)
        width = len(below.fields)
        fields = (*passed(below.fields), *(Field(o.call.name, o.call.type) for o in self.overs))
        found = OverAggregate(input=below, fields=fields, open=below.open, syntax=self.node, calls=tuple(self.overs))
        return found, _Resolve(width)

    # the list, DISTINCT, ORDER BY, LIMIT

    def _projected(self, below: Relation, items: Sequence[Item], order: list[SortKey]) -> Relation:
        is_open = any(i.open for i in items)
        values = [i.value for i in items]
        fields = [_field(below, i.name, i.value) for i in items]
        no_null(self.context, values)
        shown, keys = len(values), []
        for key in order:
            if key.value.kind == "column" and key.value.input == _OF_LIST:
                index = key.value.index
            elif key.value in values[:shown]:
                index = values.index(key.value)
            else:
                index = len(values)
                values.append(key.value)
                fields.append(_field(below, f"EXPR${index}", key.value))
            item = fields[index] if index < len(fields) else Field("")
            keys.append(replace(key, value=Scalar("column", item.type, item.name, index=index, syntax=key.value.syntax)))
        found: Relation = Project(input=below, fields=tuple(fields), open=is_open, syntax=self.node, values=tuple(values))
        if self.node.args.get("distinct") is not None:
            plain = tuple(replace(f, time=None, window="") for f in passed(found.fields))
            found = Distinct(input=found, fields=plain, open=is_open, syntax=self.node.args["distinct"])
            if len(values) > shown and not is_open:
                at = next(k for k in keys if k.value.index >= shown)
                if at.value.syntax is not None and at.value.type is not None:
                    self.context.say(NOT_SELECTED, "ORDER BY of SELECT DISTINCT takes columns of its list alone", at.value.syntax,
                                     "add it to the list")
        found = sorted_by(found, keys, self.node)
        if len(values) > shown:
            kept = [Scalar("column", f.type, f.name, index=i) for i, f in enumerate(found.fields[:shown])]
            found = Project(input=found, fields=passed(found.fields[:shown]), open=is_open, syntax=self.node, values=tuple(kept))
        return found

    def _order(self, items: Sequence[Item]) -> list[SortKey]:
        """Items of ORDER BY: names and numbers of columns of the list first, else expressions over the tables."""
        node = self.node.args.get("order")
        if node is None:
            return []
        by_name = {item.name: at for at, item in reversed(list(enumerate(items)))}
        aliases = {i.name: i.value for i in reversed(items) if isinstance(i.syntax, exp.Alias)}
        scope = Scope(self.start.sources, self.scope.outer, {**self.start.merged, **aliases})
        typing = self.typing("ORDER BY", scope)
        keys: list[SortKey] = []
        for ordered in node.expressions:
            value = ordered.this if isinstance(ordered, exp.Ordered) else ordered
            at = by_name.get(value.name) if isinstance(value, exp.Column) and len(value.parts) == 1 else None
            if isinstance(value, exp.Literal) and not value.args.get("is_string") and str(value.this).isdigit():
                at = int(str(value.this)) - 1
                if not any(i.open for i in items) and not 0 <= at < len(items):
                    self.context.say(POSITION, f"ORDER BY names column {at + 1}, the list has {len(items)}", value,
                                     "write the name of the column")
                    continue
            if at is None or at >= len(items):
                keys.append(sort_key(typing, ordered))
            else:
                key = Scalar("column", items[at].value.type, items[at].name, input=_OF_LIST, index=at, syntax=value)
                keys.append(SortKey(key, bool(ordered.args.get("desc")), ordered.args.get("nulls_first")))
        return keys


_OF_LIST = -3


class _Resolve:
    """Replaces calls with OVER by the fields of the OverAggregate below."""

    def __init__(self, width: int) -> None:
        self.width = width

    def __call__(self, scalar: Scalar) -> Scalar:
        if scalar.kind == "over":
            return Scalar("column", scalar.type, scalar.name, index=self.width + scalar.index, syntax=scalar.syntax)
        if not scalar.args or (not self.width and not scalar.holds("over")):
            return scalar
        return replace(scalar, args=tuple([self(a) for a in scalar.args]))


def _field(below: Relation, name: str, value: Scalar) -> Field:
    """A field of a Project."""
    if value.kind == "column" and value.input == 0 and 0 <= value.index < len(below.fields):
        base = below.fields[value.index]
        return Field(name, value.type, base.time, (0, value.index), base.window)
    time = value.type.time if value.kind == "call" and value.name == "PROCTIME" and value.type is not None else None
    return Field(name, value.type, time)


def sorted_by(below: Relation, keys: Sequence[SortKey], node: exp.Expr) -> Relation:
    """ORDER BY, LIMIT and OFFSET of a query."""
    limit, offset = _count(node.args.get("limit")), _count(node.args.get("offset"))
    if not keys and limit is None and offset is None:
        return below
    syntax = node.args.get("order") or node.args.get("limit")
    return Sort(input=below, fields=passed(below.fields), open=below.open, syntax=syntax, keys=tuple(keys), limit=limit,
                offset=offset)


def _count(node: exp.Expr | None) -> int | None:
    if node is None:
        return None
    value = node.args.get("expression") or node.args.get("count")
    return int(value.name) if isinstance(value, exp.Literal) and value.name.isdigit() else None
