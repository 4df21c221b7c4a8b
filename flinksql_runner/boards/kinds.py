"""The kind of an expression's value, where it is sure: a page must not be refused for a guess."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from flinksql_runner.boards.known import kind_of
from flinksql_runner.boards.values import Kind

_NUMBERS = (exp.Count, exp.CountIf, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Extract, exp.Avg, exp.Stddev, exp.StddevPop,
            exp.StddevSamp, exp.Variance, exp.ApproxDistinct, exp.Length, exp.Sqrt, exp.Ln)
_TIMES = (exp.CurrentTimestamp, exp.CurrentDate, exp.TimestampTrunc, exp.DateTrunc, exp.UnixToTime)
_TEXTS = (exp.DPipe, exp.Concat, exp.Upper, exp.Lower, exp.Trim, exp.Substring, exp.ToChar, exp.GroupConcat)
_SAME = (exp.Min, exp.Max, exp.Coalesce, exp.Greatest, exp.Least, exp.Paren, exp.Alias, exp.Filter, exp.Window, exp.First,
         exp.Last, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.Distinct)
_ROUNDED = (exp.Sum, exp.Round, exp.Abs, exp.Floor, exp.Ceil, exp.Neg)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)


def kind(expression: exp.Expr, of_column: Callable[[exp.Column], Kind | None]) -> Kind | None:
    """The kind, or None where it can't be told. ``of_column`` tells that of a column."""
    if isinstance(expression, exp.Column):
        return of_column(expression)
    if isinstance(expression, (exp.Predicate, exp.Connector, exp.Not, exp.Boolean)):
        return "bool"
    if isinstance(expression, exp.Cast):
        return kind_of(expression.to.sql(dialect="postgres"))
    if isinstance(expression, exp.Literal):
        return "text" if expression.is_string else "number"
    if isinstance(expression, _NUMBERS):
        return "number"
    if isinstance(expression, _TIMES) or (isinstance(expression, exp.Anonymous) and expression.name.lower() == "date_bin"):
        return "time"
    if isinstance(expression, _TEXTS):
        return "text"
    if isinstance(expression, _SAME):
        return kind(expression.this, of_column) if isinstance(expression.this, exp.Expr) else None
    if isinstance(expression, _ROUNDED):
        return "number" if kind(expression.this, of_column) == "number" else None
    if isinstance(expression, _ARITHMETIC):
        sides = {kind(expression.this, of_column), kind(expression.expression, of_column)}
        return "number" if sides == {"number"} else None
    if isinstance(expression, exp.Case):
        results = (*(i.args["true"] for i in expression.args["ifs"]), expression.args.get("default"))
        kinds = {kind(r, of_column) for r in results if r is not None and not isinstance(r, exp.Null)}
        return next(iter(kinds)) if len(kinds) == 1 else None
    return None
