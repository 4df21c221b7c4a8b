"""Columns, constraints and watermarks of tables (rules ``TableColumn``, ``TableConstraint``, ``Watermark``)."""

from __future__ import annotations

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.datatypes import TypeParser
from flinksql_runner.dialect.words import placed


class ColumnParser(TypeParser):
    """Parses the columns of a table."""

    def _element(self, placed: bool = False) -> exp.Expr:
        """An element of a column list (rule ``TableColumn``)."""
        if self._word("WATERMARK"):
            self._expect("FOR")
            column = self._parse_column()
            if column is None:
                self.raise_error("Expecting a column behind FOR")
            self._expect("AS")
            return exp.WatermarkColumnConstraint(this=column, expression=self._scalar())
        constraint = self._constraint()
        if constraint is not None:
            return constraint
        return self._column(placed)

    @placed
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

    def _column(self, placed: bool = False) -> exp.Expr:
        name = self._dotted()
        constraints: list[exp.Expr] = []
        kind: exp.Expr | None = None
        if self._word("AS"):
            constraints.append(exp.ComputedColumnConstraint(this=self._scalar()))
        elif self._curr and self._curr.token_type not in (TokenType.COMMA, TokenType.R_PAREN):
            kind = self._flink_type()
            if isinstance(kind, e.FlinkType) and kind.args.get("nullable") is not None:
                told = exp.NotNullColumnConstraint(allow_null=bool(kind.args["nullable"]))
                told.meta["from"], told.meta["until"] = kind.meta["nulls"]
                constraints.append(told)
                kind.set("nullable", None)
            constraint = self._column_constraint()
            if constraint is not None:
                constraints.append(constraint)
        text = self._comment()
        if text is not None:
            constraints.append(exp.CommentColumnConstraint(this=text))
        column = exp.ColumnDef(this=name, kind=kind, constraints=[exp.ColumnConstraint(kind=c) for c in constraints])
        if not placed:
            return column
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

    def _scalar(self) -> exp.Expr | None:
        found = self._parse_disjunction()
        if found is None:
            self.raise_error("Expecting an expression")
        if isinstance(found, exp.Query | exp.Subquery):
            self.raise_error("Query expression encountered in illegal context", self._prev)
        return found

    @placed
    def _column_constraint(self) -> exp.Expr | None:
        """``METADATA [FROM 'key'] [VIRTUAL]``, ``[CONSTRAINT a] PRIMARY KEY | UNIQUE [NOT ENFORCED]``."""
        if self._word("METADATA"):
            source = self._text() if self._word("FROM") else None
            return e.MetadataColumn(this=source, virtual=self._word("VIRTUAL"))
        name = self._identifier() if self._word("CONSTRAINT") else None
        if self._match(TokenType.PRIMARY_KEY) or self._word("PRIMARY", "KEY"):
            return e.KeyConstraint(this=name, enforced=self._enforced())
        if self._word("UNIQUE"):
            return e.KeyConstraint(this=name, unique=True, enforced=self._enforced())
        if name is not None:
            self.raise_error("Expecting PRIMARY KEY or UNIQUE")
        return None

    @placed
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
            if buckets is None or not buckets.name.isdigit():
                self.raise_error("Bucket count must be a positive integer", self._curr if buckets is None else self._prev)
            self._expect("BUCKETS")
        if not columns and buckets is None:
            self.raise_error("Expecting BY or INTO")
        return e.Distribution(kind=kind, expressions=columns, buckets=buckets)

    def _partitioned(self) -> list[exp.Expr] | None:
        if self._word("PARTITIONED BY") or self._word("PARTITIONED", "BY"):
            return self._names()
        return None

    def _elements(self, kind: str) -> list[exp.Expr]:
        """The columns of a table: names alone, or each with its type."""
        elements: list[exp.Expr] = self._list(lambda: self._element(placed=kind == "ALTER"), empty=False)
        columns = [c for c in elements if isinstance(c, exp.ColumnDef)]
        bare = [c for c in columns if c.args.get("kind") is None and not c.args.get("constraints")]
        if bare and (len(bare) < len(columns) or kind == "ALTER"):
            self.raise_error("Expecting a type for each column, or for none", self._prev)
        if bare and any(isinstance(c, e.KeyConstraint | exp.WatermarkColumnConstraint) for c in elements):
            self.raise_error("Expecting names of columns alone, or columns with types", self._prev)
        if sum(isinstance(c, exp.WatermarkColumnConstraint) for c in elements) > 1:
            self.raise_error("Multiple WATERMARK statements is not supported yet", self._prev)
        return elements
