"""Types as Flink writes them (rule ``ExtendedDataType``)."""

from __future__ import annotations

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.words import QUOTED, WordParser

# the types of the grammar -> how many numbers may stand in parentheses behind the name
_SIZES: dict[str, int] = {
    **dict.fromkeys(("CHAR", "CHARACTER", "VARCHAR", "BINARY", "VARBINARY", "TIME", "TIMESTAMP", "TIMESTAMP_LTZ"), 1),
    **dict.fromkeys(("DECIMAL", "DEC", "NUMERIC", "ANY"), 2),
}
SCALARS = frozenset({
    *_SIZES, "BIGINT", "BITMAP", "BOOLEAN", "BYTES", "DATE", "DOUBLE", "DOUBLE PRECISION", "FLOAT", "INT", "INTEGER", "REAL",
    "SMALLINT", "STRING", "TINYINT", "VARIANT",
})
_JOINED = {"CHARACTER VARYING": "VARCHAR", "CHAR VARYING": "VARCHAR", "BINARY VARYING": "VARBINARY"}  # one token each
_ZONES = (("WITHOUT", "TIME", "ZONE"), ("WITH", "LOCAL", "TIME", "ZONE"))
_UNITS = frozenset(
    f"{unit}{end}" for unit in ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND") for end in ("", "S")
)

_SPANS = {
    "YEAR": ("MONTH",),
    "DAY": ("HOUR", "MINUTE", "SECOND"),
    "HOUR": ("MINUTE", "SECOND"),
    "MINUTE": ("SECOND",),
}


class TypeParser(WordParser):
    """Parses types."""

    def _parse_types(
        self, check_func: bool = False, schema: bool = False, allow_identifiers: bool = True, with_collation: bool = False
    ) -> exp.Expr | None:
        if check_func or not self._curr:
            return super()._parse_types(check_func, schema, allow_identifiers, with_collation)
        return self._flink_type(plain=not schema)

    def _flink_type(self, plain: bool = False) -> exp.Expr | None:
        """A type, its NOT NULL, and ARRAY or MULTISET behind it (rule ``ExtendedDataType``; of CAST ``DataType``, which has no
        NULL behind it: ``plain``)."""
        token = self._curr
        if token is None or token.token_type in (TokenType.STRING, TokenType.NUMBER):
            return None
        if token.token_type is TokenType.IDENTIFIER:
            kind: exp.Expr = e.FlinkType(this="USER", expressions=[self._name()])
        elif token.text[:1].isalpha() or token.text[:1] == "_":
            interval = plain and token.token_type is TokenType.INTERVAL
            kind = self._interval_type() if interval else self._named_type(token.text.upper())
        else:
            return None
        while True:
            told = plain or kind.args.get("nullable") is not None
            word = self._curr
            if not told and self._word("NOT", "NULL"):
                kind.set("nullable", False)
                kind.meta["nulls"] = (word.start, self._prev.end)
            elif not told and self._word("NULL"):
                kind.set("nullable", True)
                kind.meta["nulls"] = (word.start, self._prev.end)
            elif self._word("ARRAY"):
                kind = e.FlinkType(this="ARRAY", expressions=[kind], suffix=True)
            elif self._word("MULTISET"):
                kind = e.FlinkType(this="MULTISET", expressions=[kind], suffix=True)
            else:
                kind.meta["from"], kind.meta["until"] = token.start, self._prev.end
                return kind

    def _interval_type(self) -> exp.Expr:
        self._advance()
        return e.FlinkType(this="INTERVAL", params=[self._unit()])

    def _named_type(self, name: str) -> exp.Expr:
        if name == "ROW":
            return self._row_type()
        if name in ("ARRAY", "MULTISET") or (name == "MAP" and self._next and self._next.token_type is TokenType.LT):
            return self._collection_type(name)
        if name == "RAW":
            self._advance()
            parts = self._list(self._text, empty=False)
            if len(parts) != 2:
                self.raise_error("Expecting the class and the serializer of RAW", self._prev)
            return e.FlinkType(this=name, params=parts)
        if name == "STRUCTURED":
            self._advance()
            if not self._match(TokenType.LT):
                self.raise_error("Expecting <")
            structured = e.FlinkType(this=name, params=[self._text()])
            while self._match(TokenType.COMMA):
                structured.append("expressions", self._row_field())
            self._close_angle()
            return structured
        return self._scalar_type(name)

    def _collection_type(self, name: str) -> exp.Expr:
        self._advance()
        if not self._match(TokenType.LT):
            self.raise_error("Expecting <")
        inner = [self._flink_type()]
        if name == "MAP":
            if not self._match(TokenType.COMMA):
                self.raise_error("Expecting ,")
            inner.append(self._flink_type())
        if None in inner:
            self.raise_error("Expecting a type")
        self._close_angle()
        return e.FlinkType(this=name, expressions=inner)

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
            first = text.partition("(")[0].rstrip("S")
            last = one()
            if last.partition("(")[0].rstrip("S") not in _SPANS.get(first, ()):
                self.raise_error(f"No interval runs from {first} to {last}", self._prev)
            text += " TO " + last
        return exp.var(text)

    def _close_angle(self) -> None:
        if not self._match(TokenType.GT):
            self.raise_error("Expecting >")

    def _row_type(self) -> exp.Expr:
        self._advance()
        if self._match(TokenType.NEQ):
            return e.FlinkType(this="ROW")
        angle = self._match(TokenType.LT)
        if not angle and not self._match(TokenType.L_PAREN):
            self.raise_error("Expecting < or (")
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
        if kind is None:
            self.raise_error("Expecting a type")
        return exp.ColumnDef(
            this=name,
            kind=kind,
            constraints=[exp.ColumnConstraint(kind=exp.CommentColumnConstraint(this=text))]
            if (text := self._type_comment())
            else [],
        )

    def _type_comment(self) -> exp.Expr | None:
        return self._parse_string() if self._curr and self._curr.token_type is TokenType.STRING else None

    def _scalar_type(self, name: str) -> exp.Expr:
        after = self._next
        name = _JOINED.get(name, name)
        if name not in SCALARS or (after and after.token_type is TokenType.DOT):
            if name in self._reserved:
                self.raise_error("Expecting a type")
            if name == "GEOMETRY":
                self.raise_error("Geo-spatial extensions and the GEOMETRY data type are not enabled")
            return e.FlinkType(this="USER", expressions=[self._name()])
        self._advance()
        if name == "DOUBLE":
            self._word("PRECISION")
        elif name in ("CHARACTER", "CHAR") and self._word("VARYING"):
            name = "VARCHAR"
        elif name == "BINARY" and self._word("VARYING"):
            name = "VARBINARY"
        params: list[exp.Expr] = []
        most = _SIZES.get(name, 0)
        if most and self._curr and self._curr.token_type is TokenType.L_PAREN:
            params = self._list(self._size, empty=False)
            if len(params) > most:
                self.raise_error("Expecting )", self._prev)
        zone = None
        if name in ("TIMESTAMP", "TIME"):
            zone = next((" ".join(words) for words in _ZONES if self._word(*words)), None)
        elif name in ("VARCHAR", "CHAR", "CHARACTER") and (self._word("CHARACTER SET") or self._word("CHARACTER", "SET")):
            zone = f"CHARACTER SET {self.dialect.generate(self._identifier())}"
        return e.FlinkType(this=name, params=params, zone=zone)

    def _size(self) -> exp.Expr:
        negative = self._match(TokenType.DASH)
        size = self._parse_number()
        if size is None or not size.name.isdigit():
            self.raise_error("Expecting a whole number", self._curr if size is None else self._prev)
        return exp.Neg(this=size) if negative else size or exp.Literal.number(0)
