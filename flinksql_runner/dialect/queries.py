"""Queries where Flink's grammar is not sqlglot's (rules ``OrderedQueryOrExpr``, ``SqlSelect``, ``TableRef`` of Calcite)."""

from __future__ import annotations

import typing as t

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.patterns import PatternParser
from flinksql_runner.dialect.words import placed

# the clauses behind FROM in the order of the grammar; without FROM only those from ORDER BY on may stand
_CLAUSES = (
    (TokenType.PIVOT, TokenType.UNPIVOT, TokenType.MATCH_RECOGNIZE), (TokenType.WHERE, TokenType.PREWHERE), (TokenType.GROUP_BY,),
    (TokenType.HAVING,), (TokenType.WINDOW,), (TokenType.QUALIFY,), (TokenType.ORDER_BY,), (TokenType.LIMIT,),
    (TokenType.OFFSET,), (TokenType.FETCH,),
)
_PLACES = {kind: place for place, kinds in enumerate(_CLAUSES, start=1) for kind in kinds}
_REACHED = tuple(
    (key, _PLACES[kind])
    for key, kind in (
        ("where", TokenType.WHERE), ("group", TokenType.GROUP_BY), ("having", TokenType.HAVING), ("windows", TokenType.WINDOW),
        ("qualify", TokenType.QUALIFY), ("order", TokenType.ORDER_BY), ("limit", TokenType.LIMIT), ("offset", TokenType.OFFSET),
    )
)
_ORDERED = _PLACES[TokenType.ORDER_BY]
_JOINS = frozenset({
    TokenType.COMMA, TokenType.JOIN, TokenType.NATURAL, TokenType.LEFT, TokenType.RIGHT, TokenType.FULL, TokenType.OUTER,
    TokenType.INNER, TokenType.CROSS, TokenType.ASOF,
})
_NO_QUERY = frozenset({TokenType.FROM, TokenType.DESCRIBE, TokenType.SUMMARIZE})
_STATEMENTS = (
    TokenType.INSERT, TokenType.UPDATE, TokenType.DELETE, TokenType.MERGE, TokenType.SEMICOLON
)


class QueryParser(PatternParser):
    """Parses the parts of queries."""

    STATEMENT_PARSERS: t.ClassVar[dict[TokenType, t.Any]] = {
        kind: PatternParser.STATEMENT_PARSERS[kind] for kind in _STATEMENTS
    }

    QUERY_MODIFIER_PARSERS: t.ClassVar[dict[TokenType, t.Any]] = {
        kind: PatternParser.QUERY_MODIFIER_PARSERS[kind]
        for kind in _PLACES
        if kind in PatternParser.QUERY_MODIFIER_PARSERS
    }

    def _parse_select_query(self, *args: t.Any, **kwargs: t.Any) -> exp.Expr | None:
        """SELECT, ``TABLE t``; the rest as sqlglot's, but a query never starts with FROM, and WITH stands behind INSERT."""
        token = self._curr
        if token.token_type is TokenType.SELECT:
            query = self._select()
        elif token.token_type is TokenType.TABLE and self._next and self._next.token_type is not TokenType.L_PAREN:
            self._advance()
            table = exp.From(this=super()._parse_table_parts(schema=True))
            query = self._parse_query_modifiers(e.ExplicitTable(expressions=[exp.Star()], from_=table))
        elif token.token_type in _NO_QUERY:
            return None
        else:
            found = super()._parse_select_query(*args, **kwargs)
            if token.token_type is TokenType.WITH and isinstance(found, exp.DML):
                self.raise_error("Expecting a query behind WITH: write WITH behind INSERT INTO t", token)
            return found
        return self._parse_set_operations(query) if kwargs.get("parse_set_operation", True) else query

    def _select(self) -> exp.Expr:
        """``SELECT [hint] [STREAM] [ALL | DISTINCT] ... FROM ...`` (rule ``SqlSelect``)."""
        self._advance()
        keyword, comments = self._prev, self._prev_comments
        hint = self._parse_hint()
        words = ["STREAM"] if self._peek("STREAM") and not self._ends(self._next) and self._word("STREAM") else []
        distinct = exp.Distinct() if self._match(TokenType.DISTINCT) else None
        if distinct is not None:
            distinct.meta["keyword"] = (self._prev.start, self._prev.end)
        if distinct is None and self._match(TokenType.ALL):
            words.append("ALL")
        if distinct is not None and self._curr.token_type is TokenType.HINT:
            self.raise_error("Expecting the hint behind SELECT")
        columns = self._parse_expressions()
        if not columns:
            self.raise_error("Expecting a column or expression behind SELECT")
        for column in columns:
            if isinstance(column, exp.Binary | exp.Unary) and isinstance(column.this, exp.Star):
                self.raise_error("Expecting a comma or FROM behind *", self._prev)
        modifiers = [exp.var(word) for word in words] or None
        query = exp.Select(hint=hint, distinct=distinct, expressions=columns, operation_modifiers=modifiers)
        query.meta["keyword"] = (keyword.start, keyword.end)
        query.comments = comments
        from_ = self._parse_from()
        if from_ is not None:
            query.set("from_", from_)
        found: exp.Expr = self._parse_query_modifiers(query)
        return found

    def _ends(self, token: t.Any) -> bool:
        return token is None or token.token_type in (TokenType.COMMA, TokenType.FROM, TokenType.ALIAS, TokenType.R_PAREN)

    def _typed_columns(self) -> list[exp.Expr]:
        self._word("EXTEND")
        index = self._index
        if self._match(TokenType.L_PAREN):
            name = self._parse_id_var(any_token=False)
            if name is not None and self._curr and self._curr.token_type not in (
                TokenType.COMMA, TokenType.R_PAREN, TokenType.DOT
            ):
                self._retreat(index)
                return self._list(self._column, empty=False)
        self._retreat(index)
        return []

    def _parse_csv(self, parse_method: t.Callable[[], t.Any], sep: TokenType = TokenType.COMMA) -> list[t.Any]:
        """As sqlglot's; behind a comma there has to be something."""
        first = parse_method()
        if first is None and self._curr and self._curr.token_type is sep:
            self.raise_error("Expecting something before the comma")
        items = [] if first is None else [first]
        while self._match(sep):
            if isinstance(items[-1] if items else None, exp.Expr):
                self._add_comments(items[-1])
            item = parse_method()
            if item is None:
                self.raise_error("Expecting something behind the comma")
            else:
                items.append(item)
        return items

    @placed
    def _parse_version(self) -> exp.Version | None:
        """``FOR SYSTEM_TIME AS OF ts`` (rule ``Snapshot``)."""
        if not self._peek("FOR") or not self._next or self._next.text.upper() not in ("SYSTEM_TIME", "SYSTEM_TIME AS OF"):
            return None
        self._advance()
        self._expect("SYSTEM_TIME")
        self._expect("AS")
        self._expect("OF")
        return exp.Version(this="TIMESTAMP", kind="AS OF", expression=self._operand())

    def _parse_group(self, skip_group_by_token: bool = False) -> exp.Group | None:
        group = super()._parse_group(skip_group_by_token)
        if group is not None and any(group.args.get(key) for key in ("rollup", "cube", "totals")):
            self.raise_error("Expecting ROLLUP (...) or CUBE (...) behind GROUP BY", self._prev)
        if group is not None and not group.expressions:
            self.raise_error("Expecting an expression behind GROUP BY")
        return group

    def _parse_limit(self, this: t.Any = None, top: bool = False, skip_limit_token: bool = False) -> t.Any:
        """``LIMIT 1 | ALL``, ``FETCH FIRST 1 ROWS ONLY``."""
        if top or not (self._match_set((TokenType.LIMIT, TokenType.FETCH))):
            return None if top else this
        if self._prev.token_type is TokenType.LIMIT:
            comments = self._prev_comments
            count = exp.var("ALL") if self._match(TokenType.ALL) else self._count("LIMIT")
            if self._curr.token_type is TokenType.COMMA and this is None:
                self.raise_error("'LIMIT start, count' is not allowed under the current SQL conformance level")
            return self.expression(exp.Limit(expression=count), comments=comments)
        direction = self._one_of(("FIRST", "NEXT"))
        if direction is None:
            self.raise_error("Expecting FIRST or NEXT behind FETCH")
        count = self._count("FETCH")
        if self._one_of(("ROWS", "ROW")) is None:
            self.raise_error("Expecting ROWS")
        self._expect("ONLY")
        return exp.Fetch(direction=direction, count=count, limit_options=exp.LimitOptions(rows=True))

    def _parse_offset(self, this: t.Any = None) -> t.Any:
        """``OFFSET 1 ROWS``."""
        if not self._match(TokenType.OFFSET):
            return this
        count = self._count("OFFSET")
        self._one_of(("ROWS", "ROW"))
        return exp.Offset(expression=count)

    def _count(self, word: str) -> exp.Expr:
        found = self._parse_number() if self._curr.token_type in (TokenType.NUMBER, TokenType.PLACEHOLDER) else None
        if found is None:
            self.raise_error(f"Expecting a number{' or ALL' if word == 'LIMIT' else ''} behind {word}")
            return exp.Null()
        return found

    def _parse_query_modifiers(self, this: t.Any) -> t.Any:
        """The clauses behind a query, in the order of Flink's grammar."""
        if not isinstance(this, self.MODIFIABLES):
            return this
        select = type(this) is exp.Select
        reached = max((place for key, place in _REACHED if this.args.get(key)), default=0)
        if not reached and (isinstance(this, exp.Table) or (select and this.args.get("from_"))):
            for join in self._parse_joins():
                this.append("joins", join)
        if not select or not this.args.get("from_"):
            reached = max(reached, _ORDERED - 1)
        while (parse := self.QUERY_MODIFIER_PARSERS.get(self._curr.token_type)) is not None:
            token, index = self._curr, self._index
            place = _PLACES.get(token.token_type, 0)
            if token.token_type is TokenType.FETCH and this.args.get("limit"):
                self.raise_error("Expecting OFFSET, not FETCH behind LIMIT", token)
            if 0 < place <= reached:
                self.raise_error(f"{token.text.upper()} can't stand here", token)
            reached = max(reached, place)
            key, clause = parse(self)
            if self._index == index:
                break
            if clause:
                if isinstance(clause, exp.Expr):
                    clause.meta["keyword"] = (token.start, token.end)
                this.set(key, clause)
        return this

    def _parse_order(self, this: t.Any = None, skip_order_token: bool = False) -> t.Any:
        token = self._curr
        found = super()._parse_order(this, skip_order_token)
        if found is not this and found is not None:
            found.meta["keyword"] = (token.start, token.end)
        return found

    @placed
    def _parse_where(self, skip_where_token: bool = False) -> t.Any:
        return super()._parse_where(skip_where_token)

    @placed
    def _parse_with(self, skip_with_token: bool = False) -> t.Any:
        return super()._parse_with(skip_with_token)

    def _parse_cte(self) -> t.Any:
        """``a [(columns)] AS (query)``."""
        alias = self._parse_table_alias(self.ID_VAR_TOKENS)
        if not alias or not alias.this:
            self.raise_error("Expecting a name")
        self._expect("AS")
        comments = self._prev_comments
        query = self._parse_wrapped(self._parse_cte_query)
        if isinstance(query, exp.Values):
            query = self._values_to_select(query)
        return self.expression(exp.CTE(this=query, alias=alias), comments=comments)

    def _parse_cte_query(self) -> exp.Expr:
        query = self._parse_select(nested=True)
        if query is None:
            self.raise_error("Expecting a query")
            return exp.Null()
        return query

    def _values_to_select(self, values: exp.Values) -> exp.Select:
        """As sqlglot's; marked, so that VALUES is written again."""
        select = super()._values_to_select(values)
        select.meta["values"] = True
        return select

    def parse_set_operation(self, this: t.Any, consume_pipe: bool = False, intersect_only: bool = False) -> t.Any:
        """As sqlglot's; columns go by place, never BY NAME, and behind ORDER BY or LIMIT stands no UNION."""
        token = self._curr
        if token.token_type not in self.SET_OPERATIONS or (intersect_only and token.token_type is not TokenType.INTERSECT):
            return None
        if isinstance(this, exp.Query) and not isinstance(this, exp.Subquery) and any(
            this.args.get(key) for key in ("order", "limit", "offset")
        ):
            self.raise_error(f"{token.text.upper()} can't stand behind ORDER BY or LIMIT: write parentheses", token)
        after = self._next.text.upper() if self._next else ""
        behind = self._tokens[self._index + 2].text.upper() if self._index + 2 < len(self._tokens) else ""
        if after in ("BY", "STRICT", "CORRESPONDING") or (after in ("ALL", "DISTINCT") and behind in ("BY", "STRICT")):
            self.raise_error(f"Expecting ALL, DISTINCT or a query behind {token.text.upper()}", self._next)
        found = super().parse_set_operation(this, consume_pipe, intersect_only)
        if found is not None:
            if found.args.get("expression") is None:
                self.raise_error(f"Expecting a query behind {token.text.upper()}")
            found.meta["keyword"] = (token.start, token.end)
        return found

    def _parse_value(self, values: bool = True) -> exp.Tuple | None:
        """A row of VALUES: something in it, nothing with an alias."""
        row = super()._parse_value(values)
        if row is not None and not row.expressions:
            self.raise_error("Expecting an expression", self._prev)
        if row is not None and any(isinstance(item, exp.Alias) for item in row.expressions):
            self.raise_error("Expecting a comma or ), not an alias", self._prev)
        return row

    def _parse_using_identifiers(self) -> list[exp.Expr]:
        return self._list(self._identifier, empty=False)

    def _parse_into(self) -> None:
        return None

    def _parse_at_time_zone(self, this: exp.Expr | None) -> exp.Expr | None:
        return this

    def _parse_star_op(self, *keywords: str) -> None:
        return None

    def _parse_lateral(self) -> exp.Lateral | None:
        token, after = self._curr, self._next
        behind = after.token_type if token and after and token.token_type is TokenType.LATERAL else None
        if behind is not None and behind not in (TokenType.L_PAREN, TokenType.TABLE):
            self.raise_error("Expecting TABLE or ( behind LATERAL", after)
        found = super()._parse_lateral()
        if behind is TokenType.L_PAREN and found is not None and not isinstance(found.this.unnest(), exp.Query | exp.Values):
            self.raise_error("Expecting a query in the parentheses", self._prev)
        return found

    def _parse_table_sample(self, as_modifier: bool = False) -> exp.TableSample | None:
        """``TABLESAMPLE BERNOULLI(10) REPEATABLE(3)``."""
        if not self._match(TokenType.TABLE_SAMPLE):
            return None
        method = self._one_of(("BERNOULLI", "SYSTEM", "SUBSTITUTE"))
        if method is None:
            self.raise_error("Expecting BERNOULLI, SYSTEM or SUBSTITUTE")
        size = self._parse_wrapped(self._parse_primary)
        seed = self._parse_wrapped(self._parse_primary) if self._word("REPEATABLE") else None
        return exp.TableSample(method=exp.var(method), percent=size, seed=seed)

    def _parse_join(
        self, skip_join_token: bool = False, parse_bracket: bool = False, alias_tokens: t.Any = None
    ) -> exp.Join | None:
        """``, t``; ``[NATURAL] [LEFT [OUTER] | INNER | CROSS ...] [ASOF] JOIN t [MATCH_CONDITION a] [ON b | USING (c)]``."""
        start = self._curr
        if start.token_type not in _JOINS:
            return None
        if self._match(TokenType.COMMA):
            table = self._parse_table(alias_tokens=alias_tokens)
            if table is None:
                self.raise_error("Expecting a table behind the comma", start)
            return self._joined(start, this=table)
        index = self._index
        method = "NATURAL" if self._word("NATURAL") else None
        side = self._one_of(("LEFT", "RIGHT", "FULL"))
        kind = "OUTER" if side and self._word("OUTER") else None
        if not side:
            kind = self._one_of(("INNER", "CROSS"))
        if method is None and kind is None and self._word("ASOF"):
            if self._curr.token_type is not TokenType.JOIN and not side:
                self._retreat(index)
                return None
            method = "ASOF"
        if not self._match(TokenType.JOIN):
            if index == self._index and start.token_type is not TokenType.OUTER:
                return None
            self.raise_error("Expecting JOIN")
        comments = self._prev_comments
        table = self._parse_table(alias_tokens=alias_tokens)
        if table is None:
            self.raise_error("Expecting a table behind JOIN")
        match = self._value() if self._match(TokenType.MATCH_CONDITION) else None
        on = self._value() if self._match(TokenType.ON) else None
        using = self._parse_using_identifiers() if on is None and self._match(TokenType.USING) else None
        if not (on or using or kind or side or method):
            kind = "INNER"
        join = self._joined(
            start, this=table, method=method, side=side, kind=kind, match_condition=match, on=on, using=using)
        return self.expression(join, comments=comments)

    def _joined(self, start: t.Any, **args: t.Any) -> exp.Join:
        join = exp.Join(**args)
        join.meta["keyword"] = (start.start, start.end)
        return join
