"""Flink's grammar where it differs from sqlglot's base.

A first part: what common projects write. Flink's own grammar (``parserImpls.ftl``) is the measure.
"""

from __future__ import annotations

import typing as t

from sqlglot import TokenType, exp, parser

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.expressions import (
    Descriptor,
    MetadataColumn,
    MiscFunction,
    ModelArgument,
    OnConflictDo,
    TableArgument,
    TypedLiteral,
)
from flinksql_runner.dialect.hints import HintParser
from flinksql_runner.dialect.reserved import RESERVED, UNCALLED, UNITS, VALUES

_KEPT = frozenset(
    {
        "SUM",
        "AVG",
        "MIN",
        "MAX",
        "COALESCE",
        "ROW_NUMBER",
        "RANK",
        "DENSE_RANK",
        "NTILE",
        "LAG",
        "LEAD",
        "FIRST_VALUE",
        "LAST_VALUE",
        "UPPER",
        "LOWER",
        "ABS",
        "CONCAT",
        "COUNT",
        "NULLIF",
        "GREATEST",
        "LEAST",
        "STDDEV_POP",
        "STDDEV_SAMP",
        "CUME_DIST",
        "PERCENT_RANK",
        "ROUND",
        "SQRT",
        "GROUPING",
        "GROUPING_ID",
        "ARRAY_AGG",
    }
)
_SPECIAL = frozenset({"CAST", "TRY_CAST"})
_WORDY = frozenset(
    {
        "EXTRACT",
        "TRIM",
        "SUBSTRING",
        "OVERLAY",
        "POSITION",
        "CEIL",
        "CEILING",
        "FLOOR",
        "JSON_VALUE",
        "JSON_QUERY",
        "JSON_EXISTS",
        "JSON_OBJECT",
        "JSON_ARRAY",
        "JSON_OBJECTAGG",
        "JSON_ARRAYAGG",
    }
)
_BETWEEN = frozenset(
    {
        "FROM",
        "FOR",
        "PLACING",
        "BOTH",
        "LEADING",
        "TRAILING",
        "TO",
        "IN",
        "ON",
        "EMPTY",
        "ERROR",
        "DEFAULT",
        "WITHOUT",
        "WITH",
        "CONDITIONAL",
        "UNCONDITIONAL",
        "WRAPPER",
        "ABSENT",
        "VALUE",
        "UNKNOWN",
        "FORMAT",
        "UNIQUE",
        "KEYS",
    }
)


_NAMES = RESERVED
_BEFORE_DEFAULT = (TokenType.L_PAREN, TokenType.COMMA, TokenType.FARROW)


class FlinkParser(HintParser):
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
        name: build for name, build in parser.Parser.FUNCTIONS.items() if name in _KEPT
    }
    LAMBDAS: t.ClassVar[dict[TokenType, t.Callable[..., t.Any]]] = {
        **parser.Parser.LAMBDAS,
        TokenType.FARROW: lambda self, names: exp.Kwarg(
            this=names[0] if isinstance(names[0], exp.Identifier) else exp.var(names[0].name),
            expression=self._parse_disjunction() or self._parse_select(),
        ),
    }
    FUNC_TOKENS: t.ClassVar[set[TokenType]] = {*parser.Parser.FUNC_TOKENS, TokenType.SESSION}

    FUNCTION_PARSERS: t.ClassVar[dict[str, t.Callable[..., t.Any]]] = {
        **{name: parse for name, parse in parser.Parser.FUNCTION_PARSERS.items() if name in _SPECIAL},
        **{name: (lambda self, name=name: self._parse_wordy(name)) for name in sorted(_WORDY)},
        "DESCRIPTOR": lambda self: Descriptor(expressions=self._parse_csv(self._parse_column)),
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
            and token.text.upper() in _NAMES
            and not (self._next and self._next.token_type is TokenType.L_BRACKET)
        ):  # ARRAY[1], MAP['k', 1]
            return None
        return super()._parse_id_var(any_token=any_token, tokens=tokens)

    def _parse_column(self) -> exp.Expr | None:
        """As sqlglot's; a word that Flink reserves is no column, unless it is in backquotes."""
        token, after = self._curr, self._next
        if after and after.token_type is TokenType.DOT:
            self._check_names(self._index + 1)
        if not token or token.token_type in (TokenType.IDENTIFIER, TokenType.STRING, TokenType.NUMBER):
            return super()._parse_column()
        if after and after.token_type is TokenType.STRING and token.token_type is TokenType.VAR and token.text[:1] == "_":
            self._advance(2)
            return exp.Introducer(this=exp.var(token.text), expression=exp.Literal.string(after.text))
        word = token.text.upper()
        if word in RESERVED:
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

    def _check_names(self, at: int) -> None:
        tokens = self._tokens
        while at + 1 < len(tokens) and tokens[at].token_type is TokenType.DOT:
            name = tokens[at + 1]
            if name.token_type is not TokenType.IDENTIFIER and name.text.upper() in RESERVED:
                self.raise_error(f"{name.text} is a reserved word: write `{name.text}`", name)
            at += 2

    def _parse_column_ops(self, this: exp.Expr | None) -> exp.Expr | None:
        """As sqlglot's; a word that Flink reserves is no name behind a dot either."""
        self._check_names(self._index)
        return super()._parse_column_ops(this)

    def _parse_function_args(self, alias: bool = False) -> list[exp.Expr]:
        """As sqlglot's; arguments have no alias."""
        return super()._parse_function_args(alias=False)

    def _parse_paren(self) -> exp.Expr | None:
        """As sqlglot's; values in parentheses have no alias."""
        found = super()._parse_paren()
        inner = found.expressions if isinstance(found, exp.Tuple) else [found.this] if isinstance(found, exp.Paren) else ()
        if any(isinstance(item, exp.Alias) for item in inner):
            self.raise_error("Expecting ), not an alias", self._prev)
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
        found = super()._parse_alias(this, explicit=explicit)
        if named and (found is this or self._prev.token_type is TokenType.STRING):
            self.raise_error("Expecting a name behind AS", self._prev if found is not this else None)
        return found

    def _parse_table_alias(self, alias_tokens: t.Any = None) -> exp.TableAlias | None:
        """As sqlglot's; a name has to stand behind AS."""
        named = bool(self._curr and self._curr.token_type is TokenType.ALIAS)
        found = super()._parse_table_alias(alias_tokens)
        if named and found is None:
            self.raise_error("Expecting a name behind AS")
        return found

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
            and at.token_type is not TokenType.IDENTIFIER
            and at.text.upper() in _NAMES
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
        return MetadataColumn(this=source, virtual=bool(self._match_text_seq("VIRTUAL")))

    def _parse_watermark(self) -> exp.Expression:
        self._match(TokenType.FOR)
        column = self._parse_column()
        self._match(TokenType.ALIAS)
        return exp.WatermarkColumnConstraint(this=column, expression=self._parse_disjunction())

    def _parse_on_conflict(self) -> exp.Expression | None:  # type: ignore[override]
        if not self._match_text_seq("ON", "CONFLICT"):
            return None
        if not self._match_text_seq("DO"):
            self.raise_error("Expecting DO")
        for action in ("NOTHING", "ERROR", "DEDUPLICATE"):
            if self._match_text_seq(action):
                return OnConflictDo(this=exp.var(action))
        self.raise_error("Expecting NOTHING, ERROR or DEDUPLICATE")
        return None

    def _parse_lambda(self, alias: bool = False) -> exp.Expr | None:
        argument = self._parse_table_argument()
        return argument if argument is not None else super()._parse_lambda(alias=alias)

    def _parse_table_argument(self) -> exp.Expression | None:
        """``TABLE name`` or ``TABLE (query)``, perhaps behind ``NAME =>``, with PARTITION BY and ORDER BY."""
        index = self._index
        name = None
        if self._curr and self._next and self._next.token_type == TokenType.FARROW:
            name = self._parse_id_var(any_token=True)
            self._match(TokenType.FARROW)
        if name is not None and self._curr and self._curr.text.upper() == "MODEL" and self._next:
            self._advance()
            return exp.Kwarg(this=name, expression=ModelArgument(this=self._name()))
        if (
            self._curr
            and self._curr.text.upper() == "MODEL"
            and self._next
            and self._next.token_type in (TokenType.VAR, TokenType.IDENTIFIER)
        ):
            self._advance()
            return ModelArgument(this=self._name())
        if not self._match(TokenType.TABLE):
            self._retreat(index)
            return None
        table = (
            self._parse_table_parts()
            if not self._match(TokenType.L_PAREN, advance=False)
            else self._parse_wrapped(self._parse_statement)
        )
        partition = self._parse_column_or_columns() if self._match(TokenType.PARTITION_BY) else None
        order = exp.Order(expressions=self._parse_ordered_columns()) if self._match(TokenType.ORDER_BY) else None
        argument: exp.Expression = TableArgument(this=table, partition_by=partition, order=order)
        return exp.Kwarg(this=name, expression=argument) if name is not None else argument

    def _parse_column_or_columns(self) -> list[t.Any]:
        """One column, or several in parentheses: a comma without them starts the next argument."""
        wrapped = self._match(TokenType.L_PAREN, advance=False)
        columns = self._parse_wrapped_csv(self._parse_column) if wrapped else [self._parse_column()]
        if any(not isinstance(column, exp.Column) or column.table for column in columns):
            self.raise_error("Expecting names of columns", self._prev)
        return columns

    def _parse_ordered_columns(self) -> list[t.Any]:
        if self._match(TokenType.L_PAREN, advance=False):
            return self._parse_wrapped_csv(self._parse_ordered)
        return [self._parse_ordered()]

    def _parse_table(self, *args: t.Any, **kwargs: t.Any) -> exp.Expr | None:
        if (
            self._curr
            and self._curr.token_type == TokenType.TABLE
            and self._next
            and self._next.token_type == TokenType.L_PAREN
        ):
            return self._parse_table_function()
        if self._curr and self._curr.token_type == TokenType.TABLE and self._prev.token_type is not TokenType.L_PAREN:
            self.raise_error("Expecting ( behind TABLE", self._next)
        table: exp.Expr | None = self._with_hints(super()._parse_table(*args, **kwargs))
        return table

    def _parse_table_function(self) -> exp.Expression:
        """``TABLE(f(...)) AS t(a, b)`` of a FROM clause."""
        self._advance()
        function = self._parse_wrapped(self._parse_column)
        table = exp.Table(this=exp.Anonymous(this="TABLE", expressions=[function]))
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
        return exp.Ordered(this=this, desc=desc, nulls_first=first)

    def _parse_type(self, parse_interval: bool = True, fallback_to_identifier: bool = False) -> exp.Expr | None:
        """Expressions know no types, but literals with their word before them."""
        if not fallback_to_identifier and (atom := self._parse_atom()) is not None:
            return atom
        if parse_interval and (interval := self._parse_interval()) is not None:
            return self._parse_column_ops(interval)
        token, after = self._curr, self._next
        if token and after and after.token_type is TokenType.STRING and token.text.upper() in ("DATE", "TIME", "TIMESTAMP"):
            self._advance()
            return self._parse_column_ops(TypedLiteral(this=self._parse_string(), kind=token.text.upper()))
        if (
            token
            and token.text.upper() == "TIMESTAMP"
            and after
            and after.text.upper() == "WITH"
            and self._word("TIMESTAMP", "WITH", "LOCAL", "TIME", "ZONE")
        ):
            return self._parse_column_ops(TypedLiteral(this=self._parse_string(), kind="TIMESTAMP WITH LOCAL TIME ZONE"))
        if fallback_to_identifier:
            return self._parse_id_var()
        return self._parse_column()

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
        table = super()._parse_table_parts(*args, **kwargs)
        if table is not None and self._curr and self._curr.token_type is TokenType.HINT:
            table.set("hint", self._parse_hint())  # sqlglot sets `hints` anew behind the alias: see _with_hints
        return table

    def _parse_wordy(self, name: str) -> exp.Expr:
        """Arguments with words between them: ``EXTRACT(DAY FROM t)``, ``JSON_VALUE(a, 'p' NULL ON EMPTY)``."""
        parts: list[exp.Expr] = []
        while self._curr and self._curr.token_type is not TokenType.R_PAREN:
            token, after = self._curr, self._next
            word = "" if token.token_type in (TokenType.IDENTIFIER, TokenType.STRING) else token.text.upper()
            last = after is None or after.token_type in (TokenType.COMMA, TokenType.R_PAREN, TokenType.DOT)
            if token.token_type in (TokenType.COMMA, TokenType.COLON):
                parts.append(exp.var(token.text))
                self._advance()
            elif word == "RETURNING":
                self._advance()
                kind = self._flink_type()
                parts.extend([exp.var(word), kind] if kind is not None else [])
            elif (
                word in _BETWEEN
                or (word == "KEY" and not last)
                or (word == "ARRAY" and after and after.text.upper() == "WRAPPER")
                or (word in ("OBJECT", "ARRAY", "NULL") and after and after.text.upper() == "ON")
                or (word == "JSON" and last)
            ):
                parts.append(exp.var(word))
                self._advance()
            else:
                found = self._parse_table_argument() or self._parse_star() or self._parse_wordy_value(name)
                if found is None:
                    break
                parts.append(found)
        self._check_words(name, parts)
        return MiscFunction(this=name, expressions=parts)

    def _check_words(self, name: str, parts: list[exp.Expr]) -> None:
        """Refuses arguments without the words that Flink's grammar wants between them."""
        words = [part.name for part in parts if isinstance(part, exp.Var)]
        comma = "," in words
        wrong = (
            "IN" if name == "POSITION" and (comma or "IN" not in words)
            else "PLACING and FROM" if name == "OVERLAY" and (comma or not {"PLACING", "FROM"} <= set(words))
            else "FROM" if name == "TRIM" and comma
            else "TO and a unit" if name in ("FLOOR", "CEIL", "CEILING") and comma
            else "FROM or a comma" if name == "SUBSTRING" and "FOR" in words and "FROM" not in words
            else "VALUE or :" if name == "JSON_OBJECT" and comma and words.count(",") >= sum(w in ("VALUE", ":") for w in words)
            else None
        )
        if wrong is not None:
            self.raise_error(f"Expecting {wrong} between the arguments of {name}")

    def _parse_wordy_value(self, name: str) -> exp.Expr | None:
        if name == "POSITION":
            return self._parse_bitwise()
        if name.startswith("JSON_OBJECT"):
            return self._parse_bitwise()
        return (
            self._parse_distinct()
            if self._curr and self._curr.token_type is TokenType.DISTINCT
            else self._parse_disjunction()
        )

    def _parse_distinct(self) -> exp.Expr:
        self._advance()
        return exp.Distinct(expressions=self._parse_csv(self._parse_disjunction))

    def _parse_match_recognize(self) -> exp.MatchRecognize | None:
        if not self._match(TokenType.MATCH_RECOGNIZE):
            return None
        self._match_l_paren()
        node = e.MatchRecognize(partition_by=self._parse_partition_by(), order=self._parse_order())
        if self._word("MEASURES"):
            node.set("measures", self._parse_csv(self._parse_match_recognize_measure))
        for words in (("ONE", "ROW", "PER", "MATCH"), ("ALL", "ROWS", "PER", "MATCH")):
            if self._word(*words):
                node.set("rows", exp.var(" ".join(words)))
        if self._word("AFTER", "MATCH", "SKIP"):
            node.set("after", exp.var("AFTER MATCH SKIP " + self._skip_target()))
        self._expect("PATTERN")
        node.set("pattern", exp.var(self._pattern_text()))
        if self._word("WITHIN"):
            node.set("within", self._parse_interval())
        if self._word("SUBSET"):
            node.set("subset", self._parse_csv(self._parse_assignment))
        if self._word("DEFINE"):
            node.set("define", self._parse_csv(self._parse_name_as_expression))
        else:
            self.raise_error("Expecting DEFINE")
        if any(not isinstance(measure.this, exp.Alias) for measure in node.args.get("measures") or ()):
            self.raise_error("Expecting AS and a name behind each of the MEASURES", self._prev)
        self._match_r_paren()
        node.set("alias", self._parse_table_alias())
        return node

    def _skip_target(self) -> str:
        if self._word("PAST", "LAST", "ROW"):
            return "PAST LAST ROW"
        if self._word("TO", "NEXT", "ROW"):
            return "TO NEXT ROW"
        self._expect("TO")
        side = self._one_of(("FIRST", "LAST"))
        name = self.dialect.generate(self._identifier())
        return f"TO {side} {name}" if side else f"TO {name}"

    def _pattern_text(self) -> str:
        """The text between the parentheses of PATTERN."""
        self._match_l_paren()
        if self._curr and self._curr.token_type is TokenType.R_PAREN:
            self.raise_error("Expecting a pattern")
        depth, start, end = 1, self._curr, self._curr
        while self._curr:
            depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(self._curr.token_type, 0)
            if not depth:
                self._advance()
                return self._find_sql(start, end)
            end = self._curr
            self._advance()
        self.raise_error("Expecting )")
        return ""
