"""Functions in FROM: TABLE(TUMBLE(...)) and its like, UNNEST, table functions of ``udfs/``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from sqlglot import exp

from flinksql_runner.analyse.algebra import Field, Relation, Scalar
from flinksql_runner.analyse.calls import FUNCTION, type_from, with_null
from flinksql_runner.analyse.context import Context, Queries
from flinksql_runner.analyse.expressions import Expressions
from flinksql_runner.analyse.functions import NO_FUNCTION, called, name_of, parts
from flinksql_runner.analyse.literals import milliseconds
from flinksql_runner.analyse.relations import Scan, TableFunction, Unknown, Unnest, WindowKind, WindowTvf, passed
from flinksql_runner.analyse.scope import Scope
from flinksql_runner.builtin.table import function as builtin
from flinksql_runner.builtin.table import names
from flinksql_runner.diagnostics import did_you_mean
from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.types import FlinkType

NO_TIME, WRONG_WINDOW, NO_COLUMN = "FS340", "FS341", "FS320"
_TIMESTAMP = FlinkType("TIMESTAMP", (3,), nullable=False)
_WINDOWS: Mapping[str, tuple[str, ...]] = {
    "TUMBLE": ("DATA", "TIMECOL", "SIZE", "OFFSET"), "HOP": ("DATA", "TIMECOL", "SLIDE", "SIZE", "OFFSET"),
    "CUMULATE": ("DATA", "TIMECOL", "STEP", "SIZE", "OFFSET"), "SESSION": ("DATA", "TIMECOL", "GAP"),
}
_SHAPES = {
    "TUMBLE": "TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR)",
    "HOP": "HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' MINUTE, INTERVAL '1' HOUR): the slide, then the size",
    "CUMULATE": "CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' MINUTE, INTERVAL '1' HOUR): the step, then the size",
    "SESSION": "SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' MINUTE)",
}


def function(context: Context, queries: Queries, node: exp.Expr, scope: Scope, ctes: Mapping[str, Relation]) -> Relation:
    """The rows of a function in FROM; ``scope`` are the tables before it."""
    outer = Scope((), scope) if scope.sources else Scope((), scope.outer)
    typing = Expressions(context, outer, "FROM", queries, ctes)
    if isinstance(node, exp.Unnest):
        return _unnest(context, typing, node)
    inner = node.this
    while isinstance(inner, exp.Anonymous) and str(inner.this).upper() == "TABLE" and len(inner.expressions) == 1:
        inner = inner.expressions[0]
    if not isinstance(inner, exp.Func):
        return Unknown(open=True, syntax=node)
    name = name_of(inner)
    given = list(parts(inner))
    if name.upper() in _WINDOWS:
        return _Window(context, queries, ctes, inner, name.upper(), given).read()
    return _table_function(context, queries, typing, node, inner, name, given)


def _table_function(
    context: Context, queries: Queries, typing: Expressions, node: exp.Expr, inner: exp.Expr, name: str,
    given: Sequence[exp.Expr],
) -> Relation:
    udf = context.functions.by_name.get(name.lower())
    if udf is not None:
        call = called(typing, name, given, inner)
        row = type_from(udf.returns)
        if udf.kind != "table" or row is None:
            return TableFunction(call=call, open=True, syntax=node)
        if row.name == "ROW":
            fields = tuple(Field(n, c) for n, c in zip(row.fields, row.children, strict=True))
        else:
            fields = (Field("f0", row),)
        return TableFunction(call=call, fields=fields, syntax=node)
    over = tuple(_rows(context, queries, typing.ctes, g) for g in given if _is_rows(g))
    if builtin(name) is None and not any(d.is_error for d in context.functions.diagnostics):
        known = (*_WINDOWS, *(f.name for f in context.functions.by_name.values() if f.kind == "table"), *names())
        context.say(NO_FUNCTION, f"there is no table function `{name}`", inner, did_you_mean(name, known), word=True)
    return TableFunction(call=Scalar("call", None, name, syntax=inner), over=over, open=True, syntax=node)


def _is_rows(node: exp.Expr) -> bool:
    value = node.args["expression"] if isinstance(node, exp.Kwarg) else node
    return isinstance(value, e.TableArgument | exp.Query | exp.Subquery)


def _rows(context: Context, queries: Queries, ctes: Mapping[str, Relation], node: exp.Expr) -> Relation:
    """``TABLE t``, ``(query)`` as an argument."""
    value = node.args["expression"] if isinstance(node, exp.Kwarg) else node
    if isinstance(value, e.TableArgument):
        value = value.this
    if isinstance(value, exp.Table):
        name = ".".join(p.name for p in value.parts)
        if name in ctes:
            return ctes[name]
        parent = context.parents.get(name)
        if parent is None:
            return Unknown(open=True, syntax=value)
        fields = tuple(Field(c.name, c.type, c.time, None, c.window) for c in parent.columns)
        return Scan(table=name, alias=name, fields=fields, open=parent.open, syntax=value)
    return queries.query(value, None, ctes)


def _unnest(context: Context, typing: Expressions, node: exp.Unnest) -> Relation:
    collections = typing.scalars(node.expressions)
    fields: list[Field] = []
    is_open = False
    for scalar in collections:
        elements = _elements(scalar.type)
        if elements is None and scalar.type is not None and scalar.type.name not in ("RAW", "STRUCTURED", "VARIANT"):
            context.say(FUNCTION, f"UNNEST needs an ARRAY, MAP or MULTISET, not {scalar.type.sql}", scalar.syntax or node)
        is_open = is_open or elements is None
        fields.extend(elements or ())
    alias = node.args.get("alias")
    columns = list(alias.args.get("columns") or ()) if isinstance(alias, exp.TableAlias) else []
    offset = node.args.get("offset")
    ordinality = offset is not None and offset is not False
    if ordinality:
        name = offset.name if isinstance(offset, exp.Expr) else "ORDINALITY"
        fields.append(Field(name, FlinkType("INT", nullable=False)))
        own = len(fields) - 1
        fields = [replace(f, name=columns[i].name) if i < min(len(columns), own) else f for i, f in enumerate(fields)]
    return Unnest(collections=collections, ordinality=ordinality, fields=tuple(fields), open=is_open, syntax=node)


def _elements(found: FlinkType | None) -> list[Field] | None:
    """The columns that the elements of a collection give."""
    if found is None or found.name not in ("ARRAY", "MULTISET", "MAP"):
        return None
    if found.name == "MAP":
        return [Field("KEY", found.children[0]), Field("VALUE", found.children[1])]
    element = found.children[0]
    if element.name == "ROW":
        return [Field(n, with_null(c) if element.nullable else c) for n, c in zip(element.fields, element.children, strict=True)]
    return [Field("EXPR$0", element)]


class _Window:
    """Reads a window function over a table: TUMBLE, HOP, CUMULATE, SESSION."""

    def __init__(
        self, context: Context, queries: Queries, ctes: Mapping[str, Relation], node: exp.Expr, kind: str,
        given: Sequence[exp.Expr],
    ) -> None:
        self.context = context
        self.queries = queries
        self.ctes = ctes
        self.node = node
        self.kind = kind
        self.arguments = _by_name(_WINDOWS[kind], given)
        self.count = len(given)

    def read(self) -> Relation:
        """The rows with their windows."""
        data, descriptor = self.arguments.get("DATA"), self.arguments.get("TIMECOL")
        if data is None or not _is_rows(data):
            if data is not None:
                self._wrong(f"`{self.kind}` needs a table as its first argument", data)
            return Unknown(open=True, syntax=self.node)
        below = _rows(self.context, self.queries, self.ctes, data)
        least, most = len(_WINDOWS[self.kind]) - (self.kind != "SESSION"), len(_WINDOWS[self.kind])
        if not least <= self.count <= most:
            said = f"`{self.kind}` takes {least} arguments{' and an offset' * (most > least)}, not {self.count}"
            self._wrong(said, self.node, True)
        elif not isinstance(descriptor, e.Descriptor):
            self._wrong(f"`{self.kind}` needs DESCRIPTOR(time column) as its second argument", descriptor or self.node)
        elif len(descriptor.expressions) != 1 or not isinstance(descriptor.expressions[0], exp.Column | exp.Identifier):
            self._wrong(f"DESCRIPTOR of `{self.kind}` names one column", descriptor)
        time = self._time(below, descriptor) if isinstance(descriptor, e.Descriptor) else -1
        sizes = {key: self._size(key) for key in _WINDOWS[self.kind][2:]}
        kinds: dict[str, WindowKind] = {"TUMBLE": "TUMBLE", "HOP": "HOP", "CUMULATE": "CUMULATE", "SESSION": "SESSION"}
        return WindowTvf(
            input=below, fields=self._fields(below, time), open=below.open, syntax=self.node, kind=kinds[self.kind], time=time,
            size=sizes.get("SIZE", sizes.get("GAP")), step=sizes.get("SLIDE", sizes.get("STEP")), offset=sizes.get("OFFSET"),
            partition=self._partition(below, data))

    def _wrong(self, message: str, node: exp.Expr, word: bool = False) -> None:
        self.context.say(WRONG_WINDOW, message, node, f"write {_SHAPES[self.kind]}", word=word)

    def _time(self, below: Relation, descriptor: exp.Expr) -> int:
        """The index of the time column; told where there is none, or it is no time attribute."""
        column = descriptor.expressions[0] if descriptor.expressions else None
        if column is None:
            return -1
        name = column.name
        index = next((i for i, f in enumerate(below.fields) if f.name == name), -1)
        if index < 0:
            if not below.open:
                near = did_you_mean(name, [f.name for f in below.fields])
                self.context.say(NO_COLUMN, f"there is no column `{name}` in the table of this window", column, near)
            return -1
        item = below.fields[index]
        if item.type is not None and item.time is None:
            self._no_time(below, item, column)
        return index

    def _no_time(self, below: Relation, item: Field, column: exp.Expr) -> None:
        timely = [f.name for f in below.fields if f.time is not None]
        kind = item.type.sql if item.type is not None else ""
        lost = item.type is not None and item.type.time is not None
        message = f"the time column of a window needs a time attribute, `{item.name}` is {kind} and " + (
            "has lost it in a join, an aggregate or a function" if lost else "is none")
        help = f"`{timely[0]}` is one" if timely else \
            "window over a column with a WATERMARK, or PROCTIME(); CAST, functions, joins and aggregates above it lose it"
        self.context.say(NO_TIME, message, column, help)

    def _size(self, key: str) -> int | None:
        node = self.arguments.get(key)
        if node is None:
            return None
        scalar = Expressions(self.context, Scope(()), "FROM", self.queries, self.ctes).scalar(node)
        if scalar.type is not None and scalar.type.name != "INTERVAL":
            self._wrong(f"`{self.kind}` needs an INTERVAL here, not {scalar.type.sql}", node)
        return milliseconds(scalar)

    def _partition(self, below: Relation, data: exp.Expr) -> tuple[int, ...]:
        value = data.args["expression"] if isinstance(data, exp.Kwarg) else data
        names = [c.name for c in value.args.get("partition_by") or ()] if isinstance(value, e.TableArgument) else []
        by_name = {f.name: i for i, f in reversed(list(enumerate(below.fields)))}
        return tuple(by_name[n] for n in names if n in by_name)

    def _fields(self, below: Relation, time: int) -> tuple[Field, ...]:
        item = below.fields[time] if time >= 0 else Field("")
        found = with_null(item.type, False)
        if found is not None and found.name == "TIMESTAMP" and found.time is None:
            found = replace(found, time="ROWTIME")
        own = tuple(replace(f, window="") for f in passed(below.fields))
        return (
            *own, Field("window_start", _TIMESTAMP, None, None, "start"), Field("window_end", _TIMESTAMP, None, None, "end"),
            Field("window_time", found, item.time, None, "time"),
        )


def _by_name(keys: Sequence[str], given: Sequence[exp.Expr]) -> dict[str, exp.Expr]:
    """Arguments by place or by ``NAME => value``."""
    found: dict[str, exp.Expr] = {}
    for at, node in enumerate(given):
        if isinstance(node, exp.Kwarg):
            found[node.this.name.upper()] = node.args["expression"]
        elif at < len(keys):
            found[keys[at]] = node
    return found
