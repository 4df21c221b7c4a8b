"""FROM: tables, views, queries and functions under their aliases, joined from left to right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlglot import exp

from flinksql_runner.analyse import joins, tables
from flinksql_runner.analyse.algebra import Field, Relation, Scalar
from flinksql_runner.analyse.calls import boolean, call
from flinksql_runner.analyse.context import Context, Queries
from flinksql_runner.analyse.expressions import Expressions
from flinksql_runner.analyse.matches import match
from flinksql_runner.analyse.relations import EquiKey, JoinFlavour, JoinKind, Scan, TableFunction, Unknown, Unnest, Values
from flinksql_runner.analyse.scope import Hit, Scope, Source, moved
from flinksql_runner.analyse.temporal import check_versioned
from flinksql_runner.diagnostics import did_you_mean

DUPLICATE, ALIASES, NOT_COMMON, AS_OF, TEMPORAL_KIND = "FS328", "FS329", "FS320", "FS350", "FS351"


class From(Struct, frozen=True):
    """Rows of a FROM clause and how its columns are called. ``merged``: columns that USING made one."""

    relation: Relation
    sources: tuple[Source, ...]
    merged: Mapping[str, Scalar]


def read_from(context: Context, queries: Queries, select: exp.Expr, outer: Scope | None, ctes: Mapping[str, Relation]) -> From:
    """The FROM clause of a SELECT; one row without columns where it has none."""
    clause = select.args.get("from_")
    if clause is None:
        return From(Values(rows=((),), syntax=select), (), {})
    reader = _Reader(context, queries, outer, ctes)
    found = reader.item(clause.this, None)
    for joined in select.args.get("joins") or ():
        found = reader.join(found, joined)
    pattern = select.args.get("match")
    if pattern is not None:
        scope = Scope(found.sources, outer)
        relation = match(context, queries, pattern, found.relation, scope, ctes)
        alias = pattern.args.get("alias")
        found = reader.aliased(relation, alias, "")
    for lateral in select.args.get("laterals") or ():
        found = reader.apply(found, lateral, "cross", None, lateral)
    return found


class _Reader:
    """Reads one FROM clause."""

    def __init__(self, context: Context, queries: Queries, outer: Scope | None, ctes: Mapping[str, Relation]) -> None:
        self.context = context
        self.queries = queries
        self.outer = outer
        self.ctes = ctes

    def item(self, node: exp.Expr, left: Scope | None) -> From:
        """One table; ``left`` are those before it, which a function or LATERAL may use."""
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            found = self._named(node)
        elif isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table | exp.Lateral | exp.Unnest):
            found = self.item(node.this, left)  # (a JOIN b): its joins hang on the table inside
        elif isinstance(node, exp.Subquery | exp.Values | exp.Select | exp.SetOperation):
            relation = self.queries.query(node, self.outer, self.ctes)
            found = self.aliased(relation, node.args.get("alias"), "")
        else:
            relation = tables.function(self.context, self.queries, node, left or Scope((), self.outer), self.ctes)
            if isinstance(relation, Unnest) and relation.ordinality:  # its last name is not among those of the alias
                found = From(relation, (Source(node.alias, relation.fields, open=relation.open),), {})
            else:
                found = self.aliased(relation, node.args.get("alias"), "")
        for joined in node.args.get("joins") or ():
            found = self.join(found, joined)
        pattern = node.args.get("match")
        if pattern is not None:
            relation = match(self.context, self.queries, pattern, found.relation, Scope(found.sources, self.outer), self.ctes)
            found = self.aliased(relation, pattern.args.get("alias"), "")
        return found

    def _named(self, table: exp.Table) -> From:
        name = ".".join(p.name for p in table.parts)
        cte = self.ctes.get(name)
        if cte is not None:
            return self.aliased(cte, table.args.get("alias"), name)
        parent = self.context.parents.get(name)
        last = table.this.name
        alias = table.alias or last
        if parent is None:
            return self.aliased(Unknown(open=True, syntax=table), table.args.get("alias"), last)
        fields = tuple([Field(c.name, c.type, c.time, None, c.window) for c in parent.columns])
        is_open = parent.open or table.args.get("extend") is not None
        scan = Scan(table=name, alias=alias, fields=fields, open=is_open, syntax=table)
        return self.aliased(scan, table.args.get("alias"), last)

    def aliased(self, relation: Relation, alias: exp.Expr | None, name: str) -> From:
        """A relation under its alias, its columns renamed where the alias names them."""
        fields = relation.fields
        if alias is not None:
            name = alias.name or name
            columns = alias.args.get("columns") or ()
            if columns and len(columns) != len(fields) and not relation.open:
                self.context.say(ALIASES, f"`{name}` has {len(fields)} column{'s' * (len(fields) != 1)}, {len(columns)} "
                                 f"name{'s' * (len(columns) != 1)} stand{'s' * (len(columns) == 1)} behind it", columns[0],
                                 f"its columns are {', '.join(f.name for f in fields[:12])}")
            if columns:
                fields = tuple([replace(f, name=columns[i].name) if i < len(columns) else f for i, f in enumerate(fields)])
                relation = _renamed(relation, fields)
        return From(relation, (Source(name, fields, open=relation.open),), {})

    # joins

    def join(self, left: From, node: exp.Expr) -> From:
        """One more table of the clause."""
        kind = _kind(node)
        item = node.this
        version = item.args.get("version")
        if version is not None:
            return self._temporal(left, node, kind, version)
        called = isinstance(item, exp.Table) and not isinstance(item.this, exp.Identifier)
        if called or isinstance(item, exp.Lateral | exp.Unnest):
            return self.apply(left, item, kind, node.args.get("on"), node)
        right = self.item(item, None)
        self._duplicates(left, right, item)
        if node.args.get("using") or node.args.get("method") == "NATURAL":
            return self._using(left, right, kind, node)
        condition = self._condition(left, right, node)
        return self._put(left, right, joins.join(left.relation, right.relation, kind, condition, node))

    def apply(self, left: From, item: exp.Expr, kind: JoinKind, on: exp.Expr | None, node: exp.Expr) -> From:
        """A table that is computed for each row of the left side: a function, UNNEST, LATERAL (query)."""
        scope = Scope(left.sources, self.outer, left.merged)
        if isinstance(item, exp.Lateral) and isinstance(item.this, exp.Subquery):
            relation = self.queries.query(item.this, scope, self.ctes)
            right = self.aliased(relation, item.args.get("alias"), "")
            flavour: JoinFlavour = "lateral"
        else:
            right = self.item(item, scope)
            kinds: dict[type[Relation], JoinFlavour] = {Unnest: "unnest", TableFunction: "table_function"}
            flavour = kinds.get(type(right.relation), "lateral")
        self._duplicates(left, right, item)
        both = Scope(_both(left, right), self.outer, left.merged)
        typing = Expressions(self.context, both, "ON", self.queries, self.ctes)
        condition = boolean(self.context, typing.scalar(on), "ON") if on else None
        return self._put(left, right, joins.join(left.relation, right.relation, kind, condition, node, flavour))

    def _condition(self, left: From, right: From, node: exp.Expr) -> Scalar | None:
        on = node.args.get("on")
        if on is None:
            return None
        scope = Scope(_both(left, right), self.outer, left.merged)
        return boolean(self.context, Expressions(self.context, scope, "ON", self.queries, self.ctes).scalar(on), "ON")

    def _put(self, left: From, right: From, relation: Relation) -> From:
        """The joined rows with the sources of both sides, each at its place among the fields of the join."""
        width = len(left.relation.fields)
        sources = [_shown(s, relation, s.offset) for s in left.sources]
        sources += [_shown(s, relation, s.offset + width) for s in right.sources]
        merged = {**left.merged, **{n: joins.flattened(s, width) for n, s in right.merged.items()}}
        return From(relation, tuple(sources), merged)

    def _duplicates(self, left: From, right: From, item: exp.Expr) -> None:
        for source in right.sources:
            if source.alias and any(s.alias == source.alias for s in left.sources):
                alias = item.args.get("alias")
                at = alias if alias is not None else item.this if isinstance(item, exp.Table) else item
                self.context.say(DUPLICATE, f"`{source.alias}` stands twice in this FROM", at, "give one of them another alias")

    def _using(self, left: From, right: From, kind: JoinKind, node: exp.Expr) -> From:
        """USING (a, b) and NATURAL: one column of each pair stays visible."""
        named = node.args.get("using") or ()
        names = [n.name for n in named] or [
            n for n in Scope(left.sources).names() if any(f.name == n for s in right.sources for f in s.fields)]
        keys: list[EquiKey] = []
        width = len(left.relation.fields)
        lefts, rights = Scope(left.sources, None, left.merged), Scope(tuple(moved(s, s.offset, 1) for s in right.sources))
        pairs: dict[str, tuple[Scalar, Scalar]] = {}
        for at, name in enumerate(names):
            one, two = (self._common(side, name, named[at] if at < len(named) else node) for side in (lefts, rights))
            if one is not None and two is not None:
                keys.append(EquiKey(one, two))
                pairs[name] = (one, two)
        relation = joins.join(left.relation, right.relation, kind, None, node, keys=keys)
        found = self._put(left, right, relation)
        merged: dict[str, Scalar] = {}
        for name, pair in pairs.items():
            one, two = (_of_join(joins.flattened(s, width), relation) for s in pair)
            merged[name] = two if kind == "right" else one if kind != "full" else call(self.context, "COALESCE", (one, two), node)
        places = {s.index + (width if s.input == 1 else 0) for pair in pairs.values() for s in pair}
        sources = tuple([replace(s, hidden=s.hidden | frozenset(p - s.offset for p in places)) for s in found.sources])
        return From(relation, sources, {**found.merged, **merged})

    def _common(self, scope: Scope, name: str, node: exp.Expr) -> Scalar | None:
        merged = scope.merged.get(name)
        if merged is not None:
            return merged
        found = scope.find([name])
        if isinstance(found, Hit) and not found.path and not found.level:
            item = found.source.fields[found.index]
            return Scalar("column", item.type, name, (), found.source.input, found.source.offset + found.index, syntax=node)
        if not isinstance(found, Hit) and found.kind == "column":
            self.context.say(NOT_COMMON, f"there is no column `{name}` on both sides of this join", node,
                             did_you_mean(name, found.near))
        return None

    def _temporal(self, left: From, node: exp.Expr, kind: JoinKind, version: exp.Expr) -> From:
        """``JOIN t FOR SYSTEM_TIME AS OF ts``."""
        item = node.this
        right = self.item(item, None)
        self._duplicates(left, right, item)
        as_of = self._as_of(left, right, version.args["expression"])
        if as_of.type is not None and as_of.type.name not in ("TIMESTAMP", "TIMESTAMP_LTZ"):
            self.context.say(AS_OF, f"FOR SYSTEM_TIME AS OF needs a timestamp, not {as_of.type.sql}", as_of.syntax or version,
                             "name a column with a WATERMARK, or a processing time (PROCTIME())")
        if kind in ("right", "full"):
            self.context.say(TEMPORAL_KIND, f"a temporal join can't be a {kind.upper()} JOIN", node,
                             "write JOIN or LEFT JOIN: the versioned table stands on the right", word=True)
        proctime = as_of.type is not None and as_of.type.time == "PROCTIME"
        condition = self._condition(left, right, node)
        flavour: JoinFlavour = "lookup" if proctime else "temporal"
        found = joins.join(left.relation, right.relation, kind, condition, node, flavour, as_of)
        if flavour == "temporal":
            check_versioned(self.context, found, version)
        return self._put(left, right, found)

    def _as_of(self, left: From, right: From, node: exp.Expr) -> Scalar:
        """The time of FOR SYSTEM_TIME AS OF: of the left side, but Flink also takes the name of a column of the right one."""
        sources = left.sources
        if isinstance(node, exp.Column) and not node.table:
            ours, theirs = Scope(sources, self.outer, left.merged), Scope(right.sources)
            if isinstance(theirs.find([node.name]), Hit):
                if not isinstance(ours.find([node.name]), Hit):
                    found = Expressions(self.context, theirs, "ON", self.queries, self.ctes).scalar(node)
                    return Scalar("unknown", found.type, found.name, syntax=node)
                sources = tuple(_both(left, right))  # it is told there that both have it
        return Expressions(self.context, Scope(sources, self.outer, left.merged), "ON", self.queries, self.ctes).scalar(node)


def _kind(node: exp.Expr) -> JoinKind:
    side = str(node.args.get("side") or "").upper()
    kinds: dict[str, JoinKind] = {"LEFT": "left", "RIGHT": "right", "FULL": "full"}
    if side in kinds:
        return kinds[side]
    if str(node.args.get("kind") or "").upper() == "CROSS" or not (
        node.args.get("on") or node.args.get("using") or node.args.get("method") or node.args.get("kind")
    ):
        return "cross"
    return "inner"


def _both(left: From, right: From) -> Sequence[Source]:
    return (*left.sources, *(moved(s, s.offset, 1) for s in right.sources))


def _shown(source: Source, relation: Relation, offset: int) -> Source:
    fields = relation.fields[offset:offset + len(source.fields)]
    named = tuple([f if f.name == s.name else replace(f, name=s.name) for f, s in zip(fields, source.fields, strict=True)])
    return Source(source.alias, named, offset, 0, source.open, source.hidden)


def _of_join(scalar: Scalar, relation: Relation) -> Scalar:
    """A column with the type that the join gives it (nullable on an outer side)."""
    if scalar.kind == "column" and scalar.index < len(relation.fields):
        return replace(scalar, type=relation.fields[scalar.index].type)
    return scalar


def _renamed(relation: Relation, fields: tuple[Field, ...]) -> Relation:
    return replace(relation, fields=fields)
