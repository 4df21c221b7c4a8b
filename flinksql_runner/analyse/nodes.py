"""A node, analysed: what its table or view has, given what its parents have."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace
from sqlglot import exp

from flinksql_runner.analyse.algebra import Field, Relation
from flinksql_runner.analyse.context import Context
from flinksql_runner.analyse.declarations import check
from flinksql_runner.analyse.declare import Declared, declared
from flinksql_runner.analyse.expressions import Expressions
from flinksql_runner.analyse.inserts import insert
from flinksql_runner.analyse.queries import Reader
from flinksql_runner.analyse.scope import Scope, Source
from flinksql_runner.analyse.stars import is_star
from flinksql_runner.analyse.values import Analysis, Column, NodeAnalysis
from flinksql_runner.diagnostics import Span
from flinksql_runner.dialect.positions import place_of
from flinksql_runner.dialect.types import FlinkType
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.syntax.values import Node

TWICE = "FS344"
_DAYS, _MONTHS = "SECOND(3)", "MONTH"


def analyse(graph: Graph, functions: Functions) -> Analysis:
    """All nodes, parents first; those on a circle are open."""
    found: dict[str, NodeAnalysis] = {}
    for name in graph.order:
        parents = {p: found[p] for p in graph.parents.get(name, ()) if p in found}
        found[name] = analyse_node(graph.nodes[name], parents, functions)
    return Analysis({**found, **{n: NodeAnalysis(n, open=True) for n in graph.nodes if n not in found}})


def analyse_node(node: Node, parents: Mapping[str, NodeAnalysis], functions: Functions) -> NodeAnalysis:
    """One node; it hangs on its text, the analyses of its direct parents and the signatures of functions alone.

    A node with an error of an earlier stage is open and tells nothing: what it lacks is no mistake of its readers. So is one
    whose expressions are nested too deeply to be followed.
    """
    if any(d.is_error for d in node.diagnostics):
        return NodeAnalysis(node.name, open=True)
    try:
        return _analysed(node, parents, functions)
    except RecursionError:
        return NodeAnalysis(node.name, open=True)


def _analysed(node: Node, parents: Mapping[str, NodeAnalysis], functions: Functions) -> NodeAnalysis:
    context = Context(node, parents, functions)
    reader = Reader(context)
    table = _table(node, parents, context, reader)
    columns, is_open = table.columns, table.open
    relations: list[Relation] = []
    for statement in node.statements:
        tree = statement.tree
        if statement.kind == "select":
            if tree is None:
                return NodeAnalysis(node.name, open=True)
            relation = reader.query(tree, None, {})
            relations.append(relation)
            columns, is_open = _columns(context, tree, relation), relation.open
        elif statement.kind == "insert" and isinstance(tree, exp.Insert) and tree.args.get("expression") is not None:
            relation = reader.query(tree.args["expression"], None, {})
            relations.append(insert(context, tree, relation, node.name, columns, is_open))
    return NodeAnalysis(node.name, columns, is_open, table.primary_key, table.watermark, context.diagnostics, tuple(relations))


def _table(node: Node, parents: Mapping[str, NodeAnalysis], context: Context, reader: Reader) -> Declared:
    create = next((s.tree for s in node.statements if s.kind == "create_table"), None)
    if create is None:
        return Declared(open=True)

    def typed(value: exp.Expr, known: tuple[Column, ...]) -> FlinkType | None:
        fields = tuple(Field(c.name, c.type) for c in known)
        scope = Scope((Source("", fields, open=like_open),))
        return Expressions(context, scope, "CREATE TABLE", reader, {}).scalar(value).type

    like = next((u.name for u in node.reads if u.via == "like"), None)
    like_open = like is not None and (like not in parents or parents[like].open)
    found = declared(create, parents, typed)
    check(context, create, found, lambda value: typed(value, found.columns))
    return found


def _columns(context: Context, tree: exp.Expr, relation: Relation) -> tuple[Column, ...]:
    """The columns of a view; two of one name are told."""
    items = _items(tree)
    stars = [i for i, item in enumerate(items) if is_star(item)]
    seen: dict[str, int] = {}
    found: list[Column] = []
    for at, field in enumerate(relation.fields):
        item = _item_at(items, stars, at, len(relation.fields))
        if field.name in seen and not relation.open and item is not None:
            context.say(TWICE, f"the view has two columns `{field.name}`", _name_in(item),
                        "give one of them another name: ... AS other")
        seen.setdefault(field.name, at)
        found.append(Column(field.name, _shown(field.type), field.time, "query", field.window, _span(context, item)))
    return tuple(found)


def _items(tree: exp.Expr) -> list[exp.Expr]:
    """The expressions of the first list, where each stands for one column."""
    while isinstance(tree, exp.Subquery | exp.SetOperation):
        tree = tree.this
    return list(tree.expressions) if isinstance(tree, exp.Select) else []


def _item_at(items: list[exp.Expr], stars: list[int], at: int, width: int) -> exp.Expr | None:
    """The item of the list that gives a column; None behind ``*``."""
    if not stars or at < stars[0]:
        return items[at] if at < len(items) else None
    behind = at - width + len(items)  # from the end
    return items[behind] if stars[-1] < behind < len(items) else None


def _name_in(item: exp.Expr) -> exp.Expr:
    alias = item.args.get("alias") if isinstance(item, exp.Alias) else item.this if isinstance(item, exp.Column) else None
    return alias if isinstance(alias, exp.Identifier) else item


def _span(context: Context, item: exp.Expr | None) -> Span | None:
    place = place_of(_name_in(item)) if item is not None else None
    return context.node.rendered.map.origin(place.start, place.end).span if place is not None else None


def _shown(found: FlinkType | None) -> FlinkType | None:
    """A type as DESCRIBE tells it: two kinds of intervals alone."""
    if found is None or found.name != "INTERVAL":
        return found
    first = found.detail.partition("(")[0].split(" ")[0].rstrip("S")
    return replace(found, detail=_MONTHS if first in ("YEAR", "QUARTER", "MONTH") else _DAYS)
