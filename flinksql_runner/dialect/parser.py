"""Flink's grammar where it differs from sqlglot's base: names, values, tables. The rest is in the classes that it builds on."""

from __future__ import annotations

import typing as t

from sqlglot import TokenType, exp, parser

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.calls import WORDY
from flinksql_runner.dialect.changes import ChangeParser
from flinksql_runner.dialect.reserved import UNCALLED, UNITS, VALUES
from flinksql_runner.dialect.words import placed

_KEPT = frozenset({  # functions that sqlglot knows with Flink's name, arguments and meaning
    "ABS", "ARRAY_AGG", "AVG", "COALESCE", "CONCAT", "COUNT", "CUME_DIST", "DENSE_RANK", "FIRST_VALUE", "GROUPING", "GROUPING_ID",
    "LAG", "LAST_VALUE", "LEAD", "LOWER", "MAX", "MIN", "NTILE", "NULLIF", "PERCENT_RANK", "RANK", "ROUND", "ROW_NUMBER", "SQRT",
    "STDDEV_POP", "STDDEV_SAMP", "SUM", "UPPER",
})
_SPECIAL = frozenset({"CAST", "TRY_CAST"})
_PLACED = frozenset({exp.Column, exp.Literal, exp.Identifier})  # marked by sqlglot, or by their parts
_BEFORE_DEFAULT = (TokenType.L_PAREN, TokenType.COMMA, TokenType.FARROW)


def _closed(parse: t.Callable[..., t.Any]) -> t.Callable[..., t.Any]:
    """The parser of a function's arguments; sqlglot's caller does not insist on the parenthesis behind them."""

    def closed(self: t.Any) -> t.Any:
        found = parse(self)
        if self._curr.token_type is not TokenType.R_PAREN:
            self.raise_error("Expecting )")
        return found

    return closed


def _wordy(name: str) -> t.Callable[..., t.Any]:
    return _closed(lambda self: self._parse_wordy(name))


class FlinkParser(ChangeParser):
    """Parses Flink SQL; names of functions that sqlglot does not know are kept as they are written."""

    STRICT_CAST = True
    PLACEHOLDER_PARSERS: t.ClassVar[dict[TokenType, t.Any]] = {
        TokenType.PLACEHOLDER: parser.Parser.PLACEHOLDER_PARSERS[TokenType.PLACEHOLDER]
    }

    CONSTRAINT_PARSERS: t.ClassVar[dict[str, t.Callable[..., t.Any]]] = {
        **parser.Parser.CONSTRAINT_PARSERS,
        "METADATA": lambda self: self._parse_metadata(),
        "WATERMARK": lambda self: self._parse_watermark(),
    }
    SCHEMA_UNNAMED_CONSTRAINTS: t.ClassVar[set[str]] = {*parser.Parser.SCHEMA_UNNAMED_CONSTRAINTS, "WATERMARK"}

    NO_PAREN_FUNCTION_PARSERS: t.ClassVar[dict[str, t.Callable[..., t.Any]]] = {"CASE": lambda self: self._parse_case()}
    FUNCTIONS: t.ClassVar[dict[str, t.Callable[..., t.Any]]] = {
        **{name: build for name, build in parser.Parser.FUNCTIONS.items() if name in _KEPT},
        "GREATEST": lambda args: exp.Greatest(this=args[0] if args else None, expressions=args[1:], ignore_nulls=False),
        "LEAST": lambda args: exp.Least(this=args[0] if args else None, expressions=args[1:], ignore_nulls=False),
    }
    FUNC_TOKENS: t.ClassVar[set[TokenType]] = {*parser.Parser.FUNC_TOKENS, TokenType.SESSION}

    FUNCTION_PARSERS: t.ClassVar[dict[str, t.Callable[..., t.Any]]] = {
        **{name: _closed(parse) for name, parse in parser.Parser.FUNCTION_PARSERS.items() if name in _SPECIAL},
        **{name: _wordy(name) for name in sorted(WORDY)},
        "SAFE_CAST": _closed(lambda self: e.SafeCast(**self._parse_cast(True, safe=True).args)),
        "CONVERT": _closed(lambda self: self._parse_conversion()),
        "TRANSLATE": _closed(lambda self: self._parse_translate()),
        "DESCRIPTOR": _closed(lambda self: e.Descriptor(expressions=self._parse_csv(self._parse_column))),
    }

    def validate_expression(self, expression: t.Any, args: list[t.Any] | None = None) -> t.Any:
        """As sqlglot's; but a function that it knows with other arguments is one of the user's, under the same name."""
        if isinstance(expression, exp.Func) and args is not None and expression.error_messages(args):
            return exp.Anonymous(this=expression.sql_name(), expressions=args)
        return super().validate_expression(expression, args)

    def _parse_id_var(self, any_token: bool = True, tokens: t.Any = None) -> exp.Expr | None:
        """As sqlglot's; a word that Flink reserves is no name, unless it is in backquotes."""
        token = self._curr
        if (
            token
            and token.token_type not in (TokenType.IDENTIFIER, TokenType.STRING)
            and token.text.upper() in self._reserved
            and not (self._next and self._next.token_type is TokenType.L_BRACKET)
        ):  # ARRAY[1], MAP['k', 1]
            return None
        return super()._parse_id_var(any_token=any_token, tokens=tokens)

    def _parse_column(self) -> exp.Expr | None:
        """As sqlglot's; a word that Flink reserves is no column, unless it is in backquotes."""
        token, after = self._curr, self._next
        if after and after.token_type is TokenType.DOT and token.token_type not in self._STRUCTURE:  # SELECT .5
            self._check_names(self._index + 1)
        if not token or token.token_type in (TokenType.IDENTIFIER, TokenType.STRING, TokenType.NUMBER):
            return super()._parse_column()
        if after and after.token_type is TokenType.STRING and token.token_type is TokenType.VAR and token.text[:1] == "_":
            self._advance(2)
            return exp.Introducer(this=exp.var(token.text), expression=exp.Literal.string(after.text))
        if token.token_type is TokenType.L_BRACE:
            return self._parse_column_ops(self._jdbc())
        word = token.text.upper()
        if (special := self._special(word)) is not None:
            return self._parse_column_ops(special)
        if word in self._reserved:
            called = bool(after and after.token_type is TokenType.L_PAREN)
            if word in VALUES and not called:
                self._advance()
                return self._parse_column_ops(e.ContextValue(this=word))
            if word == "DEFAULT" and self._prev and self._prev.token_type in _BEFORE_DEFAULT:
                self._advance()
                return exp.var("DEFAULT")
            if called and word in UNCALLED:
                return None
            if token.token_type is TokenType.VAR and not called:
                if word in UNITS and self._unit_expected():
                    self._advance()
                    return exp.var(word)
                if not (after and after.token_type in (TokenType.L_BRACKET, TokenType.STRING)):
                    return None
        return super()._parse_column()

    def _special(self, word: str) -> exp.Expr | None:
        """A value that opens with a word of its own: ``ARRAY[1]``, ``NEXT VALUE FOR s``, ``RUNNING LAST(a)``."""
        after = self._next
        if after is None:
            return None
        if word in ("ARRAY", "MAP", "MULTISET") and after.token_type is TokenType.L_BRACKET:
            return self._constructor(word)
        if word in ("NEXT", "CURRENT") and after.text.upper() == "VALUE":
            return self._sequence_value(word)
        if word in ("RUNNING", "FINAL") and after.token_type is not TokenType.L_PAREN and self._called(self._index + 1):
            return self._running()
        if word == "UNIQUE" and after.token_type is TokenType.L_PAREN:
            self._advance()
            return e.UniqueQuery(this=self._parse_wrapped(self._parse_cte_query))
        return None

    def _called(self, at: int) -> bool:
        """Whether a function's name and its parenthesis stand there."""
        tokens = self._tokens
        return at + 1 < len(tokens) and tokens[at + 1].token_type is TokenType.L_PAREN and tokens[at].token_type not in (
            TokenType.COMMA, TokenType.DOT, TokenType.EQ
        ) and (tokens[at].text[:1].isalpha() or tokens[at].token_type is TokenType.IDENTIFIER)

    def _check_names(self, at: int) -> None:
        tokens = self._tokens
        while at + 1 < len(tokens) and tokens[at].token_type is TokenType.DOT:
            name = tokens[at + 1]
            if name.token_type in (TokenType.NUMBER, TokenType.STRING):
                self.raise_error("Expecting a name behind the dot", name)
            if name.token_type is not TokenType.IDENTIFIER and name.text.upper() in self._reserved:
                self.raise_error(f"{name.text} is a reserved word: write `{name.text}`", name)
            at += 2

    def _parse_column_ops(self, this: exp.Expr | None) -> exp.Expr | None:
        """As sqlglot's; a word that Flink reserves is no name behind a dot either."""
        self._check_names(self._index)
        return super()._parse_column_ops(this)

    def _parse_paren(self) -> exp.Expr | None:
        """As sqlglot's; values in parentheses have no alias."""
        found = super()._parse_paren()
        inner = found.expressions if isinstance(found, exp.Tuple) else [found.this] if isinstance(found, exp.Paren) else ()
        if any(isinstance(item, exp.Alias) for item in inner):
            self.raise_error("Expecting ), not an alias", self._prev)
        if isinstance(found, exp.Tuple) and not inner and self._tokens[self._index - 3].token_type in (
            TokenType.DISTINCT, TokenType.SELECT
        ):
            self.raise_error("Expecting an expression", self._prev)
        if isinstance(found, exp.Paren) and isinstance(found.this, exp.Star):
            self.raise_error("Expecting an expression, not *", self._prev)
        return found

    def _unit_expected(self) -> bool:
        """Whether a unit of time may stand here: ``FLOOR(a TO DAY)``, ``TIMESTAMPADD(DAY, 1, a)``, ``DATE_TRUNC(a, DAY)``."""
        before = self._tokens[self._index - 2].text.upper() if self._index > 1 else ""
        if self._prev.text.upper() == "TO":
            return True
        if self._prev.token_type is TokenType.L_PAREN:
            return before in ("EXTRACT", "TIMESTAMPADD", "TIMESTAMPDIFF")
        return self._prev.token_type is TokenType.COMMA and bool(self._next and self._next.token_type is TokenType.R_PAREN)

    def _parse_alias(self, this: exp.Expr | None, explicit: bool = False) -> exp.Expr | None:
        """As sqlglot's; a name has to stand behind AS."""
        named = bool(self._curr and self._curr.token_type is TokenType.ALIAS)
        if not named and self._curr.token_type is TokenType.L_PAREN and not explicit:
            return this
        found = super()._parse_alias(this, explicit=explicit)
        if isinstance(found, exp.Aliases):
            self.raise_error("Expecting a name behind AS", self._prev)
        if named and (found is this or self._prev.token_type in (TokenType.STRING, TokenType.NUMBER)):
            self.raise_error("Expecting a name behind AS", self._prev if found is not this else None)
        return found

    def _parse_table_alias(self, alias_tokens: t.Any = None) -> exp.TableAlias | None:
        """As sqlglot's; a name has to stand behind AS."""
        named = bool(self._curr and self._curr.token_type is TokenType.ALIAS)
        found = super()._parse_table_alias(alias_tokens)
        if named and found is None:
            self.raise_error("Expecting a name behind AS")
        if found is not None and any(isinstance(column, exp.ColumnDef) for column in found.args.get("columns") or ()):
            self.raise_error("Expecting names of columns without types", self._prev)
        if found is not None and self._prev.token_type in (TokenType.STRING, TokenType.NUMBER):
            self.raise_error("Expecting a name, not a string", self._prev)
        if found is not None and not found.this:
            self.raise_error("Expecting a name before the columns", self._prev)
        return found

    @placed
    def _parse_from(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """As sqlglot's; VALUES has to stand in parentheses, and no comma before FROM."""
        if self._curr and self._curr.token_type is TokenType.FROM:
            if self._prev and self._prev.token_type is TokenType.COMMA:
                self.raise_error("Expecting a column or expression before FROM")
            if self._next and self._next.token_type is TokenType.VALUES:
                self.raise_error("Expecting ( before VALUES", self._next)
        return super()._parse_from(*args, **kwargs)

    def raise_error(self, message: str, token: t.Any = None) -> None:
        """As sqlglot's; where a reserved word stands in the place of a name, it says so."""
        at = token or self._curr
        if (
            at
            and at.token_type not in (TokenType.IDENTIFIER, TokenType.STRING)
            and at.text.upper() in self._reserved
            and at.token_type not in self._STRUCTURE
        ):
            message = f"{at.text} is a reserved word: write `{at.text}`"
        super().raise_error(message, token)

    _STRUCTURE: t.ClassVar[set[TokenType]] = {
        TokenType.SELECT,
        TokenType.FROM,
        TokenType.WHERE,
        TokenType.GROUP_BY,
        TokenType.ORDER_BY,
        TokenType.HAVING,
        TokenType.JOIN,
        TokenType.ON,
        TokenType.AND,
        TokenType.OR,
        TokenType.UNION,
        TokenType.INSERT,
        TokenType.INTO,
        TokenType.ALIAS,
        TokenType.WITH,
        TokenType.LIMIT,
        TokenType.VALUES,
        TokenType.CREATE,
        TokenType.PRIMARY_KEY,
    }

    def _parse_metadata(self) -> exp.Expression:
        source = self._parse_string() if self._match(TokenType.FROM) else None
        return e.MetadataColumn(this=source, virtual=bool(self._match_text_seq("VIRTUAL")))

    def _parse_watermark(self) -> exp.Expression:
        self._match(TokenType.FOR)
        column = self._parse_column()
        self._match(TokenType.ALIAS)
        return exp.WatermarkColumnConstraint(this=column, expression=self._parse_disjunction())

    @placed
    def _parse_on_conflict(self) -> exp.Expression | None:  # type: ignore[override]
        if not self._match_text_seq("ON", "CONFLICT"):
            return None
        if not self._match_text_seq("DO"):
            self.raise_error("Expecting DO")
        for action in ("NOTHING", "ERROR", "DEDUPLICATE"):
            if self._match_text_seq(action):
                return e.OnConflictDo(this=exp.var(action))
        self.raise_error("Expecting NOTHING, ERROR or DEDUPLICATE")
        return None

    def _parse_table(self, *args: t.Any, **kwargs: t.Any) -> exp.Expr | None:
        """As sqlglot's, with ``TABLE(f(...))`` and columns with types behind the name; alone in parentheses stands no table."""
        token, after = self._curr, self._next
        if token.token_type is TokenType.TABLE:
            if after and after.token_type is TokenType.L_PAREN:
                return self._parse_table_function()
            if self._prev.token_type is not TokenType.L_PAREN:
                self.raise_error("Expecting ( behind TABLE", after)
        if token.token_type in (TokenType.SELECT, TokenType.WITH) and self._prev.token_type is not TokenType.L_PAREN:
            self.raise_error("Expecting ( before the query")
        table: exp.Expr | None = self._with_hints(super()._parse_table(*args, **kwargs))
        if token.token_type is TokenType.L_PAREN and isinstance(table, exp.Subquery):
            self._check_wrapped(table, after)
        if isinstance(table, exp.Subquery | exp.Unnest | exp.Lateral):
            table.meta["from"], table.meta["until"] = token.start, self._prev.end
        return table

    def _check_wrapped(self, table: exp.Subquery, token: t.Any) -> None:
        """Refuses ``(t)`` and ``(t JOIN u) AS x``: parentheses hold a query, or joins without an alias."""
        inner = table.this
        if isinstance(inner, exp.Table | exp.Lateral | exp.Unnest):
            if not inner.args.get("joins") and not inner.args.get("laterals"):
                self.raise_error("Expecting a query or a join in the parentheses", token)
            if table.alias:
                self.raise_error("Expecting no alias behind joins in parentheses", self._prev)

    def _parse_table_function(self) -> exp.Expression:
        """``TABLE(f(...)) AS t(a, b)`` of a FROM clause."""
        token = self._curr
        self._advance()
        function = self._parse_wrapped(self._parse_column)
        call = exp.Anonymous(this="TABLE", expressions=[function])
        call.update_positions(token)
        call.meta["until"] = self._prev.end
        table = exp.Table(this=call)
        alias = self._parse_table_alias()
        if alias is not None:
            table.set("alias", alias)
        return table

    def _parse_ordered(self, parse_method: t.Callable[[], exp.Expr | None] | None = None) -> exp.Ordered | None:
        """As sqlglot's, but NULLS FIRST and LAST only where they are written."""
        this = parse_method() if parse_method else self._parse_disjunction()
        if not this:
            return None
        ascending = self._match(TokenType.ASC)
        desc = True if self._match(TokenType.DESC) else False if ascending else None
        first = True if self._word("NULLS", "FIRST") else False if self._word("NULLS", "LAST") else None
        ordered = exp.Ordered(this=this, desc=desc, nulls_first=first)
        ordered.meta["until"] = self._prev.end
        return ordered

    def _parse_type(self, parse_interval: bool = True, fallback_to_identifier: bool = False) -> exp.Expr | None:
        """A value, with its place in the text."""
        token = self._curr
        found = self._unplaced_value(parse_interval, fallback_to_identifier)
        if found is not None and type(found) not in _PLACED:
            meta = found.meta
            if "until" not in meta:
                meta["until"] = self._prev.end
            if "start" not in meta and "from" not in meta:
                meta["from"] = token.start
                if "keyword" not in meta and token.text[:1].isalpha():
                    meta["keyword"] = (token.start, token.end)
        return found

    def _unplaced_value(self, parse_interval: bool, fallback_to_identifier: bool) -> exp.Expr | None:
        """Expressions know no types, but literals with their word before them."""
        if not fallback_to_identifier and (atom := self._parse_atom()) is not None:
            return atom
        if parse_interval and (interval := self._parse_interval()) is not None:
            return self._parse_column_ops(interval)
        token, after = self._curr, self._next
        if token and after and after.token_type is TokenType.STRING and token.text.upper() in ("DATE", "TIME", "TIMESTAMP"):
            self._advance()
            return self._parse_column_ops(e.TypedLiteral(this=self._parse_string(), kind=token.text.upper()))
        if (
            token
            and token.text.upper() == "TIMESTAMP"
            and after
            and after.text.upper() == "WITH"
            and self._word("TIMESTAMP", "WITH", "LOCAL", "TIME", "ZONE")
        ):
            return self._parse_column_ops(e.TypedLiteral(this=self._parse_string(), kind="TIMESTAMP WITH LOCAL TIME ZONE"))
        if fallback_to_identifier:
            return self._parse_id_var()
        return self._parse_column()

    @placed
    def _parse_interval(self, require_interval: bool = True, parse_function_unit: bool = True) -> t.Any:
        """``INTERVAL '1' DAY``, ``INTERVAL -'1 2' DAY(3) TO HOUR``."""
        index = self._index
        if not self._match(TokenType.INTERVAL):
            return None
        sign = "-" if self._match(TokenType.DASH) else "+" if self._match(TokenType.PLUS) else ""
        value = self._parse_string()
        if value is None:
            bare = None if sign else self._parse_number() or self._interval_name()
            if bare is not None:
                value = exp.Paren(this=bare)  # written without its parentheses: Flink's tree is another one with a string
            elif not sign and self._curr and self._curr.token_type is TokenType.L_PAREN:
                value = self._parse_wrapped(self._parse_bitwise)
            if value is None:
                self._retreat(index)
                return None
        return exp.Interval(this=exp.Neg(this=value) if sign == "-" else value, unit=self._unit())

    def _interval_name(self) -> exp.Expr | None:
        named = self._curr and self._curr.token_type in (TokenType.VAR, TokenType.IDENTIFIER)
        return self._parse_column() if named else None

    def _parse_table_parts(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """As sqlglot's, with the hint that stands before the alias."""
        if self._curr and self._curr.token_type is TokenType.STRING:
            self.raise_error("Expecting the name of a table, not a string")
        start = self._index
        named = not kwargs.get("schema") and self._curr.token_type is not TokenType.L_PAREN and self._typed_behind()
        table = super()._parse_table_parts(schema=True) if named else super()._parse_table_parts(*args, **kwargs)
        if isinstance(table, exp.Table) and not isinstance(table.this, exp.Func):
            self._check_table_name(start)
        if table is not None and self._curr.token_type is TokenType.HINT:
            table.set("hint", self._parse_hint())  # sqlglot sets `hints` anew behind the alias: see _with_hints
            if self._curr.token_type is TokenType.HINT:
                self.raise_error("Expecting one hint: its items stand behind each other, with commas")
        if named and table is not None:
            table.set("extend", e.Columns(expressions=self._typed_columns()))
            if self._curr.token_type is TokenType.HINT:
                self.raise_error("Expecting the hint behind the name of the table")
        return table

    def _check_table_name(self, at: int) -> None:
        """Refuses what sqlglot takes for a name and Flink does not: reserved words, numbers, a dot without a name."""
        tokens = self._tokens
        while True:
            token = tokens[at]
            if token.token_type is not TokenType.IDENTIFIER:
                if not (token.text[:1].isalpha() or token.text[:1] in "_$") or token.token_type is TokenType.STRING:
                    self.raise_error("Expecting a name", token)
                if token.text.upper() in self._reserved:
                    self.raise_error(f"{token.text} is a reserved word: write `{token.text}`", token)
            if at + 2 >= len(tokens) or tokens[at + 1].token_type is not TokenType.DOT:
                return
            at += 2

    def _typed_behind(self) -> bool:
        """Whether columns with types stand behind the name: ``t (a INT)``, ``t EXTEND (a INT)`` (rule ``ExtendTable``)."""
        tokens, at = self._tokens, self._index + 1
        while at + 1 < len(tokens) and tokens[at].token_type is TokenType.DOT:
            at += 2
        if at + 3 >= len(tokens):
            return False
        at += tokens[at].token_type is TokenType.HINT
        if tokens[at].text.upper() == "EXTEND":
            return tokens[at + 1].token_type is TokenType.L_PAREN
        return at + 2 < len(tokens) and tokens[at].token_type is TokenType.L_PAREN and self._is_type(tokens[at + 2].text.upper())
