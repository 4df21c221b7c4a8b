"""CREATE of each kind (rules ``SqlCreateTable``, ``SqlCreateView``, ``SqlCreateFunction``, ``SqlCreateCatalog`` ...)."""

from __future__ import annotations

import typing as t

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.columns import ColumnParser
from flinksql_runner.dialect.words import ELEMENTS, ELEMENTS_TOLD

_STARTS = (
    "FROM_BEGINNING", "FROM_NOW", "FROM_TIMESTAMP", "RESUME_OR_FROM_BEGINNING", "RESUME_OR_FROM_NOW", "RESUME_OR_FROM_TIMESTAMP"
)


class CreateParser(ColumnParser):
    """Parses CREATE and REPLACE."""

    def _statement_create(self) -> exp.Expr | None:
        replace = self._word("OR", "REPLACE")
        alter = not replace and self._word("OR", "ALTER")
        temporary = self._word("TEMPORARY")
        system = self._word("SYSTEM")
        kind = "MATERIALIZED TABLE" if self._word("MATERIALIZED", "TABLE") else None
        if kind is None and not alter:
            kind = self._one_of(ELEMENTS)
        if kind is None:
            self.raise_error(
                "Expecting MATERIALIZED TABLE" if alter else f"Expecting {ELEMENTS_TOLD}"
            )
            return None
        self._scope(f"CREATE {kind}", kind, temporary, system)
        if kind.endswith("TABLE"):
            return self._create_table(kind, replace, temporary, alter)
        if kind == "VIEW":
            return self._create_view(temporary, replace)
        if kind == "FUNCTION":
            return self._create_function(temporary, system, replace)
        return self._create_object(kind, temporary, system, replace)

    def _create_object(self, kind: str, temporary: bool, system: bool, replace: bool) -> exp.Expr:
        exists = self._if_exists(negated=True)
        name = self._identifier() if kind == "CATALOG" else self._name()
        inputs = outputs = None
        if kind == "MODEL":
            inputs = e.Columns(expressions=self._list(self._model_column, empty=False)) if self._word("INPUT") else None
            outputs = e.Columns(expressions=self._list(self._model_column, empty=False)) if self._word("OUTPUT") else None
        comment = self._comment()
        if kind == "CONNECTION" and not self._peek("WITH"):
            self.raise_error("Expecting WITH")
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
            replace=replace,
        )

    def _model_column(self) -> exp.Expr:
        column = self._element()
        if _untyped(column):
            self.raise_error("Expecting a type")
        return column

    def _create_table(self, kind: str, replace: bool, temporary: bool, alter: bool = False) -> exp.Expr:
        exists = kind == "TABLE" and self._if_exists(negated=True)
        name: exp.Expr = self._name()
        if self._curr and self._curr.token_type is TokenType.L_PAREN:
            name = exp.Schema(this=name, expressions=self._elements(kind))
        if kind != "TABLE" and replace:
            self.raise_error(
                "REPLACE MATERIALIZED TABLE is not supported", self._prev
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
        if kind != "TABLE" and self._word("START_MODE"):
            self._expect("=")
            found.append(e.StartMode(this=self._mode("START_MODE")))
        if kind != "TABLE" and self._word("FRESHNESS"):
            self._expect("=")
            found.append(e.Freshness(this=self._freshness()))
        if kind != "TABLE" and self._word("REFRESH_MODE"):
            self._expect("=")
            found.append(e.RefreshMode(this=self._mode("REFRESH_MODE")))
        query = None
        if kind == "TABLE" and self._word("LIKE"):
            source = self._name()
            likes = self._like_options() if self._curr and self._curr.token_type is TokenType.L_PAREN else []
            found.append(exp.LikeProperty(this=source, expressions=likes))
        elif self._word("AS"):
            query = self._query()
        elif kind != "TABLE":
            self.raise_error("Expecting AS")
        if query is None and isinstance(name, exp.Schema) and all(_untyped(c) for c in name.expressions):
            said = "Columns identifiers without types in the schema are supported on CTAS/RTAS statements only"
            self.raise_error(said, self._prev)
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
        value = found.this if isinstance(found, exp.Interval) else exp.Null()
        if not (value.this if isinstance(value, exp.Neg) else value).is_string:
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
            mode = self._one_of(_STARTS)
            if mode is None:
                self.raise_error(f"Expecting {', '.join(_STARTS)}")
            return exp.var(mode)
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
            word = self._prev
            what = self._one_of(
                ("ALL", "CONSTRAINTS", "DISTRIBUTION", "GENERATED", "METADATA", "OPTIONS", "PARTITIONS", "WATERMARKS")
            )
            if what is None:
                self.raise_error(
                    "Expecting ALL, CONSTRAINTS, DISTRIBUTION, GENERATED, METADATA, OPTIONS, PARTITIONS or WATERMARKS"
                )
            option = e.LikeOption(this=verb, what=what)
            option.meta["from"], option.meta["until"] = word.start, self._prev.end
            options.append(option)
        self._match_r_paren()
        if not options:
            self.raise_error("Expecting INCLUDING, EXCLUDING or OVERWRITING", self._prev)
        return options

    def _create_view(self, temporary: bool, replace: bool) -> exp.Expr:
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
            replace=replace,
            exists=exists,
            expression=self._query(),
            properties=exp.Properties(expressions=found) if found else None,
        )

    def _create_function(self, temporary: bool, system: bool, replace: bool) -> exp.Expr:
        exists = self._if_exists(negated=True)
        name = self._identifier() if system else self._name()
        self._expect("AS")
        return self._function_body(
            e.CreateFunction(this=name, temporary=temporary, system=system, exists=exists, replace=replace)
        )

    def _function_body(self, node: exp.Expr, altered: bool = False) -> exp.Expr:
        node.set("class_name", self._text())
        if self._word("LANGUAGE"):
            language = self._one_of(("JAVA", "SCALA", "SQL", "PYTHON"))
            if language is None:
                self.raise_error("Expecting JAVA, SCALA, SQL or PYTHON")
            node.set("language", exp.var(language))
        if altered:
            return node
        if self._word("USING"):
            resources = []
            while True:
                kind = self._one_of(("JAR", "ARTIFACT"))
                if kind is None:
                    self.raise_error("Expecting JAR or ARTIFACT")
                resources.append(e.Resource(this=self._text(), kind=kind))
                if not self._match(TokenType.COMMA):
                    break
            node.set("resources", resources)
        node.set("options", self._with())
        return node

    def _statement_replace(self) -> exp.Expr | None:
        temporary = self._word("TEMPORARY")
        self._expect("TABLE")
        created = self._create_table("TABLE", False, temporary)
        if created.args.get("expression") is None:
            self.raise_error("Expecting AS")
        return e.ReplaceTable(**created.args)


def _untyped(column: exp.Expr) -> bool:
    return isinstance(column, exp.ColumnDef) and column.args.get("kind") is None and not column.args.get("constraints")
