"""What stands behind a call (rule ``NamedFunctionCall``), frames, named windows, CASE."""

from __future__ import annotations

import typing as t

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.calls import CallParser

_BUILTIN = (e.MiscFunction, e.ContextValue, exp.Cast, exp.Case, exp.Paren)  # rule BuiltinFunctionCall: nothing stands behind
_BEHIND = frozenset({TokenType.OVER, TokenType.FILTER, TokenType.VAR})
_NULLS = (("IGNORE", exp.IgnoreNulls), ("RESPECT", exp.RespectNulls))


class WindowParser(CallParser):
    """Parses windows of functions and CASE."""

    def _parse_window(self, this: exp.Expr | None, alias: bool = False) -> exp.Expr | None:
        """``f(a) IGNORE NULLS WITHIN GROUP (ORDER BY b) FILTER (WHERE c) OVER (...)``, each clause where it is."""
        if isinstance(this, exp.Func):
            this.meta["until"] = self._prev.end
        if this is None or self._curr.token_type not in _BEHIND or isinstance(this, _BUILTIN):
            return this
        comments = this.pop_comments()
        found = this
        for word, kind in _NULLS:
            if self._word(word, "NULLS"):
                found = kind(this=found)
                break
        if self._word("WITHIN", "DISTINCT"):
            found = e.WithinDistinct(this=found, expressions=self._parse_wrapped_csv(self._value))
        if self._word("WITHIN", "GROUP"):
            order = self._parse_wrapped(self._parse_order)
            if order is None:
                self.raise_error("Expecting ORDER BY", self._prev)
            found = exp.WithinGroup(this=found, expression=order)
        if self._match(TokenType.FILTER):
            self._match_l_paren()
            condition = self._parse_where()
            if condition is None:
                self.raise_error("Expecting WHERE")
            found = exp.Filter(this=found, expression=condition)
            self._match_r_paren()
        if self._curr.token_type is TokenType.OVER:
            over = self._curr
            self._advance()
            if self._match(TokenType.L_PAREN):
                found = self._window_specification(found)
                found.meta["wrapped"] = True  # OVER (w) is another tree of Flink's than OVER w
                found.set("over", "OVER")
            else:
                found = exp.Window(this=found, alias=self._identifier(), over="OVER")
            found.meta["keyword"] = (over.start, over.end)
        if comments:
            found.add_comments(comments)
        return found

    def _window_specification(self, this: exp.Expr | None) -> exp.Expr:
        """``[w] [PARTITION BY ...] [ORDER BY ...] [ROWS ...] [ALLOW PARTIAL])`` (rule ``WindowSpecification``)."""
        token = self._curr
        named = token.token_type in (TokenType.VAR, TokenType.IDENTIFIER)
        name = self._identifier() if named and token.text.upper() not in ("ALLOW", "DISALLOW") else None
        partition = self._parse_partition_by()
        if partition == [] and self._prev.token_type is TokenType.PARTITION_BY:
            self.raise_error("Expecting an expression behind PARTITION BY")
        order = self._parse_order()
        frame = self._frame(self._prev.text.upper()) if self._match_set((TokenType.ROWS, TokenType.RANGE)) else None
        partial = next((word for word in ("ALLOW", "DISALLOW") if self._word(word, "PARTIAL")), None)
        self._match_r_paren()
        args = {"this": this, "alias": name, "partition_by": partition, "order": order, "spec": frame}
        return e.PartialWindow(**args, partial=partial) if partial else exp.Window(**args)

    def _frame(self, kind: str) -> exp.Expr:
        word, end, end_side = self._prev, None, None
        if self._match(TokenType.BETWEEN):
            start, side = self._bound()
            if not self._match(TokenType.AND):
                self.raise_error("Expecting AND")
            end, end_side = self._bound()
        else:
            start, side = self._bound()
        frame = exp.WindowSpec(kind=kind, start=start, start_side=side, end=end, end_side=end_side)
        frame.meta["from"], frame.meta["until"], frame.meta["keyword"] = word.start, self._prev.end, (word.start, word.end)
        return frame

    def _bound(self) -> tuple[t.Any, str | None]:
        if self._word("CURRENT", "ROW"):
            return "CURRENT ROW", None
        value = "UNBOUNDED" if self._word("UNBOUNDED") else self._parse_bitwise()
        if value is None:
            self.raise_error("Expecting UNBOUNDED, CURRENT ROW or a value")
        side = self._one_of(("PRECEDING", "FOLLOWING"))
        if side is None:
            self.raise_error("Expecting PRECEDING or FOLLOWING")
        return value, side

    def _parse_named_window(self) -> exp.Expr | None:
        """``w AS (...)`` of the WINDOW clause."""
        name = self._identifier()
        self._expect("AS")
        self._match_l_paren()
        return self._window_specification(name)

    def _parse_case(self) -> exp.Expr | None:
        """``CASE [a] WHEN b[, c] THEN d [ELSE f] END`` (rule ``CaseExpression``)."""
        comments = self._prev_comments
        operand = None if self._curr.token_type is TokenType.WHEN else self._value()
        branches: list[exp.Expr] = []
        while self._match(TokenType.WHEN):
            keyword = self._prev
            conditions = self._parse_csv(self._parse_disjunction)
            if not conditions:
                self.raise_error("Expecting a condition behind WHEN")
            this = conditions[0] if len(conditions) == 1 else e.WhenValues(expressions=conditions)
            if not self._match(TokenType.THEN):
                self.raise_error("Expecting THEN")
            branch = exp.If(this=this, true=self._value())
            branch.meta["keyword"] = (keyword.start, keyword.end)
            branches.append(branch)
        if not branches:
            self.raise_error("Expecting WHEN")
        default = self._value() if self._match(TokenType.ELSE) else None
        if not self._match(TokenType.END):
            self.raise_error("Expecting END")
        return self.expression(exp.Case(this=operand, ifs=branches, default=default), comments=comments)
