"""Types as Flink writes them (rule ``ExtendedDataType``)."""

from __future__ import annotations

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.words import QUOTED, WordParser

_UNITS = frozenset(
    f"{unit}{end}" for unit in ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND") for end in ("", "S")
)


class TypeParser(WordParser):
    """Parses types."""

    def _parse_types(
        self, check_func: bool = False, schema: bool = False, allow_identifiers: bool = True, with_collation: bool = False
    ) -> exp.Expr | None:
        if check_func or not self._curr:
            return super()._parse_types(check_func, schema, allow_identifiers, with_collation)
        return self._flink_type()

    def _flink_type(self) -> exp.Expr | None:
        """A type with precision, its NOT NULL, and ARRAY or MULTISET behind it (rule ``ExtendedDataType``)."""
        token = self._curr
        if token is None or token.token_type in (TokenType.STRING, TokenType.NUMBER):
            return None
        quoted = token.token_type is TokenType.IDENTIFIER
        if not quoted and not (token.text[:1].isalpha() or token.text[:1] == "_"):
            return None
        name = token.text if quoted else token.text.upper()
        kind: exp.Expr
        if not quoted and name == "ROW" and self._next and self._next.token_type in (TokenType.L_PAREN, TokenType.LT):
            kind = self._row_type()
        elif not quoted and name in ("ARRAY", "MULTISET", "MAP") and self._next and self._next.token_type is TokenType.LT:
            self._advance(2)
            inner = [self._flink_type()]
            if self._match(TokenType.COMMA):
                inner.append(self._flink_type())
            self._close_angle()
            kind = e.FlinkType(this=name, expressions=inner)
        elif not quoted and name in ("RAW", "STRUCTURED"):
            self._advance()
            close = TokenType.R_PAREN
            if not self._match(TokenType.L_PAREN):
                self._match(TokenType.LT)
                close = TokenType.GT
            parts: list[exp.Expr] = [self._text()]
            while self._match(TokenType.COMMA):
                parts.append(self._text() if name == "RAW" else self._row_field())
            self._match(close)
            kind = e.FlinkType(this=name, params=parts)
        elif not quoted and name == "INTERVAL":
            self._advance()
            unit = self._unit()
            kind = e.FlinkType(this="INTERVAL", params=[unit])
        else:
            kind = self._scalar_type(name, quoted)
        while True:
            if self._word("NOT", "NULL"):
                kind.set("nullable", False)
            elif self._word("NULL"):
                kind.set("nullable", True)
            elif self._word("ARRAY"):
                kind = e.FlinkType(this="ARRAY", expressions=[kind], suffix=True)
            elif self._word("MULTISET"):
                kind = e.FlinkType(this="MULTISET", expressions=[kind], suffix=True)
            else:
                return kind

    def _unit(self) -> exp.Expr:
        def one() -> str:
            token = self._curr
            word = token.text.upper() if token and token.token_type not in QUOTED else ""
            if word not in _UNITS:
                self.raise_error("Expecting an interval unit")
            self._advance()
            if self._match(TokenType.L_PAREN):
                sizes = ", ".join(str(s) for s in self._parse_csv(self._parse_number))
                self._match_r_paren()
                word += f"({sizes})"
            return word

        text = one()
        if self._word("TO"):
            text += " TO " + one()
        return exp.var(text)

    def _close_angle(self) -> None:
        if not self._match(TokenType.GT):
            self.raise_error("Expecting >")

    def _row_type(self) -> exp.Expr:
        self._advance()
        angle = self._match(TokenType.LT)
        if not angle:
            self._match_l_paren()
        fields: list[exp.Expr] = []
        close = TokenType.GT if angle else TokenType.R_PAREN
        if self._curr and self._curr.token_type is not close:
            fields.append(self._row_field())
            while self._match(TokenType.COMMA):
                fields.append(self._row_field())
        if not self._match(close):
            self.raise_error("Expecting >" if angle else "Expecting )")
        return e.FlinkType(this="ROW", expressions=fields, round=not angle)

    def _row_field(self) -> exp.Expr:
        name = self._identifier()
        kind = self._flink_type()
        return exp.ColumnDef(
            this=name,
            kind=kind,
            constraints=[exp.ColumnConstraint(kind=exp.CommentColumnConstraint(this=text))]
            if (text := self._type_comment())
            else [],
        )

    def _type_comment(self) -> exp.Expr | None:
        return self._parse_string() if self._curr and self._curr.token_type is TokenType.STRING else None

    def _scalar_type(self, name: str, quoted: bool) -> exp.Expr:
        if quoted:
            return e.FlinkType(this="USER", expressions=[self._name()])
        self._advance()
        if name == "DOUBLE" and self._word("PRECISION"):
            pass
        elif name in ("CHARACTER", "CHAR") and self._word("VARYING"):
            name = "VARCHAR"
        elif name == "BINARY" and self._word("VARYING"):
            name = "VARBINARY"
        if self._curr and self._curr.token_type is TokenType.DOT:
            self._retreat(self._index - 1)
            return e.FlinkType(this="USER", expressions=[self._name()])
        params: list[exp.Expr] = []
        if self._curr and self._curr.token_type is TokenType.L_PAREN:
            params = self._list(lambda: self._parse_number() or self._parse_var(any_token=True))
        zone = None
        if name in ("TIMESTAMP", "TIME"):
            if self._word("WITHOUT", "TIME", "ZONE"):
                zone = "WITHOUT TIME ZONE"
            elif self._word("WITH", "LOCAL", "TIME", "ZONE"):
                zone = "WITH LOCAL TIME ZONE"
            elif self._word("WITH", "TIME", "ZONE"):
                zone = "WITH TIME ZONE"
        return e.FlinkType(this=name, params=params, zone=zone)
