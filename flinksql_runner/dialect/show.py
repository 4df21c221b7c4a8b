"""SHOW, USE, DESCRIBE, jars, modules, jobs and statistics (rules ``SqlShow*``, ``SqlUse*``, ``SqlRichDescribe*`` ...)."""

from __future__ import annotations

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.alter import AlterParser
from flinksql_runner.dialect.words import ELEMENTS

LISTS = {
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


class ShowParser(AlterParser):
    """Parses statements that tell or settle something."""

    def _statement_show(self) -> exp.Expr | None:
        words: list[str] = []
        if self._word("CREATE"):
            words.append("CREATE")
            if self._word("OR", "ALTER"):
                words.append("OR ALTER")
            kind = "MATERIALIZED TABLE" if self._word("MATERIALIZED", "TABLE") else self._one_of(ELEMENTS)
            if kind is None:
                self.raise_error("Expecting what to show")
            return e.Show(kind=f"{' '.join(words)} {kind}", this=self._name())
        for word in ("CURRENT", "FULL", "USER", "MATERIALIZED"):
            if self._word(word):
                words.append(word)
        kind = self._one_of(("CATALOG", "DATABASE") if "CURRENT" in words else LISTS)
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
