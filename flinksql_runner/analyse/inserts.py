"""INSERT: the columns of a query against those of the sink."""

from __future__ import annotations

from sqlglot import exp

from flinksql_runner.analyse.algebra import Field, Relation
from flinksql_runner.analyse.context import Context
from flinksql_runner.analyse.relations import Insert, Sort
from flinksql_runner.analyse.stars import is_star
from flinksql_runner.analyse.values import Column
from flinksql_runner.builtin import casts
from flinksql_runner.diagnostics import did_you_mean
from flinksql_runner.dialect import expressions as e

COUNT, INCOMPATIBLE, NO_TARGET, SORTED = "FS345", "FS346", "FS347", "FS342"


def insert(context: Context, node: exp.Insert, query: Relation, sink: str, columns: tuple[Column, ...], is_open: bool) -> Insert:
    """The rows of a query on their way into a sink whose columns are ``columns``."""
    written = [(i, c) for i, c in enumerate(columns) if c.kind in ("physical", "metadata")]
    named = node.this.expressions if isinstance(node.this, exp.Schema) else []
    table = node.this.this if isinstance(node.this, exp.Schema) else node.this
    static = _static(table) | _static(node)
    targets = _targets(context, sink, columns, named, is_open) if named else [i for i, c in written if c.name not in static]
    if not is_open and not query.open and -1 not in targets:
        _check(context, node, query, sink, columns, targets, bool(named))
    if isinstance(query, Sort) and query.keys and query.limit is None and query.offset is None:
        _sorted(context, query)
    conflict = node.args.get("conflict")
    action = conflict.this.name if isinstance(conflict, e.OnConflictDo) else ""
    return Insert(input=query, fields=(), syntax=node, sink=sink, targets=tuple(targets), conflict=action,
                  overwrite=bool(node.args.get("overwrite")))


def _static(node: exp.Expr) -> set[str]:
    """Columns that PARTITION (p = 1) gives."""
    partition = node.args.get("partition")
    if not isinstance(partition, exp.Expr):
        return set()
    return {item.this.name for item in partition.expressions if isinstance(item, exp.EQ)}


def _targets(context: Context, sink: str, columns: tuple[Column, ...], named: list[exp.Expr], is_open: bool) -> list[int]:
    by_name = {c.name: i for i, c in enumerate(columns)}
    targets: list[int] = []
    for item in named:
        at = by_name.get(item.name)
        if at is None and not is_open:
            context.say(NO_TARGET, f"the sink `{sink}` has no column `{item.name}`", item, did_you_mean(item.name, by_name)
                        or f"it has {', '.join(f'`{n}`' for n in by_name)}")
        elif at is not None and at in targets:
            context.say(NO_TARGET, f"the column `{item.name}` stands twice in the list", item)
        targets.append(-1 if at is None else at)
    return targets


def _check(
    context: Context, node: exp.Insert, query: Relation, sink: str, columns: tuple[Column, ...], targets: list[int], named: bool,
) -> None:
    if len(query.fields) != len(targets):
        wanted = ", ".join(f"{columns[t].name} {_sql(columns[t])}" for t in targets)
        what = f"the list behind `{sink}` names" if named else f"the sink `{sink}` takes"
        place = _place(node, query, min(len(targets), len(query.fields) - 1))  # the first too many, or the last that is there
        context.say(COUNT, f"the query gives {len(query.fields)} column{'s' * (len(query.fields) != 1)}, {what} {len(targets)}",
                    place, f"it takes ({wanted})")
        return
    for at, (field, target) in enumerate(zip(query.fields, targets, strict=True)):
        column = columns[target]
        if field.type is None or column.type is None or casts.implicit(field.type, column.type) is not False:
            continue
        context.say(INCOMPATIBLE, f"column {at + 1} of the query is {_type(field)}, `{column.name}` of the sink `{sink}` is "
                    f"{_sql(column)}", _place(node, query, at),
                    f"columns go by place: write CAST(... AS {_sql(column)}), or change their order")


def _sql(column: Column | Field) -> str:
    return column.type.sql.removesuffix(" NOT NULL") if column.type is not None else "..."


def _type(field: Field) -> str:
    return _sql(field)


def _place(node: exp.Insert, query: Relation, at: int) -> exp.Expr:
    """The expression of the query's list that gives the column; the word SELECT where ``*`` does."""
    query_node = node.args.get("expression")
    while isinstance(query_node, exp.Subquery | exp.SetOperation):
        query_node = query_node.this
    if isinstance(query_node, exp.Select):
        items: list[exp.Expr] = query_node.expressions
        star = next((i for i in items[:at + 1] if is_star(i)), None)
        return star or (items[at] if len(items) > at else query_node)
    if isinstance(query_node, exp.Values) and query_node.expressions:
        row = query_node.expressions[0]
        if isinstance(row, exp.Tuple) and len(row.expressions) > at:
            value: exp.Expr = row.expressions[at]
            return value
    table: exp.Expr = node.this
    return table


def _sorted(context: Context, query: Sort) -> None:
    """A stream is sorted by a time attribute, ascending, first."""
    key = query.keys[0]
    item = query.input.fields[key.value.index] if 0 <= key.value.index < len(query.input.fields) else None
    if item is None or item.type is None or query.open or (item.time is not None and not key.descending):
        return
    if query.syntax is not None:
        context.say(SORTED, "a stream can only be sorted by a time attribute, ascending, first", query.syntax,
                    "leave ORDER BY out, or keep the first N rows with ROW_NUMBER() or LIMIT", word=True)
