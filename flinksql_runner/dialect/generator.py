"""Trees back to Flink SQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from sqlglot import exp, generator, transforms

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect import foreign
from flinksql_runner.dialect.foreign_clauses import ForeignGenerator

_STREAM = re.compile(r"DISTINCT(\s+)STREAM")  # sqlglot writes the words behind SELECT in this order
_TYPES = {
    exp.DType.TIMESTAMPNTZ: "TIMESTAMP",
    exp.DType.TINYTEXT: "STRING",
    exp.DType.MEDIUMTEXT: "STRING",
    exp.DType.LONGTEXT: "STRING",
    exp.DType.STRUCT: "ROW",
    exp.DType.TEXT: "STRING",
    exp.DType.TIMESTAMPLTZ: "TIMESTAMP_LTZ",
    exp.DType.TIMESTAMPTZ: "TIMESTAMP_LTZ",
    exp.DType.VARBINARY: "BYTES",
    exp.DType.BLOB: "BYTES",
    exp.DType.DATETIME: "TIMESTAMP",
}


class FlinkGenerator(ForeignGenerator):
    """Writes Flink SQL."""

    TYPE_MAPPING: ClassVar = {**generator.Generator.TYPE_MAPPING, **_TYPES}
    NULL_ORDERING_SUPPORTED = True
    UNPIVOT_ALIASES_ARE_IDENTIFIERS = False
    JOIN_HINTS = True
    TABLE_HINTS = False  # they stand before the alias: table_parts
    QUERY_HINTS = True
    SUPPORTS_BETWEEN_FLAGS = True
    INTERVAL_ALLOWS_PLURAL_FORM = False
    INSERT_OVERWRITE = " OVERWRITE"
    TRANSFORMS: ClassVar = {
        **{kind: write for kind, write in generator.Generator.TRANSFORMS.items() if kind is not exp.CommentColumnConstraint},
        **foreign.WRITERS,
        exp.Anonymous: lambda self, n: foreign.anonymous(self, n, generator.Generator.anonymous_sql),
        e.AllOf: lambda self, n: f"ALL {self.listed(n)}",
        e.ContextValue: lambda self, n: n.this,
        e.JdbcFunction: lambda self, n: f"{{fn {self.sql(n, 'this')}}}",
        e.JdbcLiteral: lambda self, n: f"{{{n.args['kind']} {self.sql(n, 'this')}}}",
        e.MatchSemantics: lambda self, n: self.spaced(n.args["kind"], n.this),
        e.MultisetOf: lambda self, n: f"MULTISET[{self.listed(n)}]",
        e.PartialWindow: lambda self, n: self.window_sql(n),
        e.SafeCast: lambda self, n: f"SAFE_CAST({self.sql(n, 'this')} AS {self.sql(n, 'to')})",
        e.SequenceValue: lambda self, n: f"{n.args['kind']} VALUE FOR {self.sql(n, 'this')}",
        e.UniqueQuery: lambda self, n: f"UNIQUE {self.wrap(n)}",
        e.WhenValues: lambda self, n: self.listed(n),
        e.WithinDistinct: lambda self, n: f"{self.sql(n, 'this')} WITHIN DISTINCT ({self.listed(n)})",
        e.ExplicitTable: lambda self, n: self.explicittable_sql(n),
        e.Infix: lambda self, n: self.spaced(n.this, n.args["operator"], n.expression),
        e.IsTest: lambda self, n: self.spaced(n.this, "IS NOT" if n.args.get("negated") else "IS", n.args["kind"]),
        e.MatchRecognize: lambda self, n: self.matchrecognize_sql(n),
        e.Plus: lambda self, n: f"+{self.sql(n, 'this')}",
        e.StringParts: lambda self, n: " ".join(self.sql(part) for part in n.expressions),
        e.Upsert: lambda self, n: self.insert_sql(n).replace("INSERT", "UPSERT", 1),
        e.AddPartitions: lambda self, n: self.spaced("ADD", _if_not(n), *n.expressions),
        e.AnalyzeTable: lambda self, n: self.spaced(
            "ANALYZE TABLE",
            n.this,
            n.args.get("partition"),
            "COMPUTE STATISTICS",
            "FOR ALL COLUMNS" if n.args.get("all") else "FOR COLUMNS " + self.listed(n) if n.expressions else None,
        ),
        e.AsQuery: lambda self, n: f"AS {self.sql(n, 'this')}",
        e.BeginStatementSet: lambda self, n: "BEGIN STATEMENT SET",
        e.CallProcedure: lambda self, n: f"CALL {self.sql(n, 'this')}({self.listed(n)})",
        e.ClientCommand: lambda self, n: n.this,
        e.Columns: lambda self, n: f"({self.listed(n)})",
        e.Compact: lambda self, n: "COMPACT",
        e.CompilePlan: lambda self, n: self.spaced(
            "COMPILE AND EXECUTE PLAN" if n.args.get("execute") else "COMPILE PLAN", n.args["path"], _if_not(n), "FOR", n.this
        ),
        e.Descriptor: lambda self, n: f"DESCRIPTOR({self.listed(n)})",
        e.DescribeStatement: lambda self, n: self.spaced(
            "DESCRIBE", n.args.get("kind"), "EXTENDED" if n.args.get("extended") else None, n.this, n.args.get("column")
        ),
        e.EndStatementSet: lambda self, n: "END",
        e.Execute: lambda self, n: f"EXECUTE {self.sql(n, 'this')}",
        e.ExecutePlan: lambda self, n: f"EXECUTE PLAN {self.sql(n, 'this')}",
        e.Explain: lambda self, n: self.spaced(
            "EXPLAIN", "PLAN FOR" if n.args.get("plan") else None, ", ".join(n.args.get("details") or ()), n.this
        ),
        e.Freshness: lambda self, n: f"FRESHNESS = {self.sql(n, 'this')}",
        e.JarStatement: lambda self, n: f"{n.args['kind']} JAR {self.sql(n, 'this')}",
        e.LikeOption: lambda self, n: f"{n.this} {n.args['what']}",
        e.ModelArgument: lambda self, n: f"MODEL {self.sql(n, 'this')}",
        e.Module: lambda self, n: self.spaced(n.args["kind"], "MODULE", n.this, self.with_options(n)),
        e.OnConflictDo: lambda self, n: f"ON CONFLICT DO {self.sql(n, 'this')}",
        e.Options: lambda self, n: f"({self.listed(n)})",
        e.PartitionSpec: lambda self, n: self.spaced(f"PARTITION ({self.listed(n)})", self.with_options(n)),
        e.PlacedColumn: lambda self, n: self.spaced(
            n.this, "FIRST" if not n.args.get("after") else "AFTER", n.args.get("after")
        ),
        e.Refresh: lambda self, n: self.spaced("REFRESH", n.args.get("partition")),
        e.RefreshMode: lambda self, n: f"REFRESH_MODE = {self.sql(n, 'this')}",
        e.RenameTo: lambda self, n: self.spaced("RENAME", n.args.get("column"), "TO", n.this),
        e.ResetOption: lambda self, n: self.spaced("RESET", n.this),
        e.ResetOptions: lambda self, n: f"RESET ({self.listed(n)})",
        e.Resource: lambda self, n: f"{n.args['kind']} {self.sql(n, 'this')}",
        e.Resume: lambda self, n: self.spaced("RESUME", self.with_options(n)),
        e.SetClause: lambda self, n: f"SET {n.this} = {self.sql(n, 'value')}",
        e.SetComment: lambda self, n: f"COMMENT {self.sql(n, 'this')}",
        e.SetOption: lambda self, n: f"SET {self.sql(n, 'this')} = {self.sql(n, 'value')}" if n.this else "SET",
        e.SetOptions: lambda self, n: f"SET {self.sql(n, 'this')}",
        e.StartMode: lambda self, n: f"START_MODE = {self.sql(n, 'this')}",
        e.StopJob: lambda self, n: self.spaced(
            "STOP JOB",
            n.this,
            "WITH SAVEPOINT" if n.args.get("savepoint") else None,
            "WITH DRAIN" if n.args.get("drain") else None,
        ),
        e.Suspend: lambda self, n: "SUSPEND",
        e.TruncateStatement: lambda self, n: f"TRUNCATE TABLE {self.sql(n, 'this')}",
        e.TypedLiteral: lambda self, n: f"{n.args['kind']} {self.sql(n, 'this')}",
        e.UseStatement: lambda self, n: self.spaced("USE", n.args.get("kind"), self.listed(n)),
        e.AlterStatement: lambda self, n: self.alterstatement_sql(n),
        e.ChangeSchema: lambda self, n: self.changeschema_sql(n),
        e.CreateFunction: lambda self, n: self.createfunction_sql(n),
        e.ReplaceTable: lambda self, n: self.create_sql(n),
        e.CreateObject: lambda self, n: self.createobject_sql(n),
        e.Distribution: lambda self, n: self.distribution_sql(n),
        e.DropPart: lambda self, n: self.droppart_sql(n),
        e.FlinkType: lambda self, n: self.flinktype_sql(n),
        e.KeyConstraint: lambda self, n: self.keyconstraint_sql(n),
        e.MetadataColumn: lambda self, n: self.metadatacolumn_sql(n),
        e.MiscFunction: lambda self, n: self.miscfunction_sql(n),
        e.Show: lambda self, n: self.show_sql(n),
        e.StatementSet: lambda self, n: self.statementset_sql(n),
        e.TableArgument: lambda self, n: self.tableargument_sql(n),
        exp.CommentColumnConstraint: lambda self, n: f"COMMENT {self.sql(n, 'this')}",
        exp.CurrentDate: lambda self, n: "CURRENT_DATE",
        exp.CurrentTime: lambda self, n: "CURRENT_TIME",
        exp.CurrentTimestamp: lambda self, n: "CURRENT_TIMESTAMP",
        exp.Localtime: lambda self, n: "LOCALTIME",
        exp.Localtimestamp: lambda self, n: "LOCALTIMESTAMP",
        exp.CurrentUser: lambda self, n: "CURRENT_USER",
        exp.ComputedColumnConstraint: lambda self, n: f"AS {self.sql(n, 'this')}",
        exp.WatermarkColumnConstraint: lambda self, n: f"WATERMARK FOR {self.sql(n, 'this')} AS {self.sql(n, 'expression')}",
    }

    # helpers

    def with_options(self, node: exp.Expression) -> str:
        """``WITH (...)``, or nothing."""
        options = node.args.get("options")
        return f"WITH {self.sql(options)}" if options else ""

    # types and columns

    def flinktype_sql(self, node: e.FlinkType) -> str:
        """A type as Flink writes it."""
        name, inner = node.this, node.expressions
        if name == "USER":
            text = self.listed(node)
        elif name == "STRUCTURED":
            parts = [*(self.sql(p) for p in node.args["params"]), *(self.row_field(field) for field in inner)]
            text = f"STRUCTURED<{', '.join(parts)}>"
        elif name == "INTERVAL":
            text = f"INTERVAL {self.sql(node.args['params'][0])}"
        elif node.args.get("suffix"):
            text = f"{self.sql(inner[0])} {name}"
        elif name == "ROW":
            fields = ", ".join(self.row_field(field) for field in inner)
            text = f"ROW({fields})" if node.args.get("round") else f"ROW<{fields}>"
        elif inner:
            text = f"{name}<{self.listed(node)}>"
        else:
            params = node.args.get("params")
            sizes = ", ".join(self.sql(p) for p in params) if params else ""
            text = f"{name}({sizes})" if sizes else str(name)
            zone = node.args.get("zone")
            text += f" {zone}" if zone else ""
        nullable = node.args.get("nullable")
        return text if nullable is None else f"{text} NULL" if nullable else f"{text} NOT NULL"

    def row_field(self, field: exp.Expression) -> str:
        """A field of ROW: a comment stands there without its word."""
        comment = field.args.get("constraints")
        return self.spaced(field.this, field.args.get("kind"), comment[0].args["kind"].this if comment else None)

    def keyconstraint_sql(self, node: e.KeyConstraint) -> str:
        """``PRIMARY KEY (a) NOT ENFORCED``."""
        name, enforced = node.this, node.args.get("enforced")
        return self.spaced(
            f"CONSTRAINT {self.sql(name)}" if name else None,
            "UNIQUE" if node.args.get("unique") else "PRIMARY KEY",
            f"({self.listed(node)})" if node.expressions else None,
            None if enforced is None else "ENFORCED" if enforced else "NOT ENFORCED",
        )

    def metadatacolumn_sql(self, node: e.MetadataColumn) -> str:
        """``METADATA FROM 'key' VIRTUAL``."""
        source = self.sql(node, "this")
        return "METADATA" + (f" FROM {source}" if source else "") + (" VIRTUAL" if node.args.get("virtual") else "")

    def distribution_sql(self, node: e.Distribution, word: str = "DISTRIBUTED") -> str:
        """``DISTRIBUTED BY HASH(a) INTO 4 BUCKETS``."""
        kind, buckets = node.args.get("kind"), node.args.get("buckets")
        return self.spaced(
            word,
            f"BY {kind or ''}({self.listed(node)})" if node.expressions else None,
            f"INTO {self.sql(buckets)} BUCKETS" if buckets else None,
        )

    # statements

    def create_sql(self, node: exp.Create) -> str:
        """CREATE TABLE, MATERIALIZED TABLE and VIEW: clauses in the order of Flink's grammar."""
        found = node.args.get("properties")
        properties = list(found.expressions) if found else []
        options = [p for p in properties if type(p) is exp.Property]
        placed = {type(p): p for p in properties}
        like, partitioned = placed.get(exp.LikeProperty), placed.get(exp.PartitionedByProperty)
        head = (
            "REPLACE"
            if isinstance(node, e.ReplaceTable)
            else self.spaced(
                "CREATE", "OR REPLACE" if node.args.get("replace") else None, "OR ALTER" if node.args.get("refresh") else None
            )
        )
        comment = placed.get(exp.SchemaCommentProperty)
        lines = [
            self.spaced(
                head, "TEMPORARY" if exp.TemporaryProperty in placed else None, node.args["kind"], _if_not(node), node.this
            ),
            f"COMMENT {self.sql(comment, 'this')}" if comment else "",
            self.sql(placed.get(e.Distribution)),
            f"PARTITIONED BY ({self.partition_columns(partitioned)})" if partitioned else "",
            self.option_block(options) if options else "",
            *(self.sql(placed.get(kind)) for kind in (e.StartMode, e.Freshness, e.RefreshMode)),
            self.like_clause(like) if like else "",
        ]
        query = node.args.get("expression")
        if query is not None:
            lines.append(f"AS{self.sep()}{self.sql(query)}")
        return self.prepend_ctes(
            node,
            self.sep("").join(line for line in lines if line) if self.pretty else " ".join(line for line in lines if line),
        )

    def partition_columns(self, node: exp.Expression) -> str:
        """The columns of PARTITIONED BY."""
        return ", ".join(self.sql(c) for c in (node.this.expressions if isinstance(node.this, exp.Schema) else [node.this]))

    def option_block(self, options: Sequence[exp.Expr]) -> str:
        """``WITH ('k' = 'v')``, one a line where pretty."""
        pairs = [self.property_sql(option) for option in options]
        return (
            f"WITH ({self.sep('')}"
            + f",{self.sep()}".join(self.indent(p, level=1) if self.pretty else p for p in pairs)
            + f"{self.sep('')})"
        )

    def property_sql(self, node: exp.Expr) -> str:
        """``'k' = 'v'``."""
        value = node.args.get("value")
        return f"{self.text_of(node.this)} = {self.text_of(value)}"

    def text_of(self, value: object) -> str:
        """A key or value of an option: always in quotes."""
        if isinstance(value, e.StringParts):
            return self.sql(value)
        if isinstance(value, exp.Literal):
            return self.sql(value) if value.is_string else f"'{value.this}'"
        plain = value.name if isinstance(value, exp.Expr) else str(value)
        return self.sql(exp.Literal.string(plain))

    def like_clause(self, node: exp.Expression) -> str:
        """``LIKE t (INCLUDING ALL)``."""
        options = " ".join(self.sql(o) for o in node.expressions)
        return f"LIKE {self.sql(node, 'this')}" + (f" ({options})" if options else "")

    def createobject_sql(self, node: e.CreateObject) -> str:
        """CREATE CATALOG, DATABASE, MODEL or CONNECTION."""
        query, comment = node.args.get("expression"), node.args.get("comment")
        inputs, outputs = node.args.get("input"), node.args.get("output")
        return self.spaced(
            _create(node),
            *_scope(node),
            node.args["kind"],
            _if_not(node),
            node.this,
            f"INPUT {self.sql(inputs)}" if inputs else None,
            f"OUTPUT {self.sql(outputs)}" if outputs else None,
            f"COMMENT {self.sql(comment)}" if comment else None,
            self.with_options(node),
            f"AS {self.sql(query)}" if query else None,
        )

    def function_body(self, node: exp.Expression) -> str:
        """``AS 'class' LANGUAGE PYTHON USING JAR 'path'``."""
        language, resources = node.args.get("language"), node.args.get("resources")
        return self.spaced(
            f"AS {self.sql(node, 'class_name')}",
            f"LANGUAGE {self.sql(language)}" if language else None,
            "USING " + ", ".join(self.sql(r) for r in resources) if resources else None,
            self.with_options(node),
        )

    def createfunction_sql(self, node: e.CreateFunction) -> str:
        """CREATE FUNCTION."""
        return self.spaced(_create(node), *_scope(node), "FUNCTION", _if_not(node), node.this, self.function_body(node))

    def alterstatement_sql(self, node: e.AlterStatement) -> str:
        """ALTER of whatever kind."""
        body = self.function_body(node) if node.args.get("class_name") else self.sql(node, "action")
        return self.spaced(
            "ALTER",
            *_scope(node),
            node.args["kind"],
            "IF EXISTS" if node.args.get("exists") else None,
            node.this,
            node.args.get("partition"),
            body,
        )

    def changeschema_sql(self, node: e.ChangeSchema) -> str:
        """``ADD (a INT FIRST)``."""
        parts = [
            self.distribution_sql(p, "DISTRIBUTION") if isinstance(p, e.Distribution) else self.sql(p)
            for p in node.expressions
        ]
        inner = ", ".join(parts)
        return f"{node.this} {inner}" if node.args.get("bare") else f"{node.this} ({inner})"

    def droppart_sql(self, node: e.DropPart) -> str:
        """``DROP (a, b)``."""
        words = {"COLUMN": "", "COLUMNS": "", "PARTITION": ""}
        inner = self.listed(node)
        return self.spaced(
            "DROP",
            "IF EXISTS" if node.args.get("exists") else None,
            words.get(node.this, node.this),
            f"({inner})" if node.this == "COLUMNS" else inner,
        )

    def drop_sql(self, node: exp.Drop) -> str:
        """DROP of whatever kind."""
        return self.spaced(
            "DROP",
            "TEMPORARY" if node.args.get("temporary") else None,
            node.args["kind"],
            "IF EXISTS" if node.args.get("exists") else None,
            node.this,
            "CASCADE" if node.args.get("cascade") else "RESTRICT" if node.args.get("restrict") else None,
        )

    def show_sql(self, node: exp.Expression) -> str:
        """SHOW with its filters."""
        return self.spaced(
            "SHOW",
            node.args["kind"],
            node.this or None,
            node.args.get("partition"),
            node.args.get("link"),
            node.args.get("source"),
            "NOT" if node.args.get("negated") else None,
            node.args.get("like"),
            node.args.get("pattern"),
        )

    def statementset_sql(self, node: e.StatementSet) -> str:
        """``STATEMENT SET BEGIN ...; END``."""
        inner = self.sep().join(f"{self.sql(insert)};" for insert in node.expressions)
        return f"STATEMENT SET BEGIN{self.sep()}{inner}{self.sep()}END"

    # queries

    def tableargument_sql(self, node: e.TableArgument) -> str:
        """``TABLE t PARTITION BY a``."""
        inner = self.sql(node, "this")
        name = inner if isinstance(node.this, exp.Query) else f"TABLE {inner}"
        partition = [self.sql(c) for c in node.args.get("partition_by") or ()]
        order = node.args.get("order")
        ordered = [self.sql(o) for o in order.expressions] if order else []
        return self.spaced(
            name,
            f"PARTITION BY {_wrapped(partition)}" if partition else None,
            f"ORDER BY {_wrapped(ordered)}" if ordered else None,
        )

    def ordered_sql(self, node: exp.Ordered) -> str:
        """A term of ORDER BY: NULLS only where it was written."""
        desc, nulls = node.args.get("desc"), node.args.get("nulls_first")
        if nulls is not bool(desc) and nulls is not None and "until" not in node.meta:
            nulls = None  # what Flink does anyway: NULL is the smallest
        return self.spaced(
            node.this,
            "DESC" if desc else "ASC" if desc is False else None,
            None if nulls is None else "NULLS FIRST" if nulls else "NULLS LAST",
        )

    def query_modifiers(self, expression: exp.Expr, *sqls: str) -> str:
        """As sqlglot's; MATCH_RECOGNIZE stands before the joins."""
        match = expression.args.get("match")
        if match is None or not expression.args.get("joins"):
            return super().query_modifiers(expression, *sqls)
        bare = expression.copy()
        bare.set("match", None)
        return super().query_modifiers(bare, *sqls, self.sql(match))

    def explicittable_sql(self, node: e.ExplicitTable) -> str:
        """``TABLE t``, with what stands behind it."""
        return self.prepend_ctes(node, self.query_modifiers(node, f"TABLE {self.sql(node.args['from_'], 'this')}"))

    def windowspec_sql(self, expression: exp.WindowSpec) -> str:
        """A frame: without BETWEEN where it was written so."""
        if expression.args.get("end") or expression.args.get("end_side"):
            return super().windowspec_sql(expression)
        start = self.spaced(expression.args.get("start"), expression.args.get("start_side"))
        return f"{self.sql(expression, 'kind')} {start}"

    def window_sql(self, expression: exp.Window) -> str:
        """``f(a) OVER (w)``: a name in parentheses where it was written so; ALLOW PARTIAL at the end."""
        text, partial = super().window_sql(expression), expression.args.get("partial")
        if (partial or expression.meta.get("wrapped")) and not text.endswith(")"):
            name = self.sql(expression, "alias")
            text = f"{text[: len(text) - len(name)]}({name})"
        return f"{text[:-1]}{'' if text.endswith('()') else ' '}{partial} PARTIAL)" if partial else text

    def select_sql(self, expression: exp.Select) -> str:
        """A query; VALUES that sqlglot wraps in a query is written bare again; DISTINCT ON and semi joins as Flink has them."""
        if "keyword" not in expression.meta:  # not parsed by this dialect
            changed = transforms.eliminate_semi_and_anti_joins(transforms.eliminate_distinct_on(expression))
            if changed is not expression:
                return self.sql(changed)
        from_ = expression.args.get("from_")
        values = from_.this if from_ is not None else None
        if expression.meta.get("values") and isinstance(values, exp.Values) and values.alias == "_values" and expression.is_star:
            bare = values.copy()
            bare.set("alias", None)
            return self.query_modifiers(expression, self.sql(bare))
        text = super().select_sql(expression)
        if expression.args.get("operation_modifiers") and expression.args.get("distinct"):
            return _STREAM.sub(r"STREAM\1DISTINCT", text, count=1)
        return text

    def unicodestring_sql(self, expression: exp.UnicodeString) -> str:
        """A Unicode string with its UESCAPE, as it was written."""
        escape = expression.args.get("escape")
        text = expression.name.replace("'", "''")
        return f"U&'{text}'" + (f" UESCAPE {self.sql(escape)}" if escape else "")

    def tablesample_sql(self, expression: exp.TableSample, tablesample_keyword: str | None = None) -> str:
        """``TABLESAMPLE BERNOULLI(10) REPEATABLE(3)``."""
        size, seed = expression.args.get("percent"), expression.args.get("seed")
        if size is None or not expression.args.get("method"):
            self.unsupported("a sample without BERNOULLI or SYSTEM, by the number of rows or by buckets")
            size = expression.args.get("size")
        method = self.sql(expression, "method") or "BERNOULLI"
        return f" TABLESAMPLE {method}({self.sql(size)})" + (f" REPEATABLE({self.sql(seed)})" if seed else "")

    def introducer_sql(self, expression: exp.Introducer) -> str:
        """``_utf8'a'``."""
        return f"{self.sql(expression, 'this')}{self.sql(expression, 'expression')}"

    def version_sql(self, node: exp.Version) -> str:
        """``FOR SYSTEM_TIME AS OF ts``."""
        return f"FOR SYSTEM_TIME AS OF {self.sql(node, 'expression')}"

    def array_sql(self, node: exp.Array) -> str:
        """``ARRAY[1, 2]``."""
        return f"ARRAY[{self.listed(node)}]"

    def table_parts(self, expression: exp.Table) -> str:
        """The name of a table, with its hint."""
        hints = expression.args.get("hints") or ()
        extend = expression.args.get("extend")
        text = super().table_parts(expression) + "".join(f" {self.sql(hint).strip()}" for hint in hints)
        return f"{text} {self.sql(extend)}" if extend else text

    def kwarg_sql(self, node: exp.Kwarg, sep: str = " => ") -> str:
        """``name => value``; a quoted name stays quoted."""
        return f"{self.sql(node, 'this')} => {self.sql(node, 'expression')}"

    def interval_sql(self, node: exp.Interval) -> str:
        """``INTERVAL '1' DAY``."""
        value = node.this
        if node.args.get("unit") is None:
            self.unsupported("an INTERVAL of several units, or without one")
        minus = isinstance(value, exp.Neg)
        inner = value.this if minus else value
        if isinstance(inner, exp.Paren) and isinstance(inner.this, exp.Literal | exp.Column):
            text = self.sql(inner.this)
        elif isinstance(inner, exp.Literal):
            text = self.sql(inner) if inner.is_string else f"'{inner.this}'"
        else:
            text = f"({self.sql(inner)})"
        return self.spaced("INTERVAL", f"{'-' if minus else ''}{text}", node.args.get("unit"))

    def miscfunction_sql(self, node: e.MiscFunction) -> str:
        """A function with words between its arguments."""
        text = " ".join(self.sql(part) for part in node.expressions).replace(" , ", ", ").replace(" : ", ": ")
        return f"{node.this}({text})"

    def matchrecognize_sql(self, node: exp.MatchRecognize) -> str:
        """MATCH_RECOGNIZE with WITHIN."""
        args = node.args
        measures, define = args.get("measures"), args.get("define")
        within, subset = args.get("within"), args.get("subset")
        alias = self.sql(node, "alias")
        body = self.spaced(
            self.sql(node, "partition_by")
            if isinstance(args.get("partition_by"), exp.Expr)
            else (
                "PARTITION BY " + ", ".join(self.sql(c) for c in args["partition_by"]) if args.get("partition_by") else None
            ),
            self.sql(node, "order").strip(),
            "MEASURES " + ", ".join(self.sql(m) for m in measures) if measures else None,
            args.get("rows"),
            args.get("after"),
            f"PATTERN ({self.sql(node, 'pattern')})",
            f"WITHIN {self.sql(within)}" if within else None,
            "SUBSET " + ", ".join(self.sql(s) for s in subset) if subset else None,
            "DEFINE " + ", ".join(f"{self.sql(d, 'alias')} AS {self.sql(d, 'this')}" for d in define) if define else None,
        )
        return f"{self.seg('MATCH_RECOGNIZE')} ({body})" + (f" AS {alias}" if alias else "")

    def not_sql(self, node: exp.Not) -> str:
        """``a NOT IN (...)``: Flink's tree is another one for ``NOT a IN (...)``."""
        inner = node.this
        if isinstance(inner, exp.Is) and node.meta.get("inside"):
            return f"{self.sql(inner, 'this')} IS NOT {self.sql(inner, 'expression')}"
        if node.meta.get("inside"):
            text = self.sql(inner)
            left = self.sql(inner.this if isinstance(inner, exp.Escape) else inner, "this")
            return f"{left} NOT{text[len(left) :]}"
        return super().not_sql(node)


def _if_not(node: exp.Expression) -> str | None:
    return "IF NOT EXISTS" if node.args.get("exists") else None


def _create(node: exp.Expression) -> str:
    return "CREATE OR REPLACE" if node.args.get("replace") else "CREATE"


def _scope(node: exp.Expression) -> tuple[str | None, str | None]:
    return "TEMPORARY" if node.args.get("temporary") else None, "SYSTEM" if node.args.get("system") else None


def _wrapped(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
