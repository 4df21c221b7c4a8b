"""Types, clauses and accesses of other dialects as Flink's: what is no function (see ``foreign``)."""

from __future__ import annotations

from sqlglot import exp, generator

from flinksql_runner.dialect import foreign

_NO_TYPES = frozenset({
    exp.DType.JSON, exp.DType.JSONB, exp.DType.UUID, exp.DType.SERIAL, exp.DType.BIGSERIAL, exp.DType.SMALLSERIAL, exp.DType.XML,
    exp.DType.INET, exp.DType.HSTORE, exp.DType.GEOMETRY, exp.DType.GEOGRAPHY, exp.DType.OBJECT, exp.DType.INT128,
    exp.DType.INT256, exp.DType.UBIGINT, exp.DType.UINT, exp.DType.ENUM, exp.DType.MONEY, exp.DType.INTERVAL,
})
_NO_CONSTRAINTS = frozenset({
    exp.DefaultColumnConstraint, exp.AutoIncrementColumnConstraint, exp.GeneratedAsIdentityColumnConstraint,
    exp.CheckColumnConstraint, exp.UniqueColumnConstraint, exp.Reference, exp.CollateColumnConstraint,
})


class ForeignGenerator(generator.Generator):
    """Writes what another dialect parsed, where Flink has it, and tells what it has not."""

    def spaced(self, *parts: str | exp.Expression | None) -> str:
        """The parts that are there, with a space between."""
        written = (self.sql(part) if isinstance(part, exp.Expr) else part for part in parts)
        return " ".join(part for part in written if part)

    def listed(self, node: exp.Expression) -> str:
        """The list of a node, on one line."""
        return ", ".join(self.sql(item) for item in node.expressions)

    def star_sql(self, expression: exp.Star) -> str:
        """``*``."""
        if any(expression.args.get(key) for key in ("except_", "replace", "rename", "except")):
            self.unsupported("* with EXCEPT, REPLACE or RENAME: name the columns")
        return super().star_sql(expression)

    def bracket_sql(self, expression: exp.Bracket) -> str:
        """``a[1]``: Flink counts from 1; where the other product counts from 0, only a number can be told from a key."""
        index = expression.expressions[0] if len(expression.expressions) == 1 else None
        number = isinstance(index, exp.Literal) and not index.is_string
        if expression.args.get("offset") != 1 and index is not None and not isinstance(index, exp.Literal):
            self.unsupported("the place in an array by an expression: other products count from 0")
        if expression.args.get("json_access") or index is None:
            self.unsupported("this access in brackets")
        if not number or expression.args.get("offset") == 1:
            return f"{self.sql(expression, 'this')}[{self.listed(expression)}]"
        return super().bracket_sql(expression)

    def lateral_sql(self, expression: exp.Lateral) -> str:
        """``LATERAL TABLE(...)``; LATERAL VIEW EXPLODE as a join with UNNEST."""
        this, alias = expression.this, expression.args.get("alias")
        if expression.args.get("view") and type(this) is exp.Explode:
            columns = f" AS {self.sql(alias)}" if alias else ""
            if expression.args.get("outer"):
                return self.seg(f"LEFT JOIN UNNEST({self.sql(this, 'this')}){columns} ON TRUE")
            return self.seg(f"CROSS JOIN UNNEST({self.sql(this, 'this')}){columns}")
        if expression.args.get("view") or isinstance(this, exp.Explode):
            self.unsupported(f"LATERAL with {this.sql_name() if isinstance(this, exp.Func) else this.key.upper()}")
        if isinstance(this, exp.Unnest):
            if alias is not None:
                this.set("alias", alias.copy())
            return self.sql(this)
        return super().lateral_sql(expression)

    def unnest_sql(self, expression: exp.Unnest) -> str:
        """``UNNEST(a) AS t (b)``: a lone alias is the name of the column too, as in PostgreSQL."""
        alias, offset = expression.args.get("alias"), expression.args.get("offset")
        if isinstance(offset, exp.Expr) and (alias is None or alias.this is None):
            self.unsupported("UNNEST ... WITH OFFSET: Flink's ORDINALITY counts from 1")
        if isinstance(alias, exp.TableAlias) and alias.this is not None and not alias.columns and "until" not in expression.meta:
            alias.set("columns", [alias.this.copy()])
        return super().unnest_sql(expression)

    def group_sql(self, expression: exp.Group) -> str:
        """``GROUP BY``; WITH ROLLUP and WITH CUBE as functions of the columns."""
        for key, word in (("rollup", "ROLLUP"), ("cube", "CUBE")):
            found = expression.args.get(key)
            if found and expression.expressions and not any(part.expressions for part in found):
                return f"{self.seg('GROUP BY')} {word} ({self.listed(expression)})"
        return super().group_sql(expression)

    def onconflict_sql(self, expression: exp.OnConflict) -> str:
        """``ON CONFLICT`` of another product."""
        self.unsupported("ON CONFLICT: Flink's sinks write by their primary key")
        return super().onconflict_sql(expression)

    def primarykeycolumnconstraint_sql(self, expression: exp.PrimaryKeyColumnConstraint) -> str:
        """``PRIMARY KEY NOT ENFORCED``: Flink enforces none."""
        return "PRIMARY KEY NOT ENFORCED"

    def primarykey_sql(self, expression: exp.PrimaryKey) -> str:
        """``PRIMARY KEY (a) NOT ENFORCED``."""
        columns = ", ".join(self.sql(exp.to_identifier(part.name)) for part in expression.expressions)
        return f"PRIMARY KEY ({columns}) NOT ENFORCED"

    def columnconstraint_sql(self, expression: exp.ColumnConstraint) -> str:
        """A constraint of a column, where Flink has it."""
        kind = expression.args.get("kind")
        if kind is not None and type(kind) in _NO_CONSTRAINTS:
            self.unsupported(f"{kind.key.removesuffix('columnconstraint').upper()} of a column")
        return super().columnconstraint_sql(expression)

    def datatype_sql(self, expression: exp.DataType) -> str:
        """A type of another dialect as Flink's."""
        kind, params = expression.this, expression.expressions
        if kind in _NO_TYPES:
            self.unsupported(f"the type {kind.value}")
        if kind in (exp.DType.VARCHAR, exp.DType.NVARCHAR, exp.DType.TEXT, exp.DType.NAME) and not params:
            return "STRING"
        if kind in (exp.DType.BINARY, exp.DType.VARBINARY) and not params:
            return "BYTES"
        if kind is exp.DType.DECIMAL and not params:
            self.unsupported("DECIMAL without precision: Flink's is DECIMAL(10, 0)")
        if kind is exp.DType.STRUCT:
            fields = ", ".join(
                self.spaced(f.this, f.args.get("kind")) if isinstance(f, exp.ColumnDef) else f"f{i} {self.sql(f)}"
                for i, f in enumerate(params)
            )
            return f"ROW<{fields}>"
        return super().datatype_sql(expression)

    def function_fallback_sql(self, expression: exp.Func) -> str:
        """A function that sqlglot knows: as it is where Flink's is the same, else told."""
        if type(expression) not in foreign.SAME:
            self.unsupported(f"{expression.sql_name()}: no function of Flink's is known to mean the same")
        return super().function_fallback_sql(expression)

    def any_sql(self, expression: exp.Any) -> str:
        """``= ANY (query)``."""
        if isinstance(expression.this, exp.Column | exp.Paren) and isinstance(expression.this.unnest(), exp.Column):
            self.unsupported("ANY over an array: write ARRAY_CONTAINS")
        return super().any_sql(expression)

    def with_sql(self, expression: exp.With) -> str:
        """``WITH``; RECURSIVE is in the grammar, but Flink's planner has no plan for it."""
        if expression.args.get("recursive") and "keyword" not in expression.meta:
            self.unsupported("WITH RECURSIVE")
        return super().with_sql(expression)

    def arrayagg_sql(self, expression: exp.ArrayAgg) -> str:
        """``ARRAY_AGG(a ORDER BY b)``; sqlglot adds the FILTER that leaves NULL out."""
        if expression.find(exp.Limit):
            self.unsupported("ARRAY_AGG with LIMIT")
        if expression.args.get("nulls_excluded"):
            self.unsupported("an array of no values: Flink's ARRAY_AGG gives NULL, other products an empty array")
        return super().arrayagg_sql(expression)

    def map_sql(self, node: exp.Map | exp.VarMap) -> str:
        """``MAP['k', 1]``."""
        keys, values = node.args.get("keys"), node.args.get("values")
        if (
            not isinstance(keys, exp.Array)
            or not isinstance(values, exp.Array)
            or len(keys.expressions) != len(values.expressions)
        ):
            return self.func("MAP_FROM_ARRAYS", keys, values)
        pairs = (self.sql(item) for pair in zip(keys.expressions, values.expressions, strict=True) for item in pair)
        return f"MAP[{', '.join(pairs)}]"
