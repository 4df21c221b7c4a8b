"""Flink's grammar where it differs from sqlglot's base.

A first part: what common projects write. Flink's own grammar (``parserImpls.ftl``) is the measure.
"""

from __future__ import annotations

import typing as t

from sqlglot import TokenType, exp, parser

from flinksql_runner.dialect.expressions import Descriptor, MetadataColumn, OnConflictDo, TableArgument


class FlinkParser(parser.Parser):
    """Parses Flink SQL; names of functions that sqlglot does not know are kept as they are written."""

    STRICT_CAST = True

    CONSTRAINT_PARSERS: t.ClassVar[dict[str, t.Callable[..., t.Any]]] = {
        **parser.Parser.CONSTRAINT_PARSERS,
        "METADATA": lambda self: self._parse_metadata(),
        "WATERMARK": lambda self: self._parse_watermark(),
    }
    SCHEMA_UNNAMED_CONSTRAINTS: t.ClassVar[set[str]] = {*parser.Parser.SCHEMA_UNNAMED_CONSTRAINTS, "WATERMARK"}

    FUNC_TOKENS: t.ClassVar[set[TokenType]] = {*parser.Parser.FUNC_TOKENS, TokenType.SESSION}

    FUNCTION_PARSERS: t.ClassVar[dict[str, t.Callable[..., t.Any]]] = {
        **parser.Parser.FUNCTION_PARSERS,
        "JSON_VALUE": lambda self: self._parse_json_value(),
        "DESCRIPTOR": lambda self: Descriptor(expressions=self._parse_csv(self._parse_column)),
    }

    def validate_expression(self, expression: t.Any, args: list[t.Any] | None = None) -> t.Any:
        """As sqlglot's; but a function that it knows with other arguments is one of the user's, under the same name."""
        if isinstance(expression, exp.Func) and args is not None and expression.error_messages(args):
            return exp.Anonymous(this=expression.sql_name(), expressions=args)
        return super().validate_expression(expression, args)

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
        if not self._match(TokenType.TABLE):
            self._retreat(index)
            return None
        table = self._parse_table_parts() if not self._match(TokenType.L_PAREN, advance=False) else self._parse_wrapped(
            self._parse_statement)
        partition = self._parse_column_or_columns() if self._match(TokenType.PARTITION_BY) else None
        order = exp.Order(expressions=self._parse_ordered_columns()) if self._match(TokenType.ORDER_BY) else None
        argument: exp.Expression = TableArgument(this=table, partition_by=partition, order=order)
        return exp.Kwarg(this=name, expression=argument) if name is not None else argument

    def _parse_column_or_columns(self) -> list[t.Any]:
        """One column, or several in parentheses: a comma without them starts the next argument."""
        if self._match(TokenType.L_PAREN, advance=False):
            return self._parse_wrapped_csv(self._parse_column)
        return [self._parse_column()]

    def _parse_ordered_columns(self) -> list[t.Any]:
        if self._match(TokenType.L_PAREN, advance=False):
            return self._parse_wrapped_csv(self._parse_ordered)
        return [self._parse_ordered()]

    def _parse_types(self, *args: t.Any, **kwargs: t.Any) -> exp.Expr | None:
        """As sqlglot's, with NOT NULL and NULL behind a type inside another one."""
        self._type_depth += 1
        try:
            parsed = super()._parse_types(*args, **kwargs)
        finally:
            self._type_depth -= 1
        if self._type_depth and isinstance(parsed, exp.DataType):
            if self._match_text_seq("NOT", "NULL"):
                parsed.set("nullable", False)
            elif self._match_text_seq("NULL"):
                parsed.set("nullable", True)
        return parsed

    def reset(self) -> None:
        """As sqlglot's: forgets the statement before."""
        super().reset()
        self._type_depth = 0

    def _parse_table(self, *args: t.Any, **kwargs: t.Any) -> exp.Expr | None:
        if self._curr and self._curr.token_type == TokenType.TABLE and self._next and self._next.token_type == TokenType.L_PAREN:
            return self._parse_table_function()
        return super()._parse_table(*args, **kwargs)

    def _parse_table_function(self) -> exp.Expression:
        """``TABLE(f(...)) AS t(a, b)`` of a FROM clause."""
        self._advance()
        function = self._parse_wrapped(self._parse_function)
        table = exp.Table(this=exp.Anonymous(this="TABLE", expressions=[function]))
        alias = self._parse_table_alias()
        if alias is not None:
            table.set("alias", alias)
        return table
