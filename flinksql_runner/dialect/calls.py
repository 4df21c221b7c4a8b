"""Calls of functions: their arguments, words between arguments, constructors in brackets, escapes in braces.

Rules ``NamedFunctionCall``, ``BuiltinFunctionCall``, ``FunctionParameterList``, ``JdbcFunctionCall``, ``TableFunction``.
"""

from __future__ import annotations

import typing as t
from itertools import pairwise

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.datatypes import SCALARS
from flinksql_runner.dialect.operators import OperatorParser
from flinksql_runner.dialect.words import placed

WORDY = frozenset({
    "EXTRACT", "TRIM", "SUBSTRING", "OVERLAY", "POSITION", "CEIL", "CEILING", "FLOOR", "JSON_VALUE", "JSON_QUERY", "JSON_EXISTS",
    "JSON_OBJECT", "JSON_ARRAY", "JSON_OBJECTAGG", "JSON_ARRAYAGG",
})
_BETWEEN = frozenset({
    "FROM", "FOR", "PLACING", "BOTH", "LEADING", "TRAILING", "TO", "IN", "ON", "EMPTY", "ERROR", "DEFAULT", "WITHOUT", "WITH",
    "CONDITIONAL", "UNCONDITIONAL", "WRAPPER", "ABSENT", "VALUE", "UNKNOWN", "FORMAT", "UNIQUE", "KEYS",
})
_OPEN = frozenset({",", ":", "VALUE", "FROM", "FOR", "PLACING", "TO", "IN", "KEY", "DEFAULT"})  # want a value behind them
_ENDS = (TokenType.COMMA, TokenType.R_PAREN)
_OFFSETS = frozenset({"OFFSET", "ORDINAL", "SAFE_OFFSET", "SAFE_ORDINAL"})
_TYPES = frozenset({"ROW", "ARRAY", "MULTISET", "MAP"})  # besides the scalar ones


class CallParser(OperatorParser):
    """Parses calls."""

    BRACKETS: t.ClassVar[frozenset[TokenType]] = frozenset({TokenType.L_BRACKET})

    # arguments

    def _parse_function_args(self, alias: bool = False) -> list[exp.Expr]:
        """The arguments, the first perhaps behind DISTINCT or ALL (rule ``FunctionParameterList``); none has an alias."""
        token = self._curr
        if token.token_type is TokenType.R_PAREN:
            return []
        if token.token_type in (TokenType.DISTINCT, TokenType.ALL) and not (
            token.token_type is TokenType.ALL and self._next and self._next.token_type is TokenType.L_PAREN
        ):
            self._advance()
            kind = exp.Distinct if token.token_type is TokenType.DISTINCT else e.AllOf
            found = self._parse_csv(self._parse_lambda)
            if not found:
                self.raise_error("Expecting an expression")
            return [self._ordered_argument(kind(expressions=found))]
        ordered = self._tokens[self._index - 2].text.upper() == "ARRAY_AGG"
        found = self._parse_csv(self._parse_lambda)
        if ordered and found:
            found[-1] = self._ordered_argument(found[-1])
        if len(found) > 1 and any(isinstance(item, exp.Star) for item in found):
            self.raise_error("Expecting ) behind *", self._prev)
        return found

    def _ordered_argument(self, this: exp.Expr) -> exp.Expr:
        """``ARRAY_AGG(a IGNORE NULLS ORDER BY b)``: no other function of Flink's takes them between its parentheses."""
        for word, kind in (("IGNORE", exp.IgnoreNulls), ("RESPECT", exp.RespectNulls)):
            if self._word(word, "NULLS"):
                this = kind(this=this)
        return self._parse_order(this) or this

    def _parse_lambda(self, alias: bool = False) -> exp.Expr | None:
        """An argument: a value, a query, ``name => value``, ``TABLE t PARTITION BY a``, ``MODEL m``."""
        token, after = self._curr, self._next
        if after is not None and after.token_type in _ENDS and (atom := self._parse_atom()) is not None:
            return atom
        if after is not None and after.token_type is TokenType.FARROW:
            name = self._parse_id_var(any_token=True)
            self._advance()
            value = self._argument_value()
            if value is None:
                self.raise_error("Expecting a value behind =>")
            return exp.Kwarg(this=name, expression=value)
        if token.token_type is TokenType.STAR:
            return self._parse_star()
        return self._argument_value()

    def _argument_value(self) -> exp.Expr | None:
        token, after = self._curr, self._next
        if token.token_type is TokenType.TABLE:
            return self._table_argument()
        if after is not None and after.token_type in (TokenType.VAR, TokenType.IDENTIFIER) and token.text.upper() == "MODEL":
            self._advance()
            return e.ModelArgument(this=self._name())
        value = self._parse_select() or self._parse_disjunction()
        if isinstance(value, exp.Subquery) and self._curr.token_type in (TokenType.PARTITION_BY, TokenType.ORDER_BY):
            return self._spread_table(value)
        return value

    @placed
    def _table_argument(self) -> exp.Expr:
        """``TABLE name`` with PARTITION BY and ORDER BY (rule ``TableFunction``)."""
        self._advance()
        if self._curr and self._curr.token_type is TokenType.L_PAREN:
            self.raise_error("Expecting the name of a table behind TABLE; a query stands in parentheses without TABLE")
        return self._spread_table(self._name())

    def _spread_table(self, table: exp.Expr) -> exp.Expr:
        partition = self._parse_column_or_columns() if self._match(TokenType.PARTITION_BY) else None
        order = None
        if self._match(TokenType.ORDER_BY):
            word = self._prev
            order = exp.Order(expressions=self._parse_ordered_columns())
            order.meta["keyword"] = (word.start, word.end)
        return e.TableArgument(this=table, partition_by=partition, order=order)

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

    # words between arguments

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
                or (word in ("OBJECT", "ARRAY", "NULL", "TRUE", "FALSE") and after and after.text.upper() == "ON")
                or (word == "JSON" and last)
            ):
                parts.append(exp.var(word))
                self._advance()
            else:
                if parts and not isinstance(parts[-1], exp.Var):
                    self.raise_error("Expecting , or )")
                found = self._parse_star() or self._parse_wordy_value(name)
                if found is None:
                    break
                parts.append(found)
        self._check_words(name, parts)
        return e.MiscFunction(this=name, expressions=parts)

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
            else "a value" if not parts and name not in ("JSON_OBJECT", "JSON_ARRAY")
            else "one word" if any(
                isinstance(one, exp.Var) and one.name in _OPEN and one == two for one, two in pairwise(parts)
            )
            else "a value behind the last word" if words and isinstance(parts[-1], exp.Var) and words[-1] in _OPEN
            else "a comma and a path" if name in ("JSON_VALUE", "JSON_QUERY", "JSON_EXISTS") and not comma
            else "VALUE or :" if name == "JSON_OBJECTAGG" and not {"VALUE", ":"} & set(words)
            else "a key" if name == "JSON_OBJECTAGG" and words[0] in ("VALUE", ":") and isinstance(parts[0], exp.Var)
            else "VALUE or :" if name == "JSON_OBJECT" and comma and words.count(",") >= sum(w in ("VALUE", ":") for w in words)
            else None
        )
        if wrong is not None:
            self.raise_error(f"Expecting {wrong} between the arguments of {name}")

    def _parse_wordy_value(self, name: str) -> exp.Expr | None:
        if name == "POSITION" or name.startswith("JSON_OBJECT"):
            return self._parse_bitwise()
        return self._parse_distinct() if self._curr.token_type is TokenType.DISTINCT else self._parse_disjunction()

    def _parse_distinct(self) -> exp.Expr:
        self._advance()
        return exp.Distinct(expressions=self._parse_csv(self._parse_disjunction))

    def _parse_conversion(self) -> exp.Expr:
        """``CONVERT(INT, a [, style])``, ``CONVERT(a USING c)``, ``CONVERT(a, c, d)``."""
        token = self._curr
        word = token.text.upper() if token.token_type is not TokenType.IDENTIFIER else ""
        after = self._next.token_type if self._next else None
        comma = exp.var(",")
        if self._is_type(word) and after in (TokenType.COMMA, TokenType.L_PAREN, TokenType.LT):
            kind = self._flink_type(plain=True)
            self._comma()
            parts = [kind, comma, self._value()]
            if self._match(TokenType.COMMA):
                parts += [comma, self._parse_null() or self._parse_number()]
        else:
            parts = [self._value()]
            if self._word("USING"):
                parts += [exp.var("USING"), self._identifier()]
            else:
                for _ in range(2):
                    self._comma()
                    parts += [comma, self._identifier()]
        return e.MiscFunction(this="CONVERT", expressions=parts)

    def _parse_translate(self) -> exp.Expr:
        """``TRANSLATE(a USING c)``, or a call as any other."""
        first = self._parse_lambda()
        if first is not None and self._word("USING"):
            return e.MiscFunction(this="TRANSLATE", expressions=[first, exp.var("USING"), self._identifier()])
        arguments = [] if first is None else [first]
        while self._match(TokenType.COMMA):
            arguments.append(self._value())
        return exp.Anonymous(this="TRANSLATE", expressions=arguments)

    def _is_type(self, word: str) -> bool:
        return word in SCALARS or word in _TYPES

    def _comma(self) -> None:
        if not self._match(TokenType.COMMA):
            self.raise_error("Expecting ,")

    # constructors and accesses in brackets

    def _parse_bracket(self, this: exp.Expr | None = None) -> exp.Expr | None:
        """``a[1]``, ``a['k']``, ``a[OFFSET(0)]``."""
        while this is not None and self._match(TokenType.L_BRACKET):
            word = self._curr.text.upper()
            if word in _OFFSETS and self._next and self._next.token_type is TokenType.L_PAREN:
                self._advance(2)
                index: exp.Expr = exp.Anonymous(this=word, expressions=[self._value()])
                self._match_r_paren()
            else:
                index = self._value()
            self._close_bracket()
            this = exp.Bracket(this=this, expressions=[index], offset=1)
        return this

    def _close_bracket(self) -> None:
        if not self._match(TokenType.R_BRACKET):
            self.raise_error("Expecting ]")

    def _constructor(self, word: str) -> exp.Expr:
        """``ARRAY[1]``, ``MAP['k', 1]``, ``MULTISET[1]`` (rules ``ArrayConstructor`` ...)."""
        self._advance(2)
        items = [] if self._curr.token_type is TokenType.R_BRACKET else self._parse_csv(self._parse_disjunction)
        if word == "MULTISET" and not items:
            self.raise_error("Require at least 1 argument")
        if word == "MAP" and len(items) % 2:
            self.raise_error("Map requires an even number of arguments")
        self._close_bracket()
        if word == "MAP":
            return exp.Map(keys=exp.Array(expressions=items[::2]), values=exp.Array(expressions=items[1::2]))
        return exp.Array(expressions=items) if word == "ARRAY" else e.MultisetOf(expressions=items)

    # words before values, escapes in braces

    def _sequence_value(self, word: str) -> exp.Expr:
        """``NEXT VALUE FOR s``, ``CURRENT VALUE FOR s``."""
        self._expect(word, "VALUE", "FOR")
        return e.SequenceValue(this=self._name(), kind=word)

    def _running(self) -> exp.Expr | None:
        """``RUNNING LAST(a)``, ``FINAL LAST(a)`` (rule ``MatchRecognizeFunctionCall``)."""
        kind = self._curr.text.upper()
        self._advance()
        function = self._parse_function()
        if function is None:
            self.raise_error(f"Expecting a function behind {kind}")
        return e.MatchSemantics(this=function, kind=kind)

    def _jdbc(self) -> exp.Expr | None:
        """``{d '2020-01-01'}``, ``{t ...}``, ``{ts ...}``, ``{fn LCASE(a)}``."""
        self._advance()
        word = self._curr.text.upper()
        self._advance()
        if word in ("D", "T", "TS"):
            found: exp.Expr = e.JdbcLiteral(this=self._text(), kind=word.lower())
        elif word == "FN":
            found = e.JdbcFunction(this=self._jdbc_call())
        else:
            self.raise_error("Expecting d, t, ts or fn behind {", self._prev)
            return None
        if not self._match(TokenType.R_BRACE):
            self.raise_error("Expecting }")
        return found

    def _jdbc_call(self) -> exp.Expr:
        name = self._curr.text
        self._advance()
        self._match_l_paren()
        if name.upper() == "CONVERT":
            value = self._value()
            self._comma()
            kind = self._flink_type() if self._is_type(self._curr.text.upper()) else self._identifier()
            arguments: list[t.Any] = [value, kind]
        else:
            arguments = self._parse_function_args()
        self._match_r_paren()
        return exp.Anonymous(this=name, expressions=arguments)
