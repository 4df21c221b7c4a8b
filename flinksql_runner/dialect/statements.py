"""Statements around queries: DDL, SHOW, SET, plans, jobs, statement sets. Each has a class of its own, none is a Command."""

from __future__ import annotations

import re
import typing as t

from sqlglot import Token, TokenType, exp, parser
from sqlglot.errors import ParseError

from flinksql_runner.dialect import expressions as e

_SET = re.compile(r"\s*([^'\s=]+|'[^']*')\s*=\s*('(?:[^']|'')*'|[^;\s]+)\s*\Z", re.DOTALL)
_QUOTED = (TokenType.IDENTIFIER, TokenType.STRING)
_LISTS = {
    "JARS",
    "JOBS",
    "CATALOGS",
    "DATABASES",
    "TABLES",
    "VIEWS",
    "FUNCTIONS",
    "MODULES",
    "MODELS",
    "CONNECTIONS",
    "PROCEDURES",
    "COLUMNS",
    "PARTITIONS",
}
_ELEMENTS = ("TABLE", "VIEW", "FUNCTION", "CATALOG", "DATABASE", "MODEL", "CONNECTION")
_UNITS = frozenset(
    f"{unit}{end}" for unit in ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND") for end in ("", "S")
)
_DETAILS = ("ESTIMATED_COST", "CHANGELOG_MODE", "JSON_EXECUTION_PLAN", "PLAN_ADVICE")


class StatementParser(parser.Parser):
    """Parses what is not a query; queries and INSERT go to sqlglot's own methods."""

    def parse(self, raw_tokens: list[Token], sql: str) -> list[exp.Expr | None]:
        """As sqlglot's; the semicolons between BEGIN and END of a statement set end no statement."""
        try:
            return super().parse(_join_sets(raw_tokens), sql)
        except (RecursionError, IndexError) as why:
            at = raw_tokens[-1]
            said = "The statement ends too early" if isinstance(why, IndexError) else "The statement is nested too deeply"
            raise ParseError.new(said, line=at.line, col=at.col, highlight=at.text, start_context="", end_context="") from None

    def _parse_statement(self) -> exp.Expr | None:
        token = self._curr
        if token and token.token_type is TokenType.FROM:
            self.raise_error("Expecting a statement")
        if token and token.token_type not in _QUOTED:
            handler = getattr(self, f"_statement_{token.text.lower()}", None)
            if handler is not None:
                comments = token.comments
                index = self._index
                self._advance()
                statement: exp.Expr | None = handler()
                if statement is not None:
                    if comments:
                        statement.add_comments(comments, prepend=True)
                    return statement
                self._retreat(index)
        return super()._parse_statement()

    # words, names, properties

    def _word(self, *words: str) -> bool:
        """Takes the words if all stand here, none of them quoted."""
        index = self._index
        for word in words:
            if self._curr and self._curr.token_type not in _QUOTED and self._curr.text.upper() == word:
                self._advance()
            else:
                self._retreat(index)
                return False
        return True

    def _one_of(self, words: t.Iterable[str]) -> str | None:
        return next((word for word in words if self._word(word)), None)

    def _expect(self, *words: str) -> None:
        if not self._word(*words):
            self.raise_error(f"Expecting {' '.join(words)}")

    def _name(self) -> exp.Expr:
        found = self._parse_table_parts(schema=True)
        if found is None:
            self.raise_error("Expecting a name")
            return exp.to_identifier("")
        return found

    def _identifier(self) -> exp.Expr:
        found = self._parse_id_var(any_token=False)
        if found is None:
            self.raise_error("Expecting a name")
            return exp.to_identifier("")
        return found

    def _text(self) -> exp.Expr:
        found = self._parse_string()
        if found is None:
            self.raise_error("Expecting a string in quotes")
            return exp.Literal.string("")
        return found

    def _if_exists(self, negated: bool = False) -> bool:
        return self._word("IF", "NOT", "EXISTS") if negated else self._word("IF", "EXISTS")

    def _pair(self) -> exp.Expr:
        key = self._text()
        if not self._match(TokenType.EQ):
            self.raise_error("Expecting =")
        return exp.Property(this=key, value=self._text())

    def _list(self, item: t.Callable[[], t.Any], empty: bool = True) -> list[t.Any]:
        """Items in parentheses; none where the grammar allows it."""
        self._match_l_paren()
        if empty and self._match(TokenType.R_PAREN):
            return []
        items = [item()]
        while self._match(TokenType.COMMA):
            items.append(item())
        self._match_r_paren()
        return items

    def _options(self) -> e.Options:
        return e.Options(expressions=self._list(self._pair))

    def _with(self) -> e.Options | None:
        return self._options() if self._word("WITH") else None

    def _comment(self) -> exp.Expr | None:
        return self._text() if self._word("COMMENT") else None

    def _partition(self) -> e.PartitionSpec | None:
        if not self._word("PARTITION"):
            return None
        return e.PartitionSpec(expressions=self._list(self._partition_item, empty=False))

    def _partition_item(self) -> exp.Expr:
        name = self._identifier()
        return exp.EQ(this=name, expression=self._parse_unary()) if self._match(TokenType.EQ) else name

    def _names(self) -> list[exp.Expr]:
        return self._list(self._identifier)

    # types

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
            word = token.text.upper() if token and token.token_type not in _QUOTED else ""
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

    # columns, constraints, watermarks

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

    # CREATE

    def _statement_create(self) -> exp.Expr | None:
        replace = self._word("OR", "REPLACE")
        alter = not replace and self._word("OR", "ALTER")
        temporary = self._word("TEMPORARY")
        system = self._word("SYSTEM")
        if self._word("MATERIALIZED", "TABLE"):
            return self._create_table("MATERIALIZED TABLE", replace, temporary, alter)
        if self._word("TABLE"):
            return self._create_table("TABLE", replace, temporary)
        if self._word("VIEW"):
            return self._create_view(temporary)
        if self._word("FUNCTION"):
            return self._create_function(temporary, system)
        kind = self._one_of(("CATALOG", "DATABASE", "MODEL", "CONNECTION"))
        if kind is None:
            self.raise_error("Expecting TABLE, VIEW, FUNCTION, CATALOG, DATABASE, MODEL or CONNECTION")
            return None
        exists = self._if_exists(negated=True)
        name = self._identifier() if kind == "CATALOG" else self._name()
        inputs = outputs = None
        if kind == "MODEL":
            inputs = e.Columns(expressions=self._list(self._element)) if self._word("INPUT") else None
            outputs = e.Columns(expressions=self._list(self._element)) if self._word("OUTPUT") else None
        comment = self._comment()
        options = self._with()
        query = self._parse_select() if kind == "MODEL" and self._word("AS") else None
        return e.CreateObject(
            this=name,
            kind=kind,
            exists=exists,
            temporary=temporary,
            input=inputs,
            output=outputs,
            comment=comment,
            options=options,
            expression=query,
            system=system,
        )

    def _create_table(self, kind: str, replace: bool, temporary: bool, alter: bool = False) -> exp.Expr:
        exists = self._if_exists(negated=True)
        name: exp.Expr = self._name()
        if self._curr and self._curr.token_type is TokenType.L_PAREN:
            name = exp.Schema(this=name, expressions=self._elements(kind))
        if kind != "TABLE" and (temporary or replace):
            self.raise_error(
                f"{'CREATE TEMPORARY' if temporary else 'REPLACE'} MATERIALIZED TABLE is not supported", self._prev
            )
        found: list[exp.Expr] = [exp.TemporaryProperty()] if temporary else []
        text = self._comment()
        if text is not None:
            found.append(exp.SchemaCommentProperty(this=text))
        distribution = self._distribution("DISTRIBUTED")
        if distribution is not None:
            found.append(distribution)
        columns = self._partitioned()
        if columns is not None:
            found.append(exp.PartitionedByProperty(this=exp.Schema(expressions=columns)))
        if self._word("WITH"):
            found.extend(self._list(self._pair))
        if self._word("START_MODE"):
            self._match(TokenType.EQ)
            found.append(e.StartMode(this=self._mode("START_MODE")))
        if self._word("FRESHNESS"):
            self._match(TokenType.EQ)
            found.append(e.Freshness(this=self._freshness()))
        if self._word("REFRESH_MODE"):
            self._match(TokenType.EQ)
            found.append(e.RefreshMode(this=self._mode("REFRESH_MODE")))
        query = None
        if self._word("LIKE"):
            source = self._name()
            likes = self._like_options() if self._curr and self._curr.token_type is TokenType.L_PAREN else []
            found.append(exp.LikeProperty(this=source, expressions=likes))
        elif self._word("AS"):
            query = self._query()
        elif kind != "TABLE":
            self.raise_error("Expecting AS")
        return exp.Create(
            this=name,
            kind=kind,
            replace=replace,
            refresh=alter,
            exists=exists,
            expression=query,
            properties=exp.Properties(expressions=found) if found else None,
        )

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

    def _query(self) -> exp.Expr | None:
        query = self._parse_ddl_select()
        if query is None:
            self.raise_error("Expecting a query")
        return query

    def _freshness(self) -> t.Any:
        found = self._parse_interval()
        if not isinstance(found, exp.Interval) or not isinstance(found.this, exp.Literal) or not found.this.is_string:
            self.raise_error("MATERIALIZED TABLE only supports define interval type FRESHNESS", self._curr or self._prev)
        return found

    def _mode(self, word: str) -> exp.Expr:
        if word == "REFRESH_MODE":
            mode = self._one_of(("FULL", "CONTINUOUS"))
            if mode is None:
                self.raise_error("Expecting FULL or CONTINUOUS")
            return exp.var(mode)
        function = self._parse_function()
        if function is None:
            return exp.var(self._identifier().name)
        wanted = {
            "FROM_NOW": exp.Interval,
            "RESUME_OR_FROM_NOW": exp.Interval,
            "FROM_TIMESTAMP": e.TypedLiteral,
            "RESUME_OR_FROM_TIMESTAMP": e.TypedLiteral,
        }.get(function.name.upper())
        if wanted is None or any(not isinstance(argument, wanted) for argument in function.expressions):
            self.raise_error("Expecting an interval for FROM_NOW, a timestamp for FROM_TIMESTAMP", self._prev)
        return function

    def _like_options(self) -> list[exp.Expr]:
        self._match_l_paren()
        options: list[exp.Expr] = []
        while verb := self._one_of(("INCLUDING", "EXCLUDING", "OVERWRITING")):
            what = self._one_of(
                ("ALL", "CONSTRAINTS", "DISTRIBUTION", "GENERATED", "METADATA", "OPTIONS", "PARTITIONS", "WATERMARKS")
            )
            if what is None:
                self.raise_error(
                    "Expecting ALL, CONSTRAINTS, DISTRIBUTION, GENERATED, METADATA, OPTIONS, PARTITIONS or WATERMARKS"
                )
            options.append(e.LikeOption(this=verb, what=what))
        self._match_r_paren()
        if not options:
            self.raise_error("Expecting INCLUDING, EXCLUDING or OVERWRITING", self._prev)
        return options

    def _create_view(self, temporary: bool) -> exp.Expr:
        exists = self._if_exists(negated=True)
        name: exp.Expr = self._name()
        if self._curr and self._curr.token_type is TokenType.L_PAREN:
            name = exp.Schema(this=name, expressions=self._names())
        found: list[exp.Expr] = [exp.TemporaryProperty()] if temporary else []
        text = self._comment()
        if text is not None:
            found.append(exp.SchemaCommentProperty(this=text))
        self._expect("AS")
        return exp.Create(
            this=name,
            kind="VIEW",
            exists=exists,
            expression=self._query(),
            properties=exp.Properties(expressions=found) if found else None,
        )

    def _create_function(self, temporary: bool, system: bool) -> exp.Expr:
        exists = self._if_exists(negated=True)
        name = self._name()
        self._expect("AS")
        return self._function_body(e.CreateFunction(this=name, temporary=temporary, system=system, exists=exists))

    def _function_body(self, node: exp.Expr) -> exp.Expr:
        node.set("class_name", self._text())
        if self._word("LANGUAGE"):
            node.set("language", exp.var(self._one_of(("JAVA", "SCALA", "PYTHON"))))
        if self._word("USING"):
            resources = []
            while True:
                kind = self._one_of(("JAR", "FILE", "ARTIFACT"))
                if kind is None:
                    self.raise_error("Expecting JAR, FILE or ARTIFACT")
                resources.append(e.Resource(this=self._text(), kind=kind))
                if not self._match(TokenType.COMMA):
                    break
            node.set("resources", resources)
        node.set("options", self._with())
        return node

    def _statement_replace(self) -> exp.Expr | None:
        if not self._word("TABLE"):
            return None
        created = self._create_table("TABLE", True, False)
        created.meta["bare_replace"] = True  # REPLACE TABLE refuses where CREATE OR REPLACE creates
        return created

    # ALTER, DROP

    def _statement_alter(self) -> exp.Expr | None:
        temporary = self._word("TEMPORARY")
        system = self._word("SYSTEM")
        kind = "MATERIALIZED TABLE" if self._word("MATERIALIZED", "TABLE") else self._one_of(_ELEMENTS)
        if kind is None:
            self.raise_error("Expecting TABLE, VIEW, FUNCTION, CATALOG, DATABASE, MODEL or CONNECTION")
            return None
        exists = self._if_exists()
        node = e.AlterStatement(kind=kind, temporary=temporary, system=system, exists=exists, this=self._name())
        node.set("partition", self._partition())
        if kind == "FUNCTION":
            self._expect("AS")
            return self._function_body(node)
        node.set("action", self._alter_action(kind))
        return node

    def _alter_action(self, kind: str) -> exp.Expr | None:
        if self._word("RENAME"):
            column = None if self._word("TO") else self._dotted()
            if column is not None:
                self._expect("TO")
            return e.RenameTo(this=self._name() if column is None else self._dotted(), column=column)
        if self._word("SET"):
            for word in ("REFRESH_MODE", "FRESHNESS", "START_MODE"):
                if self._word(word):
                    self._match(TokenType.EQ)
                    value = self._freshness() if word == "FRESHNESS" else self._mode(word)
                    return e.SetClause(this=word, value=value)
            return e.SetOptions(this=self._options())
        if self._word("RESET"):
            return e.ResetOptions(expressions=self._list(self._text))
        if self._word("COMMENT"):
            return e.SetComment(this=self._text())
        if self._word("AS"):
            return e.AsQuery(this=self._query())
        if self._word("SUSPEND"):
            return e.Suspend()
        if self._word("RESUME"):
            return e.Resume(options=self._with())
        if self._word("REFRESH"):
            return e.Refresh(partition=self._partition())
        if self._word("COMPACT"):
            return e.Compact()
        if self._word("ADD"):
            return self._alter_add("ADD")
        if self._word("MODIFY"):
            return self._alter_add("MODIFY")
        if self._word("DROP"):
            return self._alter_drop()
        self.raise_error(f"Expecting what to alter of the {kind.lower()}")
        return None

    def _alter_add(self, verb: str) -> exp.Expr:
        exists = self._if_exists(negated=True)
        if self._curr and self._curr.text.upper() == "PARTITION" and self._curr.token_type not in _QUOTED:
            parts = []
            while (spec := self._partition()) is not None:
                spec.set("options", self._with())
                parts.append(spec)
            return e.AddPartitions(expressions=parts, exists=exists)
        distribution = self._distribution("DISTRIBUTION")
        if distribution is not None:
            return e.ChangeSchema(this=verb, expressions=[distribution], bare=True)
        if self._curr and self._curr.token_type is TokenType.L_PAREN:
            return e.ChangeSchema(this=verb, expressions=self._elements("ALTER"))
        return e.ChangeSchema(this=verb, expressions=[self._element()], bare=True)

    def _alter_drop(self) -> exp.Expr:
        exists = self._if_exists()
        if self._curr and self._curr.text.upper() == "PARTITION" and self._curr.token_type not in _QUOTED:
            parts = [self._partition()]
            while self._match(TokenType.COMMA):
                parts.append(self._partition())
            return e.DropPart(this="PARTITION", expressions=parts, exists=exists)
        if self._match(TokenType.PRIMARY_KEY) or self._word("PRIMARY", "KEY"):
            return e.DropPart(this="PRIMARY KEY")
        if self._word("WATERMARK"):
            return e.DropPart(this="WATERMARK")
        if self._word("DISTRIBUTION"):
            return e.DropPart(this="DISTRIBUTION")
        if self._word("CONSTRAINT"):
            return e.DropPart(this="CONSTRAINT", expressions=[self._identifier()])
        if self._curr and self._curr.token_type is TokenType.L_PAREN:
            return e.DropPart(this="COLUMNS", expressions=self._list(self._dotted))
        return e.DropPart(this="COLUMN", expressions=[self._dotted()])

    def _statement_drop(self) -> exp.Expr | None:
        temporary = self._word("TEMPORARY")
        system = self._word("SYSTEM")
        kind = "MATERIALIZED TABLE" if self._word("MATERIALIZED", "TABLE") else self._one_of(_ELEMENTS)
        if kind is None:
            self.raise_error("Expecting TABLE, VIEW, FUNCTION, CATALOG, DATABASE, MODEL or CONNECTION")
        exists = self._if_exists()
        name = self._name()
        ending = self._one_of(("CASCADE", "RESTRICT")) if kind == "DATABASE" else None
        return exp.Drop(
            this=name,
            kind=f"SYSTEM {kind}" if system else kind,
            exists=exists,
            temporary=temporary,
            cascade=ending == "CASCADE",
            restrict=ending == "RESTRICT",
        )

    # the rest

    def _statement_show(self) -> exp.Expr | None:
        words: list[str] = []
        if self._word("CREATE"):
            words.append("CREATE")
            if self._word("OR", "ALTER"):
                words.append("OR ALTER")
            kind = "MATERIALIZED TABLE" if self._word("MATERIALIZED", "TABLE") else self._one_of(_ELEMENTS)
            if kind is None:
                self.raise_error("Expecting what to show")
            return e.Show(kind=f"{' '.join(words)} {kind}", this=self._name())
        for word in ("CURRENT", "FULL", "USER", "MATERIALIZED"):
            if self._word(word):
                words.append(word)
        kind = self._one_of(("CATALOG", "DATABASE") if "CURRENT" in words else _LISTS)
        if kind is None:
            self.raise_error("Expecting what to show")
            return None
        words.append(kind)
        node = e.Show(kind=" ".join(words))
        if kind == "PARTITIONS":
            node.set("this", self._name())
            node.set("partition", self._partition())
            return node
        link = self._one_of(("FROM", "IN"))
        if link:
            node.set("link", link)
            node.set("source", self._name())
        negated = self._word("NOT")
        like = self._one_of(("LIKE", "ILIKE"))
        if like:
            node.set("negated", negated)
            node.set("like", like)
            node.set("pattern", self._text())
        return node

    def _statement_use(self) -> exp.Expr:
        if self._word("CATALOG"):
            return e.UseStatement(kind="CATALOG", expressions=[self._name()])
        if self._word("MODULES"):
            return e.UseStatement(kind="MODULES", expressions=self._parse_csv(self._identifier))
        return e.UseStatement(expressions=[self._name()])

    def _statement_describe(self) -> exp.Expr:
        for kind in ("CATALOG", "DATABASE", "FUNCTION", "MODEL", "CONNECTION"):
            index = self._index
            if self._word(kind):
                if not self._curr or self._curr.token_type is TokenType.DOT:
                    self._retreat(index)
                    break
                return e.DescribeStatement(kind=kind, extended=self._word("EXTENDED"), this=self._name())
        if self._word("JOB"):
            return e.DescribeStatement(kind="JOB", this=self._text())
        return e.DescribeStatement(extended=self._word("EXTENDED"), this=self._name())

    _statement_desc = _statement_describe

    def _statement_explain(self) -> exp.Expr:
        details: list[str] = []
        plan = self._word("PLAN", "FOR")
        while not plan and (word := self._one_of(_DETAILS)):
            details.append(word)
            if not self._match(TokenType.COMMA):
                break
        return e.Explain(this=self._explained(), plan=plan, details=details)

    def _explained(self) -> exp.Expr | None:
        found = self._inner()
        if not isinstance(found, exp.Query | exp.DML | exp.Create | e.StatementSet | e.Execute | e.ExecutePlan):
            self.raise_error("Expecting a query or a statement to explain", self._curr or self._prev)
        return found

    def _inner(self) -> exp.Expr | None:
        if self._word("STATEMENT", "SET"):
            return self._statement_set("STATEMENT SET")
        return self._parse_statement()

    def _statement_set(self, spelling: str | None = None) -> exp.Expr | None:
        if spelling is None:
            return self._set_option()
        self._expect("BEGIN")
        inserts: list[exp.Expr] = []
        while not self._word("END"):
            if not self._curr:
                self.raise_error("Expecting END")
                break
            found = self._parse_statement()
            if found is None or not self._word(";"):
                self.raise_error("Expecting ;")
                break
            inserts.append(found)
        return e.StatementSet(expressions=inserts)

    def _set_option(self) -> exp.Expr:
        start = self._prev.end + 1
        if not self._curr:
            return e.SetOption()
        while self._curr:
            self._advance()
        end = self._prev.end + 1
        found = _SET.fullmatch(self.sql[start:end])
        if found is None:
            self.raise_error("Expecting SET 'key' = 'value'")
            return e.SetOption()
        key, value = found.groups()
        if key.startswith("'") and not value.startswith("'"):
            self.raise_error("Expecting a string in quotes", self._prev)
        return e.SetOption(this=_literal(key), value=_literal(value))

    def _statement_reset(self) -> exp.Expr:
        start = self._prev.end + 1
        while self._curr:
            self._advance()
        rest = self.sql[start : self._prev.end + 1].strip()
        return e.ResetOption(this=_literal(rest)) if rest else e.ResetOption()

    def _jar(self, verb: str) -> exp.Expr:
        self._expect("JAR")
        return e.JarStatement(kind=verb, this=self._text())

    def _statement_add(self) -> exp.Expr:
        return self._jar("ADD")

    def _statement_remove(self) -> exp.Expr:
        return self._jar("REMOVE")

    def _statement_load(self) -> exp.Expr:
        self._expect("MODULE")
        return e.Module(kind="LOAD", this=self._identifier(), options=self._with())

    def _statement_unload(self) -> exp.Expr:
        self._expect("MODULE")
        return e.Module(kind="UNLOAD", this=self._identifier())

    def _statement_analyze(self) -> exp.Expr:
        self._expect("TABLE")
        node = e.AnalyzeTable(this=self._name(), partition=self._partition())
        self._expect("COMPUTE", "STATISTICS")
        if self._word("FOR"):
            node.set("all", self._word("ALL", "COLUMNS"))
            if not node.args["all"]:
                self._expect("COLUMNS")
                node.set("expressions", self._parse_csv(self._identifier))
        return node

    def _statement_call(self) -> exp.Expr:
        parts: list[exp.Expr] = [self._parse_id_var(any_token=True) or exp.to_identifier("")]
        while self._match(TokenType.DOT):
            parts.append(self._parse_id_var(any_token=True) or exp.to_identifier(""))
        return e.CallProcedure(
            this=exp.Dot.build(parts) if len(parts) > 1 else parts[0], expressions=self._list(self._parse_lambda)
        )

    def _statement_stop(self) -> exp.Expr:
        self._expect("JOB")
        return e.StopJob(this=self._text(), savepoint=self._word("WITH", "SAVEPOINT"), drain=self._word("WITH", "DRAIN"))

    def _statement_truncate(self) -> exp.Expr:
        self._expect("TABLE")
        return e.TruncateStatement(this=self._name())

    def _statement_compile(self) -> exp.Expr:
        execute = self._word("AND", "EXECUTE")
        self._expect("PLAN")
        path = self._text()
        exists = not execute and self._if_exists(negated=True)
        self._expect("FOR")
        return e.CompilePlan(path=path, execute=execute, exists=exists, this=self._inner())

    def _statement_execute(self) -> exp.Expr:
        if self._word("PLAN"):
            return e.ExecutePlan(this=self._text())
        return e.Execute(this=self._inner())

    def _statement_begin(self) -> exp.Expr:
        self._expect("STATEMENT", "SET")
        return e.BeginStatementSet()

    def _statement_end(self) -> exp.Expr:
        return e.EndStatementSet()

    def _statement_quit(self) -> exp.Expr:
        return e.ClientCommand(this="QUIT")

    _statement_exit = _statement_quit

    def _statement_clear(self) -> exp.Expr:
        return e.ClientCommand(this="CLEAR")

    def _statement_help(self) -> exp.Expr:
        return e.ClientCommand(this="HELP")


def _literal(text: str) -> exp.Expr:
    """A key or value of SET: kept in quotes where it was in quotes."""
    if text.startswith("'"):
        return exp.Literal.string(text[1:-1].replace("''", "'"))
    return exp.var(text)


def _join_sets(tokens: list[Token]) -> list[Token]:
    """The tokens, with other semicolons where they stand inside ``STATEMENT SET BEGIN ... END``."""
    inside, joined = False, list(tokens)
    for i, token in enumerate(tokens):
        if token.token_type is TokenType.SEMICOLON:
            if inside:
                joined[i] = Token(TokenType.BREAK, ";", token.line, token.col, token.start, token.end, token.comments)
        elif (
            token.text.upper() == "BEGIN"
            and i > 1
            and tokens[i - 1].text.upper() == "SET"
            and tokens[i - 2].text.upper() == "STATEMENT"
        ):
            inside = True
        elif inside and token.text.upper() == "END" and tokens[i - 1].token_type in (TokenType.SEMICOLON, TokenType.BEGIN):
            inside = False
    return joined
