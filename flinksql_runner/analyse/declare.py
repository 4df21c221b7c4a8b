"""The columns that CREATE TABLE declares, those of the table that it is LIKE among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace
from sqlglot import exp

from flinksql_runner.analyse.values import Column, ColumnKind, NodeAnalysis
from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.types import FlinkType, TimeAttribute, type_of

Typed = Callable[[exp.Expr, tuple[Column, ...]], FlinkType | None]
"""The type of an expression over the columns that stand before it."""


class Declared(Struct, frozen=True):
    """What one CREATE TABLE says; ``open``: more columns may come from a table that is not known."""

    columns: tuple[Column, ...] = ()
    open: bool = False
    primary_key: tuple[str, ...] = ()
    watermark: str = ""


def declared(create: exp.Expr, parents: Mapping[str, NodeAnalysis], typed: Typed) -> Declared:
    """The columns of a table in Flink's order: those of LIKE, then its own."""
    schema = create.this
    elements = schema.expressions if isinstance(schema, exp.Schema) else []
    base, included = _base(create, parents)
    columns = {c.name: c for c in base.columns if _is_included(c, included)}
    for element in elements:  # physical and metadata columns first: a computed one may use any of them
        if isinstance(element, exp.ColumnDef):
            columns[element.name] = _column(element)
    known = tuple(c for c in columns.values() if c.kind != "computed")  # one computed column can't use another
    for element in elements:
        computed = _constraint(element, exp.ComputedColumnConstraint)
        if computed is not None:
            found = typed(computed.this, known)
            columns[element.name] = replace(columns[element.name], type=found, time=found.time if found else None)
    key = _key(elements) or (base.primary_key if "CONSTRAINTS" in included else ())
    watermark = next((m.this for m in elements if isinstance(m, exp.WatermarkColumnConstraint)), None)
    name = ".".join(p.name for p in watermark.parts) if isinstance(watermark, exp.Column) else ""
    name = name or (base.watermark if "WATERMARKS" in included else "")
    for column in columns.values():
        if column.time == "ROWTIME" and column.name != name:
            columns[column.name] = _timed(column, None)
    if name in columns and columns[name].time != "PROCTIME":
        columns[name] = _timed(columns[name], "ROWTIME")
    for part in key:
        found_key = columns.get(part)
        if found_key is not None and found_key.type is not None:
            columns[part] = replace(found_key, type=replace(found_key.type, nullable=False))
    return Declared(tuple(columns.values()), base.open, key, name)


def _timed(column: Column, time: TimeAttribute | None) -> Column:
    return replace(column, type=replace(column.type, time=time) if column.type is not None else None, time=time)


_ALL = frozenset({"CONSTRAINTS", "GENERATED", "METADATA", "WATERMARKS"})


def _base(create: exp.Expr, parents: Mapping[str, NodeAnalysis]) -> tuple[NodeAnalysis, frozenset[str]]:
    """The table behind LIKE, and what of it is taken over (by default all)."""
    like = create.find(exp.LikeProperty)
    if like is None:
        return NodeAnalysis(""), _ALL
    included = _ALL
    options = [(str(o.this), str(o.args["what"])) for o in like.expressions if isinstance(o, e.LikeOption)]
    for verb, what in sorted(options, key=lambda o: o[1] != "ALL"):  # the special ones overrule ALL
        names = _ALL if what == "ALL" else {what}
        included = included - names if verb == "EXCLUDING" else included | names
    return parents.get(like.this.name, NodeAnalysis("", open=True)), included


def _is_included(column: Column, included: frozenset[str]) -> bool:
    if column.kind == "computed":
        return "GENERATED" in included
    return column.kind == "physical" or "METADATA" in included


def _column(element: exp.ColumnDef) -> Column:
    if _constraint(element, exp.ComputedColumnConstraint) is not None:
        return Column(element.name, None, kind="computed")
    kind: ColumnKind = "physical"
    metadata = _constraint(element, e.MetadataColumn)
    if metadata is not None:
        kind = "virtual_metadata" if metadata.args.get("virtual") else "metadata"
    node = element.args.get("kind")
    found = _type(node) if isinstance(node, exp.DataType) else None
    not_null = _constraint(element, exp.NotNullColumnConstraint)
    if found is not None and not_null is not None and not not_null.args.get("allow_null"):
        found = replace(found, nullable=False)
    return Column(element.name, found, kind=kind)


def _type(node: exp.DataType) -> FlinkType | None:
    try:
        found = type_of(node)
    except ValueError:
        return None
    return None if found.name == "USER" else found


def _constraint(element: exp.Expr, kind: type[exp.Expr]) -> exp.Expr | None:
    if not isinstance(element, exp.ColumnDef):
        return None
    return next((c.args["kind"] for c in element.args.get("constraints") or () if isinstance(c.args.get("kind"), kind)), None)


def keys(elements: Iterable[exp.Expr]) -> Iterator[tuple[exp.Expr, tuple[exp.Expr, ...]]]:
    """The keys that a table declares, PRIMARY and UNIQUE, in the order of the text, each with the names of its columns, whether
    it stands behind one of them or for itself."""
    for element in elements:
        if isinstance(element, e.KeyConstraint):
            yield element, tuple(element.expressions)
        elif (own := _constraint(element, e.KeyConstraint)) is not None:
            yield own, (element.this,)


def _key(elements: Iterable[exp.Expr]) -> tuple[str, ...]:
    return next((tuple(c.name for c in names) for key, names in keys(elements) if not key.args.get("unique")), ())
