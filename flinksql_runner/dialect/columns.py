"""Columns, constraints and watermarks of tables (rules ``TableColumn``, ``TableConstraint``, ``Watermark``)."""

from __future__ import annotations

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.datatypes import TypeParser


class ColumnParser(TypeParser):
    """Parses the columns of a table."""

    def _element(self) -> exp.Expr:
        """An element of a column list (rule ``TableColumn``)."""
        if self._word("WATERMARK"):
            self._expect("FOR")
            column = self._parse_column()
            self._expect("AS")
            return exp.WatermarkColumnConstraint(this=column, expression=self._parse_disjunction())
        constraint = self._constraint()
        if constraint is not None:
            return constraint
        return self._column()

    def _constraint(self) -> exp.Expr | None:
        index = self._index
        name = self._identifier() if self._word("CONSTRAINT") else None
        primary = self._match(TokenType.PRIMARY_KEY) or self._word("PRIMARY", "KEY")
        if not primary and not (self._word("UNIQUE") and self._curr and self._curr.token_type is TokenType.L_PAREN):
            if name is not None:
                self.raise_error("Expecting PRIMARY KEY or UNIQUE")
            self._retreat(index)
            return None
        columns = self._names()
        return e.KeyConstraint(this=name, unique=not primary, expressions=columns, enforced=self._enforced())

    def _enforced(self) -> bool | None:
        return False if self._word("NOT", "ENFORCED") else True if self._word("ENFORCED") else None

    def _column(self) -> exp.Expr:
        name: exp.Expr = self._identifier()
        while self._match(TokenType.DOT):
            name = exp.Dot(this=name, expression=self._identifier())
        constraints: list[exp.Expr] = []
        kind: exp.Expr | None = None
        if self._word("AS"):
            constraints.append(exp.ComputedColumnConstraint(this=self._parse_disjunction()))
        elif self._curr and self._curr.token_type not in (TokenType.COMMA, TokenType.R_PAREN):
            kind = self._flink_type()
            if isinstance(kind, e.FlinkType) and kind.args.get("nullable") is not None:
                constraints.append(exp.NotNullColumnConstraint(allow_null=bool(kind.args["nullable"])))
                kind.set("nullable", None)
            self._column_constraints(constraints)
        text = self._comment()
        if text is not None:
            constraints.append(exp.CommentColumnConstraint(this=text))
        column = exp.ColumnDef(this=name, kind=kind, constraints=[exp.ColumnConstraint(kind=c) for c in constraints])
        if self._word("FIRST"):
            return e.PlacedColumn(this=column)
        if self._word("AFTER"):
            return e.PlacedColumn(this=column, after=self._dotted())
        return column

    def _dotted(self) -> exp.Expr:
        name: exp.Expr = self._identifier()
        while self._match(TokenType.DOT):
            name = exp.Dot(this=name, expression=self._identifier())
        return name

    def _column_constraints(self, constraints: list[exp.Expr]) -> None:
        while True:
            index = self._index
            name = self._identifier() if self._word("CONSTRAINT") else None
            if self._match(TokenType.PRIMARY_KEY) or self._word("PRIMARY", "KEY"):
                constraints.append(e.KeyConstraint(this=name, enforced=self._enforced()))
            elif self._word("UNIQUE"):
                constraints.append(e.KeyConstraint(this=name, unique=True, enforced=self._enforced()))
            elif self._word("METADATA"):
                source = self._text() if self._word("FROM") else None
                constraints.append(e.MetadataColumn(this=source, virtual=self._word("VIRTUAL")))
            else:
                self._retreat(index)
                return

    def _distribution(self, *leading: str) -> e.Distribution | None:
        if not self._word(*leading):
            return None
        kind = None
        columns: list[exp.Expr] = []
        if self._word("BY"):
            kind = self._one_of(("HASH", "RANGE"))
            columns = self._names()
        buckets = None
        if self._word("INTO"):
            buckets = self._parse_number()
            self._expect("BUCKETS")
        return e.Distribution(kind=kind, expressions=columns, buckets=buckets)

    def _partitioned(self) -> list[exp.Expr] | None:
        if self._word("PARTITIONED BY") or self._word("PARTITIONED", "BY"):
            return self._names()
        return None

    def _elements(self, kind: str) -> list[exp.Expr]:
        """The columns of a table: names alone, or each with its type."""
        elements: list[exp.Expr] = self._list(self._element, empty=False)
        columns = [c for c in elements if isinstance(c, exp.ColumnDef)]
        bare = [c for c in columns if c.args.get("kind") is None and not c.args.get("constraints")]
        if bare and (len(bare) < len(columns) or kind == "ALTER"):
            self.raise_error("Expecting a type for each column, or for none", self._prev)
        if sum(isinstance(c, exp.WatermarkColumnConstraint) for c in elements) > 1:
            self.raise_error("Multiple WATERMARK statements is not supported yet", self._prev)
        return elements
