"""SHOW, USE, DESCRIBE, jars, modules, jobs and statistics (rules ``SqlShow*``, ``SqlUse*``, ``SqlRichDescribe*`` ...)."""

from __future__ import annotations

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.alter import AlterParser

_DESCRIBED = (
    TokenType.SELECT, TokenType.WITH, TokenType.VALUES, TokenType.INSERT, TokenType.UPDATE, TokenType.DELETE, TokenType.MERGE
)
# what may be shown -> how many parts a name behind FROM or IN may have (0: no FROM), and its filters
_LISTS: dict[str, tuple[int, tuple[str, ...]]] = {
    "CATALOGS": (0, ("LIKE", "ILIKE")),
    "DATABASES": (1, ("LIKE", "ILIKE")),
    "TABLES": (3, ("LIKE",)),
    "MATERIALIZED TABLES": (3, ("LIKE",)),
    "VIEWS": (3, ("LIKE",)),
    "USER FUNCTIONS": (3, ("LIKE", "ILIKE")),
    "FUNCTIONS": (3, ("LIKE", "ILIKE")),
    "PROCEDURES": (3, ("LIKE", "ILIKE")),
    "FULL MODULES": (0, ()),
    "MODULES": (0, ()),
    "JARS": (0, ()),
    "JOBS": (0, ()),
    "MODELS": (3, ("LIKE",)),
    "CONNECTIONS": (3, ("LIKE",)),
    "COLUMNS": (3, ("LIKE",)),
    "CURRENT CATALOG": (0, ()),
    "CURRENT DATABASE": (0, ()),
}
_CREATED = ("TABLE", "VIEW", "CATALOG", "MODEL", "CONNECTION")


class ShowParser(AlterParser):
    """Parses statements that tell or settle something."""

    def _statement_show(self) -> exp.Expr | None:
        if self._word("CREATE"):
            words = "CREATE OR ALTER" if self._word("OR", "ALTER") else "CREATE"
            kind = "MATERIALIZED TABLE" if self._word("MATERIALIZED", "TABLE") else None
            if kind is None and words == "CREATE":
                kind = self._one_of(_CREATED)
            if kind is None:
                self.raise_error("Expecting TABLE, VIEW, MATERIALIZED TABLE, CATALOG, MODEL or CONNECTION")
            return e.Show(kind=f"{words} {kind}", this=self._identifier() if kind == "CATALOG" else self._name())
        if self._word("PARTITIONS"):
            return e.Show(kind="PARTITIONS", this=self._name(), partition=self._partition())
        kind = next((kind for kind in _LISTS if self._word(*kind.split())), None)
        if kind is None:
            self.raise_error("Expecting what to show: TABLES, VIEWS, CATALOGS, DATABASES, FUNCTIONS, COLUMNS ...")
            return None
        return self._show_filters(e.Show(kind=kind), *_LISTS[kind])

    def _show_filters(self, node: e.Show, parts: int, likes: tuple[str, ...]) -> exp.Expr:
        link = self._one_of(("FROM", "IN")) if parts else None
        if link:
            node.set("link", link)
            node.set("source", self._identifier() if parts == 1 else self._name())
        elif node.args["kind"] == "COLUMNS":
            self.raise_error("Expecting FROM or IN")
        negated = bool(likes) and self._word("NOT")
        like = self._one_of(likes)
        if like:
            node.set("negated", negated)
            node.set("like", like)
            node.set("pattern", self._text())
        elif negated:
            self.raise_error(f"Expecting {' or '.join(likes)}")
        return node

    def _statement_use(self) -> exp.Expr:
        if self._word("CATALOG"):
            return e.UseStatement(kind="CATALOG", expressions=[self._identifier()])
        if self._word("MODULES"):
            return e.UseStatement(kind="MODULES", expressions=self._parse_csv(self._identifier))
        return e.UseStatement(expressions=[self._name()])

    def _described(self) -> exp.Expr:
        for kind in ("CATALOG", "DATABASE", "FUNCTION", "MODEL", "CONNECTION"):
            index = self._index
            if self._word(kind):
                if self._curr and self._curr.token_type is TokenType.DOT:
                    self._retreat(index)
                    break
                if kind == "CATALOG":
                    return e.DescribeStatement(kind=kind, extended=self._word("EXTENDED"), this=self._identifier())
                return e.DescribeStatement(kind=kind, extended=self._word("EXTENDED"), this=self._name())
        if self._word("JOB"):
            return e.DescribeStatement(kind="JOB", this=self._text())
        return e.DescribeStatement(extended=self._word("EXTENDED"), this=self._name())

    def _statement_desc(self) -> exp.Expr:
        return self._described()

    def _statement_describe(self) -> exp.Expr:
        """As DESC, and of a query too, and with the word TABLE (rule ``SqlDescribe`` of Calcite)."""
        if self._word("TABLE"):
            name = self._name()
            column = self._curr and self._curr.token_type in (TokenType.VAR, TokenType.IDENTIFIER)
            return e.DescribeStatement(kind="TABLE", this=name, column=self._identifier() if column else None)
        statement = self._word("STATEMENT")
        if statement or (self._curr and self._curr.token_type in _DESCRIBED):
            return e.DescribeStatement(kind="STATEMENT" if statement else None, this=self._parse_statement())
        return self._described()

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
        node = e.AnalyzeTable(this=self._name(), partition=self._partition(named=True))
        self._expect("COMPUTE", "STATISTICS")
        if self._word("FOR"):
            node.set("all", self._word("ALL", "COLUMNS"))
            if not node.args["all"]:
                self._expect("COLUMNS")
                node.set("expressions", self._parse_csv(self._identifier))
        return node

    def _statement_call(self) -> exp.Expr:
        return e.CallProcedure(this=self._dotted(), expressions=self._list(self._parse_lambda))

    def _statement_stop(self) -> exp.Expr:
        self._expect("JOB")
        job, savepoint, drain = self._text(), self._word("WITH", "SAVEPOINT"), self._word("WITH", "DRAIN")
        if drain and not savepoint:
            self.raise_error("WITH DRAIN could only be used after WITH SAVEPOINT", self._prev)
        return e.StopJob(this=job, savepoint=savepoint, drain=drain)

    def _statement_truncate(self) -> exp.Expr:
        self._expect("TABLE")
        return e.TruncateStatement(this=self._name())
