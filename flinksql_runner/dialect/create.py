"""CREATE of each kind (rules ``SqlCreateTable``, ``SqlCreateView``, ``SqlCreateFunction``, ``SqlCreateCatalog`` ...)."""

from __future__ import annotations

import typing as t

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.columns import ColumnParser


class CreateParser(ColumnParser):
    """Parses CREATE and REPLACE."""

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
