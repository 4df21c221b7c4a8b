"""INSERT, TABLE t, windows, samples, hints: parts of queries where Flink's grammar is not sqlglot's."""

from __future__ import annotations

import typing as t

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.operators import OperatorParser

_STATEMENTS = (
    TokenType.INSERT, TokenType.UPDATE, TokenType.DELETE, TokenType.MERGE, TokenType.SEMICOLON
)


class QueryParser(OperatorParser):
    """Parses the parts of queries."""

    STATEMENT_PARSERS: t.ClassVar[dict[TokenType, t.Any]] = {
        kind: OperatorParser.STATEMENT_PARSERS[kind] for kind in _STATEMENTS
    }

    QUERY_MODIFIER_PARSERS: t.ClassVar[dict[TokenType, t.Any]] = {
        kind: parse
        for kind, parse in OperatorParser.QUERY_MODIFIER_PARSERS.items()
        if kind not in (TokenType.CLUSTER_BY, TokenType.SORT_BY, TokenType.DISTRIBUTE_BY, TokenType.FOR, TokenType.LOCK)
    }

    def _with_hints(self, table: t.Any) -> t.Any:
        return table

    # INSERT, UPDATE, DELETE

    def _statement_insert(self, upsert: bool = False) -> exp.Expr:
        """``INSERT INTO | OVERWRITE t [(typed)] [PARTITION (...)] [(columns)] query [ON CONFLICT ...]`` (``RichSqlInsert``)."""
        overwrite = not upsert and self._word("OVERWRITE")
        if not overwrite:
            self._expect("INTO")
        table = self._with_hints(self._name())
        typed = self._typed_columns()
        if typed:
            table.set("extend", e.Columns(expressions=typed))
        partition = self._partition()
        if partition is not None:
            table.set("partition", exp.Partition(expressions=partition.expressions))
        columns = self._insert_columns()
        target = exp.Schema(this=table, expressions=columns) if columns else table
        source = self._parse_derived_table_values(allow_value_synonym=True) or self._parse_ddl_select()
        if source is None:
            self.raise_error("Expecting a query or VALUES")
        kind = e.Upsert if upsert else exp.Insert
        return kind(this=target, expression=source, overwrite=overwrite, conflict=self._parse_on_conflict())

    def _statement_upsert(self) -> exp.Expr:
        return self._statement_insert(upsert=True)

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

    def _insert_columns(self) -> list[exp.Expr]:
        after = self._next
        if not self._curr or self._curr.token_type is not TokenType.L_PAREN or after is None:
            return []
        if after.token_type in (TokenType.SELECT, TokenType.WITH, TokenType.VALUES, TokenType.TABLE, TokenType.L_PAREN):
            return []
        return self._list(self._dotted, empty=False)

    def _statement_update(self) -> exp.Expr:
        target = self._parse_table(alias_tokens=self.UPDATE_ALIAS_TOKENS)
        self._expect("SET")
        assignments = [self._assignment()]
        while self._match(TokenType.COMMA):
            assignments.append(self._assignment())
        return exp.Update(this=target, expressions=assignments, where=self._parse_where())

    def _assignment(self) -> exp.Expr:
        name = self._identifier()
        if not self._match(TokenType.EQ):
            self.raise_error("Expecting =")
        value = self._parse_disjunction()
        if value is None:
            self.raise_error("Expecting an expression")
        return exp.EQ(this=exp.column(name), expression=value)

    def _statement_delete(self) -> exp.Expr:
        self._expect("FROM")
        return exp.Delete(this=self._parse_table(), where=self._parse_where())

    # queries

    def _parse_select_query(self, *args: t.Any, **kwargs: t.Any) -> exp.Expr | None:
        """As sqlglot's, with ``TABLE t`` as a query, and without an empty list of columns."""
        token = self._curr
        if token and token.token_type is TokenType.TABLE and self._next and self._next.token_type is not TokenType.L_PAREN:
            self._advance()
            query: exp.Expr = e.ExplicitTable(
                expressions=[exp.Star()], from_=exp.From(this=super()._parse_table_parts(schema=True))
            )
            query = self._parse_query_modifiers(query) or query
            return self._parse_set_operations(query) if kwargs.get("parse_set_operation", True) else query
        found = super()._parse_select_query(*args, **kwargs)
        if isinstance(found, exp.Select) and not found.expressions:
            self.raise_error("Expecting a column or expression behind SELECT")
        if isinstance(found, exp.Select) and found.args.get("kind"):
            self.raise_error("Expecting a column or expression behind SELECT, not AS", token)
        distinct = found.args.get("distinct") if isinstance(found, exp.Select) else None
        if isinstance(distinct, exp.Distinct) and distinct.args.get("on"):
            self.raise_error("Expecting a column or expression behind DISTINCT, not ON")
        if token and token.token_type is TokenType.WITH and isinstance(found, exp.DML):
            self.raise_error("Expecting a query behind WITH: write WITH behind INSERT INTO t", token)
        return found

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

    VERSION_PHRASES: t.ClassVar[dict[t.Any, t.Any]] = {
        phrase: kind for phrase, kind in OperatorParser.VERSION_PHRASES.items() if "SYSTEM_TIME" in phrase and "FOR" in phrase
    }

    def _parse_version(self) -> exp.Version | None:
        start = self._curr
        version = super()._parse_version()
        if version is not None and version.args["kind"] != "AS OF":
            self.raise_error("Expecting FOR SYSTEM_TIME AS OF", start)
        return version

    def _parse_group(self, skip_group_by_token: bool = False) -> exp.Group | None:
        group = super()._parse_group(skip_group_by_token)
        if group is not None and any(group.args.get(key) for key in ("rollup", "cube", "totals")):
            self.raise_error("Expecting ROLLUP (...) or CUBE (...) behind GROUP BY", self._prev)
        if group is not None and not group.expressions:
            self.raise_error("Expecting an expression behind GROUP BY")
        return group

    def _parse_limit(self, this: t.Any = None, top: bool = False, skip_limit_token: bool = False) -> exp.Expr | None:
        if top:
            return None
        if self._curr and self._curr.token_type is TokenType.LIMIT:
            if self._next and self._next.token_type not in (TokenType.NUMBER, TokenType.PLACEHOLDER, TokenType.ALL):
                self.raise_error("Expecting a number or ALL behind LIMIT", self._next)
            if self._word("LIMIT", "ALL"):
                return exp.Limit(expression=exp.var("ALL"))
            limit = super()._parse_limit(this, top, skip_limit_token)
            if isinstance(limit, exp.Limit) and limit.args.get("offset") is not None:
                self.raise_error("'LIMIT start, count' is not allowed under the current SQL conformance level", self._prev)
            return limit
        return super()._parse_limit(this, top, skip_limit_token)


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
        return super()._parse_lateral()

    def _parse_window(self, this: exp.Expr | None, alias: bool = False) -> exp.Expr | None:
        """As sqlglot's; frames count ROWS or RANGE, and exclude nothing."""
        found = super()._parse_window(this, alias=alias)
        frame = found.args.get("spec") if isinstance(found, exp.Window) else None
        if frame is not None and (frame.args.get("exclude") or frame.args["kind"].upper() == "GROUPS"):
            self.raise_error("Expecting ROWS or RANGE without EXCLUDE", self._prev)
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

    def _parse_join(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """As sqlglot's; a JOIN without ON is no comma, and a comma has a table behind it."""
        comma = bool(self._curr and self._curr.token_type is TokenType.COMMA)
        start = self._curr
        join = super()._parse_join(*args, **kwargs)
        if comma and join is None and start and start.token_type is TokenType.COMMA:
            self.raise_error("Expecting a table behind the comma")
        if not isinstance(join, exp.Join) or comma:
            return join
        lateral = join.this if isinstance(join.this, exp.Lateral) else None
        if lateral is not None and lateral.args.get("cross_apply") is not None:
            self.raise_error("APPLY operator is not allowed under the current SQL conformance level", start)
        if str(join.args.get("kind") or "").upper() in ("SEMI", "ANTI"):
            self.raise_error("Expecting JOIN or OUTER JOIN", start)
        if self._prev.token_type is TokenType.ON:
            self.raise_error("Expecting a condition behind ON")
        if not any(join.args.get(key) for key in ("on", "using", "kind", "side", "method")):
            join.set("kind", "INNER")
        return join

