"""ALTER and DROP of each kind (rules ``SqlAlterTable``, ``SqlAlterMaterializedTable``, ``SqlDropTable`` ...)."""

from __future__ import annotations

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.create import CreateParser
from flinksql_runner.dialect.words import ELEMENTS, QUOTED


class AlterParser(CreateParser):
    """Parses ALTER and DROP."""

    def _statement_alter(self) -> exp.Expr | None:
        temporary = self._word("TEMPORARY")
        system = self._word("SYSTEM")
        kind = "MATERIALIZED TABLE" if self._word("MATERIALIZED", "TABLE") else self._one_of(ELEMENTS)
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
        if self._curr and self._curr.text.upper() == "PARTITION" and self._curr.token_type not in QUOTED:
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
        if self._curr and self._curr.text.upper() == "PARTITION" and self._curr.token_type not in QUOTED:
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
        kind = "MATERIALIZED TABLE" if self._word("MATERIALIZED", "TABLE") else self._one_of(ELEMENTS)
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
