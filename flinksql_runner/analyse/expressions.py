"""The expressions of one clause: names resolved, types told. Which class of the tree is whose is the table below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from flinksql_runner.analyse import columns, functions, literals, operators, overs
from flinksql_runner.analyse.algebra import Relation, Scalar
from flinksql_runner.analyse.calls import BOOLEAN, call, with_null
from flinksql_runner.analyse.context import Clause, Context, Queries, Typing, unknown
from flinksql_runner.analyse.relations import Over
from flinksql_runner.analyse.scope import Scope
from flinksql_runner.builtin.table import is_function
from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.types import FlinkType


class Expressions:
    """Types the expressions of one clause of a query."""

    __slots__ = ("clause", "context", "ctes", "inside", "overs", "queries", "scope", "ungrouped", "windows")

    def __init__(
        self, context: Context, scope: Scope, clause: Clause, queries: Queries, ctes: Mapping[str, Relation], *, inside: str = "",
        overs: list[Over] | None = None, windows: Mapping[str, exp.Expr] | None = None,
        ungrouped: bool = False,
    ) -> None:
        self.context = context
        self.scope = scope
        self.clause: Clause = clause
        self.queries = queries
        self.ctes = ctes
        self.inside = inside
        self.ungrouped = ungrouped  # aggregates may see no row at all, so give NULL
        self.overs = [] if overs is None else overs
        self.windows: Mapping[str, exp.Expr] = windows or {}

    def scalar(self, node: exp.Expr) -> Scalar:
        """The expression with its names resolved and its type."""
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            return handler(self, node)
        if isinstance(node, exp.Func):
            return functions.named(self, node)
        return unknown(node)

    def scalars(self, nodes: Sequence[exp.Expr]) -> tuple[Scalar, ...]:
        """Several of them."""
        return tuple([self.scalar(n) for n in nodes])

    def within(self, inside: str) -> Expressions:
        """The same inside of an aggregate."""
        return Expressions(self.context, self.scope, self.clause, self.queries, self.ctes, inside=inside, overs=self.overs,
                           windows=self.windows, ungrouped=self.ungrouped)


def _alias(typing: Typing, node: exp.Expr) -> Scalar:
    return typing.scalar(node.this)


def _query(typing: Typing, node: exp.Expr) -> Scalar:
    """A query as one value."""
    relation = typing.queries.query(node, typing.scope, typing.ctes)
    if not relation.open and len(relation.fields) != 1:
        said = f"a query that stands for a value has one column, this one has {len(relation.fields)}"
        typing.context.say(operators.WIDE_QUERY, said, node, "select the one column that is meant")
    found = relation.fields[0].type if len(relation.fields) == 1 else None
    return Scalar("query", with_null(found), "SCALAR", query=relation, syntax=node)


def _exists(typing: Typing, node: exp.Expr) -> Scalar:
    relation = typing.queries.query(node.this, typing.scope, typing.ctes)
    return Scalar("query", FlinkType("BOOLEAN", nullable=False), "EXISTS", query=relation, syntax=node)


def _quantified(typing: Typing, node: exp.Expr) -> Scalar:
    """``ANY (query)``, ``ALL (query)`` behind a comparison: the type of the query's column."""
    inner = node.this
    if not isinstance(inner, exp.Query | exp.Subquery):
        return unknown(node)
    relation = typing.queries.query(inner, typing.scope, typing.ctes)
    found = relation.fields[0].type if len(relation.fields) == 1 else None
    return Scalar("query", with_null(found), "ALL" if isinstance(node, exp.All) else "SOME", query=relation, syntax=node)


def _context_value(typing: Typing, node: exp.Expr) -> Scalar:
    """LOCALTIME, LOCALTIMESTAMP, UNKNOWN; the rest are words that the planner knows no value for."""
    word = str(node.this).upper()
    if word == "UNKNOWN":
        return Scalar("call", BOOLEAN, "UNKNOWN", syntax=node)
    if is_function(word):
        return call(typing.context, word, (), node)
    typing.context.say(columns.NO_COLUMN, f"Flink has no value `{word}`, and as a name the word is reserved", node,
                       f"where a column is meant, write it in backticks: `{node.this}`")
    return unknown(node)


def _filter(typing: Typing, node: exp.Expr) -> Scalar:
    """``f(a) FILTER (WHERE b)``."""
    inner, where = node.this, node.args["expression"]
    while isinstance(inner, exp.WithinGroup | exp.IgnoreNulls | exp.RespectNulls):
        inner = inner.this
    if not isinstance(inner, exp.Func):
        return unknown(node)
    given = list(functions.parts(inner))
    return functions.called(typing, functions.name_of(inner), given, inner, filter=where.this)


def _inner(typing: Typing, node: exp.Expr) -> Scalar:
    return typing.scalar(node.this)


def _nothing(typing: Typing, node: exp.Expr) -> Scalar:
    return unknown(node)


_Handler = Callable[[Typing, exp.Expr], Scalar]
_HANDLERS: dict[type[exp.Expr], _Handler] = {
    **dict.fromkeys(operators.BINARY, operators.binary),
    exp.Column: columns.column, exp.Dot: columns.dot, exp.Bracket: columns.bracket,
    exp.Literal: literals.literal, exp.Boolean: literals.boolean, exp.Null: literals.null, e.TypedLiteral: literals.typed_literal,
    exp.Interval: literals.interval, e.StringParts: literals.parts, exp.HexString: literals.hexadecimal,
    exp.UnicodeString: literals.unicode_string,
    exp.Paren: operators.paren, exp.Neg: operators.negative, e.Plus: operators.positive, exp.Not: operators.negation,
    exp.Is: operators.is_test, e.IsTest: operators.kind_test, exp.Between: operators.between, exp.In: operators.is_in,
    exp.Escape: operators.escape, e.Infix: operators.infix, exp.Case: operators.case, exp.Cast: operators.cast,
    exp.TryCast: operators.cast, e.SafeCast: operators.cast, exp.Tuple: operators.row, exp.Array: operators.array,
    e.MultisetOf: operators.multiset, exp.Map: operators.map_,
    exp.Anonymous: functions.named, e.MiscFunction: functions.worded, exp.Filter: _filter, exp.WithinGroup: _inner,
    exp.IgnoreNulls: _inner, exp.RespectNulls: _inner, e.MatchSemantics: _inner, exp.Window: overs.over,
    e.PartialWindow: overs.over, exp.Subquery: _query, exp.Select: _query, exp.Union: _query, exp.Intersect: _query,
    exp.Except: _query, exp.Exists: _exists, exp.Any: _quantified, exp.All: _quantified, e.ContextValue: _context_value,
    exp.Alias: _alias, e.Descriptor: _nothing, exp.Star: _nothing,
}
